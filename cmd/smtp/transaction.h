/* SPDX-License-Identifier: ISC */
/* transaction: one letter to some of its recipients, from MAIL to the dot
 * (RFC 5321, 3.3). */
#ifndef TRANSACTION_H
#define TRANSACTION_H

#include "letter.h"
#include "limits.h"
#include "smtp.h"

/* With up to LIMIT_WINDOW recipients: what every server must take at least is
 * 100 (RFC 5321, 4.5.3.1.8). */
struct transaction {
	struct letter *letter; /* NULL: there is none */
	struct letter_recipient *to[LIMIT_WINDOW];
	struct slice addresses[LIMIT_WINDOW];
	struct slice more[LIMIT_WINDOW]; /* parameters of each */
	struct reply replies[LIMIT_WINDOW];
	struct smtp_envelope envelope;
	struct buf mail_more, recipients_more;
	int utf8;      /* SMTPUTF8 is needed, and offered */
	int converted; /* made 7-bit on the way */
	int put;       /* its envelope was put on this connection */
};

/* A zeroed transaction is made ready, and freed. */
void transaction_start(struct transaction *t);
void transaction_free(struct transaction *t);

/* Makes the transaction for the recipients of "l" that are pending, with what
 * "s" offers: 0; or -1 where none can be made, and they are all settled. */
int transaction_prepare(struct transaction *t, const struct smtp *s,
    struct letter *l);

/* Takes the replies to the envelope in: who is refused is settled, but one that
 * is refused only because there were many before it stays pending. */
void transaction_refused(struct transaction *t);

/* Puts the message.  0, or -1 where the connection is lost (s->dead) or the
 * message cannot be read to its end. */
int transaction_send(const struct transaction *t, struct smtp *s,
    struct fail *f);

/* The reply to the message settles those of the recipients "from" to "end"
 * that were accepted. */
void transaction_settle(struct transaction *t, size_t from, size_t end,
    const struct reply *dot);

#endif
