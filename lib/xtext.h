/* SPDX-License-Identifier: ISC */
/* xtext: any text as a value of a parameter of MAIL and RCPT (RFC 3461, 4). */
#ifndef XTEXT_H
#define XTEXT_H

#include "buf.h"

/* Adds "s" to "out": each byte that is no printable ASCII, a space, "+" or "="
 * becomes "+" and two upper-case hexadecimal digits.  0, or -1 where the
 * maximum is passed: 3 * s.n bytes are always enough. */
int xtext_encode(struct slice s, struct buf *out);

/* Adds to "out" what the xtext "s" stands for: printable ASCII and spaces, as
 * it may stand for nothing else where we read it (RFC 3461, 4.2 and 4.4; RFC
 * 4954, 5).  0; -1 where it is no xtext, stands for anything else, CR, LF and
 * NUL among that, or has no room: s.n bytes are always enough.  Some of it may
 * be in "out" then. */
int xtext_decode(struct slice s, struct buf *out);

#endif
