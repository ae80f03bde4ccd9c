/* SPDX-License-Identifier: ISC */
/* ask: what is asked of the server for a message, beside taking it: reports
 * (RFC 3461), TLS all the way (RFC 8689), a later time (RFC 4865).  Values are
 * checked before anything is sent; what goes into a command has neither space
 * nor control character. */
#ifndef ASK_H
#define ASK_H

#include "buf.h"
#include "smtp.h"

enum { /* when somebody is to be told (RFC 3461, 4.1) */
	ASK_NEVER = 1,
	ASK_SUCCESS = 2,
	ASK_FAILURE = 4,
	ASK_DELAY = 8,
};

enum {
	ASK_ENVID = 100, /* RFC 3461, 4.4 */
	ASK_ORCPT = 500, /* RFC 3461, 4.2 */
};

struct ask { /* zeroed: nothing is asked for */
	unsigned notify;
	const char *ret;	   /* "FULL", "HDRS", or NULL */
	char envid[ASK_ENVID + 1]; /* as xtext; empty: none */
	char orcpt[ASK_ORCPT + 1]; /* with its type, as xtext */
	int require_tls;
	uint64_t hold_for;	   /* seconds; 0: not asked for */
	int64_t hold_until;	   /* seconds since 1970; 0: not asked for */
	int no_chunks;		   /* DATA, also where CHUNKING is offered */
};

/* Reads the value of the option -N, -O, -R or -V: 0, or -1 with EX_USAGE. */
int ask_option(struct ask *a, int option, const char *value, struct fail *f);

/* One -o: 1 where it is of this and good, -1 where it is not good, 0 where it
 * is of something else. */
int ask_key(struct ask *a, struct slice key, struct slice value);

/* What of it the server of "s" cannot do, in a sentence, with its enhanced code
 * in *code; NULL where it can do all that a message must not go without. */
const char *ask_refusal(const struct ask *a, const struct smtp *s,
    const char **code);

/* Adds to "out" the parameters of MAIL that ask for it of a server with
 * "offers", each behind a space. */
void ask_mail(const struct ask *a, unsigned offers, struct buf *out);

/* The same of a RCPT: NOTIFY with ASK_ bits, and ORCPT with its type, as xtext,
 * or empty. */
void ask_recipient(unsigned notify, struct slice orcpt, unsigned offers,
    struct buf *out);

#endif
