/* SPDX-License-Identifier: ISC */
/*
 * undot: the text of a message off the wire of POP3 (RFC 1939, 3), in large
 * pieces: lines end in CRLF, and have LF behind this; the dot that was put
 * before a line is taken away; a line of a lone dot is the end.  The other way
 * round it is dot.h.
 *
 * Only CRLF is a line end.  Bare CR, bare LF and NUL are bytes like others, so
 * that what was stored as it came can be told from what was not.
 */
#ifndef UNDOT_H
#define UNDOT_H

#include "buf.h"

/* A zeroed struct is a decoder at the start of a text. */
struct undot {
	int state;	    /* its own */
	int cr;		    /* the last byte written was CR */
	uint64_t size;	    /* bytes written */
	uint64_t crlf_size; /* of the same with CRLF at each LF: W= of a name in
			       a Maildir */
	uint64_t octets;    /* that came, without dots that were put before
			       lines: what LIST and RETR say */
};

enum {
	UNDOT_MORE = 0,
	UNDOT_END = 1,
};

/*
 * Takes bytes off the front of "in" and adds what they stand for to "out",
 * until the end of the text (UNDOT_END: what is left in "in" stands behind it),
 * or until "in" is empty or "out" has room for less than two bytes under its
 * maximum (UNDOT_MORE).  How the input is cut makes no difference.
 */
int undot_take(struct undot *u, struct slice *in, struct buf *out);

#endif
