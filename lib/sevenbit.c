/* SPDX-License-Identifier: ISC */
/*
 * sevenbit: a message made fit for 7-bit paths; see sevenbit.h.  A first pass
 * plans what is done to each part, a second one does it.
 */

#include <stdlib.h>
#include <string.h>

#include "hdr.h"
#include "limits.h"
#include "mem.h"
#include "mime.h"
#include "sevenbit.h"
#include "text.h"
#include "utf8.h"

/* What is done to a part, by bits. */
enum {
	PLAN_QUOTED = 1,   /* its content becomes quoted-printable */
	PLAN_BASE64 = 2,   /* or base64 */
	PLAN_CRLF = 4,	   /* and its lines end in CRLF */
	PLAN_RELABEL = 8,  /* Content-Transfer-Encoding becomes 7bit */
	PLAN_VERSION = 16, /* MIME-Version is added if it is missing */
	PLAN_SEALED = 32,  /* it is in something signed or encrypted */
	PLAN_CONTENT = PLAN_QUOTED | PLAN_BASE64,
};

/* One byte a part, in the order of their headers. */
struct job {
	unsigned char plan[LIMIT_MIME_PARTS];
	size_t parts;
	int (*put)(void *ctx, struct slice bytes, struct fail *f);
	void *ctx;
	struct enc_scan scan;	    /* first pass: of the leaf */
	struct enc_decoder decoder; /* second pass: of the leaf */
	struct enc_encoder encoder;
	struct buf decoded, encoded;
};

static unsigned char *
plan_of(const struct mime_part *part)
{
	return part->user;
}

static void
next_plan(struct job *job, struct mime_part *part)
{
	/* UNSAFE: mime.h allows LIMIT_MIME_PARTS parts */
	part->user = &job->plan[job->parts++];
}

static int
sealed(const struct mime_part *part)
{
	const struct mime_part *parent = part->parent;

	return parent != NULL &&
	    ((*plan_of(parent) & PLAN_SEALED) != 0 ||
		slice_eq(parent->type, SLICE("multipart/signed")) ||
		slice_eq(parent->type, SLICE("multipart/encrypted")));
}

static int
plan_header(struct job *job, struct mime_part *part, struct fail *f)
{
	struct slice header = part->header;
	struct hdr_field field;

	next_plan(job, part);
	enc_scan_init(&job->scan);
	if (sealed(part))
		*plan_of(part) |= PLAN_SEALED;
	else if (part->enc == ENC_8BIT || part->enc == ENC_BINARY)
		*plan_of(part) |= PLAN_RELABEL;
	if (utf8_ascii(header))
		return 0;
	while (hdr_next(&header, &field) && utf8_ascii(field.raw))
		;
	return fail_set(f, EX_DATAERR,
	    "not 7-bit: the header field %s holds bytes above 127",
	    field.name.n == 0 ? "without a name" : TEXT_SHOW(field.name));
}

/* These stay as they are (RFC 2046, 5.2). */
static int
may_encode(const struct mime_part *part)
{
	return !slice_eq(part->type, SLICE("message/rfc822")) &&
	    !slice_eq(part->type, SLICE("message/partial")) &&
	    !slice_eq(part->type, SLICE("message/external-body"));
}

/* A converted part makes its message a MIME message. */
static void
plan_version(const struct mime_part *part)
{
	while (part->parent != NULL && part->parent->kind != MIME_MESSAGE)
		part = part->parent;
	*plan_of(part) |= PLAN_VERSION;
}

static int
plan_leaf(const struct job *job, const struct mime_part *part, struct fail *f)
{
	const struct enc_scan *s = &job->scan;
	int text = part->enc != ENC_BASE64 &&
	    (slice_starts(part->type, SLICE("text/")) ||
		slice_starts(part->type, SLICE("message/")));

	if (s->eight_bit == 0 && !s->nul && !s->bare_cr && s->last != '\r' &&
	    s->longest <= LIMIT_LINE_HARD)
		return 0;
	if (*plan_of(part) & PLAN_SEALED)
		return fail_set(f, EX_DATAERR,
		    "not 7-bit: part %s is signed or encrypted and cannot be "
		    "converted", part->number);
	if (!may_encode(part))
		return fail_set(f, EX_DATAERR,
		    "not 7-bit: part %s is %s, which cannot be encoded",
		    part->number, TEXT_SHOW(part->type));
	*plan_of(part) |= text ? PLAN_QUOTED : PLAN_BASE64;
	if (s->crlf)
		*plan_of(part) |= PLAN_CRLF;
	plan_version(part);
	return 0;
}

