/* SPDX-License-Identifier: ISC */
/* Conversion of messages to 7-bit text. */

#include "convert.h"
#include "limits.h"
#include "sevenbit.h"
#include "utf8.h"

static int
convert(struct slice in, struct buf *out, struct fail *f)
{
	return convert_by(sevenbit_convert, in, out, f);
}

#define SIGNED "Content-Type: multipart/signed; boundary=b\n\n"
#define MIXED "Content-Type: multipart/mixed; boundary=b\n"
#define SEVENTY \
	"0123456789012345678901234567890123456789012345678901234567890123456789"
#define VERSION "MIME-Version: 1.0\n"
#define CTE "Content-Transfer-Encoding: "

static const struct {
	const char *name, *in, *want;
} cases[] = {
	{ "nothing", "", "" },
	{ "clean", "A: b\n\nhello\n", "A: b\n\nhello\n" },
	{ "unlabelled", "A: b\n\nh\xe9\n", "A: b\n" VERSION
	    "Content-Type: text/plain; charset=unknown-8bit\n"
	    CTE "quoted-printable\n\nh=E9\n" },
	{ "labelled", VERSION "Content-Type: text/plain; charset=utf-8\n"
	    "Content-transfer-encoding: 8bit\nX: y\n\n\xc3\xa9 =\n",
	    VERSION "Content-Type: text/plain; charset=utf-8\n"
	    CTE "quoted-printable\nX: y\n\n=C3=A9 =3D\n" },
	{ "folded label", VERSION "Content-Type: a/b\n" CTE "\n 8bit\n\n\xff",
	    VERSION "Content-Type: a/b\n" CTE "base64\n\n/w==\n" },
	{ "two labels", VERSION "Content-Type: a/b\n" CTE "8bit\n" CTE "7bit\n"
	    "\n\xff", VERSION "Content-Type: a/b\n" CTE "base64\n\n/w==\n" },
	{ "only a label", VERSION "Content-Type: a/b\n" CTE "binary\n\nx\n",
	    VERSION "Content-Type: a/b\n" CTE "7bit\n\nx\n" },
	{ "encoded already", VERSION CTE "base64\n\naGk=\n",
	    VERSION CTE "base64\n\naGk=\n" },
	{ "quoted with bytes above 127", VERSION "Content-Type: text/plain\n"
	    CTE "quoted-printable\n\na=3D\xe9\n", VERSION
	    "Content-Type: text/plain\n" CTE "quoted-printable\n\na=3D=E9\n" },
	{ "base64 with bytes above 127", VERSION "Content-Type: text/plain\n"
	    CTE "base64\n\naG\xe9k=\n", VERSION "Content-Type: text/plain\n"
	    CTE "base64\n\naGk=\n" },
	{ "CRLF", VERSION "Content-Type: text/plain\r\n\r\n\xe9\r\nb\r\n",
	    VERSION "Content-Type: text/plain\r\n" CTE "quoted-printable\r\n"
	    "\r\n=E9\r\nb\r\n" },
	{ "a part", VERSION "Content-Type: multipart/mixed; boundary=b\n"
	    CTE "8bit\n\npr\xe9\n--b\n\n\xe9\n--b\nContent-Type: a/b\n\n\xff\n"
	    "--b\n\nx\n--b--\n\xff\n",
	    VERSION "Content-Type: multipart/mixed; boundary=b\n"
	    CTE "7bit\n\npr?\n--b\n"
	    "Content-Type: text/plain; charset=unknown-8bit\n"
	    CTE "quoted-printable\n\n=E9\n--b\nContent-Type: a/b\n"
	    CTE "base64\n\n/w==\n--b\n\nx\n--b--\n?\n" },
	{ "a multipart without version", "Content-Type: multipart/mixed; "
	    "boundary=b\n\n--b\nContent-Type: a/b\n\n\xff\n--b--\n",
	    "Content-Type: multipart/mixed; boundary=b\n" VERSION "\n--b\n"
	    "Content-Type: a/b\n" CTE "base64\n\n/w==\n--b--\n" },
	{ "an inner message", VERSION "Content-Type: message/rfc822\n"
	    CTE "8bit\n\nA: b\nContent-Type: text/x\n\n\xe9\n",
	    VERSION "Content-Type: message/rfc822\n" CTE "7bit\n\nA: b\n"
	    "Content-Type: text/x\n" VERSION CTE "quoted-printable\n\n=E9\n" },
	{ "a lone CR", VERSION "Content-Type: text/plain\n\na\rb\n", VERSION
	    "Content-Type: text/plain\n" CTE "quoted-printable\n\na=0Db\n" },
	{ "a soft break before dashes", MIXED "\n--b\n\n\xe9xx" SEVENTY "--b"
	    "\n\n--b--\n", MIXED VERSION "\n--b\n"
	    "Content-Type: text/plain; charset=unknown-8bit\n"
	    CTE "quoted-printable\n\n=E9xx" SEVENTY "=\n=2D-b\n\n--b--\n" },
	{ "encoded dashes", MIXED "\n--b\n" CTE "quoted-printable\n\n=2D-b"
	    "\n\xe9\n--b--\n", MIXED VERSION "\n--b\n" CTE "quoted-printable\n"
	    "Content-Type: text/plain; charset=unknown-8bit\n\n"
	    "=2D-b\n=E9\n--b--\n" },
	{ "a preamble almost a delimiter",
	    "Content-Type: multipart/mixed; boundary=\"?\"\n\n--\xe9\n"
	    "--?\n\nx\n--?--\n--\xe9",
	    "Content-Type: multipart/mixed; boundary=\"?\"\n\n?-?\n"
	    "--?\n\nx\n--?--\n?-?" },
	{ "signed and clean", SIGNED "--b\n" CTE "8bit\n\nx\n--b--\n",
	    SIGNED "--b\n" CTE "8bit\n\nx\n--b--\n" },
};

