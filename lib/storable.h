/* SPDX-License-Identifier: ISC */
/*
 * storable: a message of BINARYMIME (RFC 3030, 3) made fit for a store of
 * lines, which keeps a line end and not how it was written.
 *
 * A leaf that such a store would damage becomes base64: one that holds a NUL,
 * a CR or LF that stands alone or a line past LIMIT_TEXT_LINE; and one that
 * calls itself binary, unless it is text in lines of CRLF, as what looks like
 * line ends there may be none.  Where lines are all that is too long, past 998
 * bytes in what calls itself binary, text becomes quoted-printable.  Text in
 * lines, multiparts and messages that call themselves binary become 7bit or
 * 8bit.  MIME-Version and Content-Type (RFC 1428) are added to what is
 * converted where they are missing.  Every other byte stays.
 *
 * What is signed or encrypted (multipart/signed and multipart/encrypted) is
 * never touched.
 */
#ifndef STORABLE_H
#define STORABLE_H

#include "input.h"

/*
 * Reads "in", with line ends of CRLF, twice and gives the converted message to
 * "put" in pieces.  0, or -1: what "put" or input_read said; EX_DATAERR where
 * the message cannot be converted: a NUL or a bare CR or LF in a header or
 * between parts; something to convert in what is signed or encrypted, in what
 * has an encoding of no known name or a header that is none, or in a
 * message/partial, message/external-body or message/rfc822 that may not be
 * encoded; or more structure than the limits of mime.h allow.  The first pass
 * finds that out, so then "put" was never called.  What was put has no NUL, and
 * each CR and each LF is of a CRLF; decoded, its leaves are what they were.
 * A header, and what is between parts, may have lines of any length.
 */
int storable_convert(const struct input *in,
    int (*put)(void *ctx, struct slice bytes, struct fail *f), void *ctx,
    struct fail *f);

#endif
