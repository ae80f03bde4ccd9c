/* SPDX-License-Identifier: ISC */
/* Fuzz target: the parts of encoded messages begin and end as a tree, and are
 * the same whatever pieces the message came in. */

#include <stdlib.h>
#include <string.h>

#include "../../cmd/mime/inside.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	const struct mime_part *within[LIMIT_MIME_DEPTH + 1];
	size_t depth, parts;
	uint64_t mark; /* of numbers, kinds, flaws and content */
};

static void
mark(struct seen *s, uint64_t n)
{
	s->mark = s->mark * 31 + n;
}

static int
check(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct seen *s = ctx;
	size_t i;

	(void)f;
	if (event == MIME_HEADER) {
		if (part->depth != s->depth || part->parent !=
		    (s->depth == 0 ? NULL : s->within[s->depth - 1]))
			abort();
		s->within[s->depth++] = part;
		s->parts++;
		for (i = 0; part->number[i] != '\0'; i++)
			mark(s, (uint64_t)part->number[i]);
	}
	if (event == MIME_END) {
		if (s->within[--s->depth] != part)
			abort();
		mark(s, part->end - part->body);
		mark(s, part->flaws + (uint64_t)part->kind);
	}
	for (i = 0; i < bytes.n; i++)
		mark(s, (unsigned char)bytes.p[i]);
	return 0;
}

static int
parse(const uint8_t *data, size_t size, size_t step, struct seen *s)
{
	struct inside *in = inside_new(check, s);
	struct fail f;
	size_t at, n;
	int rc = 0;

	*s = (struct seen){ .depth = 0 };
	for (at = 0; at < size && rc == 0; at += n) {
		n = size - at < step ? size - at : step;
		rc = inside_push(in,
		    (struct slice){ (const char *)data + at, n }, &f);
	}
	if (rc == 0)
		rc = inside_end(in, &f);
	if (rc == 0 && (s->depth != 0 || s->parts == 0))
		abort();
	inside_free(&in);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t steps[] = { 1, 3, 64 };
	struct seen whole, s;
	int rc = parse(data, size, size + 1, &whole);
	size_t i;

	for (i = 0; i < 3; i++)
		if (parse(data, size, steps[i], &s) != rc ||
		    (rc == 0 && s.mark != whole.mark))
			abort();
	return 0;
}
