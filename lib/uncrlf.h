/* SPDX-License-Identifier: ISC */
/*
 * uncrlf: a message off the wire of IMAP, as it is stored: lines that end in
 * CRLF have LF behind this, and nothing else is changed.  The other way round
 * it is crlf.h.
 */
#ifndef UNCRLF_H
#define UNCRLF_H

#include "buf.h"

/* A zeroed struct is at the start of a message. */
struct uncrlf {
	int held;	    /* its own: a CR */
	int cr;		    /* the last byte written was CR */
	uint64_t size;	    /* bytes written */
	uint64_t crlf_size; /* of the same as crlf.h gives them: W= of a name
			       in a Maildir */
};

/* Adds what the next piece stands for to "out"; how the message is cut makes no
 * difference.  0, or -1 where the maximum of "out" is passed: in.n + 1 bytes
 * are always enough. */
int uncrlf_add(struct uncrlf *u, struct slice in, struct buf *out);

/* Adds a CR that was the last byte: 0, or -1 where there is no room. */
int uncrlf_end(struct uncrlf *u, struct buf *out);

#endif
