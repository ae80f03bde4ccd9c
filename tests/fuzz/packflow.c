/* SPDX-License-Identifier: ISC */
/* Fuzz target: format=flowed does not depend on where the pieces end, and what
 * a reader joins is the text that it was made of. */

#include <stdlib.h>

#include "../../cmd/mime/packflow.h"
#include "buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
put(void *ctx, struct slice bytes, struct fail *f)
{
	(void)f;
	if (buf_add(ctx, bytes) == -1)
		abort();
	return 0;
}

static void
flow(struct slice in, size_t piece, struct buf *out)
{
	struct packflow w;
	struct fail f;

	packflow_init(&w, put, out);
	for (size_t at = 0; at < in.n; at += piece)
		if (packflow_put(&w, slice_sub(in, at, at + piece), &f) == -1)
			abort();
	if (packflow_end(&w, &f) == -1)
		abort();
}

/* Joins what is flowed (RFC 3676, 4.1 to 4.5). */
static void
join(struct slice flowed, struct buf *out)
{
	struct slice line;
	size_t depth = 0;
	int soft = 0, more;

	while (flowed.n > 0) {
		size_t marks = 0;

		more = slice_until(&flowed, '\n', &line);
		while (marks < line.n && line.p[marks] == '>')
			marks++;
		if (soft && marks != depth)
			abort();
		depth = marks;
		line = slice_sub(line, marks, line.n);
		if (slice_peek(line) == ' ')
			(void)slice_getc(&line);
		for (size_t i = 0; !soft && i < depth; i++)
			(void)buf_addc(out, '>');
		if (!soft && depth > 0 && line.n > 0)
			(void)buf_addc(out, ' ');
		(void)buf_add(out, line);
		soft = slice_ends(line, SLICE(" ")) &&
		    !slice_eq(line, SLICE("-- "));
		if (soft && (!more || flowed.n == 0))
			abort();
		if (!soft && more)
			(void)buf_addc(out, '\n');
	}
}

/* A CR before spaces that were dropped is part of a line end now. */
static int
has_new_crlf(struct slice flowed)
{
	struct slice line;

	while (slice_until(&flowed, '\n', &line))
		if (slice_ends(line, SLICE("\r")))
			return 1;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	size_t room = 50 * size + 32;
	struct buf whole = BUF(room), pieces = BUF(room), text = BUF(room);

	flow(in, size + 1, &whole);
	flow(in, size > 0 ? data[0] % 7 + 1 : 1, &pieces);
	if (!slice_eq(buf_slice(&whole), buf_slice(&pieces)))
		abort();
	join(buf_slice(&whole), &text);
	buf_clear(&pieces);
	flow(buf_slice(&text), text.n + 1, &pieces);
	if (!has_new_crlf(buf_slice(&whole)) &&
	    !slice_eq(buf_slice(&whole), buf_slice(&pieces)))
		abort();
	buf_free(&whole);
	buf_free(&pieces);
	buf_free(&text);
	return 0;
}
