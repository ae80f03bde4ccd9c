/* SPDX-License-Identifier: ISC */
/*
 * batch: any number of letters over as few connections as can be.
 *
 * While a letter's last bytes wait to be written the next one is opened, if it
 * is there, so that where the server pipelines its envelope travels with them.
 */
#ifndef BATCH_H
#define BATCH_H

#include "letter.h"
#include "reach.h"

struct batch {
	/* Set by the caller: */
	struct reach server;
	/* The next letter: 1, opened; 0 where there is none; -1 where what came
	 * is none, after it reported that: what follows may be one, and may not
	 * be "ready".  The letter is the batch's until "done". */
	int (*next)(void *ctx, struct letter *l);
	/* 1 where "next" would not wait for somebody else. */
	int (*ready)(void *ctx);
	/* Some recipients of the letter may have been settled just now; or
	 * NULL. */
	void (*settled)(void *ctx, struct letter *l);
	/* Somebody else is about to be waited for; or NULL. */
	void (*waits)(void *ctx);
	/* Every recipient of the letter is settled. */
	void (*done)(void *ctx, struct letter *l);
	void *ctx;
	int hold; /* a SIGTERM waits until it is known, and told to "settled",
		     what became of a message that is there as a whole */
	/* The batch's own: */
	uint64_t begun;	   /* transactions of this connection */
	struct letter *aside; /* that is next; NULL: none */
	/* For each need of letters that no connection can be made for: why. */
	struct reach_failure unreached[LETTER_TLS];
};

/* What -v shows of a line; see smtp.h. */
void batch_trace(int direction, struct slice line);

/* Connects and nothing else, all lines going to "note": 0, or -1 with
 * b->server.last.  batch_end is next in any case. */
int batch_connect(struct batch *b, void (*note)(int, struct slice));

/* Says QUIT where there is a session, and frees. */
void batch_end(struct batch *b);

/* Sends all letters.  What becomes of them is told to "done" alone. */
void batch_run(struct batch *b);

#endif
