/* SPDX-License-Identifier: ISC */
/*
 * recode: the parts of a message get other encodings; see recode.h.  A first
 * pass plans what is done to each part, a second one does it.
 */

#include <stdlib.h>

#include "hdr.h"
#include "limits.h"
#include "mem.h"
#include "param.h"
#include "recode.h"
#include "utf8.h"

enum {
	CONTENT = RECODE_QUOTED | RECODE_BASE64 | RECODE_DECODED,
	ENCODED = RECODE_QUOTED | RECODE_BASE64,
	LABEL = CONTENT | RECODE_7BIT | RECODE_8BIT,
};

/* Of each part, in the order of their headers. */
struct job {
	const struct recode *r;
	unsigned short plan[LIMIT_MIME_PARTS];
	size_t parts;
	struct enc_decoder decoder; /* of the leaf */
	struct enc_encoder encoder;
	struct buf decoded, encoded;
};

unsigned short *
recode_plan(const struct mime_part *part)
{
	return part->user;
}

int
recode_has_lines(struct slice header)
{
	struct buf charset = BUF(LIMIT_HEADER_FIELD);
	struct hdr_field field;
	struct slice s;
	int rc = 1;

	if (hdr_find(header, "Content-Type", &field) &&
	    param_get(field.value, "charset", &charset) != 0) {
		s = buf_slice(&charset);
		rc = !slice_casestarts(s, SLICE("utf-16")) &&
		    !slice_casestarts(s, SLICE("utf-32")) &&
		    !slice_casestarts(s, SLICE("iso-10646-ucs")) &&
		    !slice_casestarts(s, SLICE("ucs-"));
	}
	buf_free(&charset);
	return rc;
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
	    ((*recode_plan(parent) & RECODE_SEALED) != 0 ||
		slice_eq(parent->type, SLICE("multipart/signed")) ||
		slice_eq(parent->type, SLICE("multipart/encrypted")));
}

static int
plan_event(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct job *job = ctx;

	if (event == MIME_HEADER) {
		next_plan(job, part);
		if (sealed(part))
			*recode_plan(part) |= RECODE_SEALED;
	}
	return job->r->plan(job->r->plan_ctx, event, part, bytes, f);
}

static int
put(struct job *job, struct slice bytes, struct fail *f)
{
	return job->r->put(job->r->ctx, bytes, f);
}

static int
put_line(struct job *job, struct slice line, struct slice eol, struct fail *f)
{
	return put(job, line, f) == -1 ? -1 : put(job, eol, f);
}

/* What it will be encoded in. */
static enum enc
encoding(int plan)
{
	if (plan & RECODE_QUOTED)
		return ENC_QUOTED_PRINTABLE;
	if (plan & RECODE_BASE64)
		return ENC_BASE64;
	return plan & RECODE_8BIT ? ENC_8BIT : ENC_7BIT;
}

static int
put_label(struct job *job, int plan, struct slice eol, struct fail *f)
{
	if (put(job, SLICE("Content-Transfer-Encoding: "), f) == -1)
		return -1;
	return put_line(job, slice_str(enc_name(encoding(plan))), eol, f);
}

/* What is missing at the end of a header. */
static int
put_missing(struct job *job, const struct mime_part *part, struct slice eol,
    struct fail *f)
{
	int plan = *recode_plan(part);

	if ((plan & RECODE_VERSION) &&
	    !hdr_count(part->header, "MIME-Version") &&
	    put_line(job, SLICE("MIME-Version: 1.0"), eol, f) == -1)
		return -1;
	if ((plan & ENCODED) && !hdr_count(part->header, "Content-Type") &&
	    put_line(job, plan & RECODE_ASCII ?
	    SLICE("Content-Type: text/plain; charset=us-ascii") :
	    SLICE("Content-Type: text/plain; charset=unknown-8bit"), eol,
	    f) == -1)
		return -1;
	if ((plan & LABEL) &&
	    !hdr_count(part->header, "Content-Transfer-Encoding"))
		return put_label(job, plan, eol, f);
	return 0;
}

