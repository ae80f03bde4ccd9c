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
#include "login.h"
#include "program.h"
#include "secure.h"
#include "socks.h"

struct batch {
	/* Set by the caller: */
	const struct url *url;
	const char *command;  /* a program in the place of a host; or NULL */
	struct socks *proxy;  /* between us and the host; or NULL */
	struct secure secure; /* settled */
	struct login login;   /* settled */
	char helo[256];	   /* empty: this host's name or its address */
	unsigned timeout;  /* seconds for every wait; 0: RFC 5321 */
	unsigned connect;  /* seconds for the connection */
	const char *source; /* our address; NULL: any */
	int trace;	   /* the session on standard error */
	/* The next letter: 1, opened; 0 where there is none; what cannot be
	 * opened it reports itself.  The letter is the batch's until "done". */
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
	/* The batch's own: */
	void (*note)(int direction, struct slice line);
	struct smtp smtp;
	uint64_t begun;	   /* transactions of this connection */
	struct program program;
	int failed;	   /* no connection can be made; "why" tells */
	struct fail why;
};

/* What -v shows of a line; see smtp.h. */
void batch_trace(int direction, struct slice line);

/* What sentences call the server. */
const char *batch_peer(const struct batch *b);

/* Connects and nothing else, all lines going to "note": 0, or -1 with b->why.
 * batch_end is next in any case. */
int batch_connect(struct batch *b, void (*note)(int, struct slice));

/* Says QUIT where there is a session, and frees. */
void batch_end(struct batch *b);

/* Sends all letters.  What becomes of them is told to "done" alone. */
void batch_run(struct batch *b);

#endif
