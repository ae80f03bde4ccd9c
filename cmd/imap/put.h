/* SPDX-License-Identifier: ISC */
/* put: messages into a mailbox (APPEND: RFC 9051, 6.3.12). */
#ifndef PUT_H
#define PUT_H

#include <time.h>

#include "imap.h"
#include "output.h"
#include "progress.h"
#include "putletter.h"

enum {
	PUT_MOST = 100,		  /* messages of one command (RFC 3502) */
	PUT_MOST_OCTETS = 8388608, /* the same, but for the last of them */
	PUT_WAYS = 16,		  /* commands under way */
};

struct put { /* zeroed but for what the caller sets */
	struct imap imap; /* open */
	const char *mailbox;
	struct putletter_facts facts;
	int creates; /* the mailbox */
	struct output *out;
	int nul;
	int status;
	/* Its own: */
	struct put_way {
		unsigned command;
		struct putsource *source[PUT_MOST];
		size_t n;
	} *way;		/* in the order in which they were said */
	size_t nways;
	unsigned making;      /* CREATE, or SUBSCRIBE then, that is not
				 answered; 0: none */
	int made;	      /* the mailbox, by us */
	struct put_way *open; /* may get more messages; NULL: none */
	uint64_t octets;      /* of that */
	struct progress progress;
	struct progress_at done;
	struct putletter letter;
	int hopeless;  /* nothing more can be put there, */
	int class;     /* and why */
	size_t unsent; /* messages that therefore are not there */
};

/* Says what comes first. */
void put_begin(struct put *p);

/* Sends one message; what fails is reported.  "s" is copied. */
void put_message(struct put *p, const struct putsource *s);

/* Reports that "s" is not put, for what "why" says. */
void put_failed(struct put *p, const struct putsource *s, struct fail *why);

/* Waits until all of them are there; the new uids go to "out". */
void put_settle(struct put *p);

/* The same, and nothing follows. */
void put_end(struct put *p);

void put_free(struct put *p);

#endif