static int
put_header(struct job *job, const struct mime_part *part, struct fail *f)
{
	struct slice rest = part->header, eol = SLICE("\n");
	int plan = *recode_plan(part), done = 0;
	struct hdr_field field;

	if (!(plan & (LABEL | RECODE_VERSION)))
		return put(job, rest, f);
	if (slice_ends(rest, SLICE("\r\n")))
		eol = SLICE("\r\n");
	while (hdr_next(&rest, &field)) {
		int rc;

		if (!(plan & LABEL) ||
		    !slice_caseeq(field.name,
			SLICE("Content-Transfer-Encoding")))
			rc = put(job, field.raw, f);
		else
			rc = done++ ? 0 : put_label(job, plan, eol, f);
		if (rc == -1)
			return -1;
	}
	if (put_missing(job, part, eol, f) == -1)
		return -1;
	return put(job, rest, f);
}

static void
start_leaf(struct job *job, const struct mime_part *part)
{
	enc_decoder_init(&job->decoder, part->enc);
	enc_encoder_init(&job->encoder, encoding(*recode_plan(part)), 1);
	job->encoder.dashes = part->parent != NULL;
}

/* Encoders write LF. */
static int
put_encoded(struct job *job, int plan, struct fail *f)
{
	struct slice rest = buf_slice(&job->encoded), line;
	int rc = 0;

	if (!(plan & RECODE_CRLF)) {
		rc = put(job, rest, f);
		rest.n = 0;
	}
	while (rc == 0 && rest.n > 0)
		rc = slice_until(&rest, '\n', &line) ?
		    put_line(job, line, SLICE("\r\n"), f) :
		    put(job, line, f);
	buf_clear(&job->encoded);
	buf_clear(&job->decoded);
	return rc;
}

static int
put_body(struct job *job, int plan, struct slice bytes, struct fail *f)
{
	if (!(plan & CONTENT))
		return put(job, bytes, f);
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
	int plan = *recode_plan(part);

	if (!(plan & CONTENT))
		return 0;
	if (enc_decode_end(&job->decoder, &job->decoded) == -1 ||
	    enc_encode(&job->encoder, buf_slice(&job->decoded),
		&job->encoded) == -1 ||
	    enc_encode_end(&job->encoder, &job->encoded) == -1)
		return fail_set(f, EX_SOFTWARE, "conversion: no room");
	if ((plan & RECODE_BASE64) && part->parent != NULL &&
	    slice_ends(buf_slice(&job->encoded), SLICE("\n")))
		job->encoded.n--;
	return put_encoded(job, plan, f);
}

/* The offset of the "--" at the start of a line in "glue", which begins with
 * that line or with the line end before it (mimescan.h); glue.n where there is
 * none. */
static size_t
dashes_at(struct slice glue)
{
	size_t n = slice_starts(glue, SLICE("\r")) ? 1 : 0;

	n += (size_t)slice_starts(slice_sub(glue, n, glue.n), SLICE("\n"));
	if (slice_starts(slice_sub(glue, n, glue.n), SLICE("--")))
		return n;
	return glue.n;
}

static char
ascii(char c)
{
	return (c & 0x80) != 0 ? '?' : c;
}

/* A "?" may stand in a boundary, so a line that was no delimiter is kept from
 * becoming one. */
static int
put_glue(struct job *job, struct slice glue, struct fail *f)
{
	size_t i, n, at = 0, dashes = dashes_at(glue);
	char line[256];

	if (!job->r->ascii_glue || utf8_ascii(glue))
		return put(job, glue, f);
	for (; at < glue.n; at += n) {
		n = glue.n - at < sizeof(line) ? glue.n - at : sizeof(line);
		for (i = 0; i < n; i++)
			line[i] =
			    at + i == dashes ? '?' : ascii(glue.p[at + i]);
		if (put(job, (struct slice){ line, n }, f) == -1)
			return -1;
	}
	return 0;
}

static int
write_event(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct job *job = ctx;

	switch (event) {
	case MIME_HEADER:
		next_plan(job, part);
		start_leaf(job, part);
		return put_header(job, part, f);
	case MIME_BODY:
		return put_body(job, *recode_plan(part), bytes, f);
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
	if (rc == 0)
		rc = mime_check(m, f);
	mime_free(&m);
	return rc;
}

int
recode_message(const struct recode *r, const struct input *in, struct fail *f)
{
	struct job *job = mem_alloc(sizeof(*job));
	int rc;

	job->r = r;
	job->decoded = BUF(INPUT_BLOCK + 4096);
	job->encoded = BUF(4 * (INPUT_BLOCK + 8192));
	rc = pass(job, in, plan_event, f);
	if (rc == 0)
		rc = pass(job, in, write_event, f);
	buf_free(&job->decoded);
	buf_free(&job->encoded);
	free(job);
	return rc;
}
