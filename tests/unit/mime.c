/* SPDX-License-Identifier: ISC */
/* The parser of parts: its events, whatever pieces the message comes in. */

#include "buf.h"
#include "limits.h"
#include "mime.h"
#include "unit.h"

/* What a handler saw: all bytes, and a text of the structure. */
struct seen {
	struct buf bytes, text;
	size_t headers, ends;
	int wrong; /* an offset does not fit the bytes */
	const struct mime_part *within[LIMIT_MIME_DEPTH + 1];
	uint64_t count[LIMIT_MIME_DEPTH + 1]; /* of bytes in each open part */
	size_t depth;
	enum mime_event last;
	const struct mime_part *last_part;
};

static void
note_header(struct seen *s, const struct mime_part *part, struct slice bytes)
{
	s->headers++;
	s->wrong |= part->at != s->bytes.n || part->depth != s->depth ||
	    part->body != s->bytes.n + bytes.n ||
	    part->parent != (s->depth ? s->within[s->depth - 1] : NULL) ||
	    part->user != NULL || part->header.p != bytes.p;
	(void)buf_addf(&s->text, "%s<%s ", s->text.n ? " " : "", part->number);
	(void)buf_add(&s->text, part->type);
	s->within[s->depth] = part;
	s->count[s->depth++] = 0;
}

static void
note_end(struct seen *s, const struct mime_part *part)
{
	s->ends++;
	s->wrong |= part->end != s->bytes.n ||
	    s->within[--s->depth] != part ||
	    part->end - part->body != s->count[s->depth];
	if (part->flaws)
		(void)buf_addf(&s->text, "!%x", part->flaws);
	(void)buf_adds(&s->text, ">");
}

static int
note(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct seen *s = ctx;
	size_t i;

	(void)f;
	for (i = 0; i < s->depth; i++)
		s->count[i] += bytes.n;
	if (event == MIME_HEADER)
		note_header(s, part, bytes);
	else if (event == MIME_END)
		note_end(s, part);
	else
		s->wrong |= bytes.n == 0;
	if (event == MIME_BODY) {
		s->wrong |= part->kind != MIME_LEAF;
		if (s->last != event || s->last_part != part)
			(void)buf_adds(&s->text, " ");
		for (i = 0; i < bytes.n; i++)
			if (bytes.p[i] == '\n')
				(void)buf_adds(&s->text, "$");
			else if (bytes.p[i] != '\r')
				(void)buf_addc(&s->text, bytes.p[i]);
	}
	s->last = event;
	s->last_part = part;
	(void)buf_add(&s->bytes, bytes);
	return 0;
}

/* Parses "in" in pieces of at most "most" bytes; 0 is all at once. */
static int
parse(struct slice in, size_t most, unsigned seed, struct seen *s)
{
	struct mime *m;
	struct fail f;
	int rc = 0;

	*s = (struct seen){ .bytes = BUF(1 << 24), .text = BUF(1 << 24) };
	m = mime_new(note, s);
	while (rc == 0 && in.n > 0) {
		size_t n = most == 0 ? in.n : 1 + seed % most;
		struct slice piece;

		seed = seed * 1103515245 + 12345;
		if (n > in.n)
			n = in.n;
		piece = unit_exact(slice_sub(in, 0, n));
		in = slice_sub(in, n, in.n);
		rc = mime_push(m, piece, &f);
		free((char *)piece.p);
	}
	if (rc == 0)
		rc = mime_end(m, &f);
	mime_free(&m);
	return rc;
}

static void
seen_free(struct seen *s)
{
	buf_free(&s->bytes);
	buf_free(&s->text);
}

/* The same events in any pieces, all bytes in order, all offsets right. */
static void
check_pieces(struct slice in, struct slice want)
{
	static const size_t most[] = { 0, 1, 2, 3, 7, 40 };
	struct seen s;
	size_t i;

	for (i = 0; i < sizeof(most) / sizeof(most[0]); i++) {
		CHECK_INT(parse(in, most[i], (unsigned)(most[i] * 7), &s), 0);
		CHECK_SLICE(buf_slice(&s.text), want);
		CHECK_SLICE(buf_slice(&s.bytes), in);
		CHECK_INT(s.wrong, 0);
		CHECK_INT(s.headers, s.ends);
		seen_free(&s);
	}
}

