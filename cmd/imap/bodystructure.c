/* SPDX-License-Identifier: ISC */
/* bodystructure: the parts of a message, as servers tell them; see
 * bodystructure.h. */

#include "bodystructure.h"
#include "limits.h"
#include "param.h"

/*
 * What is read of a part, and what comes then:
 *
 *	BEGUN	  "("		another one in it, and it is a multipart: PARTS
 *		  else		its basic fields; of a message that has a
 *				structure, another one in it: MESSAGE;
 *				else the fields behind, and its end
 *	PARTS	  "("		another one in it
 *		  else		subtype, the fields behind, and its end
 *	MESSAGE			the fields behind, and its end
 */
enum { BEGUN, PARTS, MESSAGE };

struct reading {
	struct structure *s;
	struct tokens *t;
	struct structure_part *at;
};

static int
unfit(struct fail *f)
{
	return fail_set(f, EX_PROTOCOL, "no structure of a message");
}

/* The kind of the next token, which is not taken. */
static int
peek(struct reading *r, enum token_kind *kind, struct fail *f)
{
	struct token t;

	if (token_next(r->t, &t, f) == -1)
		return -1;
	*kind = t.kind;
	token_back(r->t, &t);
	return t.kind == TOKEN_END ? unfit(f) : 0;
}

static int
is_end(struct reading *r, struct fail *f)
{
	enum token_kind kind;

	return peek(r, &kind, f) == -1 ? -1 : kind == TOKEN_CLOSE;
}

static int
is_list(struct reading *r, struct fail *f)
{
	enum token_kind kind;

	return peek(r, &kind, f) == -1 ? -1 : kind == TOKEN_OPEN;
}

/* A string; empty where there is NIL, nothing, or something else. */
static int
read_text(struct reading *r, struct slice *text, struct fail *f)
{
	int rc;

	*text = SLICE("");
	if ((rc = is_end(r, f)) != 0)
		return rc == 1 ? 0 : -1;
	if ((rc = is_list(r, f)) != 0)
		return rc == 1 ? token_skip(r->t, f) : -1;
	return token_string(r->t, 1, text, f) == -1 ? -1 : 0;
}

static int
skip_one(struct reading *r, struct fail *f)
{
	int rc = is_end(r, f);

	return rc == 0 ? token_skip(r->t, f) : rc == 1 ? 0 : -1;
}

static void
add_lower(struct buf *out, struct slice s)
{
	int c;

	while ((c = slice_getc(&s)) != -1)
		(void)buf_addc(out, slice_lower(c));
}

/* "; name=value", as it would stand in a field. */
static void
put_parameter(struct buf *field, struct slice name, struct slice value)
{
	size_t before = field->n, i;
	int plain = slice_ends(name, SLICE("*")) && param_is_token(value);
	int rc = buf_adds(field, "; ");

	if (!param_is_token(name))
		rc = -1;
	if (rc == 0)
		rc = buf_add(field, name);
	if (rc == 0)
		rc = buf_adds(field, plain ? "=" : "=\"");
	for (i = 0; i < value.n && rc == 0; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\')
			rc = buf_addc(field, '\\');
		if (rc == 0)
			rc = buf_addc(field, value.p[i]);
	}
	if (rc == 0 && !plain)
		rc = buf_addc(field, '"');
	if (rc == -1)
		field->n = before;
}

/* ("name" "value" ...), or NIL, or nothing. */
static int
read_parameters(struct reading *r, struct buf *field, struct fail *f)
{
	struct buf name = BUF(LIMIT_IMAP_TOKEN);
	struct slice text;
	struct token t;
	int rc = is_list(r, f);

	if (rc != 1)
		return rc == 0 ? skip_one(r, f) : -1;
	rc = token_next(r->t, &t, f);
	while (rc == 0 && (rc = is_end(r, f)) == 0) {
		buf_clear(&name);
		if ((rc = read_text(r, &text, f)) == -1)
			break;
		(void)buf_add(&name, text);
		if ((rc = read_text(r, &text, f)) == 0)
			put_parameter(field, buf_slice(&name), text);
	}
	buf_free(&name);
	return rc == 1 ? token_next(r->t, &t, f) : -1;
}

/* ("attachment" ("filename" "x")), or a string alone. */
static int
read_disposition(struct reading *r, struct fail *f)
{
	struct buf field = BUF(LIMIT_HEADER_FIELD);
	struct slice text;
	struct token t;
	int list = is_list(r, f), rc = list;

	if (list == 1)
		rc = token_next(r->t, &t, f);
	if (rc == 0 && (rc = read_text(r, &text, f)) == 0)
		add_lower(&field, text);
	if (rc == 0 && list == 1)
		rc = read_parameters(r, &field, f);
	while (rc == 0 && list == 1 && (rc = is_end(r, f)) == 0)
		rc = token_skip(r->t, f);
	if (rc == 1)
		rc = token_next(r->t, &t, f);
	if (rc == 0)
		rc = structure_keep(r->s, buf_slice(&field),
		    &r->at->disposition, f);
	buf_free(&field);
	return rc;
}

static int
step_out(struct reading *r, struct fail *f)
{
	struct token t;
	int rc;

	while ((rc = is_end(r, f)) == 0)
		if (token_skip(r->t, f) == -1)
			return -1;
	if (rc == -1 || token_next(r->t, &t, f) == -1)
		return -1;
	r->at = r->at->up;
	return 0;
}

/* What stands behind the basic fields, all of which may be missing: of texts
 * and messages the lines; MD5, disposition; others. */
