/* SPDX-License-Identifier: ISC */
/*
 * report: a delivery status notification: the message that tells the sender of
 * another what became of it (RFC 3461, 6; RFC 3464; RFC 6522; RFC 6533).
 *
 * It has a part in plain words, a part for programs, and the message that it
 * is about, or the header of that.  It goes out with a null return path, which
 * is for whoever sends it to see to; so is that none is made for a message
 * that had a null return path itself, but to the postmaster.
 */
#ifndef REPORT_H
#define REPORT_H

#include <time.h>

#include "input.h"
#include "output.h"

/* What became of it for one recipient (RFC 3464, 2.3.3), in the order in which
 * the words tell of them; the first that there is gives the subject. */
enum report_action {
	REPORT_FAILED,	  /* it is not tried again */
	REPORT_DELAYED,	  /* not delivered yet, and tried again */
	REPORT_RELAYED,	  /* passed on to a server that makes no reports */
	REPORT_EXPANDED,  /* passed on to all whom the address stands for */
	REPORT_DELIVERED, /* stored in the mailbox */
};

/*
 * One recipient.  All but the addresses may be left out (0, empty), and every
 * value may be what a peer sent: report_write says what it does to them.
 */
struct report_recipient {
	struct slice original; /* type ";" address: ORCPT, of the sender or
				  of the server that forwarded the message,
				  of the type utf-8 in UTF-8 */
	struct slice final;    /* the mailbox that it was sent to here */
	enum report_action action;
	unsigned code;	       /* of the reply that decided; 0: there was none,
				  and "text" is a sentence of our own */
	struct slice status;   /* "5.1.1" (RFC 3463); of that reply, too */
	int given_up;	       /* of REPORT_FAILED: it may be tried again, but
				  its time is over: 4.4.7, whatever "status"
				  the last reply had */
	int removed;	       /* of REPORT_FAILED: who runs this mail system
				  took the message out of the queue */
	struct slice text;     /* of that reply, without "code" and "status" */
	struct slice host;     /* that replied, or was tried last; empty: none
				  but this one */
	time_t attempt;	       /* the last one */
	time_t until;	       /* of REPORT_DELAYED: the end of all attempts */
};

struct report {
	const char *host;	  /* that tells */
	const char *id;		  /* of the message, here */
	const char *sender;	  /* the mailbox that it goes to */
	int postmaster;		  /* that is the postmaster of "host": the
				     message had no sender (double bounce) */
	struct slice envelope_id; /* that the sender gave (ENVID); or empty */
	time_t arrival;		  /* of the message, here */
	const struct report_recipient *to;
	size_t nto;		  /* at least 1 */
	const struct input *message; /* or its header alone, with LF line ends;
				     NULL: nothing is given back or told of
				     it (RFC 8689, 5).  Of input_open, or one
				     whose fd, start and size the caller set */
	int full;		  /* all of it is given back, where some
				     recipient failed (RET=FULL; RFC 3461,
				     4.3); else its header */
	int cut;		  /* the header goes on, but not in "message" */
};

/* What the report needs of each server on its way. */
enum {
	REPORT_8BITMIME = 1, /* BODY=8BITMIME (RFC 6152) */
	REPORT_SMTPUTF8 = 2, /* SMTPUTF8 (RFC 6531) */
};

/*
 * Writes the report to "out", with LF line ends, in lines of at most 998 bytes,
 * and sets *needs.  A message that lies in a file is read up to three times.
 *
 * A value is one line and at most 900 bytes of it, whatever is in it: in fields
 * for programs a byte that is no printable ASCII becomes "?"; addresses, and
 * all values in the words, may be UTF-8 (RFC 6533), but for what utf8_unsafe
 * names.  A status of another form or class than its action has becomes "5.0.0"
 * or "4.0.0" or "2.0.0", or gets that class; failed may be of class 4, for what
 * was given up (RFC 3463, 2).  The boundary has 128 random bits, so no content
 * can hold it.
 *
 * The message is given back as message/rfc822, or message/global where its
 * header is UTF-8; its header alone where it is longer than LIMIT_REPORT_FULL
 * or cannot be 8bit (a NUL, a CR, a line past 998 bytes), and the words say so;
 * and of a header LIMIT_REPORT_HEADER bytes, likewise.  Its Subject, where it
 * can be shown, is in ours, and its Message-ID in In-Reply-To.
 *
 * Where the sender is ASCII all is 7-bit, but for a message/rfc822 that is not
 * (REPORT_8BITMIME): what else has other characters is encoded.  Where the
 * sender is not, the report needs both, as whoever named that sender has.
 *
 * 0, or -1: EX_TEMPFAIL (digest_random) or what input_read says of "message";
 * what "out" could not take is told by it.
 */
int report_write(const struct report *r, struct output *out, unsigned *needs,
    struct fail *f);

/* The rest is for the files of this module. */

enum {
	REPORT_VALUE = 900, /* bytes of a line that a value may have */
};

/* What is given back of the message, and what is told of it. */
struct report_original {
	struct buf header;  /* whole lines, without the empty one */
	struct buf subject; /* UTF-8 that can be shown, short; or empty */
	int cut;	    /* the header goes on */
	int full;	    /* the message is given back, not the header */
	const char *refused; /* why it is not, though it was asked for: what
			       the message is; or NULL */
	int global;	    /* as message/global or message/global-headers */
	enum {
		REPORT_7BIT,
		REPORT_8BIT,
		REPORT_CODED, /* quoted-printable */
	} coding;
};

/* Reads what is there: 0, or -1 as input_read.  report_original_free is for
 * both.  report_original_put writes the part, from its Content-Type on. */
int report_original_read(const struct report *r, struct report_original *o,
    struct fail *f);
int report_original_put(const struct report *r,
    const struct report_original *o, struct output *out, struct fail *f);
void report_original_free(struct report_original *o);

/* Write the part in words, and that for programs, likewise. */
void report_words(const struct report *r, const struct report_original *o,
    struct output *out);
void report_status(const struct report *r, struct output *out);

/* The action that comes first in its enumeration, and how many have it. */
enum report_action report_worst(const struct report *r, size_t *n);

/* 1 where the sender cannot be named without SMTPUTF8, so its mail system has
 * that, and the report needs it. */
int report_global(const struct report *r);

/* 1 where it is one (RFC 3463, 2): "5.1.1"; else 0. */
int report_status_ok(struct slice status);

/* The status as it is told, to "out". */
enum { REPORT_STATUS = 12 };
char *report_status_text(char out[REPORT_STATUS],
    const struct report_recipient *to);

/* What the status or the code of a failure or delay means, for people: one or
 * more sentences each; NULL where it says nothing. */
struct report_reason {
	const char *why, *advice;
};
const struct report_reason *report_reason(const struct report_recipient *to);

/* Add "value" to "to", as far as there is room, on one line: what may be UTF-8;
 * and what may not. */
void report_clean(struct slice value, struct buf *to);
void report_ascii(struct slice value, struct buf *to);

/* Writes "text", whole lines, as quoted-printable. */
void report_coded(struct slice text, struct output *out);

#endif
