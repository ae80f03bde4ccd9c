/* SPDX-License-Identifier: ISC */
/* Binary messages made fit for a store of lines. */

#include "convert.h"
#include "limits.h"
#include "storable.h"

#define TEXT "Content-Type: text/plain; charset=utf-8\r\n"
#define CTE "Content-Transfer-Encoding: "
#define BINARY CTE "binary\r\n"
#define VERSION "MIME-Version: 1.0\r\n"
#define MIXED "Content-Type: multipart/mixed; boundary=b\r\n"
#define SIGNED "Content-Type: multipart/signed; boundary=b\r\n"
#define S(text) { text, sizeof(text) - 1 }

static const struct {
	const char *name;
	struct slice in, want;
} cases[] = {
	{ "nothing", S(""), S("") },
	{ "lines", S("A: b\r\n\r\nh\xe9\r\n\r\n"),
	    S("A: b\r\n\r\nh\xe9\r\n\r\n") },
	{ "a file", S(VERSION "Content-Type: a/b\r\n" BINARY "\r\n"
	    "\0\r\n\xff\n\r"), S(VERSION "Content-Type: a/b\r\n"
	    CTE "base64\r\n\r\nAA0K/woN\r\n") },
	{ "a file of lines", S(VERSION "Content-Type: a/b\r\n" BINARY "\r\n"
	    "a\r\n"), S(VERSION "Content-Type: a/b\r\n"
	    CTE "base64\r\n\r\nYQ0K\r\n") },
	{ "an empty file", S(VERSION "Content-Type: a/b\r\n" BINARY "\r\n"),
	    S(VERSION "Content-Type: a/b\r\n" CTE "7bit\r\n\r\n") },
	{ "text in lines", S(VERSION TEXT BINARY "\r\n\xc3\xbc\r\n"),
	    S(VERSION TEXT CTE "8bit\r\n\r\n\xc3\xbc\r\n") },
	{ "ASCII", S(VERSION TEXT BINARY "\r\na\r\n"),
	    S(VERSION TEXT CTE "7bit\r\n\r\na\r\n") },
	{ "text with LF", S(VERSION TEXT BINARY "\r\na\nb"),
	    S(VERSION TEXT CTE "base64\r\n\r\nYQpi\r\n") },
	{ "LF first", S(VERSION TEXT BINARY "\r\n\nb"),
	    S(VERSION TEXT CTE "base64\r\n\r\nCmI=\r\n") },
	{ "LF after a line", S(VERSION TEXT BINARY "\r\na\r\n\n"),
	    S(VERSION TEXT CTE "base64\r\n\r\nYQ0KCg==\r\n") },
	{ "text in UTF-16", S(VERSION "Content-Type: text/plain; "
	    "charset=utf-16be\r\n" BINARY "\r\nN\r\n`"), S(VERSION
	    "Content-Type: text/plain; charset=utf-16be\r\n"
	    CTE "base64\r\n\r\nTg0KYA==\r\n") },
	{ "nothing said, NUL", S("A: b\r\n\r\n\0"), S("A: b\r\n" VERSION
	    "Content-Type: text/plain; charset=us-ascii\r\n"
	    CTE "base64\r\n\r\nAA==\r\n") },
	{ "quoted with LF", S(VERSION TEXT CTE "quoted-printable\r\n\r\n"
	    "a=3D\n"), S(VERSION TEXT CTE "base64\r\n\r\nYT0K\r\n") },
	{ "no line end behind the label", S("A: b\r\n" CTE "binary"),
	    S("A: b\r\n" CTE "binary") },
	{ "parts", S(VERSION MIXED BINARY "\r\npre\r\n--b\r\n" TEXT BINARY
	    "\r\n\xc3\xbc\r\n--b\r\nContent-Type: a/b\r\n" BINARY "\r\n"
	    "--b\0\r\r\n--b\r\n" BINARY "Content-Type: message/rfc822\r\n\r\n"
	    BINARY "\r\nx\r\n--b--\r\npost"),
	    S(VERSION MIXED CTE "8bit\r\n\r\npre\r\n--b\r\n" TEXT CTE "8bit\r\n"
	    "\r\n\xc3\xbc\r\n--b\r\nContent-Type: a/b\r\n" CTE "base64\r\n\r\n"
	    "LS1iAA0=\r\n--b\r\n" CTE "8bit\r\nContent-Type: message/rfc822\r\n"
	    "\r\n" CTE "7bit\r\n\r\nx\r\n--b--\r\npost") },
	{ "signed", S(VERSION SIGNED BINARY "\r\n--b\r\n" TEXT BINARY
	    "\r\n\xc3\xbc\r\n--b\r\nContent-Type: a/b\r\n" BINARY "\r\n\xff\r\n"
	    "--b--\r\n"), S(VERSION SIGNED CTE "8bit\r\n\r\n--b\r\n" TEXT BINARY
	    "\r\n\xc3\xbc\r\n--b\r\nContent-Type: a/b\r\n" BINARY "\r\n\xff\r\n"
	    "--b--\r\n") },
	{ "the boundary never comes", S(VERSION MIXED BINARY "\r\nx\r\n"),
	    S(VERSION MIXED CTE "8bit\r\n\r\nx\r\n") },
};

