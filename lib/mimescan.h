/* SPDX-License-Identifier: ISC */
/*
 * mimescan: content cut where a delimiter may stand (RFC 2046, 5.1.1): at
 * lines that begin with "--", each with the line end before it.  It knows
 * nothing of boundaries.  For mime.c; who wants parts takes mime.h.
 */
#ifndef MIMESCAN_H
#define MIMESCAN_H

#include "slice.h"

enum {
	MIMESCAN_LINE = 2048, /* a longer line is text, so memory is bounded */
};

/* Bytes that were not given out: a line end and the line behind it, as far as
 * that may begin with "--"; or a CR that may be half a line end. */
struct mimescan {
	char held[2 + MIMESCAN_LINE];
	size_t nheld, eol; /* all of them; those of the line end */
	size_t given;	   /* bytes of "held" that the last result points to */
	int bol;	   /* nothing is held, but a line begins */
};

enum mimescan_found {
	MIMESCAN_NOTHING, /* more input is needed */
	MIMESCAN_TEXT,	  /* bytes that are no delimiter for sure */
	MIMESCAN_DASHES,  /* a line end, unless the content began here, and a
			     line that begins with "--", without its line end,
			     which is kept */
};

/* Content begins, at the start of a line. */
void mimescan_start(struct mimescan *s);

/*
 * Takes bytes off "in" and sets *out, which is valid until the next call and
 * as long as "in".  Call it until it finds nothing: then "in" is empty.  All
 * of *out, in order, is all of the input but for what is held.
 */
enum mimescan_found mimescan_next(struct mimescan *s, struct slice *in,
    struct slice *out);

/* The same at the end of the input: once; nothing is held after it. */
enum mimescan_found mimescan_end(struct mimescan *s, struct slice *out);

/* The last result, which was MIMESCAN_DASHES, with its line end after all;
 * call mimescan_start before anything else. */
struct slice mimescan_whole(const struct mimescan *s);

#endif
