/* SPDX-License-Identifier: ISC */
/*
 * inside: parts, also those of messages that are attached encoded; see
 * inside.h.  Each level has a parser; the content of an encoded message that
 * one of them meets is decoded and pushed into the next.
 */

#include <stdlib.h>
#include <string.h>

#include "flaw.h"
#include "inside.h"
#include "limits.h"
#include "mem.h"

/* What enc.h says is enough. */
enum { DECODED = INSIDE_PIECE + 2048 };

struct level {
	struct inside *in;
	struct mime *parser;
	const struct mime_part *open; /* the encoded message, or NULL */
	struct mime_part shown;	      /* the same as the handler sees it */
	struct enc_decoder decoder;
	struct buf decoded;
};

struct inside {
	mime_handler *handler;
	void *ctx;
	const char *leave; /* see inside_leave */
	int leave_all;
	struct fail limit; /* the first one hit, of the inner levels; or none */
	struct level levels[LIMIT_MIME_ENCODED + 1];
};

static mime_handler event;

struct inside *
inside_new(mime_handler *handler, void *ctx)
{
	struct inside *in = mem_alloc(sizeof(*in));
	size_t i;

	in->handler = handler;
	in->ctx = ctx;
	for (i = 0; i <= LIMIT_MIME_ENCODED; i++) {
		in->levels[i].in = in;
		in->levels[i].decoded = BUF(DECODED);
	}
	in->levels[0].parser = mime_new(event, &in->levels[0]);
	return in;
}

void
inside_leave(struct inside *in, const char *number)
{
	in->leave = number;
	in->leave_all = number == NULL;
}

static int
is_encoded(enum enc enc)
{
	return enc == ENC_BASE64 || enc == ENC_QUOTED_PRINTABLE;
}

static int
may_open(const struct level *l, const struct mime_part *part, struct fail *f)
{
	if (part->depth >= LIMIT_MIME_DEPTH)
		return fail_set(f, EX_DATAERR,
		    "parts nested deeper than %d", LIMIT_MIME_DEPTH);
	if (l == &l->in->levels[LIMIT_MIME_ENCODED])
		return fail_set(f, EX_DATAERR,
		    "messages encoded in more than %d others",
		    LIMIT_MIME_ENCODED);
	return 0;
}

/* Whether "part" is an encoded message that is to be taken apart. */
static int
opens(const struct level *l, const struct mime_part *part)
{
	struct inside *in = l->in;
	struct fail ignored;

	if (part->kind != MIME_LEAF || !is_encoded(part->enc) ||
	    (!slice_eq(part->type, SLICE("message/rfc822")) &&
		!slice_eq(part->type, SLICE("message/global"))))
		return 0;
	if (in->leave_all ||
	    (in->leave != NULL && strcmp(part->number, in->leave) == 0))
		return 0;
	if (in->limit.class != 0)
		return may_open(l, part, &ignored) == 0;
	return may_open(l, part, &in->limit) == 0;
}

static int
begin(struct level *l, struct mime_part *part, struct slice header,
    struct fail *f)
{
	struct level *next = l + 1;

	l->open = part;
	l->shown = *part;
	l->shown.kind = MIME_MESSAGE;
	enc_decoder_init(&l->decoder, part->enc);
	next->parser = mime_new_inside(l->parser, &l->shown, event, next);
	if (l->in->handler(l->in->ctx, MIME_HEADER, &l->shown, header, f) == -1)
		return -1;
	l->shown.header = (struct slice){ "", 0 };
	return 0;
}

/* Pushes what was decoded, in pieces, as a decoder may hold some back. */
static int
push_decoded(struct level *l, struct fail *f)
{
	struct slice rest = buf_slice(&l->decoded);
	int rc = 0;

	while (rc == 0 && rest.n > 0) {
		rc = mime_push((l + 1)->parser,
		    slice_sub(rest, 0, INSIDE_PIECE), f);
		rest = slice_sub(rest, INSIDE_PIECE, rest.n);
	}
	buf_clear(&l->decoded);
	return rc;
}

static int
no_room(struct fail *f)
{
	return fail_set(f, EX_SOFTWARE, "decoding: no room");
}

static int
put(struct level *l, struct slice bytes, struct fail *f)
{
	while (bytes.n > 0) {
		if (enc_decode(&l->decoder, slice_sub(bytes, 0, INSIDE_PIECE),
		    &l->decoded) == -1)
			return no_room(f);
		if (push_decoded(l, f) == -1)
			return -1;
		bytes = slice_sub(bytes, INSIDE_PIECE, bytes.n);
	}
	return 0;
}

static int
end(struct level *l, const struct mime_part *part, struct fail *f)
{
	struct level *next = l + 1;

	if (enc_decode_end(&l->decoder, &l->decoded) == -1)
		return no_room(f);
	if (push_decoded(l, f) == -1 || mime_end(next->parser, f) == -1)
		return -1;
	if (l->in->limit.class == 0)
		(void)mime_check(next->parser, &l->in->limit);
	mime_free(&next->parser);
	l->open = NULL;
	l->shown.end = part->end;
	l->shown.flaws = part->flaws | FLAW_DECODER(l->decoder.flaws);
	return l->in->handler(l->in->ctx, MIME_END, &l->shown, SLICE(""), f);
}

static int
event(void *ctx, enum mime_event what, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct level *l = ctx;

	if (what == MIME_HEADER && opens(l, part))
		return begin(l, part, bytes, f);
	if (l->open == NULL || l->open != part)
		return l->in->handler(l->in->ctx, what, part, bytes, f);
	return what == MIME_END ? end(l, part, f) : put(l, bytes, f);
}

int
inside_push(struct inside *in, struct slice bytes, struct fail *f)
{
	return mime_push(in->levels[0].parser, bytes, f);
}

int
inside_end(struct inside *in, struct fail *f)
{
	return mime_end(in->levels[0].parser, f);
}

int
inside_check(const struct inside *in, struct fail *f)
{
	if (mime_check(in->levels[0].parser, f) == -1)
		return -1;
	if (in->limit.class == 0)
		return 0;
	*f = in->limit;
	return -1;
}

void
inside_free(struct inside **in)
{
	size_t i;

	if (*in == NULL)
		return;
	for (i = 0; i <= LIMIT_MIME_ENCODED; i++) {
		mime_free(&(*in)->levels[i].parser);
		buf_free(&(*in)->levels[i].decoded);
	}
	free(*in);
	*in = NULL;
}

int
inside_encoded(const struct mime_part *part)
{
	const struct mime_part *p;

	for (p = part->parent; p != NULL; p = p->parent)
		if (p->kind == MIME_MESSAGE && is_encoded(p->enc))
			return 1;
	return 0;
}
