/* SPDX-License-Identifier: ISC */
/*
 * mime: the parts of a message as events over a stream; see mime.h.  Here is
 * the stack of open parts.  What a header says about its part is read in
 * mimehead.c, and where content may hold a delimiter is found by mimescan.c.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limits.h"
#include "mem.h"
#include "mimehead.h"
#include "mimescan.h"

struct frame {
	struct mime_part part;
	struct mimehead head;
	const char *prefix; /* of the numbers of parts in it */
	unsigned children;
	int closed; /* its close delimiter was seen */
};

struct mime {
	mime_handler *handler;
	void *ctx;
	uint64_t at;	/* offset of the next byte to go out */
	unsigned depth; /* frames in use */
	unsigned began; /* parts, of the parsers inside it as well */
	unsigned *parts; /* where they are counted: "began" of the outermost */
	const struct mime_part *within; /* see mime_new_inside, or NULL */
	const char *prefix; /* its number, or "" */
	int too_deep, many_params; /* for mime_check */

	int in_header;	   /* else in content: a body, preamble or epilogue */
	int to_the_end;	   /* that content: no delimiter can end it */
	struct mimehead_text header; /* what came of it */
	struct mimescan scan; /* of the content */

	struct frame frames[LIMIT_MIME_DEPTH + 1];
};

struct match {
	unsigned frame;
	int close;
};

struct mime *
mime_new(mime_handler *handler, void *ctx)
{
	struct mime *m = mem_alloc(sizeof(*m));

	m->handler = handler;
	m->ctx = ctx;
	m->header = MIMEHEAD_TEXT;
	m->in_header = 1;
	m->parts = &m->began;
	m->prefix = "";
	return m;
}

struct mime *
mime_new_inside(struct mime *m, const struct mime_part *part,
    mime_handler *handler, void *ctx)
{
	struct mime *inside = mime_new(handler, ctx);

	inside->parts = m->parts;
	inside->within = part;
	inside->prefix = part->number;
	return inside;
}

static int
emit(struct mime *m, enum mime_event event, struct frame *frame,
    struct slice bytes, struct fail *f)
{
	if (bytes.n == 0 && (event == MIME_BODY || event == MIME_GLUE))
		return 0;
	m->at += bytes.n;
	return m->handler(m->ctx, event, &frame->part, bytes, f);
}

static int
emit_content(struct mime *m, struct slice bytes, struct fail *f)
{
	struct frame *top = &m->frames[m->depth - 1];

	return emit(m, top->part.kind == MIME_LEAF ? MIME_BODY : MIME_GLUE, top,
	    bytes, f);
}

static void
header_start(struct mime *m)
{
	m->in_header = 1;
	mimehead_clear(&m->header);
}

/* A multipart that is all of a message has no number of its own. */
static void
set_number(const struct mime *m, struct frame *frame, struct frame *parent)
{
	struct mime_part *part = &frame->part;
	unsigned n = parent == NULL ? 1 : parent->children;
	const char *prefix = parent == NULL ? m->prefix : parent->prefix;

	if (part->kind == MIME_MULTIPART &&
	    (parent == NULL || parent->part.kind == MIME_MESSAGE)) {
		frame->prefix = prefix;
		return;
	}
	frame->prefix = part->number;
	(void)snprintf(part->number, sizeof(part->number), "%s%s%u", prefix,
	    prefix[0] == '\0' ? "" : ".", n);
}

