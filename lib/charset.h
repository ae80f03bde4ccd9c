/* SPDX-License-Identifier: ISC */
/* charset: text in any charset to UTF-8, by iconv(3) of the C library. */
#ifndef CHARSET_H
#define CHARSET_H

#include "buf.h"

/*
 * Adds "in", which is text in "charset", to "out" as UTF-8.  "us-ascii",
 * "utf-8" and an empty name are read as UTF-8 without iconv(3); names that
 * senders use for more than they say (iso-8859-1 for windows-1252, gb2312 for
 * GB18030, ...) are read as every browser does (encoding.spec.whatwg.org).  A
 * language behind "*" (RFC 2231, 5) is ignored.  What cannot be converted
 * becomes U+FFFD.  0; -1 where the maximum is passed; 1 where the charset is
 * unknown, and then nothing was added.
 */
int charset_to_utf8(struct slice charset, struct slice in, struct buf *out);

/* Adds "in", whose charset nobody told: as it is where it is UTF-8, else read
 * as windows-1252.  0, or -1 where the maximum is passed. */
int charset_guess(struct slice in, struct buf *out);

/*
 * The same as a stream: open gives NULL for an unknown charset; convert may
 * be called with any piece, a character may lie in two; finish gives U+FFFD
 * for one that never ended.  0, or -1 where the maximum of "out" is passed;
 * after that "c" is of no use.  CHARSET_ROOM(in.n) bytes of room are enough
 * for every charset of the GNU C library: TSCII makes twelve bytes of one.
 * close sets the pointer to NULL.
 */
#define CHARSET_ROOM(n) (12 * (n) + 256)
struct charset;
struct charset *charset_open(struct slice name);
int charset_convert(struct charset *c, struct slice in, struct buf *out);
int charset_finish(struct charset *c, struct buf *out);
void charset_close(struct charset **c);

#endif
