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

/*
 * The same for an address of the type utf-8 (RFC 6533, 3), which has a form of
 * its own that is an xtext, too: xtext_encode_utf8 adds "s", UTF-8, with each
 * character that is not printable ASCII, and a space, "+", "=" or backslash, as
 * a backslash and "x{HEX}".  0, or -1 where it is not UTF-8 or the maximum is
 * passed: 6 * s.n bytes are always enough.
 *
 * xtext_decode_utf8 reads that, and characters that are not ASCII as they are,
 * which none but a client that asked for SMTPUTF8 may send: the caller's to
 * see to.  0; -1 where it is neither, or stands for a control, or has no room:
 * s.n bytes are always enough.  Some of it may be in "out" then.
 */
int xtext_encode_utf8(struct slice s, struct buf *out);
int xtext_decode_utf8(struct slice s, struct buf *out);

/* As xtext_decode, but bytes above 127 are taken, too: UTF-8 in an address of
 * the type rfc822, as Postfix sends it.  That it is UTF-8 is not checked. */
int xtext_decode_8bit(struct slice s, struct buf *out);

/* An original recipient (ORCPT: type, ";" and address) with its address
 * decoded by one of these, as the type has it.  0, or -1 as theirs, or where
 * there is no type; s.n bytes are always enough. */
int xtext_decode_original(struct slice s, struct buf *out);

#endif
