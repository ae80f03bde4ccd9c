/* SPDX-License-Identifier: ISC */
/* numbers: a list of recipients of a message; see numbers.h. */

#include "limits.h"
#include "numbers.h"

enum { MOST = 24 }; /* bytes of one with what is in front of it */

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

/* Where the last range has its hyphen, or the text its end. */
static size_t
first_of_range(const struct buf *b)
{
	size_t at = b->n;

	while (at > 0 && b->p[at - 1] != ',')
		at--;
	return at + slice_find(slice_sub(buf_slice(b), at, b->n), '-');
}

int
numbers_add(struct buf *list, size_t *last, size_t number)
{
	int grows = list->n > 0 && number == *last + 1;

	if (list->max - list->n < MOST)
		return -1;
	if (grows)
		list->n = first_of_range(list);
	(void)buf_addf(list, grows ? "-%zu" : list->n > 0 ? ",%zu" : "%zu",
	    number);
	*last = number;
	return 0;
}

int
numbers_has(struct slice list, size_t number)
{
	struct numbers n = { list, 1, 0 };

	while (take_range(&n) == 1)
		if (number >= n.next && number <= n.last)
			return 1;
	return 0;
}
