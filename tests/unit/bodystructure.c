/* SPDX-License-Identifier: ISC */
/* Tests of bodystructure: what servers say, right and wrong, in pieces. */

#include "../../cmd/imap/bodystructure.h"
#include "feed.h"
#include "limits.h"
#include "unit.h"

static struct fail f;

static int
read_text(struct structure *s, struct slice text, size_t piece)
{
	struct feed feed = { .in = text, .piece = piece };
	struct tokens t = { 0 };
	int rc;

	tokens_start(&t, feed_more, feed_used, &feed);
	rc = bodystructure_read(s, &t, &f);
	tokens_free(&t);
	feed_free(&feed);
	return rc;
}

/* "number type encoding size field|disposition" of each part. */
static void
show(const struct structure *s, struct buf *out)
{
	const struct structure_part *p;

	for (p = s->root; p != NULL; p = structure_next(p)) {
		(void)buf_add(out, p->number);
		(void)buf_addc(out, ' ');
		(void)buf_add(out, p->field);
		(void)buf_addc(out, ' ');
		(void)buf_add(out, p->encoding);
		if (p->sized)
			(void)buf_addf(out, " %lu", (unsigned long)p->size);
		if (p->disposition.n > 0)
			(void)buf_addc(out, ' ');
		(void)buf_add(out, p->disposition);
		(void)buf_addc(out, '\n');
	}
}

static const struct {
	const char *name, *in, *want;
} cases[] = {
	{ "a text", "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"us-ascii\") NIL NIL "
	    "\"7BIT\" 12 1 NIL NIL NIL NIL)\r\n",
	    "1 text/plain; CHARSET=\"us-ascii\" 7bit 12\n" },
	{ "nothing behind", "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 12 1)"
	    "\r\n",
	    "1 text/plain 7bit 12\n" },
	{ "a multipart", "((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)"
	    "(\"image\" \"png\" (\"name\" \"a\\\"b\") \"<id>\" \"what\" "
	    "\"base64\" 22 NIL (\"attachment\" (\"filename\" \"x y\")) NIL)"
	    " \"mixed\" (\"boundary\" \"b\") NIL NIL)\r\n",
	    " multipart/mixed; boundary=\"b\" \n1 text/plain 7bit 1\n"
	    "2 image/png; name=\"a\\\"b\" base64 22 "
	    "attachment; filename=\"x y\"\n" },
	{ "a message", "((\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 99 "
	    "(\"d\" \"s\" NIL NIL NIL NIL NIL NIL NIL \"id\") "
	    "((\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 1)"
	    "(\"text\" \"html\" NIL NIL NIL \"7bit\" 2 1) \"alternative\") "
	    "5 NIL (\"inline\" NIL))(\"message\" \"rfc822\" NIL NIL NIL "
	    "\"7bit\" 98 (NIL) (\"a\" \"b\" NIL NIL NIL \"8bit\" 3) 5) "
	    "\"digest\")\r\n",
	    " multipart/digest \n1 message/rfc822 7bit 99 inline\n"
	    " multipart/alternative \n1.1 text/plain 7bit 1\n"
	    "1.2 text/html 7bit 2\n2 message/rfc822 7bit 98\n"
	    "2.1 a/b 8bit 3\n" },
	{ "multiparts in one another", "(((\"a\" \"b\" NIL NIL NIL \"7bit\" 3)"
	    " \"related\")(\"c\" \"d\" NIL NIL NIL \"7bit\" 4) \"mixed\")\r\n",
	    " multipart/mixed \n1 multipart/related \n1.1 a/b 7bit 3\n"
	    "2 c/d 7bit 4\n" },
	{ "no envelope", "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 99 NIL "
	    "NIL 5)\r\n", "1 message/rfc822 7bit 99\n" },
	{ "lines alone", "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 99 5)"
	    "\r\n", "1 message/rfc822 7bit 99\n" },
	{ "negative lines", "(\"text\" \"plain\" NIL NIL NIL \"7bit\" -1 -1 "
	    "NIL (\"inline\" NIL))\r\n", "1 text/plain 7bit inline\n" },
	{ "a boundary that is NIL", "((\"a\" \"b\" NIL NIL NIL \"7bit\" 3) "
	    "\"mixed\" (\"boundary\" NIL) NIL NIL NIL)\r\n",
	    " multipart/mixed; boundary=\"\" \n1 a/b 7bit 3\n" },
	{ "an empty multipart", "(\"mixed\" (\"boundary\" \"x\") NIL NIL)\r\n",
	    " multipart/mixed; boundary=\"x\" \n" },
	{ "NIL everywhere", "(NIL NIL NIL NIL NIL NIL NIL NIL)\r\n",
	    "1 application/octet-stream \n" },
	{ "NIL", "NIL\r\n", "" },
	{ "literals", "({4}\r\nTEXT {5}\r\nPLAIN NIL NIL NIL {4}\r\n7bit 1 1)"
	    "\r\n", "1 text/plain 7bit 1\n" },
	{ "RFC 2231", "(\"a\" \"b\" (\"name*\" \"utf-8''%41\") NIL NIL "
	    "\"7bit\" 1)\r\n", "1 a/b; name*=utf-8''%41 7bit 1\n" },
	{ "a name that is none", "(\"a\" \"b\" (\"x y\" \"z\" \"c\" \"d\") NIL "
	    "NIL \"7bit\" 1)\r\n", "1 a/b; c=\"d\" 7bit 1\n" },
	{ "fields of tomorrow", "(\"a\" \"b\" NIL NIL NIL \"7bit\" 1 NIL NIL "
	    "(\"en\" \"de\") \"loc\" (1 (2 {1}\r\nx)) 7)\r\n",
	    "1 a/b 7bit 1\n" },
	{ "a disposition that is a string", "(\"a\" \"b\" NIL NIL NIL \"7bit\" "
	    "1 NIL \"attachment\")\r\n", "1 a/b 7bit 1 attachment\n" },
};

