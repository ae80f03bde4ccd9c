/* SPDX-License-Identifier: ISC */
/* What a header says about its part; what comes of it is in mime.c. */

#include "mimehead.h"
#include "unit.h"

static const struct {
	const char *header, *type, *boundary;
	int digest;
	enum mime_kind kind;
	enum enc enc;
	unsigned flaws;
} cases[] = {
	{ "", "text/plain", "", 0, MIME_LEAF, ENC_7BIT, 0 },
	{ "", "message/rfc822", "", 1, MIME_MESSAGE, ENC_7BIT, 0 },
	{ "Content-Type: TEXT/x-Y+z.1; a=b\n\n", "text/x-y+z.1", "", 1,
	    MIME_LEAF, ENC_7BIT, 0 },
	{ "Content-Type: multipart/x; boundary=\" B \"\r\n\r\n", "multipart/x",
	    " B", 0, MIME_MULTIPART, ENC_7BIT, 0 },
	{ "Content-Type: multipart/x; boundary=\"=?utf-8?Q?y?=\"\n",
	    "multipart/x", "=?utf-8?Q?y?=", 0, MIME_MULTIPART, ENC_7BIT, 0 },
	{ "Content-Type: multipart/x; boundary=\"\xe9\\\\\"\n", "multipart/x",
	    "\xe9\\", 0, MIME_MULTIPART, ENC_7BIT, 0 },
	{ "Content-Type: multipart/x; boundary*0*=iso-8859-1''%E9; "
	    "boundary*1=b\n", "multipart/x", "\xe9" "b", 0, MIME_MULTIPART,
	    ENC_7BIT, 0 },
	{ "Content-Type: message/global\nContent-Transfer-Encoding: 8BIT (x)\n",
	    "message/global", "", 0, MIME_MESSAGE, ENC_8BIT, 0 },
	{ "Content-Type: message/delivery-status\n", "message/delivery-status",
	    "", 0, MIME_LEAF, ENC_7BIT, 0 },
	{ "Content-Type: te xt/plain\n", "text/plain", "", 0, MIME_LEAF,
	    ENC_7BIT, MIME_FLAW_TYPE },
	{ "Content-Type: a/b@c\n", "text/plain", "", 0, MIME_LEAF, ENC_7BIT,
	    MIME_FLAW_TYPE },
	{ "Content-Type: a/\xe9\n", "text/plain", "", 0, MIME_LEAF, ENC_7BIT,
	    MIME_FLAW_TYPE },
	{ "Content-Type: multipart/mixed; boundary=\"  \"\n", "text/plain", "",
	    0, MIME_LEAF, ENC_7BIT, MIME_FLAW_NO_BOUNDARY },
	{ "Content-Type: multipart/x; boundary=b\n"
	    "Content-Transfer-Encoding: quoted-printable\n", "multipart/x",
	    "b", 0, MIME_MULTIPART, ENC_UNKNOWN, MIME_FLAW_ENCODING },
	{ "Content-Transfer-Encoding: Base64\nContent-Type: message/rfc822\n",
	    "message/rfc822", "", 0, MIME_LEAF, ENC_BASE64,
	    MIME_FLAW_ENCODING },
};

static void
headers(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice in = unit_exact(slice_str(cases[i].header));
		struct mimehead h;

		CASE(cases[i].header);
		mimehead_read(in, cases[i].digest, &h);
		CHECK_SLICE(((struct slice){ h.type, h.ntype }),
		    slice_str(cases[i].type));
		CHECK_SLICE(buf_slice(&h.boundary),
		    slice_str(cases[i].boundary));
		CHECK_INT(h.kind, cases[i].kind);
		CHECK_INT(h.enc, cases[i].enc);
		CHECK_INT(h.flaws, cases[i].flaws);
		buf_free(&h.boundary);
		free((char *)in.p);
	}
}

static void
nul(void)
{
	struct mimehead h;

	mimehead_read(SLICE("A: \0\n"), 0, &h);
	CHECK_INT(h.flaws, MIME_FLAW_NUL);
	buf_free(&h.boundary);
}

static void
long_type(void)
{
	struct buf b = BUF(1000);
	struct mimehead h;

	(void)buf_adds(&b, "Content-Type: a/");
	while (b.n < 14 + MIMEHEAD_TYPE)
		(void)buf_addc(&b, 'x');
	mimehead_read(buf_slice(&b), 0, &h);
	CHECK_INT(h.flaws, MIME_FLAW_TYPE);
	buf_free(&h.boundary);
	b.n--;
	mimehead_read(buf_slice(&b), 0, &h);
	CHECK_INT(h.flaws, 0);
	CHECK_INT(h.ntype, MIMEHEAD_TYPE - 1);
	buf_free(&h.boundary);
	buf_free(&b);
}

/* Lines in pieces, and what a folded field is counted as. */
static void
lines(void)
{
	struct mimehead_text t = MIMEHEAD_TEXT;
	struct slice in = SLICE("A: b\r\n c\nD:");
	struct fail f = { 0 };

	CHECK_INT(mimehead_add(&t, &in, &f), 1);
	CHECK_SLICE(mimehead_line(&t), SLICE("A: b\r\n"));
	CHECK_INT(mimehead_keep(&t, &f), 0);
	CHECK_INT(mimehead_add(&t, &in, &f), 1);
	CHECK_SLICE(mimehead_line(&t), SLICE(" c\n"));
	CHECK_INT(mimehead_keep(&t, &f), 0);
	CHECK_INT(t.fields, 1);
	CHECK_INT(mimehead_add(&t, &in, &f), 0);
	CHECK_INT(in.n, 0);
	in = SLICE(" e\n\n");
	CHECK_INT(mimehead_add(&t, &in, &f), 1);
	CHECK_SLICE(mimehead_line(&t), SLICE("D: e\n"));
	CHECK_SLICE(in, SLICE("\n"));
	CHECK_INT(mimehead_keep(&t, &f), 0);
	CHECK_INT(t.fields, 2);
	mimehead_clear(&t);
	CHECK_INT(mimehead_line(&t).n + t.fields, 0);
	buf_free(&t.text);
}

int
main(void)
{
	RUN(headers);
	RUN(nul);
	RUN(long_type);
	RUN(lines);
	return unit_done();
}
