/* SPDX-License-Identifier: ISC */
/* param: parameters of structured fields (RFC 2045, RFC 2231); see param.h. */

#include <string.h>

#include "charset.h"
#include "hdr.h"
#include "limits.h"
#include "param.h"
#include "word.h"

/* A parameter as it stands in the field. */
struct param {
	struct slice name; /* "filename*0*" */
	struct slice text; /* inside of the quotes, or as it stands */
	int quoted;
};

static int
is_letter(int c)
{
	c = slice_lower(c);
	return c >= 'a' && c <= 'z';
}

/* Takes bytes while none of "stop", which has no letters, comes. */
static struct slice
take_until(struct slice *s, const char *stop)
{
	struct slice taken;
	size_t n = 0;

	while (n < s->n && (is_letter(s->p[n]) || s->p[n] == '\0' ||
	    !strchr(stop, s->p[n])))
		n++;
	(void)slice_take(s, n, &taken);
	return taken;
}

/*
 * Takes a value without quotes.  Where more than comments stands before the
 * next ";", all of it counts: many senders write filename=my file (1).pdf.
 */
static struct slice
take_bare(struct slice *s)
{
	struct slice all = *s, token = take_until(s, "; \t\r\n(");

	(void)hdr_skip_cfws(s);
	if (s->n == 0 || slice_peek(*s) == ';')
		return token;
	*s = all;
	return slice_trim(take_until(s, ";"));
}

/* Takes what stands before the next ";", and that. */
static void
skip_rest(struct slice *s)
{
	int c;

	while ((c = slice_peek(*s)) != -1 && c != ';') {
		struct slice inside;

		if (c == '(')
			(void)hdr_skip_cfws(s);
		else if (c == '"')
			(void)hdr_quoted(s, &inside);
		else
			(void)slice_getc(s);
	}
	(void)slice_getc(s);
}

/* Takes the next parameter: 1, or 0 at the end. */
static int
next_param(struct slice *s, struct param *p)
{
	while (s->n > 0) {
		(void)hdr_skip_cfws(s);
		p->name = take_until(s, "=; \t\r\n(\"");
		(void)hdr_skip_cfws(s);
		if (slice_peek(*s) != '=' || p->name.n == 0) {
			skip_rest(s);
			continue;
		}
		(void)slice_getc(s);
		(void)hdr_skip_cfws(s);
		p->quoted = slice_peek(*s) == '"';
		if (p->quoted)
			(void)hdr_quoted(s, &p->text);
		else
			p->text = take_bare(s);
		(void)hdr_skip_cfws(s);
		(void)take_until(s, ";");
		(void)slice_getc(s);
		return 1;
	}
	return 0;
}

/* The parameters behind the value of "field". */
static struct slice
params(struct slice field)
{
	skip_rest(&field);
	return field;
}

struct slice
param_value(struct slice field)
{
	(void)hdr_skip_cfws(&field);
	return take_until(&field, "; \t\r\n(");
}

int
param_is_token(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f ||
		    strchr("()<>@,;:\\\"/[]?=", s.p[i]) != NULL)
			return 0;
	return s.n > 0;
}

/* 0 where no parameter "name" can be there, as its letters are not: most
 * fields have few, and to find that by reading them costs much more. */
static int
mentions(struct slice field, const char *name)
{
	struct slice want = slice_str(name);

	for (; field.n >= want.n; (void)slice_getc(&field))
		if (slice_lower(slice_peek(field)) == slice_lower(name[0]) &&
		    slice_casestarts(field, want))
			return 1;
	return 0;
}

size_t
param_count(struct slice field, const char *name)
{
	struct slice rest = params(field);
	size_t count = 0, looked_at = 0;
	struct param p;

	if (!mentions(field, name))
		return 0;
	while (looked_at++ < LIMIT_PARAMS && next_param(&rest, &p))
		count += (size_t)slice_caseeq(p.name, slice_str(name));
	return count;
}

int
param_too_many(struct slice field)
{
	struct slice rest = params(field);
	size_t count = 0;
	struct param p;

	while (count <= LIMIT_PARAMS && next_param(&rest, &p))
		count++;
	return count > LIMIT_PARAMS;
}

/* 1 if "name" is none that others are found under. */
static int
is_new_name(const struct slice *names, size_t n, struct slice name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (slice_caseeq(names[i], name))
			return 0;
	return param_is_token(name);
}

size_t
param_names(struct slice field, struct slice names[LIMIT_PARAMS])
{
	struct slice rest = params(field);
	size_t n = 0, looked_at = 0;
	struct param p;

	while (looked_at++ < LIMIT_PARAMS && next_param(&rest, &p)) {
		struct slice name;

		(void)slice_until(&p.name, '*', &name);
		if (is_new_name(names, n, name))
			names[n++] = name;
	}
	return n;
}