static struct buf
with_crlf(struct slice in)
{
	struct buf out = BUF(1 << 20);
	size_t i;

	for (i = 0; i < in.n; i++) {
		if (in.p[i] == '\n')
			(void)buf_addc(&out, '\r');
		(void)buf_addc(&out, in.p[i]);
	}
	return out;
}

#define MIXED "Content-Type: multipart/mixed; boundary="
#define SPACES "                                                            "
#define SPACES8 SPACES SPACES SPACES SPACES SPACES SPACES SPACES SPACES

static const struct {
	const char *name, *in, *want;
} cases[] = {
	{ "nothing", "", "<1 text/plain>" },
	{ "header alone", "Subject: x\n", "<1 text/plain>" },
	{ "header and blank", "Subject: x\n\n", "<1 text/plain>" },
	{ "one body", "Subject: x\n\nhello\n", "<1 text/plain hello$>" },
	{ "no line end", "A: b\n\nhello", "<1 text/plain hello>" },
	{ "type in any case", "content-TYPE : TEXT/Html; x=y\n\nb",
	    "<1 text/html b>" },
	{ "two parts", MIXED "b\n\n--b\n\none\n--b\nA: b\n\ntwo\n\n--b--\n",
	    "< multipart/mixed <1 text/plain one> <2 text/plain two$>>" },
	{ "preamble and epilogue",
	    MIXED "b\n\npre\n-b\n\n--b\n\n1\n--b--\nepi\n--b\n\nno",
	    "< multipart/mixed <1 text/plain 1>>" },
	{ "delimiter at once", MIXED "\"b\"\n\n--b\n\n--b--",
	    "< multipart/mixed <1 text/plain>>" },
	{ "no part", MIXED "b\n\n--b--\n", "< multipart/mixed>" },
	{ "nothing in it", MIXED "b\n\n", "< multipart/mixed!1>" },
	{ "end after delimiter", MIXED "\"1\"\n\n--1\n\nhello\n--1\n",
	    "< multipart/mixed <1 text/plain hello> <2 text/plain>!1>" },
	{ "the same without line end", MIXED "1\n\n--1\n\nhello\n--1",
	    "< multipart/mixed <1 text/plain hello> <2 text/plain>!1>" },
	{ "no close", MIXED "b\n\n--b\nA: b\n\nno closing\n",
	    "< multipart/mixed <1 text/plain no closing$>!1>" },
	{ "mid-line", MIXED "b\n\n--b\n\nx --b\n --b\n.--b\n--b--\n",
	    "< multipart/mixed <1 text/plain x --b$ --b$.--b>>" },
	{ "prefix", MIXED "b\n\n--b\n\n--bX\n--b-\n--b--x\n--b--\n",
	    "< multipart/mixed <1 text/plain --bX$--b-$--b--x>>" },
	{ "letter case", MIXED "b\n\n--b\n\n--B\n--b--\n",
	    "< multipart/mixed <1 text/plain --B>>" },
	{ "spaces behind", MIXED "b\n\n--b \t\n\none\n--b--  \nepi",
	    "< multipart/mixed <1 text/plain one>>" },
	{ "spaces in the boundary", MIXED "\"b c \"\n\n--b c\n\n1\n--b c--\n",
	    "< multipart/mixed <1 text/plain 1>>" },
	{ "boundary that looks closed", MIXED "b--\n\n--b--\n\n1\n--b----\n",
	    "< multipart/mixed <1 text/plain 1>>" },
	{ "dashes", MIXED "-\n\n---\n\n--\n-\n----\n-----\n",
	    "< multipart/mixed <1 text/plain --$-$---->>" },
	{ "nested", MIXED "a\n\n--a\n" MIXED "ab\n\n--ab\n\n1\n--ab--\n\n--a\n"
	    "\n2\n--a--\n", "< multipart/mixed <1 multipart/mixed "
	    "<1.1 text/plain 1>> <2 text/plain 2>>" },
	{ "outer ends inner", MIXED "a\n\n--a\n" MIXED "i\n\n--i\n\n1\n--a\n\n2"
	    "\n--a--\n", "< multipart/mixed <1 multipart/mixed "
	    "<1.1 text/plain 1>!1> <2 text/plain 2>>" },
	{ "one boundary at two levels", MIXED "a\n\n--a\n" MIXED "a\n\n--a\n\n1"
	    "\n--a--\n--a\n\n2\n--a--\n", "< multipart/mixed <1 multipart/mixed"
	    " <1.1 text/plain 1>> <2 text/plain 2>>" },
	{ "no blank line", MIXED "b\n\n--b\nA: b\n--b--\n",
	    "< multipart/mixed <1 text/plain!2>>" },
	{ "message", "Content-Type: message/rfc822\n\nA: b\n\nin\n",
	    "<1 message/rfc822 <1.1 text/plain in$>>" },
	{ "message in a part", MIXED "b\n\n--b\n\n1\n--b\nContent-Type: "
	    "message/rfc822\n\n" MIXED "c\n\n--c\n\nx\n--c\nContent-Type: a/b"
	    "\n\ny\n--c--\n\n--b--\n", "< multipart/mixed <1 text/plain 1> "
	    "<2 message/rfc822 < multipart/mixed <2.1 text/plain x> "
	    "<2.2 a/b y>>>>" },
	{ "message in a message", "Content-Type: message/rfc822\n\n"
	    "Content-Type: message/rfc822\n\nA: b\n\nx",
	    "<1 message/rfc822 <1.1 message/rfc822 <1.1.1 text/plain x>>>" },
	{ "empty message", MIXED "b\n\n--b\nContent-Type: message/rfc822\n\n"
	    "--b--\n", "< multipart/mixed <1 message/rfc822 "
	    "<1.1 text/plain!2>>>" },
	{ "no message", "Content-Type: message/rfc822\n\n",
	    "<1 message/rfc822 <1.1 text/plain>>" },
	{ "digest", "Content-Type: multipart/digest; boundary=b\n\n--b\n\nA: b"
	    "\n\n1\n--b\nContent-Type: text/html\n\n2\n--b--\n",
	    "< multipart/digest <1 message/rfc822 <1.1 text/plain 1>> "
	    "<2 text/html 2>>" },
	{ "bad type", "Content-Type: text\n\nx", "<1 text/plain x!80>" },
	{ "empty type", "Content-Type:\n\nx", "<1 text/plain x!80>" },
	{ "type of three", "Content-Type: a/b/c\n\nx", "<1 text/plain x!80>" },
	{ "two types", "Content-Type: text/html\n" MIXED "b\n\n--b\n",
	    "<1 text/html --b$!8>" },
	{ "two boundaries", MIXED "b; boundary=c\n\n--b\n\n--c\n--b--\n",
	    "< multipart/mixed <1 text/plain --c>!8>" },
	{ "no boundary", "Content-Type: multipart/mixed\n\n--b\n\nx",
	    "<1 text/plain --b$$x!20>" },
	{ "empty boundary", MIXED "\"\"\n\n--\n\nx",
	    "<1 text/plain --$$x!20>" },
	{ "boundary in pieces", "Content-Type: multipart/mixed; boundary*1=b;"
	    " boundary*0=a\n\n--ab\n\nx\n--ab--\n",
	    "< multipart/mixed <1 text/plain x>>" },
	{ "comments", "Content-Type: (c) multipart/mixed (boundary=x); "
	    "(y) boundary=b\n\n--b\n\nx\n--b--\n",
	    "< multipart/mixed <1 text/plain x>>" },
	{ "fold", "Content-Type:\n\tmultipart/mixed;\n boundary=b\n \n\n--b\n"
	    "\nx\n--b--\n", "< multipart/mixed <1 text/plain x>>" },
	{ "encoded multipart", MIXED "b\nContent-Transfer-Encoding: base64\n\n"
	    "--b\n\nx\n--b--\n", "< multipart/mixed <1 text/plain x>!40>" },
	{ "encoded message", "Content-Type: message/rfc822\n"
	    "Content-Transfer-Encoding: base64\n\nQTog",
	    "<1 message/rfc822 QTog!40>" },
	{ "unknown encoding", "Content-Transfer-Encoding: x-y\n\nx",
	    "<1 text/plain x!40>" },
	{ "two encodings", "Content-Transfer-Encoding: base64\n"
	    "Content-Transfer-Encoding: 7bit\n\nx", "<1 text/plain x!10>" },
	{ "no field", "Subject: x\nnonsense\n\nx", "<1 text/plain x!4>" },
	{ "long padding", MIXED "b\n\n--b\n\n1\n--b" SPACES8 SPACES8 SPACES8
	    SPACES8 "\n--b--\n", "< multipart/mixed <1 text/plain 1>"
	    " <2 text/plain!2>>" },
	{ "too long padding", MIXED "b\n\n--b\n\n1\n--b" SPACES8 SPACES8 SPACES8
	    SPACES8 SPACES8 "\n--b--\n", "< multipart/mixed <1 text/plain "
	    "1$--b" SPACES8 SPACES8 SPACES8 SPACES8 SPACES8 ">>" },
	{ "CR inside", MIXED "b\n\n--b\n\n\r1\r\r--b\r2\n--b--\n",
	    "< multipart/mixed <1 text/plain 1--b2>>" },
};

