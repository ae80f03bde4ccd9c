/* SPDX-License-Identifier: ISC */
/* report: the message that it is about, or its header (RFC 6522; RFC 6533, 4);
 * see report.h. */

#include "enc.h"
#include "hdr.h"
#include "limits.h"
#include "report.h"
#include "utf8.h"
#include "word.h"

enum {
	SUBJECT = 120, /* bytes of it in ours, which has an address, too */
};

/* Reads what may be the header, and keeps whole lines of that. */
static int
read_header(const struct report *r, struct report_original *o, struct fail *f)
{
	size_t n = LIMIT_REPORT_HEADER + 1, end = 0, got;
	char *room = buf_room(&o->header, n);
	struct slice rest;
	struct hdr_field field;

	if (input_read(r->message, 0, room, n, &got, f) == -1)
		return -1;
	rest = (struct slice){ room, got };
	while (hdr_next(&rest, &field))
		end += field.raw.n;
	o->cut = r->cut;
	if (end > LIMIT_REPORT_HEADER) {
		o->cut = 1;
		for (end = LIMIT_REPORT_HEADER; end > 0; end--)
			if (room[end - 1] == '\n')
				break;
		if (end == 0)
			end = LIMIT_REPORT_HEADER;
	}
	o->header.n = end;
	return 0;
}

/* One line that can be shown, or nothing. */
static void
find_subject(struct report_original *o)
{
	struct buf text = BUF(4 * LIMIT_REPORT_HEADER);
	struct hdr_field field;
	struct slice rest, at;
	unsigned run = 0;
	int32_t c;

	if (!hdr_find(buf_slice(&o->header), "Subject", &field) ||
	    word_decode(field.value, &text) == -1)
		goto out;
	rest = at = slice_trim(buf_slice(&text));
	while ((c = utf8_next(&rest)) != -1) {
		/* A fold may be one. */
		if (c != '\t' && utf8_unfit(c, &run)) {
			buf_clear(&o->subject);
			break;
		}
		if (o->subject.n + 4 > SUBJECT) {
			(void)buf_adds(&o->subject, "...");
			break;
		}
		if (c == '\t')
			(void)buf_addc(&o->subject, ' ');
		else
			(void)buf_add(&o->subject,
			    slice_sub(at, 0, at.n - rest.n));
		at = rest;
	}
out:
	buf_free(&text);
}

/* 1 where lines of 998 bytes at most are all that it has. */
static int
is_lines(const struct enc_scan *s)
{
	return !s->nul && !s->bare_cr && !s->crlf && s->last != '\r' &&
	    s->longest <= LIMIT_LINE_HARD;
}

/* A header of UTF-8 makes it one that only RFC 6532 knows. */
static int
has_utf8(struct slice header)
{
	return !utf8_ascii(header) && utf8_valid(header);
}

static int
plan_full(const struct report *r, struct report_original *o, struct fail *f)
{
	struct enc_scan scan;

	if (r->message->size > LIMIT_REPORT_FULL) {
		o->refused = "it is too large";
		return 0;
	}
	enc_scan_init(&scan);
	if (input_each(r->message, enc_scan_piece, &scan, f) == -1)
		return -1;
	if (!is_lines(&scan)) {
		o->refused = "it has lines or bytes that mail may not have";
		return 0;
	}
	o->full = 1;
	o->global = has_utf8(buf_slice(&o->header));
	if (scan.eight_bit > 0)
		o->coding = o->global && !report_global(r) ? REPORT_CODED :
							     REPORT_8BIT;
	return 0;
}

/* RFC 6522, 4: 7-bit as it is, or quoted-printable, and nothing else; RFC 6533,
 * 4: 8-bit where the other end takes that. */
static void
plan_header(const struct report *r, struct report_original *o)
{
	struct slice header = buf_slice(&o->header);
	struct enc_scan scan;

	enc_scan_init(&scan);
	enc_scan(&scan, header);
	if (report_global(r) && enc_choose(&scan, 1) == ENC_8BIT &&
	    utf8_valid(header)) {
		o->global = 1;
		o->coding = REPORT_8BIT;
	} else if (enc_choose(&scan, 0) != ENC_7BIT) {
		o->coding = REPORT_CODED;
	}
}

int
report_original_read(const struct report *r, struct report_original *o,
    struct fail *f)
{
	size_t n;

	*o = (struct report_original){
		.header = BUF(LIMIT_REPORT_HEADER + 1),
		.subject = BUF(SUBJECT + 4) };
	if (r->message == NULL)
		return 0;
	if (read_header(r, o, f) == -1)
		return -1;
	find_subject(o);
	if (r->full && report_worst(r, &n) == REPORT_FAILED &&
	    plan_full(r, o, f) == -1)
		return -1;
	if (!o->full)
		plan_header(r, o);
	return 0;
}

static int
put_piece(void *ctx, struct slice piece, struct fail *f)
{
	(void)f;
	output_put(ctx, piece);
	return 0;
}

/* The message as quoted-printable. */
struct coder {
	struct enc_encoder encoder;
	struct buf coded;
	struct output *out;
};

static int
put_coded(void *ctx, struct slice piece, struct fail *f)
{
	struct coder *c = ctx;

	(void)f;
	(void)enc_encode(&c->encoder, piece, &c->coded);
	output_put(c->out, buf_slice(&c->coded));
	buf_clear(&c->coded);
	return 0;
}

static int
put_message(const struct report *r, const struct report_original *o,
    struct output *out, struct fail *f)
{
	struct coder c = { .coded = BUF(4 * INPUT_BLOCK + 1024), .out = out };
	int rc;

	if (o->coding != REPORT_CODED)
		return input_each(r->message, put_piece, out, f);
	enc_encoder_init(&c.encoder, ENC_QUOTED_PRINTABLE, 1);
	rc = input_each(r->message, put_coded, &c, f);
	(void)enc_encode_end(&c.encoder, &c.coded);
	output_put(out, buf_slice(&c.coded));
	buf_free(&c.coded);
	return rc;
}

int
report_original_put(const struct report *r, const struct report_original *o,
    struct output *out, struct fail *f)
{
	static const char *const types[2][2] = {
		{ "text/rfc822-headers", "message/global-headers" },
		{ "message/rfc822", "message/global" } };
	static const char *const codings[] = {
		[REPORT_7BIT] = "",
		[REPORT_8BIT] = "Content-Transfer-Encoding: 8bit\n",
		[REPORT_CODED] =
		    "Content-Transfer-Encoding: quoted-printable\n" };

	output_put(out, SLICE("\nContent-Type: "));
	output_put(out, slice_str(types[o->full][o->global]));
	output_putc(out, '\n');
	output_put(out, slice_str(codings[o->coding]));
	output_putc(out, '\n');
	if (o->full)
		return put_message(r, o, out, f);
	if (o->coding == REPORT_CODED)
		report_coded(buf_slice(&o->header), out);
	else
		output_put(out, buf_slice(&o->header));
	return 0;
}

void
report_original_free(struct report_original *o)
{
	buf_free(&o->header);
	buf_free(&o->subject);
}
