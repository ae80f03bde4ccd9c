/* SPDX-License-Identifier: ISC */
/*
 * slice: bytes that belong to somebody else, and a cursor over them.
 *
 * A slice is a pointer and a length; it owns nothing, holds any byte (NUL
 * too) and lives as long as what it points into.  The functions that take a
 * "struct slice *" use it as a cursor: they move its start forward and never
 * past its end.  No function here allocates or fails for lack of memory.
 */
#ifndef SLICE_H
#define SLICE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const char *p;
	size_t n;
};

/* A slice of a string literal, without its NUL. */
#define SLICE(literal) ((struct slice){ "" literal, sizeof("" literal) - 1 })

/* printf("%.*s", SLICE_ARG(s)): only for bytes known to be printable. */
#define SLICE_ARG(s) (int)(s).n, (s).p

/* What is called for every few bytes stands here, so that it is no call. */

/* The bytes of the string "s" without its NUL. */
static inline struct slice
slice_str(const char *s)
{
	return (struct slice){ s, strlen(s) };
}

/* The bytes [from, to) of "s"; both are cut to its length. */
static inline struct slice
slice_sub(struct slice s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	/* NULL + 0 is not defined in C. */
	return (struct slice){ from == 0 ? s.p : s.p + from, to - from };
}

/* 1 if the same bytes, else 0.  "case" ones ignore ASCII letter case. */
static inline int
slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int slice_caseeq(struct slice a, struct slice b);

/* A number for the bytes of "s" to be found by in a table, the same everywhere
 * (FNV-1a, folded). */
uint64_t slice_hash(struct slice s);

/* 1 if "s" begins (ends) with the bytes of "part", else 0. */
int slice_casestarts(struct slice s, struct slice part);

static inline int
slice_starts(struct slice s, struct slice part)
{
	return s.n >= part.n && slice_eq(slice_sub(s, 0, part.n), part);
}

static inline int
slice_ends(struct slice s, struct slice part)
{
	return s.n >= part.n &&
	    slice_eq(slice_sub(s, s.n - part.n, s.n), part);
}

/* The offset of the first byte "c", or s.n where there is none. */
static inline size_t
slice_find(struct slice s, int c)
{
	const char *at = s.n == 0 ? NULL : (const char *)memchr(s.p, c, s.n);

	return at == NULL ? s.n : (size_t)(at - s.p);
}

/* "s" without spaces and tabs (and CR, LF) at both ends. */
struct slice slice_trim(struct slice s);

/* Takes one byte: 0..255, or -1 at the end.  slice_peek takes nothing. */
static inline int
slice_peek(struct slice s)
{
	return s.n == 0 ? -1 : (unsigned char)s.p[0];
}

static inline int
slice_getc(struct slice *s)
{
	int c = slice_peek(*s);

	if (c != -1)
		s->p++, s->n--;
	return c;
}

/* Takes "n" bytes into "out": 0; -1 where there are fewer, nothing moved. */
int slice_take(struct slice *s, size_t n, struct slice *out);

/* Takes all bytes before the first "c", and "c" itself, and returns 1; where
 * there is no "c" takes everything and returns 0.  "out" is without "c". */
int slice_until(struct slice *s, int c, struct slice *out);

/* Takes the next word between spaces and tabs: 1, or 0 where none is left. */
int slice_word(struct slice *s, struct slice *out);

/* 1 where "word" is one of these words, in any case of ASCII letters; else
 * 0. */
int slice_has_word(struct slice s, struct slice word);

/* All of "s" as a decimal number: digits only, min <= *out <= max.  0, or -1
 * with *out untouched (empty, another byte, too large). */
int slice_uint(struct slice s, uint64_t min, uint64_t max, uint64_t *out);

/* A size of at most "max": a number, with K, M or G behind it, or none, for
 * 1024, 1024^2, 1024^3.  0, or -1 with *out untouched. */
int slice_size(struct slice s, uint64_t max, uint64_t *out);

/* The number, from 1, of the line of "s" that "at" points into. */
size_t slice_line_number(struct slice s, const char *at);

/* The value of the ASCII hexadecimal digit "c", or -1. */
int slice_hexdigit(int c);

/* Takes two hexadecimal digits: the byte, 0..255; -1 where they are not there,
 * and nothing moved. */
int slice_hexbyte(struct slice *s);

/* "c" as a lower-case ASCII letter, without the locale. */
static inline int
slice_lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

#endif
