/* SPDX-License-Identifier: ISC */
/*
 * dsn: what a sender wants to be told of one message: the parameters of MAIL
 * and RCPT of RFC 3461, and what is kept of them until the message is there.
 *
 * Nothing fails here after a 250: who cannot have the message is refused while
 * the client waits.  So only those who are to be told of a delivery count.
 */
#ifndef DSN_H
#define DSN_H

#include <time.h>

#include "buf.h"
#include "limits.h"

struct session;

struct dsn { /* BUF()s with DSN_START */
	char envelope_id[LIMIT_ENVID + 1];  /* decoded */
	int notify;			    /* of the RCPT in hand */
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

/* Is there room for the RCPT in hand? */
int dsn_has_room(const struct dsn *d);

/* It was accepted; "recipient" is a mailbox, or "postmaster". */
void dsn_accept(struct session *s, const char *recipient);

/* A line of the header of the message, without its end. */
void dsn_header_line(struct dsn *d, struct slice line);

void dsn_free(struct dsn *d);

#endif
