/* SPDX-License-Identifier: ISC */
/* lines: a file line by line; see lines.h. */

#include <string.h>

#include "lines.h"
#include "text.h"

enum { BLOCK = 16384 };

int
lines_open(struct lines *l, const char *path, size_t longest, struct fail *f)
{
	*l = (struct lines){ .longest = longest,
		.held = BUF(longest + 1 + 2 * BLOCK) };
	return input_open(&l->in, path, UINT64_MAX, f);
}

/* Forgets what was handed out, and reads a block behind the rest. */
static int
read_block(struct lines *l, struct fail *f)
{
	size_t got;
	char *to;

	if (l->taken > 0) {
		l->held.n -= l->taken;
		memmove(l->held.p, l->held.p + l->taken, l->held.n);
		l->taken = 0;
	}
	to = buf_room(&l->held, BLOCK);
	if (to == NULL || input_read(&l->in, l->at, to, BLOCK, &got, f) == -1)
		return -1;
	l->held.n += got;
	l->at += got;
	l->ended = got < BLOCK;
	return 0;
}

int
lines_next(struct lines *l, struct slice *line, struct fail *f)
{
	struct slice rest;
	size_t n;

	for (;;) {
		rest = slice_sub(buf_slice(&l->held), l->taken, l->held.n);
		n = slice_find(rest, '\n');
		if (n < rest.n || l->ended || n > l->longest)
			break;
		if (read_block(l, f) == -1)
			return -1;
	}
	if (n > l->longest)
		return fail_set(f, EX_DATAERR,
		    "%s: line %zu: longer than %zu bytes",
		    TEXT_SHOW(slice_str(l->in.name)), l->number + 1,
		    l->longest);
	if (rest.n == 0)
		return 0;
	*line = slice_sub(rest, 0, n);
	l->taken += n < rest.n ? n + 1 : n;
	l->number++;
	return 1;
}

void
lines_close(struct lines *l)
{
	input_close(&l->in);
	buf_free(&l->held);
}
