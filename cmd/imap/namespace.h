/* SPDX-License-Identifier: ISC */
/* namespace: what names of mailboxes begin with on a server (RFC 2342). */
#ifndef NAMESPACE_H
#define NAMESPACE_H

#include "imap.h"

/* Reads a NAMESPACE that imap_next gave: "each" is called for each prefix, as
 * the server has it; "own" are one's own, the others are other users' or
 * shared.  0; -1 with i->dead. */
int namespace_read(struct imap *i,
    void (*each)(void *ctx, int own, struct slice prefix), void *ctx,
    struct fail *f);

/*
 * The server has refused "name", for "f": where a mailbox cannot be called so,
 * as all names begin with something else (INBOX., with Courier), "f" says which
 * one is meant, in place of the server's words, with the class that it had.  1;
 * 0 where that is not so, or is not known, and nothing is changed.  Answers
 * that others wait for are lost.
 */
int namespace_explain(struct imap *i, struct slice name, struct fail *f);

#endif
