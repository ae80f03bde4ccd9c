/* SPDX-License-Identifier: ISC */
/* numbers: a list of recipients of a message; see numbers.h. */

#include "limits.h"
#include "numbers.h"

/* Takes a number, or two with a hyphen between them: 1, 0 at the end, or -1. */
static int
take_range(struct numbers *n)
{
	struct slice word, first;
	uint64_t from, to;

	if (n->rest.n == 0)
		return 0;
	/* A comma promises another. */
	if (slice_until(&n->rest, ',', &word) && n->rest.n == 0)
		return -1;
	if (slice_until(&word, '-', &first)) {
		if (slice_uint(word, 1, LIMIT_SPOOL_RECIPIENTS, &to) == -1)
			return -1;
	} else if (slice_uint(first, 1, LIMIT_SPOOL_RECIPIENTS, &to) == -1) {
		return -1;
	}
	if (slice_uint(first, 1, to, &from) == -1 || from <= n->last)
		return -1;
	n->next = (size_t)from;
	n->last = (size_t)to;
	return 1;
}

int
numbers_start(struct numbers *n, struct slice text)
{
	struct numbers look = { text, 1, 0 };
	int rc;

	*n = look;
	if (text.n == 0)
		return -1;
	while ((rc = take_range(&look)) == 1)
		;
	return rc;
}

void
numbers_all(struct numbers *n, size_t last)
{
	*n = (struct numbers){ SLICE(""), 1, last };
}

int
numbers_next(struct numbers *n, size_t *number)
{
	if (n->next > n->last && take_range(n) != 1)
		return 0;
	*number = n->next++;
	return 1;
}