static int
plan_event(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct job *job = ctx;

	switch (event) {
	case MIME_HEADER:
		return plan_header(job, part, f);
	case MIME_BODY:
		enc_scan(&job->scan, bytes);
		return 0;
	case MIME_GLUE:
		if ((*plan_of(part) & PLAN_SEALED) && !utf8_ascii(bytes))
			return fail_set(f, EX_DATAERR,
			    "not 7-bit: bytes above 127 between parts that are "
			    "signed or encrypted");
		return 0;
	case MIME_END:
		return part->kind == MIME_LEAF ? plan_leaf(job, part, f) : 0;
	}
	return 0;
}

static int
put_line(struct job *job, struct slice line, struct slice eol, struct fail *f)
{
	if (job->put(job->ctx, line, f) == -1)
		return -1;
	return job->put(job->ctx, eol, f);
}

static int
put_encoding(struct job *job, int plan, struct slice eol, struct fail *f)
{
	struct slice line = SLICE("Content-Transfer-Encoding: 7bit");

	if (plan & PLAN_QUOTED)
		line = SLICE("Content-Transfer-Encoding: quoted-printable");
	else if (plan & PLAN_BASE64)
		line = SLICE("Content-Transfer-Encoding: base64");
	return put_line(job, line, eol, f);
}

/* What is missing at the end of a header; a multipart that is relabelled has
 * its Content-Transfer-Encoding. */
static int
put_missing(struct job *job, const struct mime_part *part, struct slice eol,
    struct fail *f)
{
	int plan = *plan_of(part);

	if ((plan & PLAN_VERSION) &&
	    !hdr_count(part->header, "MIME-Version") &&
	    put_line(job, SLICE("MIME-Version: 1.0"), eol, f) == -1)
		return -1;
	if ((plan & PLAN_CONTENT) &&
	    !hdr_count(part->header, "Content-Type") &&
	    put_line(job, SLICE("Content-Type: text/plain; "
				"charset=unknown-8bit"), eol, f) == -1)
		return -1;
	if ((plan & PLAN_CONTENT) &&
	    !hdr_count(part->header, "Content-Transfer-Encoding"))
		return put_encoding(job, plan, eol, f);
	return 0;
}

static int
put_header(struct job *job, const struct mime_part *part, struct fail *f)
{
	struct slice rest = part->header, eol = SLICE("\n");
	int plan = *plan_of(part), done = 0;
	struct hdr_field field;

	if (!(plan & (PLAN_CONTENT | PLAN_RELABEL | PLAN_VERSION)))
		return job->put(job->ctx, rest, f);
	if (slice_ends(rest, SLICE("\r\n")))
		eol = SLICE("\r\n");
	while (hdr_next(&rest, &field)) {
		int rc;

		if (!(plan & (PLAN_CONTENT | PLAN_RELABEL)) ||
		    !slice_caseeq(field.name,
			SLICE("Content-Transfer-Encoding")))
			rc = job->put(job->ctx, field.raw, f);
		else
			rc = done++ ? 0 : put_encoding(job, plan, eol, f);
		if (rc == -1)
			return -1;
	}
	if (put_missing(job, part, eol, f) == -1)
		return -1;
	return job->put(job->ctx, rest, f);
}

static void
start_leaf(struct job *job, const struct mime_part *part)
{
	int plan = *plan_of(part);

	enc_decoder_init(&job->decoder, part->enc);
	enc_encoder_init(&job->encoder,
	    plan & PLAN_QUOTED ? ENC_QUOTED_PRINTABLE : ENC_BASE64, 1);
}

