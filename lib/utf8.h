/* SPDX-License-Identifier: ISC */
/* utf8: one character at a time (RFC 3629), strict: no overlong forms, no
 * surrogates, nothing past U+10FFFF. */
#ifndef UTF8_H
#define UTF8_H

#include "buf.h"

/* Takes the next character of "s": its code point; -1 at the end; -2 where
 * the bytes are not UTF-8, and then exactly one byte was taken. */
int32_t utf8_next(struct slice *s);

/* Adds the character "c", 0 up to 0x10ffff: 0, or -1 where it has no room. */
int utf8_add(struct buf *out, int32_t c);

/* How many bytes the character has that begins with the byte "lead", 1..4; 1
 * where none does. */
size_t utf8_size(unsigned char lead);

/* 1 if all of "s" is UTF-8, else 0. */
int utf8_valid(struct slice s);

/* The same for what comes in pieces of any size; a zeroed struct is the start.
 * "bad" is set as soon as it is known; ok tells after the last piece. */
struct utf8_stream {
	char held[4]; /* the start of a character */
	size_t nheld;
	int bad;
};
void utf8_stream_put(struct utf8_stream *u, struct slice piece);
int utf8_stream_ok(const struct utf8_stream *u);

/* 1 if every byte is below 128, else 0. */
int utf8_ascii(struct slice s);

/* 1 for a character that must not reach a terminal, a log or a file name:
 * C0 and C1 controls, DEL, line and paragraph separators, bidirectional
 * marks, zero-width and tag characters (Unicode TR 36), non-characters. */
int utf8_unsafe(int32_t c);

enum { UTF8_MARKS = 8 }; /* more on one character are a flood */

/* 1 for a mark that is drawn on the character before it, else 0. */
int utf8_combining(int32_t c);

/* 1 if "c", what utf8_next gave, must not reach a terminal, else 0: what is
 * not UTF-8, what utf8_unsafe() names, and marks beyond UTF8_MARKS on one
 * character.  *run counts those through a text; it is 0 at the start. */
int utf8_unfit(int32_t c, unsigned *run);

#endif
