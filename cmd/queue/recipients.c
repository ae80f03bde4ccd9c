/* SPDX-License-Identifier: ISC */
/* recipients: who a new message goes to, each once; see recipients.h. */

#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "limits.h"
#include "lines.h"
#include "recipients.h"
#include "text.h"
#include "utf8.h"

/* Only the domain may be compared without case (RFC 5321, 2.4). */
static int
is_same(struct slice a, struct slice b)
{
	size_t at = slice_find(a, '@');

	return slice_caseeq(a, b) &&
	    slice_eq(slice_sub(a, 0, at), slice_sub(b, 0, at));
}

static int
is_there(const struct recipients *r, struct slice address, uint64_t hash)
{
	struct lookup_cursor c = lookup_start(&r->by_address, hash);
	uint32_t i;

	while (lookup_next(&r->by_address, &c, &i))
		if (is_same(r->to[i].address, address))
			return 1;
	return 0;
}

int
recipients_add(struct recipients *r, struct slice address, struct fail *f)
{
	char text[ADDR_TEXT];
	uint64_t hash;

	/* No user here is called so, and other programs would take it for a
	 * program or a file. */
	if (!spool_is_address(address) || (slice_find(address, '@') ==
	    address.n && strchr("|/:\"", slice_peek(address)) != NULL))
		return fail_set(f, EX_DATAERR, "%s: no mail address",
		    TEXT_SHOW(address));
	if (!utf8_ascii(address) && slice_find(address, '@') < address.n) {
		if (addr_to_ascii(address, text, f) == -1)
			return -1;
		address = slice_str(text);
	}
	hash = lookup_casehash(address);
	if (is_there(r, address, hash))
		return 0;
	if (r->n == LIMIT_SPOOL_RECIPIENTS)
		return fail_set(f, EX_DATAERR, "more than %d recipients",
		    LIMIT_SPOOL_RECIPIENTS);
	r->to = mem_grow(r->to, r->n, sizeof(*r->to));
	r->to[r->n] = (struct spool_to){ .notify = r->notify,
		.address = arena_slice(&r->arena, address) };
	lookup_add(&r->by_address, hash, (uint32_t)r->n++);
	return 0;
}

int
recipients_read(struct recipients *r, const char *path, struct fail *f)
{
	struct lines l;
	struct slice line;
	int rc;

	rc = lines_open(&l, path, LIMIT_COMMAND, f) == -1 ? -1 : 1;
	while (rc == 1 && (rc = lines_next(&l, &line, f)) == 1) {
		line = slice_trim(line);
		if (line.n > 0 && recipients_add(r, line, f) == -1)
			rc = fail_at(f, path);
	}
	lines_close(&l);
	return rc;
}

void
recipients_free(struct recipients *r)
{
	free(r->to);
	lookup_free(&r->by_address);
	arena_free(&r->arena);
	memset(r, 0, sizeof(*r));
}