static int
read_behind(struct reading *r, struct fail *f)
{
	struct token t;

	if (token_next(r->t, &t, f) == -1)
		return -1;
	if (t.kind != TOKEN_ATOM || t.text.n == 0 ||
	    ((t.text.p[0] < '0' || t.text.p[0] > '9') && t.text.p[0] != '-'))
		token_back(r->t, &t);
	if (skip_one(r, f) == -1 || read_disposition(r, f) == -1)
		return -1;
	return step_out(r, f);
}

/* Takes "(", and with it another part in the one in hand. */
static int
step_in(struct reading *r, struct fail *f)
{
	struct structure_part *p;
	struct token t;

	if (token_next(r->t, &t, f) == -1)
		return -1;
	if (t.kind != TOKEN_OPEN)
		return unfit(f);
	if ((p = structure_add(r->s, r->at, f)) == NULL)
		return -1;
	r->at = p;
	return 0;
}

/* Type and subtype, and their parameters, which are next. */
static int
read_type(struct reading *r, struct slice type, struct slice subtype,
    struct fail *f)
{
	struct buf field = BUF(LIMIT_HEADER_FIELD);
	int rc;

	add_lower(&field, type);
	(void)buf_addc(&field, '/');
	add_lower(&field, subtype);
	rc = structure_keep(r->s, buf_slice(&field), &r->at->type, f);
	if (rc == 0)
		rc = read_parameters(r, &field, f);
	if (rc == 0)
		rc = structure_keep(r->s, buf_slice(&field), &r->at->field, f);
	buf_free(&field);
	return rc;
}

/* The end of a multipart: subtype, parameters, disposition. */
static int
end_parts(struct reading *r, struct fail *f)
{
	struct buf subtype = BUF(LIMIT_IMAP_TOKEN);
	struct slice text;
	int rc = read_text(r, &text, f);

	(void)buf_add(&subtype, text.n > 0 ? text : SLICE("mixed"));
	if (rc == 0)
		rc = read_type(r, SLICE("multipart"), buf_slice(&subtype), f);
	buf_free(&subtype);
	if (rc == 0)
		rc = read_disposition(r, f);
	return rc == 0 ? step_out(r, f) : -1;
}

/* Id, description, encoding, octets. */
static int
read_basics(struct reading *r, struct fail *f)
{
	struct buf lower = BUF(LIMIT_IMAP_TOKEN);
	struct slice text;
	int rc;

	if (skip_one(r, f) == -1 || skip_one(r, f) == -1 ||
	    read_text(r, &text, f) == -1)
		return -1;
	add_lower(&lower, text);
	rc = structure_keep(r->s, buf_slice(&lower), &r->at->encoding, f);
	buf_free(&lower);
	if (rc == -1 || read_text(r, &text, f) == -1)
		return -1;
	r->at->sized = token_parse_number(text, INT64_MAX, &r->at->size) == 0;
	return 0;
}

/* Envelope and structure of a message in this part, where they are there: 1
 * where another part has begun. */
static int
read_message(struct reading *r, struct fail *f)
{
	int rc;

	if (!slice_eq(r->at->type, SLICE("message/rfc822")) &&
	    !slice_eq(r->at->type, SLICE("message/global")))
		return 0;
	/* NIL, or an envelope; a number: neither was told. */
	if ((rc = is_list(r, f)) != 1)
		return rc;
	if (token_skip(r->t, f) == -1 || (rc = is_list(r, f)) == -1)
		return -1;
	if (rc == 0)
		return skip_one(r, f) == -1 ? -1 : 0;
	r->at->state = MESSAGE;
	return step_in(r, f) == -1 ? -1 : 1;
}

/* A part that is no multipart, from its type on; or one that is, and empty:
 * its subtype has a list behind it, or nothing. */
static int
read_single(struct reading *r, struct fail *f)
{
	struct buf type = BUF(LIMIT_IMAP_TOKEN);
	struct slice text;
	enum token_kind kind = TOKEN_CLOSE;
	int rc = read_text(r, &text, f);

	(void)buf_add(&type, text);
	if (rc == 0)
		rc = peek(r, &kind, f);
	if (rc == 0 && (kind == TOKEN_OPEN || kind == TOKEN_CLOSE)) {
		r->at->multipart = 1;
		rc = read_type(r, SLICE("multipart"), type.n > 0 ?
		    buf_slice(&type) : SLICE("mixed"), f);
		buf_free(&type);
		if (rc == 0)
			rc = read_disposition(r, f);
		return rc == 0 ? step_out(r, f) : -1;
	}
	if (rc == 0)
		rc = read_text(r, &text, f);
	if (rc == 0)
		rc = read_type(r, type.n > 0 ? buf_slice(&type) :
		    SLICE("application"), text.n > 0 ? text :
		    SLICE("octet-stream"), f);
	buf_free(&type);
	if (rc == 0)
		rc = read_basics(r, f);
	if (rc == 0)
		rc = read_message(r, f);
	return rc == 0 ? read_behind(r, f) : rc == 1 ? 0 : -1;
}

static int
read_on(struct reading *r, struct fail *f)
{
	int list = is_list(r, f);

	if (list == -1)
		return -1;
	if (r->at->state == MESSAGE)
		return read_behind(r, f);
	if (list == 1) {
		r->at->multipart = 1;
		r->at->state = PARTS;
		return step_in(r, f);
	}
	return r->at->state == PARTS ? end_parts(r, f) : read_single(r, f);
}

int
bodystructure_read(struct structure *s, struct tokens *t, struct fail *f)
{
	struct reading r = { s, t, NULL };
	struct token nil;

	structure_free(s);
	if (token_next(t, &nil, f) == -1)
		return -1;
	if (nil.kind == TOKEN_ATOM)
		return 0;
	token_back(t, &nil);
	if (step_in(&r, f) == -1)
		return -1;
	while (r.at != NULL)
		if (read_on(&r, f) == -1)
			return -1;
	structure_number(s);
	return 0;
}
