/* SPDX-License-Identifier: ISC */
/* lend: a session that commands get one after the other (shared.h), each in the
 * same state: logged in, and no mailbox selected, or one that it leaves with
 * what it says first, or knows how to go on with. */
#ifndef LEND_H
#define LEND_H

#include <signal.h>

#include "shared.h"

struct lend { /* zeroed but for "imap" and "requests" */
	struct imap *imap;     /* open, or dead: it is opened when it is asked
				  for */
	int requests;	       /* where commands ask */
	int selected;	       /* a mailbox still is: */
	char examined[SHARED_NAME + 1]; /* its name, where that was by EXAMINE,
				  and nothing came for nobody since; else "" */
	uint64_t since;	       /* and when, by ticks_now */
	/* For a signal handler: */
	volatile sig_atomic_t turn; /* the socket of whose turn it is, to be
				       shut down; 0: nobody has the session */
	volatile sig_atomic_t waiting; /* for the server, and for nobody who has
					  the session: the process may end */
	volatile sig_atomic_t ended; /* set by it: nobody is to get it */
};

/* Reads all that came for nobody.  Where that was the last of the connection,
 * it is closed. */
void lend_drain(struct lend *l);

/* Says something, so that nobody on the way forgets the connection, and what
 * was said before is answered; then no mailbox is selected.  0, or -1, and the
 * connection is closed. */
int lend_keep_alive(struct lend *l, struct fail *f);

/* Takes a request, and serves it until the session is given back.  What is
 * none is dropped.  0; -1 where nobody is left who could ask. */
int lend_serve(struct lend *l);

#endif
