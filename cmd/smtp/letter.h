/* SPDX-License-Identifier: ISC */
/* letter: a message to be sent, with its envelope. */
#ifndef LETTER_H
#define LETTER_H

#include "ask.h"
#include "enc.h"
#include "input.h"
#include "limits.h"
#include "mem.h"
#include "reply.h"

struct spooled;

enum letter_unsent {
	LETTER_ASKED,
	LETTER_DOWN, /* there is no connection to be had */
	LETTER_BUSY, /* there are as many as there may be */
};

enum letter_tls { /* what a domain's mail servers have to show */
	LETTER_USUAL,	/* what the domain asks for */
	LETTER_RELAXED,	/* nothing: TLS-Required: No (RFC 8689, 5) */
	LETTER_REQUIRED, /* who they are, whatever it asks for: REQUIRETLS */
	LETTER_TLS,
};

struct letter_recipient {
	struct slice address;	   /* as it was given */
	struct slice forward_path; /* as it is sent: by addr_to_ascii */
	struct slice original; /* ORCPT with its type, as xtext, or empty */
	unsigned notify;    /* ASK_ bits */
	size_t number;	    /* in the queue's file, or 0 */
	struct reply reply; /* the last word of the server; code 0: none */
	int accepted;	    /* at RCPT, while the message is under way */
	int settled;	    /* "class" and "reply" are the result */
	int told;	    /* by who asked for the letter; for its use */
	enum letter_unsent unsent; /* no server was asked */
	int class;	    /* the result as an exit status; EX_TEMPFAIL until
			       it is known */
};

struct letter {
	const char *path; /* "-": standard input */
	const struct ask *ask; /* as letter_options has it */
	struct spooled *spooled; /* a message of the queue; NULL: none */
	char *found;	  /* where it was opened (message.h) */
	struct input in;
	struct buf head; /* the header without Bcc, where that was there */
	struct slice sender;	   /* as it was given; empty: none */
	struct slice reverse_path; /* as it is sent */
	struct letter_recipient *to;
	size_t nto;
	enum letter_tls tls;
	int utf8; /* the sender or the header needs SMTPUTF8 (RFC 6531) */
	struct enc_scan scan;
	unsigned losses; /* connections lost under it */
	struct arena arena;
};

struct letter_options {
	const char *sender; /* NULL: from the message */
	char *const *to;    /* from the command line */
	size_t nto;
	struct ask ask;	 /* the same for all letters */
	int from_header; /* also from To, Cc and Bcc; Bcc is removed */
};

/*
 * Opens the message "path", which must outlive it, and finds out its envelope
 * and what sending it needs.  The sender, where none is given, is the Sender
 * or first From of the message, or the user of the process at this host.
 * Recipients are kept once each.  0, or -1: as input_open; EX_DATAERR for an
 * address in the message that is none, or whose domain has no A-labels,
 * EX_USAGE for one of the command line or where one -O is for several
 * recipients, EX_UNAVAILABLE (no libidn2),
 * EX_DATAERR where there is no recipient, or with from_header a bare CR in
 * the header, EX_NOUSER where the user at this
 * host is no address.  letter_close in any case.
 */
int letter_open(struct letter *l, const char *path,
    const struct letter_options *o, struct fail *f);

/*
 * What letter_open does, for who knows the envelope, in a zeroed letter with
 * its input opened, which letter_close closes.
 * letter_add adds a recipient without looking for it among the others: NULL
 * with EX_DATAERR (its domain has no A-labels), EX_UNAVAILABLE (no libidn2).
 * letter_scan finds out what sending it needs: 0, or -1 as input_each.
 */
struct letter_recipient *letter_add(struct letter *l, struct slice address,
    struct fail *f);
int letter_scan(struct letter *l, struct fail *f);

/* An address as it is sent, with A-labels where they are needed: 0 with *path,
 * which lives as long as "l" or "address", or -1 as letter_add. */
int letter_path(struct letter *l, struct slice address, struct slice *path,
    struct fail *f);

/* Sets l->tls, by what is asked for and by the header. */
void letter_look_for_tls(struct letter *l, struct slice header);

/* Bytes of it on the wire, about. */
uint64_t letter_size(const struct letter *l);

/* Gives a recipient its result: an exit status and, unless it is NULL because
 * the reply is there, a text. */
void letter_settle(struct letter_recipient *r, int class, const char *text);

/* The same for all that have none; "enhanced" is a code, or empty. */
void letter_settle_rest(struct letter *l, int class, const char *enhanced,
    const char *text);

/* Whether a recipient still needs a transaction. */
int letter_has_pending(const struct letter *l);

void letter_close(struct letter *l);

#endif