/* Encoders write LF. */
static int
put_encoded(struct job *job, int plan, struct fail *f)
{
	struct slice rest = buf_slice(&job->encoded), line;
	int rc = 0;

	if (!(plan & PLAN_CRLF)) {
		rc = job->put(job->ctx, rest, f);
		rest.n = 0;
	}
	while (rc == 0 && rest.n > 0)
		rc = slice_until(&rest, '\n', &line) ?
		    put_line(job, line, SLICE("\r\n"), f) :
		    job->put(job->ctx, line, f);
	buf_clear(&job->encoded);
	buf_clear(&job->decoded);
	return rc;
}

static int
put_body(struct job *job, int plan, struct slice bytes, struct fail *f)
{
	if (!(plan & PLAN_CONTENT))
		return job->put(job->ctx, bytes, f);
	if (enc_decode(&job->decoder, bytes, &job->decoded) == -1 ||
	    enc_encode(&job->encoder, buf_slice(&job->decoded),
		&job->encoded) == -1)
		return fail_set(f, EX_SOFTWARE, "conversion: no room");
	return put_encoded(job, plan, f);
}

/* The line end of the last line of base64 is the delimiter's. */
static int
end_leaf(struct job *job, const struct mime_part *part, struct fail *f)
{
	int plan = *plan_of(part);

	if (!(plan & PLAN_CONTENT))
		return 0;
	if (enc_decode_end(&job->decoder, &job->decoded) == -1 ||
	    enc_encode(&job->encoder, buf_slice(&job->decoded),
		&job->encoded) == -1 ||
	    enc_encode_end(&job->encoder, &job->encoded) == -1)
		return fail_set(f, EX_SOFTWARE, "conversion: no room");
	if ((plan & PLAN_BASE64) && part->parent != NULL &&
	    slice_ends(buf_slice(&job->encoded), SLICE("\n")))
		job->encoded.n--;
	return put_encoded(job, plan, f);
}

static int
put_glue(struct job *job, struct slice bytes, struct fail *f)
{
	char line[256];
	size_t i, n;

	if (utf8_ascii(bytes))
		return job->put(job->ctx, bytes, f);
	for (; bytes.n > 0; bytes = slice_sub(bytes, n, bytes.n)) {
		n = bytes.n < sizeof(line) ? bytes.n : sizeof(line);
		for (i = 0; i < n; i++)
			line[i] = (bytes.p[i] & 0x80) ? '?' : bytes.p[i];
		if (job->put(job->ctx, (struct slice){ line, n }, f) == -1)
			return -1;
	}
	return 0;
}

static int
convert_event(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct job *job = ctx;

	switch (event) {
	case MIME_HEADER:
		next_plan(job, part);
		start_leaf(job, part);
		return put_header(job, part, f);
	case MIME_BODY:
		return put_body(job, *plan_of(part), bytes, f);
	case MIME_GLUE:
		return put_glue(job, bytes, f);
	case MIME_END:
		return end_leaf(job, part, f);
	}
	return 0;
}

static int
push(void *ctx, struct slice piece, struct fail *f)
{
	return mime_push(ctx, piece, f);
}

/* One pass over "in". */
static int
pass(struct job *job, const struct input *in, mime_handler *handler,
    struct fail *f)
{
	struct mime *m = mime_new(handler, job);
	int rc;

	job->parts = 0;
	rc = input_each(in, push, m, f);
	if (rc == 0)
		rc = mime_end(m, f);
	if (rc == 0 && mime_too_deep(m))
		rc = fail_set(f, EX_DATAERR,
		    "not 7-bit: parts nested deeper than %d", LIMIT_MIME_DEPTH);
	mime_free(&m);
	return rc;
}

int
sevenbit_convert(const struct input *in,
    int (*put)(void *ctx, struct slice bytes, struct fail *f), void *ctx,
    struct fail *f)
{
	struct job *job = mem_alloc(sizeof(*job));
	int rc;

	job->put = put;
	job->ctx = ctx;
	job->decoded = BUF(INPUT_BLOCK + 4096);
	job->encoded = BUF(4 * (INPUT_BLOCK + 8192));
	rc = pass(job, in, plan_event, f);
	if (rc == 0)
		rc = pass(job, in, convert_event, f);
	buf_free(&job->decoded);
	buf_free(&job->encoded);
	free(job);
	return rc;
}