static void
messages(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice in = slice_str(cases[i].in);
		struct buf out = BUF(1 << 16), again = BUF(1 << 16);
		struct fail f = { .text = "" };

		CASE(cases[i].name);
		CHECK_INT(convert(in, &out, &f), 0);
		CHECK_STR(f.text, "");
		CHECK_SLICE(buf_slice(&out), slice_str(cases[i].want));
		CHECK_INT(convert(buf_slice(&out), &again, &f), 0);
		CHECK_SLICE(buf_slice(&again), buf_slice(&out));
		buf_free(&out);
		buf_free(&again);
	}
}

static const struct {
	const char *in, *want;
} refused[] = {
	{ "Subject: \xe9\n\nx", "not 7-bit: the header field Subject holds "
	    "bytes above 127" },
	{ "\xe9\n\nx", "not 7-bit: the header field without a name holds bytes "
	    "above 127" },
	{ SIGNED "--b\n\n\xe9\n--b--\n", "not 7-bit: part 1 is signed or "
	    "encrypted and cannot be converted" },
	{ SIGNED "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\n"
	    "\xe9\n--c--\n--b--\n", "not 7-bit: part 1.1 is signed or "
	    "encrypted and cannot be converted" },
	{ SIGNED "--b\nContent-Type: multipart/mixed; boundary=c\n\n\xe9\n--c"
	    "\n\n\n--c--\n--b--\n", "not 7-bit: bytes above 127 between parts "
	    "that are signed or encrypted" },
	{ "Content-Type: multipart/mixed; boundary*=utf-8''%E9\n\n--\xe9\n\n"
	    "--\xe9--\n", "not 7-bit: a boundary holds bytes above 127" },
	{ "Content-Type: message/partial\n\n\xe9", "not 7-bit: part 1 is "
	    "message/partial, which cannot be encoded" },
	{ "Content-Type: message/rfc822\n\nSubject: \xe9\n\n", "not 7-bit: the "
	    "header field Subject holds bytes above 127" },
};

static void
refusals(void)
{
	size_t i;

	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct buf out = BUF(1 << 16);
		struct fail f = { .text = "" };

		CASE(refused[i].in);
		CHECK_INT(convert(slice_str(refused[i].in), &out, &f), -1);
		CHECK_STR(f.text, refused[i].want);
		CHECK_INT(f.class, EX_DATAERR);
		CHECK_INT(out.n, 0);
		buf_free(&out);
	}
}

