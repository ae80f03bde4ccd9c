/* SPDX-License-Identifier: ISC */
/* Tests of token: lines whole, and in pieces, as tokens. */

#include "../../cmd/imap/token.h"
#include "buf.h"
#include "feed.h"
#include "limits.h"
#include "unit.h"

static void
start(struct tokens *t, struct feed *feed)
{
	tokens_start(t, feed_more, feed_used, feed);
}

static void
stop(struct tokens *t, struct feed *feed)
{
	tokens_free(t);
	feed_free(feed);
}

/* Adds a token as text: a kind, and what is in it. */
static int
show(struct tokens *t, const struct token *token, struct buf *out,
    struct fail *f)
{
	struct slice piece;
	int rc;

	(void)buf_addc(out, "!aql()"[token->kind]);
	(void)buf_add(out, token->text);
	if (token->kind != TOKEN_LITERAL)
		return buf_addc(out, '|');
	(void)buf_adds(out, token->binary ? "~" : "");
	(void)buf_adds(out, token->unasked ? "+" : "");
	while ((rc = token_octets(t, &piece, f)) == 1)
		(void)buf_add(out, piece);
	(void)buf_addc(out, '|');
	return rc;
}

/* All tokens of "in" in pieces of "piece", and how it ends. */
static void
read_all(struct slice in, size_t piece, struct buf *out)
{
	struct feed feed = { .in = in, .piece = piece };
	struct tokens t;
	struct token next;
	struct fail f = { 0 };

	start(&t, &feed);
	while (token_next(&t, &next, &f) == 0 && show(&t, &next, out, &f) == 0)
		if (next.kind == TOKEN_END)
			(void)buf_addf(out, "%zu ", feed.used);
	(void)buf_adds(out, f.class == EX_PROTOCOL ? "bad" : "end");
	/* It stays so. */
	CHECK_INT(token_next(&t, &next, &f), -1);
	stop(&t, &feed);
}

