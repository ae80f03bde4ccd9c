/* SPDX-License-Identifier: ISC */
/* sevenbit: a message made fit for 7-bit paths; see sevenbit.h.  Here is what
 * is planned for each part; recode.c does it. */

#include "hdr.h"
#include "limits.h"
#include "recode.h"
#include "sevenbit.h"
#include "text.h"
#include "utf8.h"

struct planner {
	struct enc_scan scan; /* of the leaf */
	struct enc_scan glue; /* of what stands between two headers */
};

/* What no path takes, and nothing can be done about in a header or between
 * parts; NULL where there is none. */
static const char *
forbidden(const struct enc_scan *s)
{
	if (s->nul)
		return "a NUL";
	if (s->longest > LIMIT_LINE_HARD)
		return "a line longer than 998 bytes";
	return NULL;
}

/* The same, and bytes above 127. */
static const char *
not_seven(struct slice bytes)
{
	struct enc_scan s;

	enc_scan_init(&s);
	enc_scan(&s, bytes);
	return s.eight_bit > 0 ? "bytes above 127" : forbidden(&s);
}

static int
check_header(const struct mime_part *part, struct fail *f)
{
	struct slice rest = part->header;
	struct hdr_field field = { .name = SLICE("") };
	const char *what = not_seven(part->header), *in_field = NULL;

	if (part->kind == MIME_MULTIPART && !utf8_ascii(part->boundary))
		return fail_set(f, EX_DATAERR,
		    "not 7-bit: a boundary holds bytes above 127");
	if (what == NULL)
		return 0;
	while (in_field == NULL && hdr_next(&rest, &field))
		in_field = not_seven(field.raw);
	return fail_set(f, EX_DATAERR,
	    "not 7-bit: the header field %s holds %s",
	    field.name.n == 0 ? "without a name" : TEXT_SHOW(field.name),
	    in_field == NULL ? what : in_field);
}

static int
plan_header(struct planner *p, const struct mime_part *part, struct fail *f)
{
	enc_scan_init(&p->scan);
	enc_scan_init(&p->glue);
	if (!(*recode_plan(part) & RECODE_SEALED) &&
	    (part->enc == ENC_8BIT || part->enc == ENC_BINARY))
		*recode_plan(part) |= RECODE_7BIT;
	return check_header(part, f);
}

static int
plan_glue(struct planner *p, const struct mime_part *part, struct slice bytes,
    struct fail *f)
{
	const char *what;

	enc_scan(&p->glue, bytes);
	if ((what = forbidden(&p->glue)) != NULL)
		return fail_set(f, EX_DATAERR,
		    "not 7-bit: %s between parts", what);
	if ((*recode_plan(part) & RECODE_SEALED) && !utf8_ascii(bytes))
		return fail_set(f, EX_DATAERR,
		    "not 7-bit: bytes above 127 between parts that are "
		    "signed or encrypted");
	return 0;
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
	*recode_plan(part) |= RECODE_VERSION;
}

static int
plan_leaf(const struct planner *p, const struct mime_part *part,
    struct fail *f)
{
	const struct enc_scan *s = &p->scan;
	int text = part->enc != ENC_BASE64 &&
	    (slice_starts(part->type, SLICE("text/")) ||
		slice_starts(part->type, SLICE("message/")));

	if (s->eight_bit == 0 && !s->nul && !s->bare_cr && s->last != '\r' &&
	    s->longest <= LIMIT_LINE_HARD)
		return 0;
	if (*recode_plan(part) & RECODE_SEALED)
		return fail_set(f, EX_DATAERR,
		    "not 7-bit: part %s is signed or encrypted and cannot be "
		    "converted", part->number);
	if (!may_encode(part))
		return fail_set(f, EX_DATAERR,
		    "not 7-bit: part %s is %s, which cannot be encoded",
		    part->number, TEXT_SHOW(part->type));
	*recode_plan(part) |= text ? RECODE_QUOTED : RECODE_BASE64;
	if (s->crlf)
		*recode_plan(part) |= RECODE_CRLF;
	if (s->eight_bit == 0 && part->enc != ENC_BASE64 &&
	    part->enc != ENC_QUOTED_PRINTABLE)
		*recode_plan(part) |= RECODE_ASCII;
	plan_version(part);
	return 0;
}

static int
plan_event(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct planner *p = ctx;

	switch (event) {
	case MIME_HEADER:
		return plan_header(p, part, f);
	case MIME_BODY:
		enc_scan(&p->scan, bytes);
		return 0;
	case MIME_GLUE:
		return plan_glue(p, part, bytes, f);
	case MIME_END:
		return part->kind == MIME_LEAF ? plan_leaf(p, part, f) : 0;
	}
	return 0;
}

int
sevenbit_convert(const struct input *in,
    int (*put)(void *ctx, struct slice bytes, struct fail *f), void *ctx,
    struct fail *f)
{
	struct planner p;
	struct recode r = { .plan = plan_event, .plan_ctx = &p, .put = put,
		.ctx = ctx, .ascii_glue = 1 };

	return recode_message(&r, in, f);
}
