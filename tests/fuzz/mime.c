/* SPDX-License-Identifier: ISC */
/* Fuzz target: all bytes of a message come out in order, whatever pieces it
 * came in, and with the same parts. */

#include <stdlib.h>
#include <string.h>

#include "mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	const uint8_t *next;
	size_t parts, ended;
	uint64_t mark; /* of kinds, flaws and offsets */
};

static int
check(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct seen *s = ctx;

	(void)f;
	if (bytes.n > 0 && memcmp(s->next, bytes.p, bytes.n) != 0)
		abort();
	s->next += bytes.n;
	s->parts += event == MIME_HEADER;
	s->ended += event == MIME_END;
	if (event == MIME_END)
		s->mark = s->mark * 31 + part->at + 3 * part->body +
		    5 * part->end + 7 * part->flaws + part->kind;
	return 0;
}

static int
parse(const uint8_t *data, size_t size, size_t step, struct seen *s)
{
	struct mime *m = mime_new(check, s);
	struct fail f;
	size_t at, n;
	int rc = 0;

	*s = (struct seen){ .next = data };
	for (at = 0; at < size && rc == 0; at += n) {
		n = size - at < step ? size - at : step;
		rc = mime_push(m, (struct slice){ (const char *)data + at, n },
		    &f);
	}
	if (rc == 0)
		rc = mime_end(m, &f);
	mime_free(&m);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t steps[] = { 1, 3, 64 };
	struct seen whole, s;
	int rc = parse(data, size, size + 1, &whole);
	size_t i;

	if (rc == 0 && (whole.next != data + size ||
	    whole.parts != whole.ended || whole.parts == 0))
		abort();
	for (i = 0; i < 3; i++)
		if (parse(data, size, steps[i], &s) != rc ||
		    (rc == 0 && s.mark != whole.mark))
			abort();
	return 0;
}