static const struct {
	const char *name;
	struct slice in, want;
} lines[] = {
	{ "empty", SLICE(""), SLICE("end") },
	{ "empty line", SLICE("\r\n"), SLICE("!|2 end") },
	{ "status", SLICE("* OK [ALERT] hi\r\n"),
	    SLICE("a*|aOK|a[ALERT]|ahi|!|17 end") },
	{ "two lines", SLICE("a OK\r\n+ go\r\n"),
	    SLICE("aa|aOK|!|6 a+|ago|!|12 end") },
	{ "spaces", SLICE("*   1  EXISTS \r\n"),
	    SLICE("a*|a1|aEXISTS|!|16 end") },
	{ "lists", SLICE("((a) () b )\r\n"),
	    SLICE("(|(|aa|)|(|)|ab|)|!|13 end") },
	{ "quoted", SLICE("\"\" \"a b\" \"\\\"\\\\\"\"x\"\r\n"),
	    SLICE("q|qa b|q\"\\|qx|!|20 end") },
	{ "8-bit", SLICE("\"\xc3\xa9\" \xc3\xa9\r\n"),
	    SLICE("q\xc3\xa9|a\xc3\xa9|!|9 end") },
	{ "flags", SLICE("(\\Seen $Junk \\*)\r\n"),
	    SLICE("(|a\\Seen|a$Junk|a\\*|)|!|18 end") },
	{ "literal", SLICE("{3}\r\na\r\n b\r\n"),
	    SLICE("la\r\n|ab|!|12 end") },
	{ "empty literal", SLICE("({0}\r\n)\r\n"), SLICE("(|l|)|!|9 end") },
	{ "zeros", SLICE("{0003}\r\nabc\r\n"), SLICE("labc|!|13 end") },
	{ "literal8", SLICE("~{1}\r\n\0\r\n"), SLICE("l~\0|!|9 end") },
	{ "unasked", SLICE("{1+}\r\na\r\n"), SLICE("l+a|!|9 end") },
	{ "tilde", SLICE("~joe ~\r\n"), SLICE("a~joe|a~|!|8 end") },
	{ "a tagged line in a literal", SLICE("{8}\r\na OK x\r\n\r\n"),
	    SLICE("la OK x\r\n|!|15 end") },
	{ "section", SLICE("BODY[HEADER.FIELDS (To \"]\")]<0> {1}\r\nx)\r\n"),
	    SLICE("aBODY[HEADER.FIELDS (To \"]\")]<0>|lx|)|!|41 end") },
	{ "section, no space", SLICE("binary[1]{1}\r\nx\r\n"),
	    SLICE("abinary[1]|lx|!|17 end") },
	{ "bracket in a name", SLICE("[Gmail] a[b (c)\r\n"),
	    SLICE("a[Gmail]|aa[b|(|ac|)|!|17 end") },
	{ "brace in a name", SLICE("a{b {1}\r\nx\r\n"),
	    SLICE("aa{b|lx|!|12 end") },
	{ "bare CR", SLICE("a\rb\r\n"), SLICE("aa|bad") },
	{ "CR CR LF", SLICE("a\r\r\n"), SLICE("aa|bad") },
	{ "bare LF", SLICE("a\nb\r\n"), SLICE("aa|bad") },
	{ "NUL", SLICE("a\0b\r\n"), SLICE("aa|bad") },
	{ "CR quoted", SLICE("\"a\rb\"\r\n"), SLICE("bad") },
	{ "LF quoted", SLICE("\"a\nb\"\r\n"), SLICE("bad") },
	{ "NUL quoted", SLICE("\"a\0b\"\r\n"), SLICE("bad") },
	{ "CR escaped", SLICE("\"a\\\r\n"), SLICE("bad") },
	{ "quote open", SLICE("\"a b\r\n"), SLICE("bad") },
	{ "section open", SLICE("BODY[x\r\n"), SLICE("bad") },
	{ "2^63 - 1", SLICE("{9223372036854775807}\r\nx"), SLICE("lx|end") },
	{ "2^63", SLICE("{9223372036854775808}\r\nx"), SLICE("bad") },
	{ "2^64 + 1", SLICE("{18446744073709551617}\r\nx"), SLICE("bad") },
	{ "no size", SLICE("{}\r\nx"), SLICE("bad") },
	{ "size of plus", SLICE("{+}\r\nx"), SLICE("bad") },
	{ "negative", SLICE("{-1}\r\nx"), SLICE("bad") },
	{ "space in a size", SLICE("{1 }\r\nx"), SLICE("bad") },
	{ "two pluses", SLICE("{1++}\r\nx"), SLICE("bad") },
	{ "no CRLF", SLICE("{1}x"), SLICE("bad") },
	{ "LF alone", SLICE("{1}\nx"), SLICE("bad") },
};

/* Whatever the pieces, and wherever it ends, from memory of exactly its
 * size. */
static void
lines_are_tokens(void)
{
	size_t i, piece, cut;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct buf got = BUF(1000);

		CASE(lines[i].name);
		for (piece = 1; piece <= lines[i].in.n + 1; piece++) {
			buf_clear(&got);
			read_all(lines[i].in, piece, &got);
			CHECK_SLICE(buf_slice(&got), lines[i].want);
		}
		for (cut = 0; cut < lines[i].in.n; cut++) {
			buf_clear(&got);
			read_all(slice_sub(lines[i].in, 0, cut), 3, &got);
			CHECK(slice_ends(buf_slice(&got), SLICE("end")) ||
			    slice_ends(lines[i].want, SLICE("bad")));
		}
		buf_free(&got);
	}
}

/* A string of so many bytes between "before" and "after". */
static struct slice
make_long(struct buf *b, const char *before, size_t n, const char *after)
{
	*b = BUF(1000000);
	(void)buf_adds(b, before);
	while (n-- > 0)
		(void)buf_addc(b, 'x');
	(void)buf_adds(b, after);
	return buf_slice(b);
}

static int
kind_of_first(struct slice in, size_t piece)
{
	struct feed feed = { .in = in, .piece = piece };
	struct tokens t;
	struct token next;
	struct fail f = { 0 };
	int rc;

	start(&t, &feed);
	rc = token_next(&t, &next, &f);
	if (rc == 0)
		CHECK_INT(next.text.n, LIMIT_IMAP_TOKEN);
	stop(&t, &feed);
	return rc == 0 ? (int)next.kind : -f.class;
}

