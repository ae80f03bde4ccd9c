/* SPDX-License-Identifier: ISC */
/* The parts of messages that are attached encoded, whatever pieces they come
 * in. */

#include "../../cmd/mime/flaw.h"
#include "../../cmd/mime/inside.h"
#include "buf.h"
#include "limits.h"
#include "unit.h"

/* What a handler saw, as text: "<2 message/rfc822 <2.1 text/plain hello>>". */
struct seen {
	struct buf text;
	const struct mime_part *within[LIMIT_MIME_DEPTH + 10];
	size_t depth;
	int wrong;
};

static int
note(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct seen *s = ctx;

	(void)f;
	if (event == MIME_HEADER) {
		const struct mime_part *parent =
		    s->depth == 0 ? NULL : s->within[s->depth - 1];

		s->wrong |= part->depth != s->depth ||
		    part->depth > LIMIT_MIME_DEPTH ||
		    part->parent != parent || part->user != NULL;
		part->user = s;
		s->within[s->depth++] = part;
		(void)buf_addf(&s->text, "<%s%s ", part->number,
		    inside_encoded(part) ? "'" : "");
		(void)buf_add(&s->text, part->type);
		(void)buf_addc(&s->text, ' ');
	} else if (event == MIME_BODY) {
		(void)buf_add(&s->text, bytes);
	} else if (event == MIME_END) {
		s->wrong |= s->within[--s->depth] != part || part->user != s;
		if (part->flaws)
			(void)buf_addf(&s->text, "!%x", part->flaws);
		(void)buf_addc(&s->text, '>');
	}
	return 0;
}

static int
parse(struct slice in, size_t step, struct inside *inside, struct fail *f)
{
	int rc = 0;

	while (rc == 0 && in.n > 0) {
		struct slice piece = unit_exact(slice_sub(in, 0, step));

		in = slice_sub(in, piece.n, in.n);
		rc = inside_push(inside, piece, f);
		free((char *)piece.p);
	}
	if (rc == 0)
		rc = inside_end(inside, f);
	return rc;
}

#define ENCODED(type, enc) \
	"Content-Type: " type "\nContent-Transfer-Encoding: " enc "\n\n"
#define MIXED "Content-Type: multipart/mixed; boundary="

static const struct {
	const char *name, *in, *want;
} cases[] = {
	{ "nothing encoded", ENCODED("message/rfc822", "7bit") "A: b\n\nx",
	    "<1 message/rfc822 <1.1 text/plain x>>" },
	/* "A: b\n\nhello" */
	{ "base64", ENCODED("message/rfc822", "base64") "QTogYgoKaGVsbG8=\n",
	    "<1 message/rfc822 <1.1' text/plain hello>!40>" },
	{ "global", ENCODED("message/global", "base64") "QTogYgoKaGVsbG8=\n",
	    "<1 message/global <1.1' text/plain hello>!40>" },
	{ "partial is a leaf", ENCODED("message/partial", "base64") "QQ==",
	    "<1 message/partial QQ==>" },
	{ "quoted-printable", ENCODED("message/rfc822", "Quoted-Printable")
	    "A: b\n\nhel=\nlo=3D=", "<1 message/rfc822 <1.1' text/plain "
	    "hello=>!40>" },
	{ "a multipart in it", MIXED "o\n\n--o\n\n1\n--o\n"
	    ENCODED("message/rfc822", "quoted-printable")
	    "Content-Type: multipart/mixed; boundary=3Di\n\n--i\n\none\n--i\n\n"
	    "two\n--i--\n--o\n\n3\n--o--\n",
	    "< multipart/mixed <1 text/plain 1><2 message/rfc822 "
	    "<' multipart/mixed <2.1' text/plain one><2.2' text/plain two>>"
	    "!40><3 text/plain 3>>" },
	{ "a message in it", ENCODED("message/rfc822", "quoted-printable")
	    "Content-Type: message/rfc822\n\nA: b\n\nx=",
	    "<1 message/rfc822 <1.1' message/rfc822 "
	    "<1.1.1' text/plain x>>!40>" },
	{ "the outer delimiter does not count inside", MIXED "o\n\n--o\n"
	    ENCODED("message/rfc822", "quoted-printable")
	    "A: b\n\n=2D-o\nx\n--o--\n", "< multipart/mixed "
	    "<1 message/rfc822 <1.1' text/plain --o\nx>!40>>" },
	{ "flaws of the decoder", ENCODED("message/rfc822", "base64")
	    "QTog!YgoKaGVsbG8", "<1 message/rfc822 <1.1' text/plain "
	    "hello>!50040>" },
	{ "no content", ENCODED("message/rfc822", "base64"),
	    "<1 message/rfc822 <1.1' text/plain >!40>" },
	{ "encoded twice", ENCODED("message/rfc822", "quoted-printable")
	    "Content-Type: message/rfc822\nContent-Transfer-Encoding: =\n"
	    "base64\n\nQTogYgoKaGVsbG8=3D\n", "<1 message/rfc822 "
	    "<1.1' message/rfc822 <1.1.1' text/plain hello>!40>!40>" },
	{ "siblings", MIXED "o\n\n--o\n" ENCODED("message/rfc822", "base64")
	    "QTogYgoKaGVsbG8=\n--o\n" ENCODED("message/rfc822", "base64")
	    "QTogYgoKaGVsbG8=\n--o--\n", "< multipart/mixed "
	    "<1 message/rfc822 <1.1' text/plain hello>!40>"
	    "<2 message/rfc822 <2.1' text/plain hello>!40>>" },
};

