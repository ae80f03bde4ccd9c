/* SPDX-License-Identifier: ISC */
/* Tests of lexeme: the bytes of a token, in pieces of any size. */

#include "../../cmd/imap/lexeme.h"
#include "feed.h"
#include "limits.h"
#include "unit.h"

enum { STOP = 1, OTHER = 2 };

static const unsigned char class[256] = {
	[' '] = STOP,
	['\\'] = OTHER | STOP,
	['\n'] = OTHER,
};

static void
stop(struct lexeme *l, struct feed *feed)
{
	lexeme_free(l);
	feed_free(feed);
}

/* A word, without the backslashes that stand in it, and a second one. */
static void
words(void)
{
	static const struct {
		const char *in, *first, *second;
	} cases[] = {
		{ "abc de ", "abc", "de" },
		{ " x ", "", "x" },
		{ "a\\b\\\\c d ", "ab\\c", "d" },
		{ "\\a b\\ ", "a", "b " },
	};
	struct slice text;
	struct fail f = { 0 };
	size_t i, piece;
	int c, word;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (piece = 1; piece < 12; piece++) {
			struct feed feed = { .in = slice_str(cases[i].in),
				.piece = piece };
			struct lexeme l;

			CASE(cases[i].in);
			lexeme_start(&l, feed_more, feed_used, &feed);
			for (word = 0; word < 2; word++) {
				lexeme_begin(&l);
				while ((c = lexeme_scan(&l, class, STOP,
				    &f)) == '\\') {
					CHECK_INT(lexeme_hold(&l, &f), 0);
					lexeme_drop(&l);
					if (lexeme_peek(&l, &f) == -1)
						break;
					lexeme_pass(&l);
				}
				CHECK_INT(lexeme_text(&l, &text, &f), 0);
				CHECK_SLICE(text, slice_str(word == 0 ?
				    cases[i].first : cases[i].second));
				if (c == ' ')
					lexeme_drop(&l);
			}
			stop(&l, &feed);
		}
}

/* What is used is told, and no byte is taken twice. */
static void
releases(void)
{
	struct feed feed = { .in = SLICE("ab cd"), .piece = 4 };
	struct lexeme l;
	struct slice text;
	struct fail f = { 0 };

	lexeme_start(&l, feed_more, feed_used, &feed);
	lexeme_begin(&l);
	CHECK_INT(lexeme_scan(&l, class, STOP, &f), ' ');
	CHECK_INT(feed.used, 0);
	CHECK_INT(lexeme_text(&l, &text, &f), 0);
	CHECK_SLICE(text, SLICE("ab"));
	lexeme_drop(&l);
	lexeme_release(&l);
	CHECK_INT(feed.used, 3);
	lexeme_release(&l);
	CHECK_INT(feed.used, 3);
	CHECK_INT(lexeme_peek(&l, &f), 'c');
	stop(&l, &feed);
}

/* Octets go through, and so does a text of any length; nothing of that is
 * held. */
static void
without_holding(void)
{
	struct feed feed = { .in = SLICE("12 34\n"), .piece = 4 };
	struct lexeme l;
	struct slice got;
	struct fail f = { 0 };

	lexeme_start(&l, feed_more, feed_used, &feed);
	CHECK_INT(lexeme_octets(&l, 2, &got, &f), 0);
	CHECK_SLICE(got, SLICE("12"));
	CHECK_INT(lexeme_octets(&l, UINT64_MAX, &got, &f), 0);
	CHECK_SLICE(got, SLICE(" 3"));
	CHECK_INT(lexeme_peek(&l, &f), '4');
	CHECK_SLICE(lexeme_part(&l, class, OTHER), SLICE("4"));
	CHECK_INT(lexeme_peek(&l, &f), '\n');
	CHECK_SLICE(lexeme_part(&l, class, STOP), SLICE("\n"));
	CHECK_INT(l.held.n, 0);
	CHECK_INT(lexeme_octets(&l, 1, &got, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_INT(l.why.class, EX_TEMPFAIL);
	stop(&l, &feed);
}

/* So many bytes: those are a lexeme, or one too many. */
static void
check_long(size_t n, size_t piece, int want)
{
	struct buf in = BUF(2 * LIMIT_IMAP_TOKEN);
	struct feed feed = { .piece = piece };
	struct lexeme l;
	struct slice text;
	struct fail f = { 0 };
	int rc;

	while (in.n < n)
		(void)buf_addc(&in, 'x');
	(void)buf_addc(&in, ' ');
	feed.in = buf_slice(&in);
	lexeme_start(&l, feed_more, feed_used, &feed);
	lexeme_begin(&l);
	rc = lexeme_scan(&l, class, STOP, &f) == -1 ? -1 :
	    lexeme_text(&l, &text, &f);
	CHECK_INT(rc, want);
	if (want == 0)
		CHECK_INT(text.n, n);
	CHECK_INT(l.why.class, want == 0 ? 0 : EX_PROTOCOL);
	CHECK_INT(f.class, l.why.class);
	stop(&l, &feed);
	buf_free(&in);
}

static void
limit(void)
{
	static const size_t pieces[] = { 1, 4096, 65535, 65536, 65537, 131072 };
	size_t i;

	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		check_long(LIMIT_IMAP_TOKEN, pieces[i], 0);
		check_long(LIMIT_IMAP_TOKEN + 1, pieces[i], -1);
	}
}

int
main(void)
{
	RUN(words);
	RUN(releases);
	RUN(without_holding);
	RUN(limit);
	return unit_done();
}
