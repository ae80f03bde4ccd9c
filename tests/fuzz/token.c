/* SPDX-License-Identifier: ISC */
/* Fuzz target: whatever the pieces that bytes come in, the tokens are the
 * same, and so is the place where they end. */

#include <stdlib.h>

#include "../../cmd/imap/token.h"
#include "../unit/feed.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Some of a line as one thing or another, as the bytes say. */
static int
take(struct tokens *t, struct buf *out, struct fail *f)
{
	struct token next = { 0 };
	struct slice s = { 0 };
	uint64_t n = 0;
	int rc = token_next(t, &next, f);

	(void)buf_addf(out, "%d:%d ", rc, (int)next.kind);
	if (rc == -1)
		return -1;
	(void)buf_add(out, next.text);
	switch (next.text.n % 6) {
	case 1:
		rc = token_string(t, 1, &s, f);
		break;
	case 2:
		rc = token_number(t, UINT32_MAX, &n, f);
		break;
	case 3:
		rc = token_skip(t, f);
		break;
	case 4:
		rc = token_rest(t, &s, f);
		break;
	case 5:
		token_back(t, &next);
		break;
	default:
		while (next.kind == TOKEN_LITERAL &&
		    (rc = token_octets(t, &s, f)) == 1)
			(void)buf_add(out, s);
		s = (struct slice){ 0 };
	}
	if (s.n > LIMIT_IMAP_TOKEN || next.text.n > LIMIT_IMAP_TOKEN)
		abort();
	(void)buf_addf(out, "=%d %llu ", rc, (unsigned long long)n);
	(void)buf_add(out, s);
	return rc;
}

static void
read_all(struct slice in, size_t piece, struct buf *out)
{
	struct feed feed = { .in = in, .piece = piece };
	struct tokens t;
	struct fail f = { 0 };
	int rounds = 0;

	tokens_start(&t, feed_more, feed_used, &feed);
	/* A token that is given back again and again is no progress. */
	while (rounds++ < 5000 && take(&t, out, &f) != -1)
		if (t.is_back) {
			struct token back;

			(void)token_next(&t, &back, &f);
		}
	tokens_release(&t);
	(void)buf_addf(out, "%d %zu", f.class,
	    f.class == EX_PROTOCOL ? 0 : feed.used);
	tokens_free(&t);
	feed_free(&feed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct buf whole = BUF(1 << 24), parts = BUF(1 << 24);
	size_t piece;

	if (size > 200000)
		return 0;
	read_all(in, size + 1, &whole);
	for (piece = 1; piece < 9 && piece <= size; piece++) {
		buf_clear(&parts);
		read_all(in, piece, &parts);
		if (!slice_eq(buf_slice(&whole), buf_slice(&parts)))
			abort();
	}
	buf_free(&whole);
	buf_free(&parts);
	return 0;
}
