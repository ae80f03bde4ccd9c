/* SPDX-License-Identifier: ISC */
/* mem: allocation that cannot fail, and arenas; see mem.h. */

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "mem.h"

enum { BLOCK = 4096 };

struct arena_block {
	struct arena_block *before;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

static void *
out_of_memory(void)
{
	static const char line[] = "mailpipe: out of memory\n";

	(void)!write(STDERR_FILENO, line, sizeof(line) - 1);
	_exit(EX_TEMPFAIL);
}

void *
mem_alloc(size_t n)
{
	void *p = calloc(1, n == 0 ? 1 : n);

	return p == NULL ? out_of_memory() : p;
}

void *
mem_resize(void *p, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		return out_of_memory();
	p = realloc(p, count * size == 0 ? 1 : count * size);
	return p == NULL ? out_of_memory() : p;
}

void *
mem_grow(void *p, size_t n, size_t size)
{
	if ((n & (n - 1)) != 0)
		return p;
	if (n > SIZE_MAX / 2)
		return out_of_memory();
	return mem_resize(p, n == 0 ? 1 : n * 2, size);
}

char *
mem_str(struct slice s)
{
	char *p = mem_alloc(s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return p;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	const size_t unit = alignof(max_align_t);
	struct arena_block *b = a->last;
	void *p;

	if (n > SIZE_MAX - sizeof(*b) - BLOCK)
		return out_of_memory();
	n = (n + unit - 1) / unit * unit;
	if (b == NULL || b->size - b->used < n) {
		size_t size = n > BLOCK ? n : BLOCK;

		b = mem_alloc(sizeof(*b) + size);
		b->size = size;
		b->before = a->last;
		a->last = b;
	}
	p = b->bytes + b->used;
	b->used += n;
	return p;
}

char *
arena_str(struct arena *a, struct slice s)
{
	char *p = arena_alloc(a, s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return p;
}

struct slice
arena_slice(struct arena *a, struct slice s)
{
	return (struct slice){ arena_str(a, s), s.n };
}

void
arena_reset(struct arena *a)
{
	struct arena_block *b = a->last;

	if (b == NULL || b->before != NULL || b->size > BLOCK) {
		arena_free(a);
		return;
	}
	memset(b->bytes, 0, b->used);
	b->used = 0;
}

void
arena_free(struct arena *a)
{
	struct arena_block *b, *before;

	for (b = a->last; b != NULL; b = before) {
		before = b->before;
		free(b);
	}
	a->last = NULL;
}