/* All that a field says about one name. */
struct forms {
	struct param plain;		      /* name */
	struct param extended;		      /* name* */
	struct param segments[LIMIT_PARAMS];  /* name*N, name*N* */
};

/* Puts "p" where it belongs if its name begins with "name"; the first of
 * duplicates stays. */
static void
sort_in(struct forms *forms, const struct param *p, struct slice name)
{
	struct slice tail = slice_sub(p->name, name.n, p->name.n), digits;
	struct param *to;
	uint64_t n;

	if (!slice_casestarts(p->name, name))
		return;
	if (tail.n == 0)
		to = &forms->plain;
	else if (slice_eq(tail, SLICE("*")))
		to = &forms->extended;
	else if (slice_getc(&tail) == '*' &&
	    (!slice_until(&tail, '*', &digits) || tail.n == 0) &&
	    slice_uint(digits, 0, LIMIT_PARAMS - 1, &n) == 0)
		to = &forms->segments[n];
	else
		return;
	if (to->name.p == NULL)
		*to = *p;
}

static int
add_text(const struct param *p, struct buf *out)
{
	return (p->quoted ? hdr_unquote : hdr_unfold)(p->text, out);
}

/* Adds "bytes", for which no charset was told, as UTF-8. */
static int
add_decoded(const struct buf *bytes, struct buf *out)
{
	if (bytes->n < 2 || memmem(bytes->p, bytes->n, "=?", 2) == NULL)
		return charset_guess(buf_slice(bytes), out);
	return word_decode(buf_slice(bytes), out);
}

/* Adds "text" with %XX decoded; what is no escape stays. */
static int
add_percent(struct slice text, struct buf *out)
{
	int c, byte;

	while ((c = slice_getc(&text)) != -1) {
		if (c == '%' && (byte = slice_hexbyte(&text)) != -1)
			c = byte;
		if (buf_addc(out, c) == -1)
			return -1;
	}
	return 0;
}

/* Adds one segment to "bytes"; the first one ("charset" is not NULL) names the
 * charset in front of two apostrophes. */
static int
add_segment(const struct param *p, struct slice *charset, struct buf *bytes)
{
	struct slice text = p->text, rest, language;

	if (!slice_ends(p->name, SLICE("*")))
		return add_text(p, bytes);
	rest = text;
	if (charset != NULL && slice_until(&rest, '\'', charset) &&
	    slice_until(&rest, '\'', &language))
		text = rest;
	else if (charset != NULL)
		*charset = SLICE("");
	return add_percent(text, bytes);
}

/* Adds "bytes" as UTF-8; a charset that nobody knows is guessed. */
static int
add_converted(struct slice charset, struct slice bytes, struct buf *out)
{
	int rc = 1;

	if (charset.n > 0)
		rc = charset_to_utf8(charset, bytes, out);
	return rc == 1 ? charset_guess(bytes, out) : rc;
}

/* A value before its charset is looked at. */
struct value {
	struct slice charset; /* as RFC 2231 tells it; may be empty */
	int extended;	      /* the charset is told, or left out */
};

/* Adds the bytes of up to "most" segments to "bytes". */
static int
join(const struct param *first, size_t most, struct value *v,
    struct buf *bytes)
{
	size_t i;

	v->extended = slice_ends(first->name, SLICE("*"));
	v->charset = SLICE("");
	if (add_segment(first, &v->charset, bytes) == -1)
		return -1;
	for (i = 1; i < most && first[i].name.p != NULL; i++)
		if (add_segment(&first[i], NULL, bytes) == -1)
			return -1;
	return 0;
}

/* Adds the bytes of the parameter: 1, 0 where there is none, or -1. */
static int
gather(struct slice field, const char *name, struct value *v,
    struct buf *bytes)
{
	struct forms forms = { 0 };
	const struct param *first = &forms.plain;
	struct slice rest = params(field);
	size_t looked_at = 0, most = 1;
	struct param p;

	while (looked_at++ < LIMIT_PARAMS && next_param(&rest, &p))
		sort_in(&forms, &p, slice_str(name));
	if (forms.extended.name.p != NULL) {
		first = &forms.extended;
	} else if (forms.segments[0].name.p != NULL) {
		first = forms.segments;
		most = LIMIT_PARAMS;
	}
	if (first->name.p == NULL)
		return 0;
	return join(first, most, v, bytes) == -1 ? -1 : 1;
}

int
param_get(struct slice field, const char *name, struct buf *out)
{
	struct buf bytes = BUF(field.n);
	struct value v;
	int rc = 0;

	if (mentions(field, name))
		rc = gather(field, name, &v, &bytes);
	if (rc == 1 && (v.extended
	    ? add_converted(v.charset, buf_slice(&bytes), out)
	    : add_decoded(&bytes, out)) == -1)
		rc = -1;
	buf_free(&bytes);
	return rc;
}

int
param_bytes(struct slice field, const char *name, struct buf *out)
{
	struct value v;

	return gather(field, name, &v, out);
}
