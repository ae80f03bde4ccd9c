/* SPDX-License-Identifier: ISC */
/* Tests of hdr: fields, folding, comments, quoted-strings. */

#include "hdr.h"
#include "limits.h"
#include "unit.h"
#include "utf8.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Each field as "name|value|" LF, for comparison. */
static void
list_fields(struct slice header, struct buf *out)
{
	struct hdr_field field;

	while (hdr_next(&header, &field)) {
		(void)buf_add(out, field.name);
		(void)buf_addc(out, '|');
		(void)buf_add(out, field.value);
		(void)buf_adds(out, "|\n");
	}
}

static const struct {
	const char *name;
	struct slice in, want;
} headers[] = {
	{ "empty", SLICE(""), SLICE("") },
	{ "empty line", SLICE("\nA: b\n"), SLICE("") },
	{ "empty CRLF line", SLICE("\r\nA: b\n"), SLICE("") },
	{ "one", SLICE("A: b\n\nbody: x\n"), SLICE("A| b|\n") },
	{ "crlf", SLICE("A: b\r\nC:d\r\n\r\nx"),
	    SLICE("A| b|\nC|d|\n") },
	{ "no end", SLICE("A: b"), SLICE("A| b|\n") },
	{ "fold", SLICE("A: b\n c\r\n\td\nE: f\n"),
	    SLICE("A| b\n c\r\n\td|\nE| f|\n") },
	{ "fold of spaces", SLICE("A: b\n  \n c\nD: e\n"),
	    SLICE("A| b\n  \n c|\nD| e|\n") },
	{ "space before colon", SLICE("A \t: b\n"),
	    SLICE("A| b|\n") },
	{ "no colon", SLICE("A: b\ngarbage\nC: d\n"),
	    SLICE("A| b|\n|garbage|\nC| d|\n") },
	{ "fold first", SLICE(" x: y\nA: b\n"),
	    SLICE("| x: y|\nA| b|\n") },
	{ "mbox line", SLICE("From a@b Mon 10:00:00\nA: b\n"),
	    SLICE("|From a@b Mon 10:00:00|\nA| b|\n") },
	{ "no name", SLICE(": b\n"), SLICE("|: b|\n") },
	{ "bad name", SLICE("A\x80: b\n"), SLICE("|A\x80: b|\n") },
	{ "NUL", SLICE("A: b\0c\n"), SLICE("A| b\0c|\n") },
	{ "empty value", SLICE("A:\nB:\n"), SLICE("A||\nB||\n") },
	{ "two colons", SLICE("A: b: c\n"), SLICE("A| b: c|\n") },
};

static void
fields(void)
{
	for (size_t i = 0; i < COUNT(headers); i++) {
		struct buf out = BUF(1000);

		CASE(headers[i].name);
		list_fields(headers[i].in, &out);
		CHECK_SLICE(buf_slice(&out), headers[i].want);
		for (size_t n = 0; n <= headers[i].in.n; n++) {
			struct slice part = slice_sub(headers[i].in, 0, n);
			struct slice copy = unit_exact(part), rest = copy;
			struct hdr_field field = { .raw = copy };
			size_t sum = 0;

			while (hdr_next(&rest, &field))
				sum += field.raw.n;
			CHECK_INT(sum + rest.n, n);
			free((char *)(uintptr_t)copy.p);
		}
		buf_free(&out);
	}
}

/* What goes on with a field, and looks like one. */
static void
folded(void)
{
	struct slice lines = SLICE("A: b\n B: c\r\n\n  \n\tno\n"
		"\thttp://x\n\tC :d\n :\n D:");
	struct slice name = SLICE("");

	CHECK_INT(hdr_folded(&lines, &name), 1);
	CHECK_SLICE(name, SLICE("B"));
	CHECK_INT(hdr_folded(&lines, &name), 1);
	CHECK_SLICE(name, SLICE("C"));
	CHECK_INT(hdr_folded(&lines, &name), 1);
	CHECK_SLICE(name, SLICE(""));
	CHECK_INT(hdr_folded(&lines, &name), 1);
	CHECK_SLICE(name, SLICE("D"));
	CHECK_INT(hdr_folded(&lines, &name), 0);
	CHECK_INT(lines.n, 0);
}

static void
finding(void)
{
	struct slice header = SLICE("To: a\nCC: b\nto : c\n\nTo: d\n");
	struct hdr_field field;

	CHECK_INT(hdr_find(header, "TO", &field), 1);
	CHECK_SLICE(field.value, SLICE(" a"));
	CHECK_SLICE(field.raw, SLICE("To: a\n"));
	CHECK_INT(hdr_find(header, "Bcc", &field), 0);
	CHECK_INT(hdr_find(header, "", &field), 0);
	CHECK_INT(hdr_count(header, "to"), 2);
	CHECK_INT(hdr_count(header, "t"), 0);
}

