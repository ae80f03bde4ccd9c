/* SPDX-License-Identifier: ISC */
/*
 * crlf: a message as it is stored, on the wire of POP3 and IMAP: lines that end
 * in CRLF, and nothing else changed, so that who fetches it has the same bytes.
 *
 * What dot.h is for SMTP, where a bare CR may not be sent at all.
 */
#ifndef CRLF_H
#define CRLF_H

#include "buf.h"

/* A zeroed struct is at the start of a message. */
struct crlf {
	int dots;    /* set by the caller: a dot is put before each line that
			begins with one (RFC 1939, 3) */
	int inside;  /* of a line */
	int cr;	     /* the last byte was a CR */
	uint64_t octets; /* so far, without dots that were added */
};

/*
 * Adds the next piece of a message to "out": before a LF that has no CR before
 * it a CR is put; a bare CR and a NUL pass.  The bytes do not depend on how
 * the message is cut.  0, or -1 where the maximum of "out" is passed: 2 * in.n
 * bytes are always enough.
 */
int crlf_add(struct crlf *c, struct slice in, struct buf *out);

/* Ends the last line where it has no end: 0, or -1 where there is no room for
 * two bytes. */
int crlf_end(struct crlf *c, struct buf *out);

#endif
