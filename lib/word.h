/* SPDX-License-Identifier: ISC */
/*
 * word: text that is not ASCII in header fields (RFC 2047), and charsets.
 *
 * Inside mailpipe all text is UTF-8.
 */
#ifndef WORD_H
#define WORD_H

#include "buf.h"

/*
 * Adds the text of an unstructured value or phrase to "out", as UTF-8: folds
 * are undone, encoded-words decoded, spaces between two encoded-words dropped,
 * and neighbours of the same charset joined before they are decoded, so that
 * a character split between two of them is read (many senders do that).  An
 * encoded-word that cannot be decoded (unknown charset, bad encoding) stays
 * as it is.  Raw bytes above 127 are taken as UTF-8 where they are, else as
 * windows-1252.  0, or -1 where the maximum of "out" is passed.
 */
int word_decode(struct slice value, struct buf *out);

/*
 * Adds "text" (UTF-8) to "out" as ASCII: as it is where it is printable ASCII
 * without "=?"; else the words from the first to the last that need it become
 * encoded-words of UTF-8, in Q or B, whichever is shorter, each at most 75
 * characters, split between characters, with spaces between them to fold at.
 * With "phrase" set the result may stand in a phrase (RFC 2047, 5 (3)).
 * 0, or -1: the maximum of "out" is passed, or "text" is not UTF-8.
 */
int word_encode(struct slice text, int phrase, struct buf *out);

/*
 * Adds "in", which is text in "charset", to "out" as UTF-8.  "us-ascii",
 * "utf-8" and an empty name need no iconv(3); "iso-8859-1" is read as
 * windows-1252, as every browser does.  What cannot be converted becomes
 * U+FFFD.  0; -1 where the maximum is passed; 1 where the charset is unknown,
 * and then nothing was added.
 */
int charset_to_utf8(struct slice charset, struct slice in, struct buf *out);

/*
 * The same as a stream: open gives NULL for an unknown charset; convert may
 * be called with any piece, a character may lie in two; finish gives U+FFFD
 * for one that never ended.  0, or -1 where the maximum of "out" is passed:
 * 4 * in.n + 64 bytes of room are always enough.
 */
struct charset;
struct charset *charset_open(struct slice name);
int charset_convert(struct charset *c, struct slice in, struct buf *out);
int charset_finish(struct charset *c, struct buf *out);
void charset_close(struct charset **c);

#endif
