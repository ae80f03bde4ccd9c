/* SPDX-License-Identifier: ISC */
/* Fuzz target: the same files whatever pieces the text comes in, begun and
 * ended in turn, and no longer than they may be. */

#include <stdlib.h>

#include "../../cmd/mime/uubody.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	int open;
	uint64_t mark;
	size_t bytes;
};

static int
check(void *ctx, enum uu_event event, struct slice bytes, struct fail *f)
{
	struct seen *s = ctx;
	size_t i;

	(void)f;
	if (s->open != (event != UU_BEGIN) ||
	    bytes.n > (event == UU_BEGIN ? UU_LINE : UU_PIECE))
		abort();
	s->open = event == UU_BEGIN || event == UU_DATA;
	if (event != UU_DATA)
		s->mark = s->mark * 31 + event;
	for (i = 0; i < bytes.n; i++)
		s->mark = s->mark * 31 + (unsigned char)bytes.p[i];
	s->bytes += bytes.n;
	return 0;
}

static struct seen
scan(struct slice in, size_t step)
{
	struct seen s = { 0 };
	struct uu u = { 0 };
	struct fail f;
	size_t i;

	uu_start(&u, check, &s);
	for (i = 0; i < in.n; i += step)
		(void)uu_put(&u, slice_sub(in, i, i + step), &f);
	(void)uu_end(&u, &f);
	if (s.open || s.bytes > UU_GROWTH * in.n)
		abort();
	s.mark = s.mark * 2 + (uint64_t)u.text;
	uu_free(&u);
	return s;
}

static void
body(struct slice in, size_t step)
{
	struct buf out = BUF(UU_GROWTH * in.n + UUBODY_MORE);
	struct uubody b = { 0 };
	size_t i;

	uubody_start(&b);
	for (i = 0; i < in.n; i += step)
		if (uubody_put(&b, slice_sub(in, i, i + step), &out) == -1)
			abort();
	if (uubody_end(&b, &out) == -1 ||
	    out.n > UU_GROWTH * in.n)
		abort();
	if ((b.flaws & UU_FLAW_NONE) && !slice_eq(buf_slice(&out), in))
		abort();
	uubody_free(&b);
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t steps[] = { 1, 3, 64 };
	struct slice in = { (const char *)data, size };
	struct seen whole = scan(in, size + 1);
	size_t i;

	for (i = 0; i < 3; i++) {
		if (scan(in, steps[i]).mark != whole.mark)
			abort();
		body(in, steps[i]);
	}
	return 0;
}