static void
tokens_have_a_limit(void)
{
	static const size_t pieces[] = { 1, 4096, 65535, 65536, 65537, 69632,
		200000 };
	struct buf in;
	size_t i;

	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		size_t n = pieces[i];

		CHECK_INT(kind_of_first(make_long(&in, "", LIMIT_IMAP_TOKEN,
		    " "), n), TOKEN_ATOM);
		buf_free(&in);
		CHECK_INT(kind_of_first(make_long(&in, "", LIMIT_IMAP_TOKEN +
		    1, " "), n), -EX_PROTOCOL);
		buf_free(&in);
		CHECK_INT(kind_of_first(make_long(&in, "\"", LIMIT_IMAP_TOKEN,
		    "\""), n), TOKEN_QUOTED);
		buf_free(&in);
		CHECK_INT(kind_of_first(make_long(&in, "\"", LIMIT_IMAP_TOKEN +
		    1, "\""), n), -EX_PROTOCOL);
		buf_free(&in);
		CHECK_INT(kind_of_first(make_long(&in, "{", 0, ""), n),
		    -EX_TEMPFAIL);
		buf_free(&in);
	}
}

static const struct {
	const char *name;
	struct slice in;
	int nil, rc;
	struct slice want;
} strings[] = {
	{ "atom", SLICE("INBOX\r\n"), 0, 1, SLICE("INBOX") },
	{ "atom, nil", SLICE("INBOX\r\n"), 1, 1, SLICE("INBOX") },
	{ "quoted", SLICE("\"a\\\"b\"\r\n"), 1, 1, SLICE("a\"b") },
	{ "literal", SLICE("{3}\r\na\0b\r\n"), 1, 1, SLICE("a\0b") },
	{ "empty literal", SLICE("{0}\r\n\r\n"), 1, 1, SLICE("") },
	{ "NIL", SLICE("nil\r\n"), 1, 0, SLICE("") },
	{ "a mailbox of that name", SLICE("NIL\r\n"), 0, 1, SLICE("NIL") },
	{ "NIL in quotes", SLICE("\"NIL\"\r\n"), 1, 1, SLICE("NIL") },
	{ "a name with a bracket", SLICE("BODY[ x]\r\n"), 0, 1,
	    SLICE("BODY[") },
	{ "list", SLICE("(a)\r\n"), 1, -1, SLICE("") },
	{ "end of a list", SLICE(")\r\n"), 1, -1, SLICE("") },
	{ "end", SLICE("\r\n"), 1, -1, SLICE("") },
	{ "2 GiB", SLICE("{2147483648}\r\nx"), 1, -1, SLICE("") },
};