/* The longest line of "s". */
static size_t
longest(struct slice s)
{
	size_t most = 0;
	struct slice line;

	while (s.n > 0) {
		(void)slice_until(&s, '\n', &line);
		if (line.n > most)
			most = line.n;
	}
	return most;
}

/* What cannot be written as a string or in a line: a NUL, a long line. */
static void
forbidden(void)
{
	static char line[LIMIT_LINE_HARD + 2] = "X: ";
	static const struct {
		struct slice before, what, after;
		const char *want;
	} bad[] = {
		{ SLICE("A: b\nX: "), SLICE("\0"), SLICE("\n\nx"),
		    "not 7-bit: the header field X holds a NUL" },
		{ SLICE(""), SLICE("\0"), SLICE("\n\nx"), "not 7-bit: the "
		    "header field without a name holds a NUL" },
		{ SLICE(SIGNED), SLICE("\0"), SLICE("\n--b\n\n\n--b--\n"),
		    "not 7-bit: a NUL between parts" },
		{ SLICE(SIGNED "--b\n\n\n--b--\n"), SLICE("\0"), SLICE(""),
		    "not 7-bit: a NUL between parts" },
		{ SLICE("A: b\n"), { line, sizeof(line) - 1 }, SLICE("\n\n"),
		    "not 7-bit: the header field X holds a line longer than "
		    "998 bytes" },
		{ SLICE(SIGNED), { line, sizeof(line) - 1 }, SLICE("\n--b--"),
		    "not 7-bit: a line longer than 998 bytes between parts" },
	};

	memset(line + 3, 'x', sizeof(line) - 4);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf in = BUF(1 << 16), out = BUF(1 << 16);
		struct fail f = { .text = "" };

		CASE(bad[i].want);
		(void)buf_add(&in, bad[i].before);
		(void)buf_add(&in, bad[i].what);
		(void)buf_add(&in, bad[i].after);
		CHECK_INT(convert(buf_slice(&in), &out, &f), -1);
		CHECK_STR(f.text, bad[i].want);
		CHECK_INT(f.class, EX_DATAERR);
		CHECK_INT(out.n, 0);
		buf_free(&in);
		buf_free(&out);
	}
}

/* NUL, long lines, and content of more than one piece. */
static void
large(void)
{
	struct buf in = BUF(1 << 20), out = BUF(1 << 22);
	struct fail f = { .text = "" };
	int i;

	(void)buf_adds(&in, VERSION "Content-Type: text/plain\n\n");
	for (i = 0; i < 200000; i++)
		(void)buf_addc(&in, i % 997 == 0 ? '\0' : 'a' + i % 26);
	CHECK_INT(convert(buf_slice(&in), &out, &f), 0);
	CHECK(utf8_ascii(buf_slice(&out)));
	CHECK_INT(slice_find(buf_slice(&out), '\0'), out.n);
	CHECK(longest(buf_slice(&out)) <= 76);
	CHECK(out.n > in.n);
	buf_free(&in);
	buf_free(&out);
}

static void
too_deep(void)
{
	struct buf in = BUF(1 << 20), out = BUF(1 << 22);
	struct fail f = { .text = "" };
	int i;

	for (i = 0; i <= LIMIT_MIME_DEPTH; i++)
		(void)buf_adds(&in, "Content-Type: message/rfc822\n\n");
	CHECK_INT(convert(buf_slice(&in), &out, &f), -1);
	CHECK_STR(f.text, "parts nested deeper than 100");
	CHECK_INT(out.n, 0);
	buf_free(&in);
	buf_free(&out);
}

static int
stop(void *ctx, struct slice bytes, struct fail *f)
{
	(void)ctx;
	(void)bytes;
	return fail_set(f, EX_IOERR, "stopped");
}

static void
put_fails(void)
{
	char text[] = "A: b\n\n\xe9\n";
	struct input in = { .fd = -1, .size = sizeof(text) - 1, .held = text,
		.name = "test" };
	struct fail f = { .class = 0 };

	CHECK_INT(sevenbit_convert(&in, stop, NULL, &f), -1);
	CHECK_INT(f.class, EX_IOERR);
}

int
main(void)
{
	RUN(messages);
	RUN(refusals);
	RUN(forbidden);
	RUN(large);
	RUN(too_deep);
	RUN(put_fails);
	return unit_done();
}
