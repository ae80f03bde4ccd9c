/* SPDX-License-Identifier: ISC */
/* eightbit: text that is not encoded; see eightbit.h.  Here is what is planned
 * for each part; recode.c does it. */

#include "eightbit.h"
#include "hdr.h"
#include "limits.h"
#include "recode.h"

enum {
	AMBIGUOUS = MIME_FLAW_TWO_TYPES | MIME_FLAW_TWO_ENCODINGS |
	    MIME_FLAW_NO_BOUNDARY | MIME_FLAW_TYPE,
	/* As much of a line as may tell: "--", a boundary, CR. */
	START = LIMIT_LINE_HARD + 3,
};

struct planner {
	int wanted; /* the leaf may be decoded */
	int crlf;   /* lines of its header end so */
	struct enc_decoder decoder;
	struct enc_scan scan; /* of what was decoded */
	struct buf decoded;
	struct buf line; /* the start of its last line */
	int lf_seen, crlf_seen, delimiter_seen;
};

static void
plan_header(struct planner *p, const struct mime_part *part)
{
	p->wanted = part->kind == MIME_LEAF &&
	    (part->enc == ENC_QUOTED_PRINTABLE || part->enc == ENC_BASE64) &&
	    slice_starts(part->type, SLICE("text/")) &&
	    !(*recode_plan(part) & RECODE_SEALED) &&
	    !(part->flaws & AMBIGUOUS) && recode_has_lines(part->header);
	p->crlf = slice_ends(part->header, SLICE("\r\n"));
	p->lf_seen = p->crlf_seen = p->delimiter_seen = 0;
	enc_decoder_init(&p->decoder, part->enc);
	enc_scan_init(&p->scan);
	buf_clear(&p->line);
}

/* No line of a part may begin like a delimiter around it (RFC 2046, 5.1.1). */
static int
like_delimiter(const struct mime_part *part, struct slice line)
{
	if (!slice_starts(line, SLICE("--")))
		return 0;
	line = slice_sub(line, 2, line.n);
	while ((part = part->parent) != NULL)
		if (part->kind == MIME_MULTIPART &&
		    slice_starts(line, part->boundary))
			return 1;
	return 0;
}

static void
look_at_line(struct planner *p, const struct mime_part *part)
{
	p->delimiter_seen |= like_delimiter(part, buf_slice(&p->line));
	buf_clear(&p->line);
}

static void
look_at_lines(struct planner *p, const struct mime_part *part)
{
	struct slice rest = buf_slice(&p->decoded), line;

	enc_scan(&p->scan, rest);
	while (rest.n > 0) {
		int ended = slice_until(&rest, '\n', &line);

		(void)buf_add(&p->line,
		    slice_sub(line, 0, p->line.max - p->line.n));
		if (!ended)
			break;
		if (slice_ends(buf_slice(&p->line), SLICE("\r")))
			p->crlf_seen = 1;
		else
			p->lf_seen = 1;
		look_at_line(p, part);
	}
	buf_clear(&p->decoded);
}

static int
plan_body(struct planner *p, const struct mime_part *part, struct slice bytes,
    struct fail *f)
{
	if (!p->wanted)
		return 0;
	if (enc_decode(&p->decoder, bytes, &p->decoded) == -1)
		return fail_set(f, EX_SOFTWARE, "conversion: no room");
	look_at_lines(p, part);
	return 0;
}

static int
is_fit(const struct planner *p)
{
	const struct enc_scan *s = &p->scan;

	return p->decoder.flaws == 0 && s->bytes > 0 && !s->nul &&
	    !s->bare_cr && s->last != '\r' && s->longest <= LIMIT_LINE_HARD &&
	    !(p->lf_seen && (p->crlf_seen || p->crlf)) && !p->delimiter_seen;
}

/* A container may not say less than what is in it. */
static void
plan_around(const struct mime_part *part)
{
	while ((part = part->parent) != NULL)
		if (part->enc != ENC_8BIT && part->enc != ENC_BINARY)
			*recode_plan(part) |= RECODE_8BIT;
}

static int
plan_end(struct planner *p, const struct mime_part *part, struct fail *f)
{
	if (!p->wanted || part->kind != MIME_LEAF)
		return 0;
	if (enc_decode_end(&p->decoder, &p->decoded) == -1)
		return fail_set(f, EX_SOFTWARE, "conversion: no room");
	look_at_lines(p, part);
	look_at_line(p, part);
	if (!is_fit(p))
		return 0;
	*recode_plan(part) |= RECODE_DECODED;
	if (p->scan.eight_bit > 0) {
		*recode_plan(part) |= RECODE_8BIT;
		plan_around(part);
	}
	return 0;
}

static int
plan_event(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	switch (event) {
	case MIME_HEADER:
		plan_header(ctx, part);
		return 0;
	case MIME_BODY:
		return plan_body(ctx, part, bytes, f);
	case MIME_GLUE:
		return 0;
	case MIME_END:
		return plan_end(ctx, part, f);
	}
	return 0;
}

int
eightbit_convert(const struct input *in,
    int (*put)(void *ctx, struct slice bytes, struct fail *f), void *ctx,
    struct fail *f)
{
	struct planner p = { .decoded = BUF(INPUT_BLOCK + 4096),
		.line = BUF(START) };
	struct recode r = { .plan = plan_event, .plan_ctx = &p, .put = put,
		.ctx = ctx };
	int rc = recode_message(&r, in, f);

	buf_free(&p.decoded);
	buf_free(&p.line);
	return rc;
}
