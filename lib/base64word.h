/* SPDX-License-Identifier: ISC */
/*
 * base64word: base64 in protocols (RFC 4648, 4): one word without line ends,
 * and one spelling for each value, so that nothing can hide in another.
 */
#ifndef BASE64WORD_H
#define BASE64WORD_H

#include "buf.h"

/* Adds "in" to "out" in base64.  0, or -1 where the maximum is passed. */
int base64word_encode(struct slice in, struct buf *out);

/*
 * Adds what "word" stands for to "out".  0, or -1 with "out" as it was: the
 * length is no multiple of four, a byte is not of the alphabet, padding stands
 * elsewhere than at the end or hides bits, or the maximum is passed.  Of a
 * secret only the caller's buf has a copy.
 */
int base64word_decode(struct slice word, struct buf *out);

#endif
