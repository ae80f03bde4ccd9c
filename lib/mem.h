/* SPDX-License-Identifier: ISC */
/*
 * mem: allocation that cannot fail, and arenas.
 *
 * Where memory runs out the process prints one line and exits 75
 * (EX_TEMPFAIL): mail can be tried again.  It is the only place in lib/ that
 * exits.  Nothing of what a peer announces is ever allocated before it came.
 */
#ifndef MEM_H
#define MEM_H

#include <stddef.h>

#include "slice.h"

/* "n" bytes set to zero; free(3) them. */
void *mem_alloc(size_t n);

/* "p" (or NULL) resized to "count" elements of "size" bytes; what is new is
 * not set.  An overflow of the product counts as memory that ran out. */
void *mem_resize(void *p, size_t count, size_t size);

/* "p" (or NULL where "n" is 0), an array that only this has made room for, with
 * room for one element more than its "n" of "size" bytes: where "n" is a power
 * of two, for twice as many; what is new is not set. */
void *mem_grow(void *p, size_t n, size_t size);

/* A copy of "s" with a NUL behind it; free(3) it. */
char *mem_str(struct slice s);

/*
 * arena: many small things that die together.  A zeroed struct is an empty
 * arena.  What it gave is valid until arena_free, and never moves.
 */
struct arena {
	struct arena_block *last;
};

/* "n" bytes set to zero, aligned for any type. */
void *arena_alloc(struct arena *a, size_t n);

/* Copies of "s"; arena_str has a NUL behind it. */
struct slice arena_slice(struct arena *a, struct slice s);
char *arena_str(struct arena *a, struct slice s);

/* As arena_free, but where little was given, its memory is kept for what comes
 * next. */
void arena_reset(struct arena *a);

/* Frees everything; "a" is an empty arena again. */
void arena_free(struct arena *a);

#endif