static struct frame *
new_frame(struct mime *m, unsigned flaws)
{
	struct frame *frame = &m->frames[m->depth];
	struct frame *parent = m->depth == 0 ? NULL : frame - 1;
	struct mime_part *part = &frame->part;
	int digest = parent != NULL &&
	    slice_eq(parent->part.type, SLICE("multipart/digest"));

	memset(frame, 0, sizeof(*frame));
	part->depth = m->depth + (m->within ? m->within->depth + 1 : 0);
	part->header = buf_slice(&m->header.text);
	mimehead_read(part->header, digest, &frame->head);
	m->many_params |= frame->head.many_params;
	part->kind = frame->head.kind;
	if (part->kind != MIME_LEAF && part->depth >= LIMIT_MIME_DEPTH) {
		part->kind = MIME_LEAF;
		m->too_deep = 1;
	}
	part->enc = frame->head.enc;
	part->flaws = frame->head.flaws | flaws;
	part->type = (struct slice){ frame->head.type, frame->head.ntype };
	if (part->kind == MIME_MULTIPART)
		part->boundary = buf_slice(&frame->head.boundary);
	part->at = m->at;
	part->body = m->at + part->header.n;
	part->parent = parent == NULL ? m->within : &parent->part;
	if (parent != NULL)
		parent->children++;
	set_number(m, frame, parent);
	return frame;
}

/* 1 if a line of content may be a delimiter. */
static int
may_be_delimited(const struct mime *m)
{
	unsigned i;

	for (i = 0; i < m->depth; i++)
		if (m->frames[i].part.kind == MIME_MULTIPART &&
		    !m->frames[i].closed)
			return 1;
	return 0;
}

/* The header is complete: a part begins. */
static int
header_done(struct mime *m, unsigned flaws, struct fail *f)
{
	struct frame *frame;

	if ((*m->parts)++ >= LIMIT_MIME_PARTS)
		return fail_set(f, EX_DATAERR, "more than %d parts",
		    LIMIT_MIME_PARTS);
	frame = new_frame(m, flaws);
	m->depth++;
	if (emit(m, MIME_HEADER, frame, frame->part.header, f) == -1)
		return -1;
	frame->part.header = (struct slice){ "", 0 };
	header_start(m);
	m->in_header = frame->part.kind == MIME_MESSAGE;
	m->to_the_end = !may_be_delimited(m);
	mimescan_start(&m->scan);
	return 0;
}

/* Ends the innermost parts until "depth" are left. */
static int
end_parts(struct mime *m, unsigned depth, struct fail *f)
{
	while (m->depth > depth) {
		struct frame *frame = &m->frames[--m->depth];

		if (frame->part.kind == MIME_MULTIPART && !frame->closed)
			frame->part.flaws |= MIME_FLAW_NO_CLOSE;
		buf_free(&frame->head.boundary);
		frame->part.boundary = (struct slice){ "", 0 };
		frame->part.end = m->at;
		if (emit(m, MIME_END, frame, SLICE(""), f) == -1)
			return -1;
	}
	return 0;
}

/* 1 where "line", without its line end, is a delimiter of an open multipart;
 * then *match says of which. */
static int
find_delimiter(const struct mime *m, struct slice line, struct match *match)
{
	unsigned i;

	if (!slice_starts(line, SLICE("--")))
		return 0;
	line = slice_sub(line, 2, line.n);
	while (slice_ends(line, SLICE(" ")) || slice_ends(line, SLICE("\t")))
		line.n--;
	for (i = m->depth; i-- > 0;) {
		const struct frame *frame = &m->frames[i];
		struct slice boundary = buf_slice(&frame->head.boundary);
		struct slice rest = slice_sub(line, boundary.n, line.n);

		if (frame->part.kind != MIME_MULTIPART || frame->closed ||
		    !slice_starts(line, boundary))
			continue;
		*match = (struct match){ i, rest.n > 0 };
		if (rest.n == 0 || slice_eq(rest, SLICE("--")))
			return 1;
	}
	return 0;
}

/* "glue" is a delimiter and ends the parts inside its multipart. */
static int
delimiter(struct mime *m, struct match match, struct slice glue, struct fail *f)
{
	struct frame *frame = &m->frames[match.frame];

	if (end_parts(m, match.frame + 1, f) == -1)
		return -1;
	if (match.close)
		frame->closed = 1;
	else
		header_start(m);
	return emit(m, MIME_GLUE, frame, glue, f);
}

static int
found(struct mime *m, enum mimescan_found what, struct slice bytes,
    struct fail *f)
{
	struct slice line = bytes, eol;
	struct match match;

