/* SPDX-License-Identifier: ISC */
/*
 * sevenbit: a message made fit for a path that carries 7-bit text only
 * (RFC 6152, 3; RFC 2045, 6).
 *
 * Leaves that hold bytes above 127, NUL or lines past 998 become
 * quoted-printable (text) or base64 (all else), with Content-Transfer-Encoding
 * and where needed MIME-Version changed; every other byte stays.  What is
 * signed (multipart/signed) or encrypted is never touched.
 */
#ifndef SEVENBIT_H
#define SEVENBIT_H

#include "input.h"

/*
 * Reads "in" twice and gives the converted message to "put" in pieces.
 * 0, or -1: what "put" or input_read said; EX_DATAERR where the message
 * cannot be converted: bytes above 127 in a header, inside multipart/signed,
 * or more structure than the limits of mime.h allow.  The first pass finds
 * that out, so then "put" was never called.
 */
int sevenbit_convert(const struct input *in,
    int (*put)(void *ctx, struct slice bytes, struct fail *f), void *ctx,
    struct fail *f);

#endif
