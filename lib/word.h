/* SPDX-License-Identifier: ISC */
/*
 * word: text that is not ASCII in header fields (RFC 2047).  Inside mailpipe
 * all text is UTF-8.
 */
#ifndef WORD_H
#define WORD_H

#include "buf.h"
#include "charset.h"
#include "fail.h"

/*
 * Adds the text of an unstructured value or phrase to "out", as UTF-8: folds
 * and spaces at both ends are taken off, encoded-words decoded, spaces between
 * two encoded-words dropped, and neighbours of the same charset joined before
 * they are decoded, so that a character split between two of them is read
 * (many senders do that).  Encoded-words are found inside longer words too,
 * and may hold spaces.  One that cannot be decoded (unknown charset, bytes
 * that are no base64) stays as it is.  Raw bytes above 127 are taken as
 * charset_guess() does.
 *
 * What was encoded may be any character: CR, LF and NUL too.  The result is
 * text to be shown or compared; it never goes into a header, a path or a line
 * of output without the check or escape that belongs there.
 *
 * 0, or -1 where the maximum of "out" is passed.
 */
int word_decode(struct slice value, struct buf *out);

/*
 * Adds "text" (UTF-8) to "out" as ASCII: as it is where it is printable ASCII
 * without "=?"; else the words from the first to the last that need it become
 * encoded-words of UTF-8, in Q or B, whichever is shorter, split between
 * characters, with spaces between them to fold at.  Each has at most 66
 * characters (RFC 2047, 2 allows 75): so the first fits behind "Subject: ",
 * and no reader meets a first line without text.  A word too long for a line
 * counts among those that need it.  With "phrase" set the result may stand in
 * a phrase: a quoted-string where printable ASCII is no list of atoms with
 * single spaces between them, and encoded-words of the letters that RFC 2047,
 * 5 (3) allows.
 * 0, or -1: the maximum of "out" is passed, or "text" is not UTF-8 or holds
 * CR, LF or NUL.
 */
int word_encode(struct slice text, int phrase, struct buf *out);

/*
 * For a value that was encoded elsewhere and goes into a header as it is: 0, or
 * -1 with EX_DATAERR where its encoded-words hold CR, LF or NUL, of which a
 * program that decodes them would make another field, or where it is too long.
 * "name" is for the sentence.
 */
int word_check(const char *name, struct slice value, struct fail *f);

#endif
