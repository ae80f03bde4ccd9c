/* SPDX-License-Identifier: ISC */
/* mimehead: what the header of a part says about it; see mimehead.h. */

#include <string.h>

#include "hdr.h"
#include "mimehead.h"
#include "param.h"

/* The fields that matter, as the first of each name has them. */
struct fields {
	struct slice type, encoding;
	unsigned types, encodings, flaws;
	int many_params;
};

/* Whether there are more parameters in it than anybody looks at.  Each takes a
 * letter and a "=", so most fields need no look. */
static int
has_many_params(const struct hdr_field *field)
{
	return field->value.n > 2 * LIMIT_PARAMS &&
	    (slice_caseeq(field->name, SLICE("Content-Type")) ||
		   slice_caseeq(field->name, SLICE("Content-Disposition"))) &&
	    param_too_many(field->value);
}

static void
note_field(struct fields *s, const struct hdr_field *field)
{
	s->many_params |= has_many_params(field);
	if (field->name.n == 0)
		s->flaws |= MIME_FLAW_NOT_FIELD;
	else if (slice_caseeq(field->name, SLICE("Content-Type"))) {
		if (s->types++ == 0)
			s->type = field->value;
	} else if (slice_caseeq(field->name,
		       SLICE("Content-Transfer-Encoding"))) {
		if (s->encodings++ == 0)
			s->encoding = field->value;
	}
}

static struct fields
find_fields(struct slice header)
{
	struct fields s = { .type = SLICE(""), .encoding = SLICE("") };
	struct hdr_field field;

	if (header.n > 0 && memchr(header.p, '\0', header.n) != NULL)
		s.flaws |= MIME_FLAW_NUL;
	while (hdr_next(&header, &field))
		note_field(&s, &field);
	if (s.types > 1 || param_count(s.type, "boundary") > 1)
		s.flaws |= MIME_FLAW_TWO_TYPES;
	if (s.encodings > 1)
		s.flaws |= MIME_FLAW_TWO_ENCODINGS;
	return s;
}

static void
set_type(struct mimehead *h, struct slice type)
{
	size_t i;

	for (i = 0; i < type.n; i++)
		h->type[i] = (char)slice_lower(type.p[i]);
	h->ntype = type.n;
}

static void
read_type(struct mimehead *h, const struct fields *s, int digest)
{
	struct slice type = param_value(s->type), rest = type, major;

	if (s->types == 0) {
		set_type(h,
		    digest ? SLICE("message/rfc822") : SLICE("text/plain"));
	} else if (type.n < MIMEHEAD_TYPE && slice_until(&rest, '/', &major) &&
	    param_is_token(major) && param_is_token(rest)) {
		set_type(h, type);
	} else {
		h->flaws |= MIME_FLAW_TYPE;
		set_type(h, SLICE("text/plain"));
	}
}

/* Delimiters have it as it stands, whatever charset it seems to be in.  Their
 * lines may end in spaces, so a boundary cannot. */
static int
read_boundary(struct mimehead *h, struct slice field)
{
	struct buf *b = &h->boundary;

	if (param_bytes(field, "boundary", b) != 1)
		return 0;
	while (b->n > 0 && (b->p[b->n - 1] == ' ' || b->p[b->n - 1] == '\t'))
		b->n--;
	return b->n > 0;
}

/* A multipart whose parts cannot be told apart is text (RFC 2049, 2 leaves it
 * open; so nothing of it is lost). */
static void
read_multipart(struct mimehead *h, const struct fields *s)
{
	if (!read_boundary(h, s->type)) {
		h->flaws |= MIME_FLAW_NO_BOUNDARY;
		set_type(h, SLICE("text/plain"));
		return;
	}
	h->kind = MIME_MULTIPART;
	if (h->enc == ENC_QUOTED_PRINTABLE || h->enc == ENC_BASE64) {
		h->flaws |= MIME_FLAW_ENCODING;
		h->enc = ENC_UNKNOWN;
	}
}

static void
read_message(struct mimehead *h)
{
	if (h->enc == ENC_QUOTED_PRINTABLE || h->enc == ENC_BASE64)
		h->flaws |= MIME_FLAW_ENCODING;
	else
		h->kind = MIME_MESSAGE;
}

void
mimehead_read(struct slice header, int digest, struct mimehead *h)
{
	struct fields s = find_fields(header);
	struct slice type;

	*h = (struct mimehead){ .flaws = s.flaws, .kind = MIME_LEAF };
	h->many_params = s.many_params;
	h->boundary = BUF(MIMEHEAD_BOUNDARY);
	h->enc = enc_parse(s.encoding);
	if (h->enc == ENC_UNKNOWN)
		h->flaws |= MIME_FLAW_ENCODING;
	read_type(h, &s, digest);
	type = (struct slice){ h->type, h->ntype };
	if (slice_starts(type, SLICE("multipart/")))
		read_multipart(h, &s);
	else if (slice_eq(type, SLICE("message/rfc822")) ||
	    slice_eq(type, SLICE("message/global")))
		read_message(h);
}

void
mimehead_clear(struct mimehead_text *t)
{
	buf_clear(&t->text);
	t->line = t->field = t->fields = 0;
}

int
mimehead_add(struct mimehead_text *t, struct slice *in, struct fail *f)
{
	size_t n = slice_find(*in, '\n');
	int whole = n < in->n;

	if (whole)
		n++;
	if (buf_add(&t->text, slice_sub(*in, 0, n)) == -1)
		return fail_set(f, EX_DATAERR, "a header longer than %d bytes",
		    LIMIT_HEADER);
	*in = slice_sub(*in, n, in->n);
	return whole;
}

struct slice
mimehead_line(const struct mimehead_text *t)
{
	return slice_sub(buf_slice(&t->text), t->line, t->text.n);
}

int
mimehead_keep(struct mimehead_text *t, struct fail *f)
{
	struct slice line = mimehead_line(t);

	if (slice_peek(line) != ' ' && slice_peek(line) != '\t') {
		t->field = 0;
		t->fields++;
	}
	t->field += line.n;
	t->line = t->text.n;
	if (t->fields > LIMIT_HEADER_FIELDS)
		return fail_set(f, EX_DATAERR, "more than %d header fields",
		    LIMIT_HEADER_FIELDS);
	if (t->field > LIMIT_HEADER_FIELD)
		return fail_set(f, EX_DATAERR,
		    "a header field longer than %d bytes", LIMIT_HEADER_FIELD);
	return 0;
}
