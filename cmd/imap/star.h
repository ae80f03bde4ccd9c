/* SPDX-License-Identifier: ISC */
/* star: which messages "*", and all others that are asked for, are. */
#ifndef STAR_H
#define STAR_H

#include "imap.h"
#include "uids.h"

/*
 * In the mailbox that was just selected, with nothing under way: from now on
 * the sets of "u" name messages that are there by now, and no "*", so that what
 * arrives meanwhile is in none.  Asks the server for the uid of the last
 * message where a "*" is in "u".  1; 0 where the mailbox is empty, so that
 * there are none; -1 with "f".
 */
int star_settle(struct imap *i, struct uids *u, struct fail *f);

#endif
