/* SPDX-License-Identifier: ISC */
/*
 * eightbit: a message whose text is not encoded where it need not be
 * (RFC 2045, 6; RFC 6152).
 *
 * Leaves of type text that are quoted-printable or base64 are decoded and
 * become 8bit, or 7bit where they are ASCII; so do the multiparts and messages
 * around what became 8bit, which may not say less than what is in them
 * (RFC 2045, 6.4).  Every other byte stays.  A leaf stays encoded where
 *
 *	- it holds a NUL, a CR without LF, or a line past 998 bytes;
 *	- it has line ends of both kinds, or LF in a message with CRLF, which
 *	  only an encoding keeps apart;
 *	- one of its lines would begin like a delimiter around it;
 *	- its charset is UTF-16, UTF-32 or UCS, whose line ends are other bytes;
 *	- its encoding is malformed or empty, or its header has two types, two
 *	  encodings, no type that is one, or no boundary: programs differ then
 *	  in what they see;
 *	- it is signed or encrypted (in multipart/signed, multipart/encrypted).
 *
 * Decoded content is the same before and after, to the byte.
 */
#ifndef EIGHTBIT_H
#define EIGHTBIT_H

#include "input.h"

/*
 * Reads "in" twice and gives the converted message to "put" in pieces.
 * 0, or -1: what "put" or input_read said, or EX_DATAERR where there is more
 * structure than the limits of mime.h allow, and then "put" was never called.
 */
int eightbit_convert(const struct input *in,
    int (*put)(void *ctx, struct slice bytes, struct fail *f), void *ctx,
    struct fail *f);

#endif
