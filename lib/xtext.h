/* SPDX-License-Identifier: ISC */
/* xtext: any text as a value of a parameter of MAIL and RCPT (RFC 3461, 4). */
#ifndef XTEXT_H
#define XTEXT_H

#include "buf.h"

/* Adds "s" to "out": each byte that is no printable ASCII, a space, "+" or "="
 * becomes "+" and two upper-case hexadecimal digits.  0, or -1 where the
 * maximum is passed: 3 * s.n bytes are always enough. */
int xtext_encode(struct slice s, struct buf *out);

#endif
