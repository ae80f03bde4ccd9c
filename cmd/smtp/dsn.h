/* SPDX-License-Identifier: ISC */
/*
 * dsn: what a sender wants to be told of one message: the parameters of MAIL
 * and RCPT of RFC 3461, and what is kept of them until the message is there.
 *
 * What goes to the queue has them in its envelope.  Nothing else fails after a
 * 250: who cannot have the message is refused while the client waits.  So of
 * the others only those who are to be told of a delivery count.
 */
#ifndef DSN_H
#define DSN_H

#include <time.h>

#include "buf.h"
#include "limits.h"
#include "spoolnew.h"

struct session;

struct dsn { /* BUF()s with DSN_START */
	char envelope_id[LIMIT_ENVID + 1];  /* decoded */
	enum spool_ret ret;
	unsigned notify;		    /* of the RCPT in hand: a set of
					       enum spool_notify */
	char original[LIMIT_ORCPT + 1];	    /* of it, decoded, or empty */
	struct buf asked;    /* for those whose delivery is to be reported: the
				original recipient, NUL, the recipient, NUL */
	size_t nasked;
	struct buf header;   /* of the message */
	int cut;	     /* not all of it */
	time_t arrival;
};

#define DSN_START { .asked = BUF(LIMIT_REPORT_TO), \
	.header = BUF(LIMIT_REPORT_HEADER) }

/* Is there anybody who takes reports?  Not with LMTP: the client has a queue,
 * gets a reply for each recipient, and reports itself. */
int dsn_is_offered(const struct session *s);

/* Take values of parameters: NULL, or the reply that refuses one. */
const char *dsn_ret(struct session *s, struct slice value);
const char *dsn_envelope_id(struct session *s, struct slice value);
const char *dsn_notify(struct session *s, struct slice value);
const char *dsn_original(struct session *s, struct slice value);

/* Forget what was said of the RCPT before; of the transaction. */
void dsn_forget_recipient(struct dsn *d);
void dsn_forget(struct dsn *d);

/* What the queue is told of them, as it is sent on: ORCPT of the RCPT in hand,
 * and ENVID; empty where nothing was said, or it does not fit. */
struct slice dsn_original_text(const struct dsn *d, struct buf *to);
struct slice dsn_envelope_text(const struct dsn *d, struct buf *to);

/* Is there room for the RCPT in hand? */
int dsn_has_room(const struct dsn *d);

/* It was accepted, and is not the queue's; "recipient" is a mailbox, or
 * "postmaster". */
void dsn_accept(struct session *s, const char *recipient);

/* Nobody is to be told of a delivery: the queue has all of it. */
void dsn_forget_asked(struct dsn *d);

/* A line of the header of the message, without its end. */
void dsn_header_line(struct dsn *d, struct slice line);

void dsn_free(struct dsn *d);

#endif
