/* SPDX-License-Identifier: ISC */
/*
 * shared: the session of imap-run, as a command gets it that has "-" as its
 * server; for imap_open and imap_close alone.  lend.h is the other end.
 *
 * MAILPIPE_IMAP is a descriptor, of a socket of packets (SOCK_SEQPACKET).  Who
 * wants the session sends a packet of SHARED_REQUEST bytes with two
 * descriptors: one end of a new socket, and the reading end of a new pipe.  The
 * session comes over the first when it is our turn, and begins as any does,
 * with a PREAUTH that tells what the server has, and before it with what is
 * enabled.  To who asks by SHARED_LEAVES, an OK before that may tell by the
 * code SHARED_LEFT that a mailbox is selected: to be left by SELECT, EXAMINE or
 * UNSELECT, whichever is said first.  Or by SHARED_EXAMINED, with the name of
 * it as the text: then it may be kept, too, by who asks for nothing that
 * changes; it was selected by EXAMINE less than SHARED_MOMENT ago, and what the
 * server told unasked since is not told again.
 *
 * Who gives it back in good order, with every command answered, writes a word
 * to the pipe before the end of the socket; who writes nothing leaves a
 * connection that is of no use to others.  Behind the word how many bytes of
 * the session were read: where these are all there were, nothing has to be said
 * to the server before the next one has its turn.  Behind that, of
 * SHARED_SELECTED, a space and the name of the mailbox where it was selected by
 * EXAMINE and shared_is_name.
 */
#ifndef SHARED_H
#define SHARED_H

#include "imap.h"

#define SHARED_VARIABLE "MAILPIPE_IMAP"

enum {
	SHARED_REQUEST = 1, /* bytes: a packet has to have some */
	SHARED_LEAVES = '-', /* the one that is not any */
	SHARED_DONE = 'd',
	SHARED_SELECTED = 's', /* the same, and a mailbox is selected */
	SHARED_KEPT = 'k',     /* the same, and it is the one that was when it
				  was given */
	SHARED_NAME = 1000,    /* bytes of the name of one, at most */
	SHARED_VERDICT = 24 + SHARED_NAME, /* bytes of it */
	SHARED_MOMENT = 1000,  /* milliseconds */
};

#define SHARED_LEFT	"SELECTED"
#define SHARED_EXAMINED "EXAMINED"

/* Waits for our turn, as long as for any answer: 0; -1 with EX_USAGE (there is
 * no imap-run around us), EX_UNAVAILABLE (it has ended), EX_TEMPFAIL (our turn
 * did not come in time; the connection is lost, and there is no new one). */
int shared_open(struct imap *i, struct fail *f);

/* Can a line tell that name: has it no control characters, no blanks at its
 * ends, and at least 1 and at most SHARED_NAME bytes?  1, or 0. */
int shared_is_name(struct slice name);

/* Says whether it is in good order; imap_close closes. */
void shared_close(struct imap *i);

#endif
