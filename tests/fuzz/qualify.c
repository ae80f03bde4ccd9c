/* SPDX-License-Identifier: ISC */
/* Fuzz target: a header, of which each field of addresses has a domain behind
 * every name, or stays; what takes its place is one field of the same name. */

#include <stdint.h>
#include <stdlib.h>

#include "../../cmd/queue/qualify.h"
#include "addr.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
check_mailbox(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	(void)f;
	(*(size_t *)ctx)++;
	return slice_find(m->spec, '@') < m->spec.n ? 0 : -1;
}

static int
count(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	(void)m;
	(void)f;
	(*(size_t *)ctx)++;
	return 0;
}

static void
check_field(const struct hdr_field *field)
{
	struct buf out = BUF(4 * LIMIT_HEADER_FIELD);
	struct hdr_field made;
	struct slice rest;
	struct fail f;
	size_t before = 0, after = 0;

	if (qualify_field(field, "mx.example.org", &out)) {
		rest = buf_slice(&out);
		if (hdr_next(&rest, &made) != 1 || rest.n > 0 ||
		    !slice_eq(made.name, field->name) ||
		    addr_list_local(field->value, count, &before, &f) == -1 ||
		    addr_list_utf8(made.value, check_mailbox, &after, &f) ==
		    -1 || before != after)
			abort();
	} else if (out.n > 0) {
		abort();
	}
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice header = { (const char *)data, size };
	struct hdr_field field;

	while (hdr_next(&header, &field) == 1)
		if (field.name.n > 0)
			check_field(&field);
	return 0;
}
