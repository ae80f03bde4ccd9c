/* SPDX-License-Identifier: ISC */
/* Fuzz target: files begin and end in turn whatever the stream says, stay
 * within their limits, and are the same whatever pieces it comes in. */

#include <stdlib.h>

#include "../../cmd/mime/tnefread.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	int open;
	unsigned files;
	uint64_t bytes, mark;
};

static int
check(void *ctx, enum tnef_event event, struct slice bytes, struct fail *f)
{
	struct seen *s = ctx;
	size_t i;

	(void)f;
	if (s->open != (event != TNEF_FILE) ||
	    (event == TNEF_FILE && bytes.n > TNEFREAD_NAME))
		abort();
	s->open = event == TNEF_FILE || event == TNEF_DATA;
	s->files += event == TNEF_FILE;
	s->bytes += event == TNEF_DATA ? bytes.n : 0;
	if (event != TNEF_DATA)
		s->mark = s->mark * 31 + event;
	for (i = 0; i < bytes.n; i++)
		s->mark = s->mark * 31 + (unsigned char)bytes.p[i];
	return 0;
}

static uint64_t
read_stream(struct slice in, size_t step)
{
	struct seen s = { 0 };
	struct tnefread r = tnefread(check, &s);
	struct fail f;
	size_t i;

	for (i = 0; i < in.n; i += step)
		if (tnefread_put(&r, slice_sub(in, i, i + step), &f) == -1)
			abort();
	if (tnefread_end(&r, "early", &f) == -1 || s.open ||
	    s.files > LIMIT_TNEF_FILES || s.bytes > LIMIT_TNEF_BYTES)
		abort();
	tnefread_free(&r);
	return s.mark * 2 + (r.wrong != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	uint64_t whole = read_stream(in, size + 1);

	if (read_stream(in, 1) != whole || read_stream(in, 7) != whole)
		abort();
	return 0;
}
