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

enum { SLOTS = 64 }; /* at first; a power of two */

/* Only the domain may be compared without case (RFC 5321, 2.4). */
static int
is_same(struct slice a, struct slice b)
{
	size_t at = slice_find(a, '@');

	return slice_caseeq(a, b) &&
	    slice_eq(slice_sub(a, 0, at), slice_sub(b, 0, at));
}

/* The slot that has "address", or could have it. */
static size_t *
find_slot(struct recipients *r, struct slice address)
{
	size_t i = (size_t)slice_casehash(address);

	for (;; i++) {
		size_t *slot = &r->slots[i & (r->nslots - 1)];

		if (*slot == 0 || is_same(r->to[*slot - 1].address, address))
			return slot;
	}
}

/* Half of the slots are free, always. */
static void
grow(struct recipients *r)
{
	size_t i;

	if (2 * r->n < r->nslots)
		return;
	r->nslots = r->nslots == 0 ? SLOTS : 2 * r->nslots;
	r->slots = mem_resize(r->slots, r->nslots, sizeof(*r->slots));
	r->to = mem_resize(r->to, r->nslots / 2 + 1, sizeof(*r->to));
	memset(r->slots, 0, r->nslots * sizeof(*r->slots));
	for (i = 0; i < r->n; i++)
		*find_slot(r, r->to[i].address) = i + 1;
}

int
recipients_add(struct recipients *r, struct slice address, struct fail *f)
{
	char text[ADDR_TEXT];
	size_t *slot;

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
	grow(r);
	slot = find_slot(r, address);
	if (*slot != 0)
		return 0;
	if (r->n == LIMIT_SPOOL_RECIPIENTS)
		return fail_set(f, EX_DATAERR, "more than %d recipients",
		    LIMIT_SPOOL_RECIPIENTS);
	r->to[r->n] = (struct spool_to){ .notify = r->notify,
		.address = arena_slice(&r->arena, address) };
	*slot = ++r->n;
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
	free(r->slots);
	arena_free(&r->arena);
	memset(r, 0, sizeof(*r));
}
