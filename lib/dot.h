/* SPDX-License-Identifier: ISC */
/*
 * dot: the text of a message on the wire of SMTP and POP3: lines that end in
 * CRLF, a dot put before each that begins with one, a lone dot as the end
 * (RFC 5321, 4.5.2; RFC 1939, 3); or in chunks, which need no dots (RFC 3030).
 */
#ifndef DOT_H
#define DOT_H

#include "buf.h"

/* A zeroed struct is an encoder at the start of a message. */
struct dot {
	int plain;   /* set by the caller: lines alone, no dot is added */
	int inside;  /* of a line */
	int cr;	     /* the last byte was CR and is not written yet */
	uint64_t n;  /* bytes written, without dots that were added */
};

/*
 * Adds the wire form of the next piece of a message to "out".  LF, CRLF and a
 * bare CR each are one line end: whatever the input, the output has neither a
 * bare CR nor a bare LF, and its only line of a lone dot is the one that
 * dot_end writes.  The form does not depend on how the input is cut.  0, or -1
 * where the maximum of "out" is passed: 2 * in.n + 8 bytes are always enough.
 */
int dot_encode(struct dot *d, struct slice in, struct buf *out);

/* Ends the last line where it has no end, and unless it is plain adds
 * ".\r\n". */
int dot_end(struct dot *d, struct buf *out);

/* The line that "line" (from conn_line) stands for: without the dot that was
 * put before it.  A lone dot, which ends the text, is the caller's to see. */
struct slice dot_decode(struct slice line);

#endif