static const struct {
	const char *name;
	struct slice in;
	const char *why;
} refused[] = {
	{ "LF in the header", S("A: b\nC: d\r\n\r\nx"),
	    "a bare LF in a header" },
	{ "CR in the header", S("A: b\rC: d\r\n\r\nx"),
	    "a bare CR in a header" },
	{ "CR at its end", S("A: b\r"), "a bare CR in a header" },
	{ "NUL in the header", S("A: b\0\r\n\r\nx"), "a NUL in a header" },
	{ "NUL in a preamble", S(MIXED "\r\n\0\r\n--b\r\n\r\n--b--\r\n"),
	    "a NUL between parts" },
	{ "LF before a delimiter", S(MIXED "\r\n--b\r\n\r\nx\n--b--\r\n"),
	    "a bare LF between parts" },
	{ "LF behind one", S(MIXED "\r\n--b\r\n\r\nx\r\n--b--\n"),
	    "a bare LF between parts" },
	{ "a boundary that never comes, LF", S(MIXED "\r\nx\n"),
	    "a bare LF between parts" },
	{ "CR behind one", S(MIXED "\r\n--b\r\n\r\nx\r\n--b--\r\ny\r"),
	    "a bare CR between parts" },
	{ "signed", S(SIGNED "\r\n--b\r\n\r\n\0\r\n--b--\r\n"),
	    "part 1 is signed or encrypted" },
	{ "a signed file of lines", S(SIGNED "\r\n--b\r\n"
	    "Content-Type: a/b\r\n" BINARY "\r\na\r\n\r\n--b--\r\n"),
	    "part 1 is signed or encrypted" },
	{ "partial", S("Content-Type: message/partial; id=x\r\n\r\n\0"),
	    "part 1 is of a kind that is not to be encoded" },
	{ "of no known encoding", S(TEXT CTE "x-uu\r\n\r\n\0"),
	    "part 1 is of a kind that is not to be encoded" },
	{ "a header that is none", S("hello\r\n\r\n\0"),
	    "part 1 is of a kind that is not to be encoded" },
};

static int
convert(struct slice in, struct buf *out, struct fail *f)
{
	return convert_by(storable_convert, in, out, f);
}

/* Converted once more it stays as it is. */
static void
converts(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF(1 << 16), again = BUF(1 << 16);
		struct fail f = { .text = "" };

		CASE(cases[i].name);
		CHECK_INT(convert(cases[i].in, &out, &f), 0);
		CHECK_SLICE(buf_slice(&out), cases[i].want);
		CHECK_INT(convert(buf_slice(&out), &again, &f), 0);
		CHECK_SLICE(buf_slice(&again), cases[i].want);
		buf_free(&out);
		buf_free(&again);
	}
}