static void
values(void)
{
	struct buf header = BUF(2 * LIMIT_HEADER_FIELD);
	size_t i;

	CHECK_SLICE(hdr_value(SLICE("A: a\nB: b\n"), "b"), SLICE(" b"));
	CHECK_SLICE(hdr_value(SLICE("A: a\nB: b\n"), "c"), SLICE(""));
	(void)buf_adds(&header, "A:");
	for (i = 0; i < LIMIT_HEADER_FIELD; i++)
		(void)buf_addc(&header, 'x');
	CHECK_INT(hdr_value(buf_slice(&header), "A").n, LIMIT_HEADER_FIELD);
	(void)buf_adds(&header, "x\n");
	CHECK_SLICE(hdr_value(buf_slice(&header), "A"), SLICE(""));
	buf_free(&header);
}

static void
unfolding(void)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{ "", "" },
		{ "  a b \t", "a b" },
		{ " a\n b", "a b" },
		{ " a\r\n\tb\r\n", "a\tb" },
		{ "a\n \n b", "a  b" },
		{ "a\rb\r\nc", "a\rbc" },
	};
	struct buf small = BUF(2);

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out = BUF(100);

		CASE(cases[i].in);
		CHECK_INT(hdr_unfold(slice_str(cases[i].in), &out), 0);
		CHECK_STR(buf_str(&out), cases[i].want);
		buf_free(&out);
	}
	CHECK_INT(hdr_unfold(SLICE("abc"), &small), -1);
	buf_free(&small);
}

static void
checks(void)
{
	struct fail f;

	CHECK(hdr_name_ok(SLICE("X-a!")));
	CHECK(!hdr_name_ok(SLICE("")));
	CHECK(!hdr_name_ok(SLICE("a b")));
	CHECK(!hdr_name_ok(SLICE("a:")));
	CHECK(!hdr_name_ok(SLICE("a\n")));
	CHECK(!hdr_name_ok(SLICE("\xc3\xbc")));
	CHECK_INT(hdr_value_check("Subject", SLICE("all \xc3\xbc\t"), &f), 0);
	CHECK_INT(hdr_value_check("Subject", SLICE("a\nBcc: x"), &f), -1);
	CHECK_INT(f.class, EX_DATAERR);
	CHECK_STR(f.text, "Subject: CR, LF or NUL in \"a\\x0aBcc: x\"");
	CHECK_INT(hdr_value_check("Subject", SLICE("a\r"), &f), -1);
	CHECK_INT(hdr_value_check("Subject", SLICE("a\0b"), &f), -1);
}

#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN

static void
writing(void)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{ "plain", "b", "A: b\n" },
		{ "empty", "", "A:\n" },
		{ "spaces", "  b  c  ", "A: b  c\n" },
		{ "folded", FIFTY " " FIFTY, "A: " FIFTY "\n " FIFTY "\n" },
		{ "first", FIFTY TEN TEN "12345",
		    "A:\n " FIFTY TEN TEN "12345\n" },
		{ "too long for a line", FIFTY FIFTY " b",
		    "A: " FIFTY FIFTY "\n b\n" },
		{ "no line of spaces", FIFTY FIFTY "   ",
		    "A: " FIFTY FIFTY "\n" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out = BUF(1000);

		CASE(cases[i].name);
		CHECK_INT(hdr_write(&out, "A", slice_str(cases[i].in)), 0);
		CHECK_STR(buf_str(&out), cases[i].want);
		buf_free(&out);
	}
}

/* Whatever the value: no line past 998, none that is empty or of spaces, one
 * field, and the same words without their spaces. */
static void
writing_always(void)
{
	static char text[6000];
	struct hdr_field field;

	for (unsigned seed = 0; seed < 300; seed++) {
		struct buf out = BUF(20000), back = BUF(20000);
		struct slice value = { text, seed * 20 }, rest, line;
		unsigned x = seed;

		for (size_t i = 0; i < value.n; i += 2) {
			x = x * 1103515245 + 12345;
			memcpy(text + i, x >> 20 & seed ? "\xc3\xbc" : "  ", 2);
		}
		CHECK_INT(hdr_write(&out, "Name", value), 0);
		rest = buf_slice(&out);
		while (slice_until(&rest, '\n', &line)) {
			CHECK(line.n <= LIMIT_LINE_HARD);
			CHECK(slice_trim(line).n > 0);
		}
		rest = buf_slice(&out);
		CHECK_INT(hdr_next(&rest, &field), 1);
		CHECK_INT(rest.n, 0);
		for (size_t i = 0; i < field.value.n; i++)
			if (strchr(" \n", field.value.p[i]) == NULL)
				(void)buf_addc(&back, field.value.p[i]);
		for (size_t i = 0, k = 0; i < value.n; i++)
			if (text[i] != ' ')
				CHECK(k < back.n && back.p[k++] == text[i]);
		buf_free(&out);
		buf_free(&back);
	}
}