static void
strings_of_any_form(void)
{
	size_t i, piece;

	for (i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		for (piece = 1; piece < 20; piece++) {
			struct feed feed = { .in = strings[i].in,
				.piece = piece };
			struct tokens t;
			struct slice got = { 0 };
			struct fail f = { 0 };

			CASE(strings[i].name);
			start(&t, &feed);
			CHECK_INT(token_string(&t, strings[i].nil, &got, &f),
			    strings[i].rc);
			if (strings[i].rc == -1)
				CHECK_INT(f.class, EX_PROTOCOL);
			else
				CHECK_SLICE(got, strings[i].want);
			stop(&t, &feed);
		}
}

static void
a_string_has_a_limit(void)
{
	struct feed feed = { .piece = 1000 };
	struct tokens t;
	struct slice got = { 0 };
	struct fail f = { 0 };
	struct buf in;

	feed.in = make_long(&in, "{65536}\r\n", LIMIT_IMAP_TOKEN, "\r\n");
	start(&t, &feed);
	CHECK_INT(token_string(&t, 0, &got, &f), 1);
	CHECK_INT(got.n, LIMIT_IMAP_TOKEN);
	CHECK_INT(token_finish(&t, &f), 0);
	stop(&t, &feed);
	buf_free(&in);
	feed = (struct feed){ .piece = 1000 };
	feed.in = make_long(&in, "{65537}\r\n", LIMIT_IMAP_TOKEN + 1, "\r\n");
	start(&t, &feed);
	CHECK_INT(token_string(&t, 0, &got, &f), -1);
	CHECK_INT(f.class, EX_PROTOCOL);
	stop(&t, &feed);
	buf_free(&in);
}

static void
numbers_have_a_limit(void)
{
	static const struct {
		const char *in;
		uint64_t most;
		int rc;
	} cases[] = {
		{ "0\r\n", UINT32_MAX, 0 },
		{ "4294967295\r\n", UINT32_MAX, 0 },
		{ "4294967296\r\n", UINT32_MAX, -1 },
		{ "9223372036854775807\r\n", INT64_MAX, 0 },
		{ "9223372036854775808\r\n", INT64_MAX, -1 },
		{ "99999999999999999999999\r\n", INT64_MAX, -1 },
		{ "-1\r\n", UINT32_MAX, -1 },
		{ "1a\r\n", UINT32_MAX, -1 },
		{ "\"1\"\r\n", UINT32_MAX, -1 },
		{ "NIL\r\n", UINT32_MAX, -1 },
		{ "\r\n", UINT32_MAX, -1 },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct feed feed = { .in = slice_str(cases[i].in),
			.piece = 2 };
		struct tokens t;
		struct fail f = { 0 };
		uint64_t n = 7;

		CASE(cases[i].in);
		start(&t, &feed);
		CHECK_INT(token_number(&t, cases[i].most, &n, &f),
		    cases[i].rc);
		if (cases[i].rc == 0)
			CHECK(n == strtoull(cases[i].in, NULL, 10));
		else
			CHECK_INT(f.class, EX_PROTOCOL);
		stop(&t, &feed);
	}
}

/* What is skipped, and that what stands behind it is next. */
static void
values_are_skipped(void)
{
	static const struct {
		struct slice in;
		int rc;
	} cases[] = {
		{ SLICE("a X\r\n"), 0 },
		{ SLICE("\"a\" X\r\n"), 0 },
		{ SLICE("{5}\r\n) X\r\n X\r\n"), 0 },
		{ SLICE("(a (b {3}\r\n)))()) NIL) X\r\n"), 0 },
		{ SLICE("() X\r\n"), 0 },
		{ SLICE(") X\r\n"), -1 },
		{ SLICE("\r\n"), -1 },
		{ SLICE("(a\r\n"), -1 },
	};
	size_t i, piece;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (piece = 1; piece < 30; piece++) {
			struct feed feed = { .in = cases[i].in,
				.piece = piece };
			struct tokens t;
			struct token next;
			struct fail f = { 0 };

			CASE(cases[i].in.p);
			start(&t, &feed);
			CHECK_INT(token_skip(&t, &f), cases[i].rc);
			if (cases[i].rc == 0) {
				CHECK_INT(token_next(&t, &next, &f), 0);
				CHECK_SLICE(next.text, SLICE("X"));
			}
			stop(&t, &feed);
		}
}

static int
skip_lists(size_t depth)
{
	struct buf in = BUF(100000);
	struct feed feed = { .piece = 100 };
	struct tokens t;
	struct fail f = { 0 };
	size_t i;
	int rc;

	for (i = 0; i < depth; i++)
		(void)buf_addc(&in, '(');
	for (i = 0; i < depth; i++)
		(void)buf_addc(&in, ')');
	(void)buf_adds(&in, "\r\n");
	feed.in = buf_slice(&in);
	start(&t, &feed);
	rc = token_skip(&t, &f);
	if (rc == 0)
		CHECK_INT(token_finish(&t, &f), 0);
	stop(&t, &feed);
	buf_free(&in);
	return rc == 0 ? 0 : f.class;
}

static void
lists_have_a_depth(void)
{
	CHECK_INT(skip_lists(LIMIT_IMAP_DEPTH), 0);
	CHECK_INT(skip_lists(LIMIT_IMAP_DEPTH + 1), EX_PROTOCOL);
}

/* The rest of a line as text, and the next line. */
static void
the_rest_is_text(void)
{
	static const struct {
		struct slice in, want;
	} cases[] = {
		{ SLICE("OK [A (b)] \"c {3}\r\nX\r\n"),
		    SLICE("[A (b)] \"c {3}") },
		{ SLICE("OK\r\nX\r\n"), SLICE("") },
		{ SLICE("OK  \r\nX\r\n"), SLICE("") },
		{ SLICE("OK   a  b \r\nX\r\n"), SLICE("a  b ") },
	};
	size_t i, piece;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (piece = 1; piece < 30; piece++) {
			struct feed feed = { .in = cases[i].in,
				.piece = piece };
			struct tokens t;
			struct token next;
			struct slice got;
			struct fail f = { 0 };

			start(&t, &feed);
			CHECK_INT(token_next(&t, &next, &f), 0);
			CHECK_INT(token_rest(&t, &got, &f), 0);
			CHECK_SLICE(got, cases[i].want);
			CHECK_INT(token_next(&t, &next, &f), 0);
			CHECK_SLICE(next.text, SLICE("X"));
			stop(&t, &feed);
		}
}

static void
a_long_rest_is_cut(void)
{
	struct feed feed = { .piece = 5000 };
	struct tokens t;
	struct token next;
	struct slice got;
	struct fail f = { 0 };
	struct buf in;

	feed.in = make_long(&in, "a ", 200000, "\r\nb\r\n");
	start(&t, &feed);
	CHECK_INT(token_next(&t, &next, &f), 0);
	CHECK_INT(token_rest(&t, &got, &f), 0);
	CHECK_INT(got.n, LIMIT_IMAP_TOKEN);
	CHECK_INT(token_next(&t, &next, &f), 0);
	CHECK_SLICE(next.text, SLICE("b"));
	stop(&t, &feed);
	buf_free(&in);
}

/* A token that is given back is the next one, or the end of the line. */
static void
tokens_are_given_back(void)
{
	struct feed feed = { .in = SLICE("a \"b\"\r\n\r\nX\r\n"), .piece = 2 };
	struct tokens t;
	struct token next;
	struct slice got;
	struct fail f = { 0 };

	start(&t, &feed);
	CHECK_INT(token_next(&t, &next, &f), 0);
	token_back(&t, &next);
	CHECK_INT(token_string(&t, 0, &got, &f), 1);
	CHECK_SLICE(got, SLICE("a"));
	CHECK_INT(token_skip(&t, &f), 0);
	CHECK_INT(token_next(&t, &next, &f), 0);
	token_back(&t, &next);
	CHECK_INT(token_finish(&t, &f), 0);
	CHECK_INT(token_next(&t, &next, &f), 0);
	token_back(&t, &next);
	CHECK_INT(token_rest(&t, &got, &f), 0);
	CHECK_INT(got.n, 0);
	CHECK_INT(token_next(&t, &next, &f), 0);
	CHECK_SLICE(next.text, SLICE("X"));
	stop(&t, &feed);
}

/* Octets that nobody takes are no part of the line. */
static void
octets_are_passed(void)
{
	struct feed feed = { .in = SLICE("{4}\r\n\r\n X b\r\nX\r\n"),
		.piece = 3 };
	struct tokens t;
	struct token next;
	struct fail f = { 0 };

	start(&t, &feed);
	CHECK_INT(token_next(&t, &next, &f), 0);
	CHECK_INT(next.size, 4);
	CHECK_INT(token_next(&t, &next, &f), 0);
	CHECK_SLICE(next.text, SLICE("b"));
	CHECK_INT(token_finish(&t, &f), 0);
	CHECK_INT(token_next(&t, &next, &f), 0);
	CHECK_SLICE(next.text, SLICE("X"));
	stop(&t, &feed);
}

/* What can be said as what. */
static void
forms_of_strings(void)
{
	static const struct {
		struct slice text;
		int atom, quotable, utf8;
	} cases[] = {
		{ SLICE("INBOX"), 1, 1, 1 },
		{ SLICE("a]b/c.d&-"), 1, 1, 1 },
		{ SLICE(""), 0, 1, 1 },
		{ SLICE("nil"), 0, 1, 1 },
		{ SLICE("a b"), 0, 1, 1 },
		{ SLICE("a(b"), 0, 1, 1 },
		{ SLICE("a)b"), 0, 1, 1 },
		{ SLICE("a{b"), 0, 1, 1 },
		{ SLICE("a%"), 0, 1, 1 },
		{ SLICE("*"), 0, 1, 1 },
		{ SLICE("a\"b"), 0, 1, 1 },
		{ SLICE("a\\b"), 0, 1, 1 },
		{ SLICE("a\tb"), 0, 1, 1 },
		{ SLICE("a\x7f"), 0, 1, 1 },
		{ SLICE("a\rb"), 0, 0, 0 },
		{ SLICE("a\nb"), 0, 0, 0 },
		{ SLICE("a\0b"), 0, 0, 0 },
		{ SLICE("\xc3\xa9"), 0, 0, 1 },
		{ SLICE("\xe9"), 0, 0, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].text.p);
		CHECK_INT(token_is_atom(cases[i].text), cases[i].atom);
		CHECK_INT(token_is_quotable(cases[i].text, 0),
		    cases[i].quotable);
		CHECK_INT(token_is_quotable(cases[i].text, 1), cases[i].utf8);
	}
}

