/* SPDX-License-Identifier: ISC */
/* uu and uubody: files in text, whatever the pieces. */

#include "../../cmd/mime/uubody.h"
#include "unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* "<name|content>" for each file, "!" in place of ">" for a short one, "0" in
 * place of NUL. */
static int
note(void *ctx, enum uu_event event, struct slice bytes, struct fail *f)
{
	struct buf *out = ctx;

	(void)f;
	if (event == UU_BEGIN)
		(void)buf_addc(out, '<');
	for (size_t i = 0; i < bytes.n; i++)
		(void)buf_addc(out, bytes.p[i] == '\0' ? '0' : bytes.p[i]);
	if (event != UU_DATA)
		(void)buf_addc(out, event == UU_BEGIN ? '|' :
		    event == UU_END		      ? '>' : '!');
	return 0;
}

/* The files of "in", in pieces of "step" bytes. */
static void
scan(struct slice in, size_t step, struct buf *out, int *text)
{
	struct uu u = { 0 };
	struct fail f;

	uu_start(&u, note, out);
	for (size_t i = 0; i < in.n; i += step) {
		struct slice piece = unit_exact(slice_sub(in, i, i + step));

		CHECK_INT(uu_put(&u, piece, &f), 0);
		free((char *)(uintptr_t)piece.p);
	}
	CHECK_INT(uu_end(&u, &f), 0);
	*text = u.text;
	uu_free(&u);
}

static const struct {
	const char *name, *in, *want;
	int text;
} cases[] = {
	{ "none", "just text\nand more\n", "", 1 },
	{ "nothing", "", "", 0 },
	{ "empty lines", "\n \r\n\t\n", "", 0 },
	{ "one", "begin 644 cat\n#0V%T\n`\nend\n", "<cat|Cat>", 0 },
	{ "CRLF", "begin 644 cat\r\n#0V%T\r\n`\r\nend\r\n", "<cat|Cat>", 0 },
	{ "in text", "see:\n\nbegin 0644 a b.c \n#0V%T\n \nend\nbye",
	    "<a b.c|Cat>", 1 },
	{ "two", "begin 644 a\n#0V%T\n`\nend\nbegin 644 b\n#0V%T\n`\nend",
	    "<a|Cat><b|Cat>", 0 },
	{ "a path", "begin 644 /etc/x\n#0V%T\n`\nend\n", "</etc/x|Cat>", 0 },
	{ "padding", "begin 644 a\n!80``\n`\nend\n", "<a|a>", 0 },
	{ "no padding", "begin 644 a\n!80\n`\nend\n", "<a|a>", 0 },
	{ "two of three", "begin 644 a\n\"86(\n`\nend\n", "<a|ab>", 0 },
	{ "spaces are zero", "begin 644 a\n#   !\n`\nend\n",
	    "<a|00\x01>", 0 },
	{ "spaces lost", "begin 644 a\n#80\n`\nend\n", "<a|a00>", 0 },
	{ "ticks are not lost", "begin 644 a\n$86%`\n`\nend\n", "", 1 },
	{ "checksum", "begin 644 a\n#86%AX\n`\nend\n", "<a|aaa>", 0 },
	{ "four more and spaces", "begin 644 a\n#86%Awxyz  \n`\nend\n",
	    "<a|aaa>", 0 },
	{ "five more", "begin 644 a\n#86%Avwxyz\n`\nend\n", "", 1 },
	{ "no character of it", "begin 644 a\n#86{A\n`\nend\n", "", 1 },
	{ "empty file", "begin 644 a\n`\nend\n", "<a|>", 0 },
	{ "empty file of a space", "begin 644 a\n \nend\n", "<a|>", 0 },
	{ "no empty file", "begin 644 a\n\nend\n", "", 1 },
	{ "no empty file in prose", "begin 644 a\n`\nbye\n", "", 1 },
	{ "prose", "begin 644 x\nthen go on\n", "", 1 },
	{ "prose at the end", "begin 644 x", "", 1 },
	{ "begin after begin", "begin 644 x\nbegin 644 y\n#0V%T\nend\n",
	    "<y|Cat>", 1 },
	{ "no zero line", "begin 644 a\n#0V%T\nend\n", "<a|Cat>", 0 },
	{ "zero line trimmed", "begin 644 a\n#0V%T\n\nend\n", "<a|Cat>", 0 },
	{ "no end", "begin 644 a\n#0V%T\n`\n", "<a|Cat!", 0 },
	{ "no end, cut", "begin 644 a\n#0V%T", "<a|Cat!", 0 },
	{ "text for end", "begin 644 a\n#0V%T\n`\nbye\n", "<a|Cat!", 1 },
	{ "text inside", "begin 644 a\n#0V%T\nhello\n#0V%T\nend\n",
	    "<a|Cat!", 1 },
	{ "a file inside", "begin 644 a\n#0V%T\nbegin 644 b\n#0V%T\nend\n",
	    "<a|Cat!<b|Cat>", 0 },
	{ "mode", "begin 64 a\n#0V%T\nend\n", "", 1 },
	{ "mode 8", "begin 684 a\n#0V%T\nend\n", "", 1 },
	{ "mode of five", "begin 10644 a\n#0V%T\nend\n", "", 1 },
	{ "no name", "begin 644 \n#0V%T\nend\n", "", 1 },
	{ "not at the line's start", " begin 644 a\n#0V%T\nend\n", "", 1 },
	{ "quoted", "> begin 644 a\n> #0V%T\n> end\n", "", 1 },
	{ "base64", "begin-base64 644 a\nQ2F0\nQ2F0Qw==\n====\n",
	    "<a|CatCatC>", 0 },
	{ "base64, empty", "begin-base64 644 a\n====\n", "<a|>", 0 },
	{ "base64, short", "begin-base64 644 a\nQ2F0\n", "<a|Cat!", 0 },
	{ "base64, text", "begin-base64 644 a\nQ2F0\nbye!\n====\n",
	    "<a|Cat!", 1 },
	{ "base64, prose", "begin-base64 644 a\nhi there\n", "", 1 },
	{ "base64, no group", "begin-base64 644 a\nQ2F\n====\n", "", 1 },
};

