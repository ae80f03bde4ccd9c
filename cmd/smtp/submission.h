/* SPDX-License-Identifier: ISC */
/* submission: what is different with -S, where mail comes from users of this
 * host (RFC 6409): they log in first, send as themselves, and what their
 * programs left out of the header is added. */
#ifndef SUBMISSION_H
#define SUBMISSION_H

#include "buf.h"
#include "session.h"

/* MAIL, for the table of verbs: 530 for who has not logged in. */
void submission_mail(void *session, struct slice arg);

/*
 * May the user send as "sender"?  As the address of the login, with a detail
 * (alice+x) too, as nobody (<>, for a notification that a message was read,
 * RFC 8098, 2.1), and as what "Sender-Of" lists for the user: addresses,
 * "@domain" for all of a domain, "*" for everything.  NULL, or the reply.
 */
const char *submission_sender(const struct session *s,
    const struct addr *sender);

/* Adds what is not among "seen" to "out" (letterhead_complete), for the message
 * "id".  Nothing without -S. */
void submission_complete(const struct session *s, const char *id,
    unsigned seen, struct buf *out);

#endif