static void
events(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice in = slice_str(cases[i].in);
		struct buf crlf = with_crlf(in);

		CASE(cases[i].name);
		check_pieces(in, slice_str(cases[i].want));
		check_pieces(buf_slice(&crlf), slice_str(cases[i].want));
		buf_free(&crlf);
	}
}

/* Any change to a sample, also at the joins of pieces. */
static void
mutations(void)
{
	static const char bytes[] = "-b\r\n \ta\0:";
	unsigned seed = 1, round;
	struct seen s;

	for (round = 0; round < 5000; round++) {
		const char *text =
		    cases[round % (sizeof(cases) / sizeof(cases[0]))].in;
		struct slice in = unit_exact(slice_str(text));
		size_t k;

		for (k = 0; k < 3 && in.n > 0; k++) {
			seed = seed * 1664525 + 1013904223;
			((char *)in.p)[(seed >> 8) % in.n] =
			    bytes[(seed >> 24) % (sizeof(bytes) - 1)];
		}
		CHECK_INT(parse(in, 0, 0, &s), 0);
		CASE(text);
		check_pieces(in, buf_slice(&s.text));
		seen_free(&s);
		free((char *)in.p);
	}
}

static void
prefixes(void)
{
	size_t i, n;
	struct seen s;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (n = 0; n <= strlen(cases[i].in); n++) {
			struct slice in = { cases[i].in, n };

			CASE(cases[i].name);
			CHECK_INT(parse(in, 5, (unsigned)n, &s), 0);
			CHECK_SLICE(buf_slice(&s.bytes), in);
			CHECK_INT(s.wrong, 0);
			seen_free(&s);
		}
}