static void
files(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct slice in = slice_str(cases[i].in);

		CASE(cases[i].name);
		for (size_t step = 1; step <= in.n + 1; step++) {
			struct buf out = BUF(1000);
			int text;

			scan(in, step, &out, &text);
			CHECK_SLICE(buf_slice(&out),
			    slice_str(cases[i].want));
			CHECK_INT(text, cases[i].text);
			buf_free(&out);
		}
	}
}

/* A name as long as a line may be; one byte more, and it is text. */
static void
long_lines(void)
{
	struct buf in = BUF(4000), out = BUF(4000);
	int text;

	for (size_t n = UU_LINE - 1; n <= UU_LINE + 1; n++) {
		for (size_t step = 1; step < 1100; step += 13) {
			buf_clear(&in);
			buf_clear(&out);
			(void)buf_adds(&in, "begin 644 ");
			while (in.n < n)
				(void)buf_addc(&in, 'x');
			(void)buf_adds(&in, "\n#0V%T\nend\n");
			scan(buf_slice(&in), step, &out, &text);
			CHECK_INT(out.n > 0, n <= UU_LINE);
			CHECK_INT(text, n > UU_LINE);
		}
	}
	buf_free(&in);
	buf_free(&out);
}

static void
long_content(void)
{
	struct buf in = BUF(400000), out = BUF(400000);
	int text;

	(void)buf_adds(&in, "begin 644 a\n");
	for (int i = 0; i < 5000; i++)
		(void)buf_adds(&in, "#0V%T\n");
	(void)buf_adds(&in, "`\nend\n");
	scan(buf_slice(&in), in.n, &out, &text);
	CHECK_INT(out.n, 15000 + 4);
	buf_free(&in);
	buf_free(&out);
}

