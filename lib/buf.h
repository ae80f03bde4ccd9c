/* SPDX-License-Identifier: ISC */
/*
 * buf: owned bytes that grow up to a hard maximum.
 *
 * A buf is made by BUF(max) and ended by buf_free.  Every function that adds
 * returns 0, or -1 where the bytes would pass "max": then nothing was added,
 * and the caller says which limit was hit.  Slices of a buf are valid until
 * the next call that adds to it.
 */
#ifndef BUF_H
#define BUF_H

#include <stddef.h>

#include "slice.h"

struct buf {
	char *p;     /* NULL while nothing was added */
	size_t n;    /* bytes in it */
	size_t size; /* bytes allocated */
	size_t max;  /* bytes that it may ever hold */
};

#define BUF(maximum) ((struct buf){ .max = (maximum) })

int buf_add(struct buf *b, struct slice s);
int buf_addc(struct buf *b, int c);
int buf_adds(struct buf *b, const char *s);

/* Adds a space, unless "b" is empty, and the word. */
int buf_add_word(struct buf *b, struct slice word);

/* As printf(3).  Foreign bytes never go through %s: they go by buf_add. */
int buf_addf(struct buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Room for "n" bytes more, at the end; the caller writes some and adds their
 * count to b->n.  NULL where they would pass the maximum. */
char *buf_room(struct buf *b, size_t n);

/* What is in it. */
struct slice buf_slice(const struct buf *b);

/* The same as a string: adds a NUL that does not count, for path names and
 * the like.  The caller knows that no other NUL is in it. */
const char *buf_str(struct buf *b);

/* Empties it and keeps the memory; frees the memory; overwrites what was in
 * it (a secret) and frees the memory. */
void buf_clear(struct buf *b);
void buf_free(struct buf *b);
void buf_wipe(struct buf *b);

#endif
