/* SPDX-License-Identifier: ISC */
/*
 * delivery: final delivery of a message to one recipient here.
 *
 * All that need not be undone comes first: the message is written to its
 * mailboxes without being delivered, then programs have it, in order, then the
 * queue, for those whom it is forwarded to, and the mailboxes last.  What is
 * to be tried again ends that, so that a mailbox has nothing twice; what fails
 * for good does not.
 */
#ifndef DELIVERY_H
#define DELIVERY_H

#include "conf.h"
#include "input.h"

struct delivery {
	const struct conf *conf;
	const struct input *message;
	const char *sender; /* of the envelope; "": none; NULL: as the message
			       says it in Return-Path */
	const char *notify; /* what the sender wants to be told, and with how */
	const char *ret;    /* much of the message, as -N and -R of mailq-add
			       have it; NULL: it was not said */
	const char *original; /* whom it was for before the recipient, as its
			       -O; NULL: nobody else */
	unsigned program_time; /* seconds that each has */
	void (*trace)(const char *step, const char *what); /* or NULL */
};

enum { DELIVERY_CODE = 16 };

struct delivery_result {
	int class; /* exit status: 0, EX_TEMPFAIL, or what it is for good */
	char code[DELIVERY_CODE]; /* enhanced status code (RFC 3463) */
	char text[512];		  /* a sentence; printable */
	char left_out[512];	  /* members of an alias that have no mailbox,
				     though others had it; or "" */
	int passed_on; /* nobody here has it: the queue has it, for others, and
			  tells nobody when they have it */
};

/* Delivers to "recipient", an address or a name of the first of our domains:
 * what became of it is in *r. */
void delivery_to(const struct delivery *d, const char *recipient,
    struct delivery_result *r);

/* Delivers into a Maildir, as its owner. */
void delivery_into(const struct delivery *d, const char *maildir,
    struct delivery_result *r);

#endif