static void
check(const char *in, size_t step, const char *want)
{
	struct seen s = { .text = BUF(1 << 20) };
	struct inside *inside = inside_new(note, &s);
	struct fail f;

	CHECK_INT(parse(slice_str(in), step, inside, &f), 0);
	CHECK_INT(inside_check(inside, &f), 0);
	CHECK_SLICE(buf_slice(&s.text), slice_str(want));
	CHECK_INT(s.wrong, 0);
	inside_free(&inside);
	buf_free(&s.text);
}

static void
events(void)
{
	static const size_t steps[] = { 1, 2, 3, 7, 1000 };
	size_t i, k;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].name);
		for (k = 0; k < 5; k++)
			check(cases[i].in, steps[k], cases[i].want);
	}
}

/* Every prefix ends all parts that it began. */
static void
prefixes(void)
{
	size_t i, n;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (n = 0; n < strlen(cases[i].in); n++) {
			struct seen s = { .text = BUF(1 << 20) };
			struct inside *inside = inside_new(note, &s);
			struct fail f;

			CASE(cases[i].name);
			CHECK_INT(parse((struct slice){ cases[i].in, n }, 5,
				      inside, &f), 0);
			CHECK_INT(s.depth, 0);
			CHECK_INT(s.wrong, 0);
			inside_free(&inside);
			buf_free(&s.text);
		}
}

/* What is left as it is, and what is not. */
static void
left(void)
{
	static const struct {
		const char *number, *want;
	} table[] = {
		{ NULL, "<1 message/rfc822 QTogYgoKaGVsbG8=\n!40>" },
		{ "1", "<1 message/rfc822 QTogYgoKaGVsbG8=\n!40>" },
		{ "1.1", "<1 message/rfc822 <1.1' text/plain hello>!40>" },
	};
	size_t i;

	for (i = 0; i < 3; i++) {
		struct seen s = { .text = BUF(1000) };
		struct inside *inside = inside_new(note, &s);
		struct fail f;

		inside_leave(inside, table[i].number);
		CHECK_INT(parse(slice_str(cases[1].in), 1000, inside, &f), 0);
		CHECK_SLICE(buf_slice(&s.text), slice_str(table[i].want));
		inside_free(&inside);
		buf_free(&s.text);
	}
}

/* "message" in base64 in a message, "n" times over. */
static struct buf
wrapped(struct slice message, int n)
{
	struct buf in = BUF(1 << 22);

	(void)buf_add(&in, message);
	while (n-- > 0) {
		struct enc_encoder e;
		struct buf out = BUF(1 << 22);

		(void)buf_adds(&out, ENCODED("message/rfc822", "base64"));
		enc_encoder_init(&e, ENC_BASE64, 0);
		(void)enc_encode(&e, buf_slice(&in), &out);
		(void)enc_encode_end(&e, &out);
		buf_free(&in);
		in = out;
	}
	return in;
}

