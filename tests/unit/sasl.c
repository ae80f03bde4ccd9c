/* SPDX-License-Identifier: ISC */
/* Unit test of sasl: names, lines, and the example of RFC 2195. */

#include "limits.h"
#include "sasl.h"
#include "unit.h"

static struct fail f;

static void
mechanisms(void)
{
	unsigned i;

	for (i = SASL_NONE + 1; i < SASL_MECHANISMS; i++)
		CHECK_INT(sasl_find(slice_str(sasl_name(
		    (enum sasl_mechanism)i))), i);
	CHECK_INT(sasl_find(SLICE("scram-sha-256-plus")), SASL_SCRAM_PLUS);
	CHECK_INT(sasl_find(SLICE("SCRAM-SHA-1")), SASL_NONE);
	CHECK_INT(sasl_find(SLICE("PLAIN ")), SASL_NONE);
	CHECK_INT(sasl_find(SLICE("")), SASL_NONE);
	CHECK_STR(sasl_name(SASL_NONE), "");
	CHECK_INT(sasl_is_clear(SASL_PLAIN) & sasl_is_clear(SASL_LOGIN) &
	    sasl_is_clear(SASL_XOAUTH2) & sasl_is_clear(SASL_OAUTHBEARER), 1);
	CHECK_INT(sasl_is_clear(SASL_SCRAM) | sasl_is_clear(SASL_SCRAM_PLUS) |
	    sasl_is_clear(SASL_CRAM_MD5) | sasl_is_clear(SASL_EXTERNAL), 0);
}

static void
cram_md5(void)
{
	char digest[SASL_CRAM_DIGEST];

	CHECK_INT(sasl_cram_md5(SLICE("tanstaaftanstaaf"), SLICE(
	    "<1896.697170952@postoffice.reston.mci.net>"), digest, &f), 0);
	CHECK_STR(digest, "b913a602c7eda7a495b4e6e7334d3890");
}

static void
names(void)
{
	char longest[LIMIT_AUTH_NAME + 1];

	memset(longest, 'a', sizeof(longest));
	CHECK(sasl_name_ok((struct slice){ longest, LIMIT_AUTH_NAME }));
	CHECK(!sasl_name_ok((struct slice){ longest, LIMIT_AUTH_NAME + 1 }));
	CHECK(sasl_name_ok(SLICE("j\xc3\xbcrgen@example.org")));
	CHECK(!sasl_name_ok(SLICE("")));
	CHECK(!sasl_name_ok(SLICE("a\0b")));
	CHECK(!sasl_name_ok(SLICE("a\nb")));
	CHECK(!sasl_name_ok(SLICE("a\x7f")));
	CHECK(!sasl_name_ok(SLICE("a\xe2\x80\xae" "b")));
	CHECK(!sasl_name_ok(SLICE("j\xfcrgen")));

	CHECK(sasl_token_ok(SLICE("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="
	    )));
	CHECK(!sasl_token_ok(SLICE("")));
	CHECK(!sasl_token_ok(SLICE("a b")));
	CHECK(!sasl_token_ok(SLICE("a\1auth=Bearer b")));
	CHECK(!sasl_token_ok(SLICE("a\x80")));
}

static const struct {
	struct slice line;
	int initial, rc;
	const char *want;
} lines[] = {
	{ SLICE("dGVzdA=="), 0, 0, "test" },
	{ SLICE("dGVzdA=="), 1, 0, "test" },
	{ SLICE(""), 0, 0, "" },
	{ SLICE(""), 1, 0, "" },
	{ SLICE("="), 1, 0, "" },
	{ SLICE("="), 0, -1, "" },
	{ SLICE("*"), 0, 1, "" },
	{ SLICE("*"), 1, 1, "" },
	{ SLICE("**"), 0, -1, "" },
	{ SLICE("* "), 0, -1, "" },
	{ SLICE("dGVzdA"), 0, -1, "" },
	{ SLICE("dGVzdA="), 0, -1, "" },
	{ SLICE("d"), 0, -1, "" },
	{ SLICE("dGVzdA== "), 0, -1, "" },
	{ SLICE("dGVz\rdA=="), 0, -1, "" },
	{ SLICE("dGVz\0dA="), 0, -1, "" },
};

static void
read_lines(void)
{
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct buf out = BUF(LIMIT_AUTH);

		CASE(lines[i].line.p);
		CHECK_INT(sasl_line_read(lines[i].line, lines[i].initial,
		    &out, &f), lines[i].rc);
		CHECK_SLICE(buf_slice(&out), slice_str(lines[i].want));
		if (lines[i].rc == -1)
			CHECK_INT(f.class, EX_PROTOCOL);
		buf_free(&out);
	}
}

/* Base64 of every length: only each fourth is one; and RFC 4954's limit. */
static void
lengths(void)
{
	static char text[LIMIT_AUTH_LINE + 4];
	struct buf out = BUF(LIMIT_AUTH);
	size_t n;

	memset(text, 'A', sizeof(text));
	for (n = 0; n <= LIMIT_AUTH_LINE; n++) {
		buf_clear(&out);
		CHECK_INT(sasl_line_read((struct slice){ text, n }, 0, &out,
		    &f), n % 4 == 0 ? 0 : -1);
		CHECK_INT(out.n, n % 4 == 0 ? n / 4 * 3 : 0);
	}
	buf_clear(&out);
	CHECK_INT(sasl_line_read((struct slice){ text, sizeof(text) }, 0,
	    &out, &f), -1);
	CHECK_STR(f.text, "authentication: a line longer than 12288 bytes");
	buf_free(&out);
}

static void
write_lines(void)
{
	struct buf out = BUF(8);

	CHECK_INT(sasl_line_write(SLICE(""), 1, &out), 0);
	CHECK_SLICE(buf_slice(&out), SLICE("="));
	buf_clear(&out);
	CHECK_INT(sasl_line_write(SLICE(""), 0, &out), 0);
	CHECK_INT(out.n, 0);
	CHECK_INT(sasl_line_write(SLICE("test"), 1, &out), 0);
	CHECK_SLICE(buf_slice(&out), SLICE("dGVzdA=="));
	CHECK_INT(sasl_line_write(SLICE("t"), 0, &out), -1);
	buf_free(&out);
}

int
main(void)
{
	RUN(mechanisms);
	RUN(cram_md5);
	RUN(names);
	RUN(read_lines);
	RUN(lengths);
	RUN(write_lines);
	return unit_done();
}