static void
add_many(struct buf *b, const char *text, int count)
{
	while (count-- > 0)
		(void)buf_adds(b, text);
}

/* A boundary of "n" bytes: at most 998 are one. */
static void
long_boundaries(void)
{
	int n;

	for (n = 997; n <= 999; n++) {
		struct buf b = BUF(1 << 16);
		struct seen s;

		add_many(&b, MIXED, 1);
		add_many(&b, "x", n);
		add_many(&b, "\n\n--", 1);
		add_many(&b, "x", n);
		add_many(&b, "\n\n1\n--", 1);
		add_many(&b, "x", n);
		add_many(&b, "--\n", 1);
		CHECK_INT(parse(buf_slice(&b), 100, 1, &s), 0);
		CHECK_INT(s.headers, n <= 998 ? 2 : 1);
		seen_free(&s);
		buf_free(&b);
	}
}

/* Parses what "b" holds; the status, and what was said in *f. */
static int
refuse(struct buf *b, struct fail *f)
{
	struct seen s = { .bytes = BUF(1 << 24), .text = BUF(1 << 24) };
	struct mime *m = mime_new(note, &s);
	int rc = mime_push(m, buf_slice(b), f);

	if (rc == 0)
		rc = mime_end(m, f);
	mime_free(&m);
	seen_free(&s);
	buf_free(b);
	return rc;
}