static void
samples(void)
{
	struct structure s = { 0 };
	struct buf got = BUF(10000);
	size_t i, piece;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].name);
		for (piece = 1; piece < 30; piece += 7) {
			buf_clear(&got);
			CHECK_INT(read_text(&s, slice_str(cases[i].in), piece),
			    0);
			show(&s, &got);
			CHECK_SLICE(buf_slice(&got), slice_str(cases[i].want));
		}
	}
	structure_free(&s);
	buf_free(&got);
}

/* No prefix is taken for a whole. */
static void
prefixes(void)
{
	struct structure s = { 0 };
	struct slice part;
	size_t i, n;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (n = 0; n + 3 < strlen(cases[i].in); n++) {
			CASE(cases[i].name);
			part = unit_exact((struct slice){ cases[i].in, n });
			CHECK_INT(read_text(&s, part, 1000), -1);
			free((char *)(uintptr_t)part.p);
		}
	structure_free(&s);
}

static void
refused(void)
{
	struct structure s = { 0 };
	struct buf text = BUF(10000000);
	int i;

	CHECK_INT(read_text(&s, SLICE("5\r\n"), 10), 0);
	CHECK(s.root == NULL);
	CHECK_INT(read_text(&s, SLICE("\"x\"\r\n"), 10), -1);
	CHECK_INT(f.class, EX_PROTOCOL);
	CHECK_INT(read_text(&s, SLICE("(\"a\" \"b\"\r\n"), 10), -1);
	CHECK_INT(f.class, EX_PROTOCOL);
	for (i = 0; i < 100000; i++)
		(void)buf_addc(&text, '(');
	(void)buf_adds(&text, "\r\n");
	CHECK_INT(read_text(&s, buf_slice(&text), 1000), -1);
	CHECK_INT(f.class, EX_DATAERR);
	CHECK(strstr(f.text, "parts in one another") != NULL);
	buf_clear(&text);
	(void)buf_addc(&text, '(');
	for (i = 0; i < LIMIT_MIME_PARTS; i++)
		(void)buf_adds(&text, "(\"a\" \"b\" NIL NIL NIL \"7bit\" 1)");
	(void)buf_adds(&text, " \"mixed\")\r\n");
	CHECK_INT(read_text(&s, buf_slice(&text), 100000), -1);
	CHECK_INT(f.class, EX_DATAERR);
	structure_free(&s);
	buf_free(&text);
}

int
main(void)
{
	RUN(samples);
	RUN(prefixes);
	RUN(refused);
	return unit_done();
}
