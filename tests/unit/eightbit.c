/* SPDX-License-Identifier: ISC */
/* Decoding of text to 8bit. */

#include "convert.h"
#include "eightbit.h"
#include "limits.h"
#include "sevenbit.h"

#define TEXT "Content-Type: text/plain; charset=utf-8\n"
#define CTE "Content-Transfer-Encoding: "
#define MIXED "Content-Type: multipart/mixed; boundary=b\n"

static const struct {
	const char *name, *in, *want;
} converted[] = {
	{ "quoted-printable", "A: b\n" TEXT CTE "quoted-printable\nX: y\n\n"
	    "Gr=C3=BC=\n=C3=9Fe=20\n",
	    "A: b\n" TEXT CTE "8bit\nX: y\n\nGr\xc3\xbc\xc3\x9f" "e \n" },
	{ "base64", TEXT CTE "base64\n\nw7wKw7w=\n", TEXT CTE
	    "8bit\n\n\xc3\xbc\n\xc3\xbc" },
	{ "ASCII", TEXT CTE "quoted-printable\n\na=3Db\n",
	    TEXT CTE "7bit\n\na=b\n" },
	{ "no type", CTE "base64\n\nw7w=\n", CTE "8bit\n\n\xc3\xbc" },
	{ "CRLF", "Content-Type: text/html\r\n" CTE "quoted-printable\r\n\r\n"
	    "=C3=BC\r\n=\r\nx\r\n", "Content-Type: text/html\r\n" CTE
	    "8bit\r\n\r\n\xc3\xbc\r\nx\r\n" },
	{ "CRLF in base64 in LF", TEXT CTE "base64\n\nw7wNCg==\n",
	    TEXT CTE "8bit\n\n\xc3\xbc\r\n" },
	{ "multiparts around", MIXED CTE "7bit\n\n--b\n" TEXT CTE
	    "base64\n\nw7w=\n--b\nContent-Type: multipart/x; boundary=c\n\n"
	    "--c\n" TEXT CTE "quoted-printable\n\n=3D\n--c--\n--b--\n",
	    MIXED CTE "8bit\n\n--b\n" TEXT CTE
	    "8bit\n\n\xc3\xbc\n--b\nContent-Type: multipart/x; boundary=c\n\n"
	    "--c\n" TEXT CTE "7bit\n\n=\n--c--\n--b--\n" },
	{ "a message around", MIXED "\n--b\nContent-Type: message/rfc822\n\n"
	    TEXT CTE "base64\n\nw7w=\n--b--\n",
	    MIXED CTE "8bit\n\n--b\nContent-Type: message/rfc822\n" CTE
	    "8bit\n\n" TEXT CTE "8bit\n\n\xc3\xbc\n--b--\n" },
	{ "binary around", MIXED CTE "binary\n\n--b\n" TEXT CTE
	    "base64\n\nw7w=\n--b--\n", MIXED CTE "binary\n\n--b\n" TEXT CTE
	    "8bit\n\n\xc3\xbc\n--b--\n" },
	{ "beside what is signed", MIXED "\n--b\n"
	    "Content-Type: multipart/signed; boundary=c\n\n--c\n" CTE
	    "base64\n\nw7w=\n--c--\n--b\n" TEXT CTE "base64\n\nw7w=\n--b--\n",
	    MIXED CTE "8bit\n\n--b\n"
	    "Content-Type: multipart/signed; boundary=c\n\n--c\n" CTE
	    "base64\n\nw7w=\n--c--\n--b\n" TEXT CTE "8bit\n\n\xc3\xbc\n"
	    "--b--\n" },
	{ "other dashes", MIXED "\n--b\n" TEXT CTE "quoted-printable\n\n"
	    "=C3=BC\n--=20\n--a\n--b--\n", MIXED CTE "8bit\n\n--b\n" TEXT CTE
	    "8bit\n\n\xc3\xbc\n-- \n--a\n--b--\n" },
};