	if (what == MIMESCAN_NOTHING)
		return 0;
	if (slice_peek(line) != '-')
		(void)slice_until(&line, '\n', &eol);
	if (what == MIMESCAN_TEXT || !find_delimiter(m, line, &match))
		return emit_content(m, bytes, f);
	if (!match.close)
		bytes = mimescan_whole(&m->scan);
	return delimiter(m, match, bytes, f);
}

/* Takes bytes off "in" up to a delimiter, or all. */
static int
push_content(struct mime *m, struct slice *in, struct fail *f)
{
	struct slice bytes = { "", 0 };
	enum mimescan_found what;

	if (m->to_the_end) {
		bytes = *in;
		*in = slice_sub(*in, in->n, in->n);
		return emit_content(m, bytes, f);
	}
	do {
		what = mimescan_next(&m->scan, in, &bytes);
		if (found(m, what, bytes, f) == -1)
			return -1;
	} while (what != MIMESCAN_NOTHING && !m->in_header);
	return 0;
}

/* "line" is a delimiter where a header should go on: the part, and where that
 * is to hold a message that message too, is there without a body. */
static int
header_cut(struct mime *m, struct slice line, struct fail *f)
{
	char copy[MIMESCAN_LINE];

	memcpy(copy, line.p, line.n);
	line.p = copy;
	m->header.text.n = m->header.line;
	while (m->in_header)
		if (header_done(m, MIME_FLAW_NO_BLANK, f) == -1)
			return -1;
	return push_content(m, &line, f);
}

/* The last line of the header so far is complete, or the input ended. */
static int
header_line(struct mime *m, struct fail *f)
{
	struct slice line = mimehead_line(&m->header), rest = line, text;
	struct match match;

	if (slice_until(&rest, '\n', &text) && slice_ends(text, SLICE("\r")))
		text.n--;
	if (line.n == 0)
		return 0;
	if (text.n == 0)
		return header_done(m, 0, f);
	if (line.n <= MIMESCAN_LINE && find_delimiter(m, text, &match))
		return header_cut(m, line, f);
	return mimehead_keep(&m->header, f);
}

/* Takes a line, or what there is of one, off "in". */
static int
push_header(struct mime *m, struct slice *in, struct fail *f)
{
	int rc = mimehead_add(&m->header, in, f);

	return rc == 1 ? header_line(m, f) : rc;
}

int
mime_push(struct mime *m, struct slice bytes, struct fail *f)
{
	int rc = 0;

	while (rc == 0 && bytes.n > 0)
		rc = m->in_header ? push_header(m, &bytes, f) :
				    push_content(m, &bytes, f);
	return rc;
}

int
mime_end(struct mime *m, struct fail *f)
{
	struct slice bytes = { "", 0 };
	enum mimescan_found what;
	int rc = 0;

	if (m->in_header)
		rc = header_line(m, f);
	if (rc == 0 && !m->in_header) {
		what = mimescan_end(&m->scan, &bytes);
		rc = found(m, what, bytes, f);
	}
	while (rc == 0 && m->in_header)
		rc = header_done(m, 0, f);
	return rc == 0 ? end_parts(m, 0, f) : -1;
}

void
mime_restart(struct mime *m)
{
	while (m->depth > 0)
		buf_free(&m->frames[--m->depth].head.boundary);
	m->at = 0;
	m->began = 0;
	m->too_deep = m->many_params = 0;
	header_start(m);
}

int
mime_check(const struct mime *m, struct fail *f)
{
	if (m->too_deep)
		return fail_set(f, EX_DATAERR,
		    "parts nested deeper than %d", LIMIT_MIME_DEPTH);
	if (m->many_params)
		return fail_set(f, EX_DATAERR,
		    "more than %d parameters in a field", LIMIT_PARAMS);
	return 0;
}

void
mime_free(struct mime **m)
{
	if (*m == NULL)
		return;
	mime_restart(*m);
	buf_free(&(*m)->header.text);
	free(*m);
	*m = NULL;
}
