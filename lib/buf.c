/* SPDX-License-Identifier: ISC */
/* buf: owned bytes with a hard maximum; see buf.h. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"

enum { SMALLEST = 64 };

/* One byte more than "n" is always there for buf_str. */
static void
grow(struct buf *b, size_t n)
{
	size_t size = b->size < SMALLEST ? SMALLEST : b->size;

	if (n < b->size)
		return;
	while (size <= n)
		size += size / 2;
	b->p = mem_resize(b->p, size, 1);
	b->size = size;
}

char *
buf_room(struct buf *b, size_t n)
{
	if (n > b->max || b->n > b->max - n)
		return NULL;
	grow(b, b->n + n);
	return b->p + b->n;
}

int
buf_add(struct buf *b, struct slice s)
{
	char *at = buf_room(b, s.n);

	if (at == NULL)
		return -1;
	if (s.n > 0)
		memcpy(at, s.p, s.n);
	b->n += s.n;
	return 0;
}

int
buf_addc(struct buf *b, int c)
{
	char byte = (char)c;

	return buf_add(b, (struct slice){ &byte, 1 });
}

int
buf_adds(struct buf *b, const char *s)
{
	return buf_add(b, slice_str(s));
}

/* Most often what is there already is room enough. */
int
buf_add_word(struct buf *b, struct slice word)
{
	size_t before = b->n;

	if (before > 0 && buf_addc(b, ' ') == -1)
		return -1;
	if (buf_add(b, word) == 0)
		return 0;
	b->n = before;
	return -1;
}

int
buf_addf(struct buf *b, const char *format, ...)
{
	size_t room = b->p == NULL ? 0 : b->size - b->n;
	va_list ap;
	char *at;
	int n;

	va_start(ap, format);
	n = vsnprintf(room == 0 ? NULL : b->p + b->n, room, format, ap);
	va_end(ap);
	if (n < 0 || (at = buf_room(b, (size_t)n)) == NULL)
		return -1;
	if ((size_t)n >= room) {
		va_start(ap, format);
		(void)vsnprintf(at, (size_t)n + 1, format, ap);
		va_end(ap);
	}
	b->n += (size_t)n;
	return 0;
}

struct slice
buf_slice(const struct buf *b)
{
	return (struct slice){ b->p == NULL ? "" : b->p, b->n };
}

const char *
buf_str(struct buf *b)
{
	grow(b, b->n);
	b->p[b->n] = '\0';
	return b->p;
}

void
buf_clear(struct buf *b)
{
	b->n = 0;
}

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = BUF(b->max);
}

void
buf_wipe(struct buf *b)
{
	if (b->p != NULL)
		explicit_bzero(b->p, b->size);
	buf_free(b);
}