static const struct {
	const char *name, *in;
} kept[] = {
	{ "empty", "" },
	{ "header only", TEXT CTE "base64\n" },
	{ "no content", TEXT CTE "base64\n\n" },
	{ "8bit", TEXT CTE "8bit\n\n\xc3\xbc\n" },
	{ "8-bit header", "Subject: \xc3\xbc\n\nx" },
	{ "not text", "Content-Type: a/b\n" CTE "base64\n\naGk=\n" },
	{ "NUL", TEXT CTE "quoted-printable\n\na=00\n" },
	{ "bare CR", TEXT CTE "quoted-printable\n\na=0Db\n" },
	{ "CR at the end", TEXT CTE "quoted-printable\n\na=0D" },
	{ "mixed line ends", TEXT CTE "quoted-printable\n\na=0D\nb\n" },
	{ "LF in base64 in CRLF", "Content-Type: text/plain\r\n" CTE
	    "base64\r\n\r\nYQpi\r\n" },
	{ "UTF-16", "Content-Type: text/plain; charset=\"UTF-16BE\"\n" CTE
	    "base64\n\nT2BZfQ==\n" },
	{ "malformed base64", TEXT CTE "base64\n\naG*k=\n" },
	{ "malformed quoted-printable", TEXT CTE "quoted-printable\n\na=x\n" },
	{ "8-bit quoted-printable", TEXT CTE "quoted-printable\n\n\xe9\n" },
	{ "two encodings", TEXT CTE "base64\n" CTE "7bit\n\naGk=\n" },
	{ "two types", TEXT "Content-Type: a/b\n" CTE "base64\n\naGk=\n" },
	{ "a delimiter", MIXED "\n--b\n" TEXT CTE
	    "quoted-printable\n\n=2D-b\n--b--\n" },
	{ "a delimiter after a soft break", MIXED "\n--b\n" TEXT CTE
	    "quoted-printable\n\n-=\n-b--\n--b--\n" },
	{ "a delimiter and more", MIXED "\n--b\n" TEXT CTE
	    "quoted-printable\n\n=2D-bc\n--b--\n" },
	{ "a delimiter of a message around", MIXED "\n--b\n"
	    "Content-Type: message/rfc822\n\n" TEXT CTE
	    "quoted-printable\n\nx=0A=2D-b\n--b--\n" },
	{ "signed", "Content-Type: multipart/signed; boundary=b\n\n--b\n"
	    TEXT CTE "quoted-printable\n\n=C3=BC\n--b--\n" },
	{ "encrypted", "Content-Type: multipart/encrypted; boundary=b\n\n--b\n"
	    "Content-Type: multipart/x; boundary=c\n\n--c\n"
	    TEXT CTE "quoted-printable\n\n=C3=BC\n--c--\n--b--\n" },
};

static int
convert(struct slice in, struct buf *out)
{
	struct fail f = { .text = "" };
	int rc = convert_by(eightbit_convert, in, out, &f);

	CHECK_STR(f.text, "");
	return rc;
}

/* What is wanted, and it stays so; encoded again and decoded it is the same
 * content. */
static void
check(struct slice in, struct slice want)
{
	struct buf out = BUF(1 << 16), again = BUF(1 << 16);
	struct buf seven = BUF(1 << 16);
	struct fail f = { .text = "" };

	CHECK_INT(convert(in, &out), 0);
	CHECK_SLICE(buf_slice(&out), want);
	CHECK_INT(convert(buf_slice(&out), &again), 0);
	CHECK_SLICE(buf_slice(&again), want);
	if (convert_by(sevenbit_convert, want, &seven, &f) == 0)
		CHECK_INT(slice_find(buf_slice(&seven), 0xc3), seven.n);
	buf_free(&out);
	buf_free(&again);
	buf_free(&seven);
}

static void
decodes(void)
{
	for (size_t i = 0; i < sizeof(converted) / sizeof(converted[0]); i++) {
		CASE(converted[i].name);
		check(slice_str(converted[i].in),
		    slice_str(converted[i].want));
	}
}

static void
keeps(void)
{
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		CASE(kept[i].name);
		check(slice_str(kept[i].in), slice_str(kept[i].in));
	}
}

/* A line of "n" bytes that ends in CRLF, or not; 1 if it was decoded. */
static int
decodes_line(size_t n, const char *end)
{
	struct buf in = BUF(1 << 16), out = BUF(1 << 16);
	struct slice head = SLICE(TEXT CTE "quoted-printable\n\n");
	int rc;

	(void)buf_add(&in, head);
	while (n-- > 0)
		(void)buf_adds(&in, "=\nx");
	(void)buf_adds(&in, end);
	CHECK_INT(convert(buf_slice(&in), &out), 0);
	rc = !slice_starts(buf_slice(&out), head);
	CHECK_INT(rc, !slice_eq(buf_slice(&in), buf_slice(&out)));
	buf_free(&in);
	buf_free(&out);
	return rc;
}

static void
long_lines(void)
{
	CHECK_INT(decodes_line(LIMIT_LINE_HARD, "\n"), 1);
	CHECK_INT(decodes_line(LIMIT_LINE_HARD, "=0D\ny=0D\n"), 1);
	CHECK_INT(decodes_line(LIMIT_LINE_HARD, ""), 1);
	CHECK_INT(decodes_line(LIMIT_LINE_HARD + 1, "\n"), 0);
	CHECK_INT(decodes_line(LIMIT_LINE_HARD + 1, ""), 0);
}

static void
too_deep(void)
{
	struct buf in = BUF(1 << 20), out = BUF(1 << 22);
	struct fail f = { .text = "" };

	for (int i = 0; i <= LIMIT_MIME_DEPTH; i++)
		(void)buf_adds(&in, "Content-Type: message/rfc822\n\n");
	CHECK_INT(convert_by(eightbit_convert, buf_slice(&in), &out, &f), -1);
	CHECK_STR(f.text, "parts nested deeper than 100");
	CHECK_INT(f.class, EX_DATAERR);
	CHECK_INT(out.n, 0);
	buf_free(&in);
	buf_free(&out);
}

int
main(void)
{
	RUN(decodes);
	RUN(keeps);
	RUN(long_lines);
	RUN(too_deep);
	return unit_done();
}