/* What token_piece gives of "in", the pieces in <>, then the next token. */
static void
check_pieces(const char *in, const char *want, size_t size)
{
	struct feed feed = { .in = slice_str(in), .piece = size };
	struct buf out = BUF(1000);
	struct slice piece;
	struct token next;
	struct tokens t;
	struct fail f;
	int rc;

	start(&t, &feed);
	do {
		rc = token_piece(&t, ',', &piece, &f);
		(void)buf_addc(&out, '<');
		(void)buf_add(&out, piece);
		(void)buf_addc(&out, '>');
	} while (rc == 1);
	if (rc == 0 && token_next(&t, &next, &f) == 0)
		(void)show(&t, &next, &out, &f);
	CASE(in);
	CHECK_STR(buf_str(&out), want);
	buf_free(&out);
	stop(&t, &feed);
}

/* A word longer than what can be held, by its commas. */
static void
a_long_word_in_pieces(void)
{
	struct buf line = BUF(4 * LIMIT_IMAP_TOKEN);
	struct feed feed = { .piece = 1000 };
	struct tokens t;
	struct slice piece;
	struct fail f;
	size_t n = 1, size;
	int rc;

	for (size = 1; size < 4; size++) {
		check_pieces("1:3,4 x\r\n", "<1:3><4>ax|", size);
		check_pieces("  1)\r\n", "<1>)|", size);
		check_pieces(",1,\r\n", "<><1><>!|", size);
		check_pieces("(1\r\n", "<>(|", size);
	}
	while (line.n < 3 * LIMIT_IMAP_TOKEN)
		(void)buf_adds(&line, "1234567,");
	(void)buf_adds(&line, "8\r\n");
	feed.in = buf_slice(&line);
	start(&t, &feed);
	while ((rc = token_piece(&t, ',', &piece, &f)) == 1 &&
	    slice_eq(piece, SLICE("1234567")))
		n++;
	CHECK_INT(rc, 0);
	CHECK_SLICE(piece, SLICE("8"));
	CHECK_INT(n, line.n / 8 + 1);
	stop(&t, &feed);
	buf_free(&line);
}

int
main(void)
{
	RUN(lines_are_tokens);
	RUN(tokens_have_a_limit);
	RUN(strings_of_any_form);
	RUN(a_string_has_a_limit);
	RUN(numbers_have_a_limit);
	RUN(values_are_skipped);
	RUN(lists_have_a_depth);
	RUN(the_rest_is_text);
	RUN(a_long_rest_is_cut);
	RUN(tokens_are_given_back);
	RUN(octets_are_passed);
	RUN(forms_of_strings);
	RUN(a_long_word_in_pieces);
	return unit_done();
}
