/* SPDX-License-Identifier: ISC */
/* quota: how much mail there may be, and is; see quota.h. */

#include <inttypes.h>

#include "quota.h"

int
quota_parse(struct slice text, struct quota *q)
{
	struct quota read = { 0 };
	struct slice part;
	int rc = 0;

	while (rc == 0 && text.n > 0) {
		int kind = 'S';

		if (slice_until(&text, ',', &part) && text.n == 0)
			return -1;
		if (part.n > 0 && (part.p[part.n - 1] == 'S' ||
		    part.p[part.n - 1] == 'C'))
			kind = part.p[--part.n];
		rc = kind == 'C' ?
		    slice_uint(part, 0, INT64_MAX, &read.messages) :
		    slice_size(part, INT64_MAX, &read.bytes);
	}
	if (rc == 0)
		*q = read;
	return rc;
}

void
quota_format(const struct quota *q, struct buf *out)
{
	if (q->bytes > 0)
		(void)buf_addf(out, "%" PRIu64 "S", q->bytes);
	if (q->messages > 0)
		(void)buf_addf(out, "%s%" PRIu64 "C", q->bytes > 0 ? "," : "",
		    q->messages);
	(void)buf_addc(out, '\n');
}

/* Adds the next word, a number with a sign or not, to "sum": 0, or -1. */
static int
add_word(struct slice *line, int64_t *sum)
{
	struct slice word;
	uint64_t n;
	int negative;

	if (!slice_word(line, &word))
		return -1;
	negative = slice_peek(word) == '-';
	if (negative)
		(void)slice_getc(&word);
	if (slice_uint(word, 0, INT64_MAX, &n) == -1)
		return -1;
	return __builtin_add_overflow(*sum,
	    negative ? -(int64_t)n : (int64_t)n, sum) ? -1 : 0;
}

int
quota_sum(struct slice file, const struct quota *q, struct usage *u)
{
	int64_t bytes = 0, messages = 0;
	struct slice line, rest;
	struct quota theirs;

	u->lines = 0;
	if (!slice_until(&file, '\n', &line) ||
	    quota_parse(slice_trim(line), &theirs) == -1 ||
	    theirs.bytes != q->bytes || theirs.messages != q->messages)
		return -1;
	while (file.n > 0) {
		if (!slice_until(&file, '\n', &line) ||
		    add_word(&line, &bytes) == -1 ||
		    add_word(&line, &messages) == -1 ||
		    slice_word(&line, &rest))
			return -1;
		u->lines++;
	}
	if (bytes < 0 || messages < 0 || u->lines == 0)
		return -1;
	u->bytes = (uint64_t)bytes;
	u->messages = (uint64_t)messages;
	return 0;
}

int
quota_over(const struct quota *q, const struct usage *u, uint64_t bytes)
{
	if (q->bytes > 0 && (u->bytes > q->bytes ||
	    bytes > q->bytes - u->bytes))
		return 1;
	return q->messages > 0 && u->messages >= q->messages;
}