static void
limits(void)
{
	struct buf b = BUF(1 << 24);
	struct fail f = { .class = 0 };

	add_many(&b, "A: b\n", LIMIT_HEADER_FIELDS);
	CHECK_INT(refuse(&b, &f), 0);
	add_many(&b, "A: b\n", LIMIT_HEADER_FIELDS + 1);
	CHECK_INT(refuse(&b, &f), -1);
	CHECK_STR(f.text, "more than 1000 header fields");
	CHECK_INT(f.class, EX_DATAERR);
	add_many(&b, "A:", 1);
	add_many(&b, " x\n", 22000);
	CHECK_INT(refuse(&b, &f), -1);
	CHECK_STR(f.text, "a header field longer than 65536 bytes");
	add_many(&b, "x", LIMIT_HEADER + 1);
	CHECK_INT(refuse(&b, &f), -1);
	CHECK_STR(f.text, "a header longer than 1048576 bytes");
	add_many(&b, MIXED "b\n\n", 1);
	add_many(&b, "--b\n\n\n", LIMIT_MIME_PARTS - 1);
	CHECK_INT(refuse(&b, &f), 0);
	add_many(&b, MIXED "b\n\n", 1);
	add_many(&b, "--b\n\n\n", LIMIT_MIME_PARTS);
	CHECK_INT(refuse(&b, &f), -1);
	CHECK_STR(f.text, "more than 10000 parts");
}

/* One parameter more than are looked at, in either field of a part. */
static void
params(void)
{
	static const char *const fields[] = { "Content-Type: a/b",
		"content-disposition: x", "Subject: x" };

	for (unsigned i = 0; i < 6; i++) {
		struct buf b = BUF(10000);
		struct seen s = { .bytes = BUF(10000), .text = BUF(10000) };
		struct mime *m = mime_new(note, &s);
		struct fail f = { 0 };
		int more = i % 2, wrong = more && i / 2 != 2;

		(void)buf_adds(&b, MIXED "b\n\n--b\n");
		(void)buf_adds(&b, fields[i / 2]);
		add_many(&b, ";a=1", LIMIT_PARAMS + more);
		(void)buf_adds(&b, "\n\nx\n--b--\n");
		CHECK_INT(mime_push(m, buf_slice(&b), &f), 0);
		CHECK_INT(mime_end(m, &f), 0);
		CHECK_INT(mime_check(m, &f), wrong ? -1 : 0);
		if (wrong)
			CHECK_STR(f.text,
			    "more than 128 parameters in a field");
		mime_restart(m);
		CHECK_INT(mime_check(m, &f), 0);
		mime_free(&m);
		seen_free(&s);
		buf_free(&b);
	}
}

/* What is nested deeper than the limit is a leaf with all of its bytes. */
static void
depth(void)
{
	int deep;

	for (deep = 99; deep <= 102; deep++) {
		struct buf b = BUF(1 << 20);
		struct seen s = { .bytes = BUF(1 << 20), .text = BUF(1 << 20) };
		struct mime *m = mime_new(note, &s);
		struct fail f;

		add_many(&b, "Content-Type: message/rfc822\n\n", deep);
		add_many(&b, "\nx\n", 1);
		CHECK_INT(mime_push(m, buf_slice(&b), &f), 0);
		CHECK_INT(mime_end(m, &f), 0);
		CHECK_INT(mime_check(m, &f), deep > LIMIT_MIME_DEPTH ? -1 : 0);
		CHECK_INT(s.headers, deep > 100 ? 101 : deep + 1);
		CHECK_SLICE(buf_slice(&s.bytes), buf_slice(&b));
		CHECK_INT(s.wrong, 0);
		mime_free(&m);
		seen_free(&s);
		buf_free(&b);
	}
}

static int
stop(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	(void)part;
	(void)bytes;
	if (event != *(enum mime_event *)ctx)
		return 0;
	return fail_set(f, EX_IOERR, "stopped");
}

/* A handler's failure is that of the push or of the end. */
static void
handler_fails(void)
{
	static enum mime_event all[] = { MIME_HEADER, MIME_BODY, MIME_GLUE,
		MIME_END };
	struct slice in = SLICE(MIXED "b\n\n--b\n\n1\n--b--\n");
	size_t i;

	for (i = 0; i < 4; i++) {
		struct mime *m = mime_new(stop, &all[i]);
		struct fail f = { .class = 0 };

		if (mime_push(m, in, &f) == 0)
			CHECK_INT(mime_end(m, &f), -1);
		CHECK_INT(f.class, EX_IOERR);
		mime_free(&m);
	}
}

