/* SPDX-License-Identifier: ISC */
/* storable: a binary message made fit for a store of lines; see storable.h.
 * Here is what is planned for each part; recode.c does it. */

#include "hdr.h"
#include "limits.h"
#include "recode.h"
#include "storable.h"
#include "text.h"

struct scan {
	struct enc_scan all;
	int bare_lf;
};

struct planner {
	struct scan body; /* of the leaf */
	struct scan glue; /* of what stands between two headers */
	int text;	  /* the leaf is made of lines */
};

static void
scan_start(struct scan *s)
{
	enc_scan_init(&s->all);
	s->bare_lf = 0;
}

static void
scan(struct scan *s, struct slice bytes)
{
	int before = s->all.last;
	size_t at, i = 0;

	while (!s->bare_lf && i < bytes.n) {
		at = i + slice_find(slice_sub(bytes, i, bytes.n), '\n');
		if (at > 0)
			before = bytes.p[at - 1];
		s->bare_lf = at < bytes.n && before != '\r';
		i = at + 1;
	}
	enc_scan(&s->all, bytes);
}

/* What no text holds; NULL where there is none. */
static const char *
flaw(const struct scan *s)
{
	if (s->all.nul)
		return "a NUL";
	if (s->all.bare_cr || s->all.last == '\r')
		return "a bare CR";
	return s->bare_lf ? "a bare LF" : NULL;
}

static int
is_text(const struct mime_part *part)
{
	return slice_starts(part->type, SLICE("message/")) ||
	    (slice_starts(part->type, SLICE("text/")) &&
	    recode_has_lines(part->header));
}

/* A header without a line end has nothing behind it. */
static int
may_relabel(const struct mime_part *part)
{
	return part->enc == ENC_BINARY &&
	    (*recode_plan(part) & RECODE_SEALED) == 0 &&
	    slice_ends(part->header, SLICE("\r\n"));
}

static int
end_glue(const struct planner *p, struct fail *f)
{
	const char *what = flaw(&p->glue);

	return what == NULL ? 0 :
	    fail_set(f, EX_DATAERR, "%s between parts", what);
}

static int
plan_header(struct planner *p, const struct mime_part *part, struct fail *f)
{
	struct scan header;
	const char *what;

	if (end_glue(p, f) == -1)
		return -1;
	scan_start(&p->body);
	scan_start(&p->glue);
	scan_start(&header);
	scan(&header, part->header);
	if ((what = flaw(&header)) != NULL)
		return fail_set(f, EX_DATAERR, "%s in a header", what);
	p->text = is_text(part);
	if (may_relabel(part))
		*recode_plan(part) |= RECODE_8BIT;
	return 0;
}

/* These stay as they are (RFC 2046, 5.2), as does what nobody can decode, or
 * has a header that nothing can be added to. */
static int
may_encode(const struct mime_part *part)
{
	return !slice_eq(part->type, SLICE("message/rfc822")) &&
	    !slice_eq(part->type, SLICE("message/partial")) &&
	    !slice_eq(part->type, SLICE("message/external-body")) &&
	    part->enc != ENC_UNKNOWN &&
	    (part->flaws & MIME_FLAW_NOT_FIELD) == 0;
}

/* A converted part makes its message a MIME message. */
static void
plan_version(const struct mime_part *part)
{
	while (part->parent != NULL && part->parent->kind != MIME_MESSAGE)
		part = part->parent;
	*recode_plan(part) |= RECODE_VERSION;
}

/* What calls itself binary may hold CRLF as any two bytes. */
static int
is_damaged(const struct planner *p, const struct mime_part *part)
{
	return flaw(&p->body) != NULL ||
	    p->body.all.longest > LIMIT_TEXT_LINE ||
	    (part->enc == ENC_BINARY && !p->text && p->body.all.crlf);
}

/* Or is not what its new label says. */
static int
needs_encoding(const struct planner *p, const struct mime_part *part)
{
	int relabelled = (*recode_plan(part) & RECODE_8BIT) != 0;

	return is_damaged(p, part) || (relabelled && p->body.all.bytes > 0 &&
	    (!p->text || p->body.all.longest > LIMIT_LINE_HARD));
}

static int
cannot(const struct mime_part *part, const char *why, struct fail *f)
{
	return fail_set(f, EX_DATAERR, "part %s is %s", part->number, why);
}

static int
plan_leaf(const struct planner *p, const struct mime_part *part,
    struct fail *f)
{
	unsigned short *plan = recode_plan(part);

	if (!needs_encoding(p, part)) {
		if ((*plan & RECODE_8BIT) != 0 && p->body.all.eight_bit == 0)
			*plan ^= RECODE_8BIT | RECODE_7BIT;
		return 0;
	}
	if ((*plan & RECODE_SEALED) != 0)
		return cannot(part, "signed or encrypted", f);
	if (!may_encode(part))
		return cannot(part, "of a kind that is not to be encoded", f);
	if (p->body.all.eight_bit == 0 && part->enc != ENC_BASE64 &&
	    part->enc != ENC_QUOTED_PRINTABLE)
		*plan |= RECODE_ASCII;
	*plan |= RECODE_CRLF |
	    (p->text && flaw(&p->body) == NULL ? RECODE_QUOTED :
	    RECODE_BASE64);
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
		scan(&p->body, bytes);
		return 0;
	case MIME_GLUE:
		scan(&p->glue, bytes);
		return 0;
	case MIME_END:
		return part->kind == MIME_LEAF ? plan_leaf(p, part, f) :
		    end_glue(p, f);
	}
	return 0;
}

int
storable_convert(const struct input *in,
    int (*put)(void *ctx, struct slice bytes, struct fail *f), void *ctx,
    struct fail *f)
{
	struct planner p = { .text = 0 };
	struct recode r = { .plan = plan_event, .plan_ctx = &p, .put = put,
		.ctx = ctx };

	return recode_message(&r, in, f);
}