/* Of messages encoded in one another so many are taken apart. */
static void
levels(void)
{
	int n;

	for (n = 1; n <= LIMIT_MIME_ENCODED + 2; n++) {
		struct buf in = wrapped(SLICE("A: b\n\nhello"), n);
		struct seen s = { .text = BUF(1 << 20) };
		struct inside *inside = inside_new(note, &s);
		struct fail f = { 0 };
		int most = n <= LIMIT_MIME_ENCODED;

		CHECK_INT(parse(buf_slice(&in), 1000, inside, &f), 0);
		CHECK_INT(inside_check(inside, &f), most ? 0 : -1);
		if (!most)
			CHECK_STR(f.text,
			    "messages encoded in more than 8 others");
		CHECK_INT(f.class, most ? 0 : EX_DATAERR);
		CHECK_INT(slice_ends(buf_slice(&s.text),
			      SLICE("hello>!40>!40>!40>!40>!40>!40>!40>!40>")),
		    n == LIMIT_MIME_ENCODED);
		CHECK_INT(s.wrong, 0);
		inside_free(&inside);
		buf_free(&s.text);
		buf_free(&in);
	}
}

static void
add_many(struct buf *b, const char *text, int count)
{
	while (count-- > 0)
		(void)buf_adds(b, text);
}

/* Depth and parts are counted across: "outer" messages around an encoded one
 * that holds "inner" messages. */
static void
check_depth(int outer, int inner, int parts, int deep)
{
	struct buf message = BUF(1 << 20), in = BUF(1 << 20), encoded;
	struct seen s = { .text = BUF(1 << 20) };
	struct inside *inside = inside_new(note, &s);
	struct fail f = { 0 };

	add_many(&message, "Content-Type: message/rfc822\n\n", inner);
	(void)buf_adds(&message, "\nx");
	encoded = wrapped(buf_slice(&message), 1);
	add_many(&in, "Content-Type: message/rfc822\n\n", outer);
	(void)buf_add(&in, buf_slice(&encoded));
	CHECK_INT(parse(buf_slice(&in), 1000, inside, &f), 0);
	CHECK_INT(inside_check(inside, &f), deep ? -1 : 0);
	if (deep)
		CHECK_STR(f.text, "parts nested deeper than 100");
	CHECK_INT(s.wrong, 0);
	if (parts > 0)
		CHECK_INT(s.within[0] != NULL && s.within[parts - 1] != NULL &&
			(parts > LIMIT_MIME_DEPTH || s.within[parts] == NULL),
		    1);
	inside_free(&inside);
	buf_free(&s.text);
	buf_free(&message);
	buf_free(&encoded);
	buf_free(&in);
}

static void
depth(void)
{
	check_depth(3, 4, 9, 0);
	check_depth(50, 48, 100, 0);
	check_depth(50, 49, 101, 0);
	check_depth(50, 50, 101, 1);
	check_depth(99, 0, 101, 0);
	check_depth(100, 0, 101, 1);
	check_depth(100, 5, 101, 1);
}

/* The parts of the message and those of the encoded one in it, together. */
static void
parts(void)
{
	int more;

	for (more = 0; more < 2; more++) {
		struct buf message = BUF(1 << 20), in = BUF(1 << 22), encoded;
		struct seen s = { .text = BUF(1 << 22) };
		struct inside *inside = inside_new(note, &s);
		struct fail f = { 0 };

		(void)buf_adds(&message, MIXED "i\n\n");
		add_many(&message, "--i\n\n\n", 4000);
		encoded = wrapped(buf_slice(&message), 1);
		(void)buf_adds(&in, MIXED "o\n\n");
		add_many(&in, "--o\n\n\n", 5997 + more);
		(void)buf_adds(&in, "--o\n");
		(void)buf_add(&in, buf_slice(&encoded));
		CHECK_INT(parse(buf_slice(&in), 1000, inside, &f),
		    more ? -1 : 0);
		if (more)
			CHECK_STR(f.text, "more than 10000 parts");
		inside_free(&inside);
		buf_free(&s.text);
		buf_free(&message);
		buf_free(&encoded);
		buf_free(&in);
	}
}

static int
stop(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	(void)bytes;
	if (event != *(enum mime_event *)ctx || part->depth != 1)
		return 0;
	return fail_set(f, EX_IOERR, "stopped");
}

static void
handler_fails(void)
{
	static enum mime_event all[] = { MIME_HEADER, MIME_BODY, MIME_END };
	size_t i;

	for (i = 0; i < 3; i++) {
		struct inside *inside = inside_new(stop, &all[i]);
		struct fail f = { 0 };

		CHECK_INT(parse(slice_str(cases[1].in), 4, inside, &f), -1);
		CHECK_INT(f.class, EX_IOERR);
		inside_free(&inside);
	}
}

int
main(void)
{
	RUN(events);
	RUN(prefixes);
	RUN(left);
	RUN(levels);
	RUN(depth);
	RUN(parts);
	RUN(handler_fails);
	return unit_done();
}