static void
names(void)
{
	static const struct {
		const char *type, *disposition, *want;
		int rc;
	} table[] = {
		{ "a/b; name=n", "", "n", 1 },
		{ "a/b; name=n", "inline; filename=f", "f", 1 },
		{ "a/b; name=n", "inline; filename=\"\"", "n", 1 },
		{ "", "inline; filename*=utf-8''a%2Fb", "a/b", 1 },
		{ "", "attachment", "", 0 },
		{ "", "", "", 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct buf out = BUF(100);

		CASE(table[i].want);
		CHECK_INT(mime_name_of(slice_str(table[i].type),
		    slice_str(table[i].disposition), &out), table[i].rc);
		CHECK_SLICE(buf_slice(&out), slice_str(table[i].want));
		buf_free(&out);
	}
}

/* After a restart, wherever the message before was left, all is as new. */
static void
restarts(void)
{
	static const struct slice samples[] = { SLICE(MIXED "b\n\n--b\n"
		"Content-Type: message/rfc822\n\nA: b\n\n1\n--b--\nend"),
		SLICE("A: b\n\n--b\n\n1\n--b--\n"), SLICE("A: b\n c"),
		SLICE("") };
	struct seen s, want;
	struct fail f;

	for (size_t i = 0; i < 16; i++) {
		struct slice before = samples[i / 4], after = samples[i % 4];

		CHECK_INT(parse(after, 0, 0, &want), 0);
		for (size_t n = 0; n <= before.n; n++) {
			struct mime *m = mime_new(note, &s);

			s = (struct seen){ .bytes = BUF(999),
				.text = BUF(9999) };
			CHECK_INT(mime_push(m, slice_sub(before, 0, n), &f),
			    0);
			if (n == before.n)
				CHECK_INT(mime_end(m, &f), 0);
			mime_restart(m);
			seen_free(&s);
			s = (struct seen){ .bytes = BUF(999),
				.text = BUF(9999) };
			CHECK_INT(mime_push(m, after, &f), 0);
			CHECK_INT(mime_end(m, &f), 0);
			CHECK_SLICE(buf_slice(&s.text),
			    buf_slice(&want.text));
			CHECK_SLICE(buf_slice(&s.bytes), after);
			CHECK_INT(s.wrong, 0);
			seen_free(&s);
			mime_free(&m);
		}
		seen_free(&want);
	}
}

/* The counts of parts and of what was too deep begin anew as well. */
static void
restart_counts(void)
{
	struct buf in = BUF(1 << 24);
	struct seen s = { .bytes = BUF(1 << 24), .text = BUF(1 << 24) };
	struct mime *m = mime_new(note, &s);
	struct fail f;

	(void)buf_adds(&in, MIXED "b\n\n");
	add_many(&in, "--b\n\n", LIMIT_MIME_PARTS - 1);
	for (int i = 0; i < 2; i++) {
		CHECK_INT(mime_push(m, buf_slice(&in), &f), 0);
		CHECK_INT(mime_end(m, &f), 0);
		mime_restart(m);
		buf_clear(&s.bytes);
	}
	buf_clear(&in);
	add_many(&in, "Content-Type: message/rfc822\n\n",
	    LIMIT_MIME_DEPTH + 1);
	CHECK_INT(mime_push(m, buf_slice(&in), &f), 0);
	CHECK_INT(mime_end(m, &f), 0);
	CHECK_INT(mime_check(m, &f), -1);
	mime_restart(m);
	CHECK_INT(mime_check(m, &f), 0);
	mime_free(&m);
	seen_free(&s);
	buf_free(&in);
}

int
main(void)
{
	RUN(events);
	RUN(mutations);
	RUN(prefixes);
	RUN(long_boundaries);
	RUN(limits);
	RUN(params);
	RUN(depth);
	RUN(handler_fails);
	RUN(names);
	RUN(restarts);
	RUN(restart_counts);
	return unit_done();
}
