/* SPDX-License-Identifier: ISC */
/* removal: a mailbox is removed, if nothing that somebody may want goes with
 * it. */
#ifndef REMOVAL_H
#define REMOVAL_H

#include "imap.h"

/*
 * Removes the mailbox, and its subscription.  INBOX never; with messages in it,
 * or mailboxes below it, only where "force": what is below it stays in any
 * case.
 * 0; -1: EX_NOINPUT (it is not there), EX_UNAVAILABLE (it is one of these, or
 * the server refuses), or "f" of the engine.
 */
int removal_mailbox(struct imap *i, struct slice name, int force,
    struct fail *f);

#endif