static void
refuses(void)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct buf out = BUF(1 << 16);
		struct fail f = { .text = "" };

		CASE(refused[i].name);
		CHECK_INT(convert(refused[i].in, &out, &f), -1);
		CHECK_STR(f.text, refused[i].why);
		CHECK_INT(f.class, EX_DATAERR);
		CHECK_INT(out.n, 0);
		buf_free(&out);
	}
}

/* What becomes of a line of "n" bytes in text behind "label". */
static const char *
line(const char *label, size_t n)
{
	struct buf in = BUF(1 << 18), out = BUF(1 << 18);
	struct fail f = { .text = "" };
	const char *is = "kept";

	(void)buf_addf(&in, VERSION TEXT "%s\r\n", label);
	while (n-- > 0)
		(void)buf_addc(&in, 'x');
	(void)buf_adds(&in, "\r\n");
	CHECK_INT(convert(buf_slice(&in), &out, &f), 0);
	if (strstr(buf_str(&out), "quoted-printable") != NULL)
		is = strstr(buf_str(&out), "=\r\nx") != NULL ? "quoted" : "?";
	buf_free(&in);
	buf_free(&out);
	return is;
}

/* Such as DATA takes stay; 8bit has none past 998 (RFC 2045, 2.8). */
static void
long_lines(void)
{
	CHECK_STR(line("", LIMIT_TEXT_LINE), "kept");
	CHECK_STR(line("", LIMIT_TEXT_LINE + 1), "quoted");
	CHECK_STR(line(BINARY, LIMIT_LINE_HARD), "kept");
	CHECK_STR(line(BINARY, LIMIT_LINE_HARD + 1), "quoted");
}

/* "head" and a line up to the offset "at", where it ends in "eol": 0 with what
 * it is converted to in "out", or -1. */
static int
line_to(const char *head, size_t at, const char *eol, struct buf *out)
{
	struct buf in = BUF(1 << 18);
	struct fail f = { .text = "" };
	int rc;

	buf_clear(out);
	(void)buf_adds(&in, head);
	while (in.n < at)
		(void)buf_addc(&in, 'x');
	(void)buf_adds(&in, eol);
	rc = convert(buf_slice(&in), out, &f);
	buf_free(&in);
	return rc;
}

/* A line end in two pieces, and what is none. */
static void
across_blocks(void)
{
	static const char text[] = VERSION TEXT CTE "8bit\r\n\r\n";
	static const char preamble[] = VERSION MIXED "\r\n";
	struct buf out = BUF(1 << 18);
	size_t at;

	for (at = INPUT_BLOCK - 3; at <= INPUT_BLOCK + 1; at++) {
		CHECK_INT(line_to(text, at, "\r\n", &out), 0);
		CHECK_INT(strstr(buf_str(&out), "8bit") != NULL, 1);
		CHECK_INT(line_to(text, at, "\n", &out), 0);
		CHECK_INT(strstr(buf_str(&out), "base64") != NULL, 1);
		CHECK_INT(line_to(text, at, "\rx\r\n", &out), 0);
		CHECK_INT(strstr(buf_str(&out), "base64") != NULL, 1);
		CHECK_INT(line_to(preamble, at, "\r\n", &out), 0);
		CHECK_INT(line_to(preamble, at, "\n", &out), -1);
		CHECK_INT(line_to(preamble, at, "\rx\r\n", &out), -1);
	}
	buf_free(&out);
}

static void
too_deep(void)
{
	struct buf in = BUF(1 << 20), out = BUF(1 << 22);
	struct fail f = { .text = "" };

	for (int i = 0; i <= LIMIT_MIME_DEPTH; i++)
		(void)buf_adds(&in, "Content-Type: message/rfc822\r\n\r\n");
	CHECK_INT(convert(buf_slice(&in), &out, &f), -1);
	CHECK_STR(f.text, "parts nested deeper than 100");
	CHECK_INT(out.n, 0);
	buf_free(&in);
	buf_free(&out);
}

int
main(void)
{
	RUN(converts);
	RUN(refuses);
	RUN(long_lines);
	RUN(across_blocks);
	RUN(too_deep);
	return unit_done();
}