static const struct {
	const char *name, *in, *want;
	unsigned flaws;
} bodies[] = {
	{ "one", "\nbegin 644 a\n#0V%T\n`\nend\n\n", "Cat", 0 },
	{ "text before", "hi\nbegin 644 a\n#0V%T\n`\nend\n", "Cat",
	    UU_FLAW_TEXT },
	{ "text behind", "begin 644 a\n#0V%T\n`\nend\nhi", "Cat",
	    UU_FLAW_TEXT },
	{ "another", "begin 644 a\n#0V%T\n`\nend\n"
	    "begin 644 b\n#0V%T\n`\nend\n", "Cat", UU_FLAW_TEXT },
	{ "short", "begin 644 a\n#0V%T\n", "Cat", UU_FLAW_SHORT },
	{ "none", "begin 644 a\nhello\n", "begin 644 a\nhello\n",
	    UU_FLAW_NONE },
	{ "empty", "", "", UU_FLAW_NONE },
};

static void
decode(struct slice in, size_t step, struct buf *out, unsigned *flaws)
{
	struct uubody b = { 0 };

	uubody_start(&b);
	for (size_t i = 0; i < in.n; i += step)
		CHECK_INT(uubody_put(&b, slice_sub(in, i, i + step), out), 0);
	CHECK_INT(uubody_end(&b, out), 0);
	*flaws = b.flaws;
	uubody_free(&b);
}

static void
content(void)
{
	for (size_t i = 0; i < COUNT(bodies); i++) {
		struct slice in = slice_str(bodies[i].in);

		CASE(bodies[i].name);
		for (size_t step = 1; step <= in.n + 1; step++) {
			struct buf out = BUF(1000);
			unsigned flaws;

			decode(in, step, &out, &flaws);
			CHECK_SLICE(buf_slice(&out),
			    slice_str(bodies[i].want));
			CHECK_INT(flaws, bodies[i].flaws);
			buf_free(&out);
		}
	}
}

/* More text than is held comes out as it is, and so does what follows. */
static void
content_given_up(void)
{
	struct buf in = BUF(200000), out = BUF(200000);
	unsigned flaws;

	while (in.n < UUBODY_HELD + 1000)
		(void)buf_adds(&in, "nothing uuencoded in this line\n");
	(void)buf_adds(&in, "begin 644 a\n#0V%T\n`\nend\n");
	for (size_t step = 4000; step < 100000; step += 31000) {
		buf_clear(&out);
		decode(buf_slice(&in), step, &out, &flaws);
		CHECK_SLICE(buf_slice(&out), buf_slice(&in));
		CHECK_INT(flaws, UU_FLAW_NONE);
	}
	buf_free(&in);
	buf_free(&out);
}

static int
is_known(enum mime_kind kind, struct slice header)
{
	struct mime_part part = { .kind = kind, .enc = ENC_UNKNOWN,
		.header = header };

	CHECK_STR(uubody_is(&part) ? "x-uuencode" : "",
	    uubody_encoding(&part).p);
	return uubody_is(&part);
}

static void
names(void)
{
	struct mime_part base64 = { .kind = MIME_LEAF, .enc = ENC_BASE64,
		.header = SLICE("Content-Transfer-Encoding: x-uue\n") };

	CHECK(is_known(MIME_LEAF,
	    SLICE("Content-Transfer-Encoding: X-UUencode (old)\n\n")));
	CHECK(is_known(MIME_LEAF,
	    SLICE("content-transfer-encoding: x-uue\r\n\r\n")));
	CHECK(is_known(MIME_LEAF,
	    SLICE("Content-Transfer-Encoding: uuencode\n")));
	CHECK(!is_known(MIME_MULTIPART,
	    SLICE("Content-Transfer-Encoding: uuencode\n")));
	CHECK(!is_known(MIME_LEAF,
	    SLICE("Content-Transfer-Encoding: x-base64\n")));
	CHECK(!is_known(MIME_LEAF, SLICE("Content-Type: x-uuencode\n\n")));
	CHECK(!uubody_is(&base64));
	CHECK_SLICE(uubody_encoding(&base64), SLICE("base64"));
}

int
main(void)
{
	RUN(files);
	RUN(long_lines);
	RUN(long_content);
	RUN(content);
	RUN(content_given_up);
	RUN(names);
	return unit_done();
}
