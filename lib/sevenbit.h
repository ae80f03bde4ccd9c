/* SPDX-License-Identifier: ISC */
/*
 * sevenbit: a message made fit for a path that carries 7-bit text only
 * (RFC 6152, 3; RFC 2045, 6).
 *
 * Leaves that hold bytes above 127, NUL, a CR without LF or lines past 998
 * become quoted-printable (text) or base64 (all else), whatever they were
 * before; multiparts and messages that call themselves 8bit or binary become
 * 7bit.  Content-Transfer-Encoding is changed or added for that, MIME-Version
 * and Content-Type (RFC 1428) are added where they are missing.  Bytes above
 * 127 in a preamble, in an epilogue and around delimiters, which nobody is to
 * read, become "?", and with them the first "-" of a line that begins with
 * "--", so that it cannot turn into a delimiter.  In quoted-printable parts of
 * a multipart the first "-" of such a line is encoded for the same reason.
 * Every other byte stays.
 *
 * What is signed or encrypted (multipart/signed and multipart/encrypted) is
 * never touched.
 */
#ifndef SEVENBIT_H
#define SEVENBIT_H

#include "input.h"

/*
 * Reads "in" twice and gives the converted message to "put" in pieces.
 * 0, or -1: what "put" or input_read said; EX_DATAERR where the message
 * cannot be converted: bytes above 127 in a header or in a boundary; a NUL or a
 * line past 998 in a header or between parts; something to convert in what is
 * signed or encrypted, or in a message/partial, message/external-body or
 * message/rfc822 that may not be encoded; or more structure than the limits of
 * mime.h allow.  The first pass finds that out, so then "put" was never called.
 * What was put has no byte above 127, no NUL and no line past 998.
 */
int sevenbit_convert(const struct input *in,
    int (*put)(void *ctx, struct slice bytes, struct fail *f), void *ctx,
    struct fail *f);

#endif