/* A long run of spaces is shortened, a long word cut between characters. */
static void
writing_long(void)
{
	static char text[3002];
	struct slice value = { text, sizeof(text) }, rest, line;
	struct buf out = BUF(10000);

	memset(text, ' ', sizeof(text));
	text[0] = 'a';
	text[3001] = 'b';
	CHECK_INT(hdr_write(&out, "A", value), 0);
	CHECK_INT(out.n, sizeof("A: a" "b\n") - 1 + 64);
	for (size_t lead = 0; lead < 2; lead++) {
		buf_clear(&out);
		text[0] = 'a';
		for (size_t i = lead; i + 1 < sizeof(text); i += 2)
			memcpy(text + i, "\xc3\xbc", 2);
		CHECK_INT(hdr_write(&out, "A",
		    slice_sub(value, 0, 3000 + lead)), 0);
		rest = buf_slice(&out);
		while (slice_until(&rest, '\n', &line))
			CHECK(utf8_valid(line) && line.n <= LIMIT_LINE_HARD);
	}
	buf_free(&out);
}

static void
comments(void)
{
	static const struct {
		const char *in, *rest;
		int rc;
	} cases[] = {
		{ "", "", 0 },
		{ " \t\r\n a", "a", 0 },
		{ "(a) (b(c)d)e", "e", 0 },
		{ "(a\\)b)c", "c", 0 },
		{ "(a\\(b)c", "c", 0 },
		{ "(\"a)\"", "\"", 0 },
		{ ")a", ")a", 0 },
		{ "\\(a", "\\(a", 0 },
		{ "(a", "", -1 },
		{ "(a\\", "", -1 },
	};
	static char deep[2 * LIMIT_COMMENT_DEPTH + 3];
	struct slice s;

	for (size_t i = 0; i < COUNT(cases); i++) {
		s = slice_str(cases[i].in);
		CASE(cases[i].in);
		CHECK_INT(hdr_skip_cfws(&s), cases[i].rc);
		CHECK_SLICE(s, slice_str(cases[i].rest));
	}
	memset(deep, '(', LIMIT_COMMENT_DEPTH);
	memset(deep + LIMIT_COMMENT_DEPTH, ')', LIMIT_COMMENT_DEPTH);
	deep[2 * LIMIT_COMMENT_DEPTH] = 'a';
	s = slice_str(deep);
	CHECK_INT(hdr_skip_cfws(&s), 0);
	CHECK_SLICE(s, SLICE("a"));
	memset(deep, '(', LIMIT_COMMENT_DEPTH + 1);
	memset(deep + LIMIT_COMMENT_DEPTH + 1, ')', LIMIT_COMMENT_DEPTH + 1);
	s = slice_str(deep);
	CHECK_INT(hdr_skip_cfws(&s), -1);
	CHECK_INT(s.n, 0);
}

static void
quotes(void)
{
	static const struct {
		const char *in, *text, *rest;
		int rc;
	} cases[] = {
		{ "\"\"a", "", "a", 0 },
		{ "\"a b\" c", "a b", " c", 0 },
		{ "\"a\\\"b\\\\\"c", "a\"b\\", "c", 0 },
		{ "\"a\r\n b\"", "a b", "", 0 },
		{ "\"a", "a", "", -1 },
		{ "\"a\\\"", "a\"", "", -1 },
		{ "\"a\\", "a\\", "", -1 },
		{ "\"", "", "", -1 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct slice s = unit_exact(slice_str(cases[i].in)), inside;
		char *p = (char *)(uintptr_t)s.p;
		struct buf out = BUF(100);

		CASE(cases[i].in);
		CHECK_INT(hdr_quoted(&s, &inside), cases[i].rc);
		CHECK_INT(hdr_unquote(inside, &out), 0);
		CHECK_STR(buf_str(&out), cases[i].text);
		CHECK_SLICE(s, slice_str(cases[i].rest));
		buf_free(&out);
		free(p);
	}
}

static void
quoting(void)
{
	struct buf out = BUF(20);
	struct slice rest, inside;

	CHECK_INT(hdr_quote(SLICE(""), &out), 0);
	CHECK_STR(buf_str(&out), "\"\"");
	buf_clear(&out);
	CHECK_INT(hdr_quote(SLICE("a \"b\\ \xc3\xbc"), &out), 0);
	CHECK_STR(buf_str(&out), "\"a \\\"b\\\\ \xc3\xbc\"");
	rest = buf_slice(&out);
	CHECK_INT(hdr_quoted(&rest, &inside), 0);
	CHECK_INT(rest.n, 0);
	buf_clear(&out);
	CHECK_INT(hdr_quote(SLICE("123456789012345678"), &out), 0);
	buf_clear(&out);
	CHECK_INT(hdr_quote(SLICE("12345678901234567\\"), &out), -1);
	buf_free(&out);
}

int
main(void)
{
	RUN(fields);
	RUN(folded);
	RUN(finding);
	RUN(values);
	RUN(unfolding);
	RUN(checks);
	RUN(writing);
	RUN(writing_always);
	RUN(writing_long);
	RUN(comments);
	RUN(quotes);
	RUN(quoting);
	return unit_done();
}
