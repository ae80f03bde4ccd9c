/* SPDX-License-Identifier: ISC */
/*
 * addr_list: address lists of header fields (RFC 5322, 3.4 and 4.4); see
 * addr.h.  The words before a "<", "@", ":" or "," are kept both as a phrase
 * and as what a local-part would be made of, until it is clear which it was.
 */

#include <string.h>

#include "addr.h"
#include "hdr.h"
#include "limits.h"
#include "text.h"
#include "word.h"

struct list {
	struct slice rest;
	struct buf phrase; /* words with spaces, quotes taken off */
	struct buf spec;   /* words without spaces, as they stand */
	struct buf name;   /* the phrase decoded */
	int apart;	   /* two words of "spec" had no dot between them */
	int in_group;
	int local;	   /* "spec" may be a local-part alone */
	int (*check)(struct slice, struct addr *, struct fail *);
	struct fail *fail;
};

static int
bad(struct list *l, const char *reason)
{
	struct slice near = slice_sub(l->rest, 0, 60);

	if (l->spec.n > 0)
		near = buf_slice(&l->spec);
	return fail_set(l->fail, EX_DATAERR, "address list: %s at \"%s\"",
	    reason, TEXT_SHOW(near));
}

static int
skip_cfws(struct list *l)
{
	return hdr_skip_cfws(&l->rest) == 0
	    ? 0
	    : bad(l, "comment without an end, or nested too deep");
}

static int
is_special(int c)
{
	return c == -1 || (c != '\0' && strchr("()<>@,;:[]\" \t\r\n", c));
}

/* Takes an atom with its dots, or a quoted-string; 0, or -1. */
static int
take_word(struct list *l, struct slice *word, struct slice *inside)
{
	struct slice from = l->rest;
	int rc = 0;

	if (slice_peek(l->rest) == '"') {
		rc = hdr_quoted(&l->rest, inside);
	} else {
		while (!is_special(slice_peek(l->rest)))
			(void)slice_getc(&l->rest);
		*inside = slice_sub(from, 0, from.n - l->rest.n);
	}
	*word = slice_sub(from, 0, from.n - l->rest.n);
	return rc == -1 ? bad(l, "quote without an end") : 0;
}

static int
add_phrase(struct list *l, struct slice word, struct slice inside)
{
	if (slice_peek(word) != '"')
		return buf_add(&l->phrase, inside);
	return hdr_unquote(inside, &l->phrase);
}

/* Takes words up to the next special, into "spec" and, where it is told, into
 * "phrase"; 0, or -1. */
static int
take_words(struct list *l, int phrase)
{
	size_t start = l->spec.n;
	struct slice word, inside, before;
	int space = 0;

	for (;;) {
		before = l->rest;
		if (skip_cfws(l) == -1)
			return -1;
		space = before.n != l->rest.n;
		if (slice_peek(l->rest) != '"' &&
		    is_special(slice_peek(l->rest)))
			return 0;
		if (take_word(l, &word, &inside) == -1)
			return -1;
		before = buf_slice(&l->spec);
		if (l->spec.n > start && word.p[0] != '.' &&
		    before.p[before.n - 1] != '.')
			l->apart = 1;
		if (phrase && space && l->phrase.n > 0)
			(void)buf_addc(&l->phrase, ' ');
		if (phrase)
			(void)add_phrase(l, word, inside);
		(void)buf_add(&l->spec, word);
	}
}

/* Takes "@" and a domain or literal behind the local-part in "spec". */
static int
take_domain(struct list *l)
{
	struct slice literal;

	if (l->apart || slice_getc(&l->rest) != '@')
		return bad(l, "no address");
	(void)buf_addc(&l->spec, '@');
	if (skip_cfws(l) == -1)
		return -1;
	if (slice_peek(l->rest) == '[') {
		if (!slice_until(&l->rest, ']', &literal))
			return bad(l, "\"[\" without an end");
		(void)buf_add(&l->spec, literal);
		(void)buf_addc(&l->spec, ']');
		return skip_cfws(l);
	}
	return take_words(l, 0) == -1 || l->apart ? bad(l, "no address") : 0;
}

/* Skips an obsolete route, "@a,@b:" (RFC 5322, 4.4). */
static int
skip_route(struct list *l)
{
	while (slice_peek(l->rest) == '@' || slice_peek(l->rest) == ',') {
		if (slice_getc(&l->rest) == '@' && take_words(l, 0) == -1)
			return -1;
		if (skip_cfws(l) == -1)
			return -1;
		if (slice_peek(l->rest) == ':') {
			(void)slice_getc(&l->rest);
			break;
		}
	}
	buf_clear(&l->spec);
	l->apart = 0;
	return 0;
}

/* Whether what was taken is the name of a user here, before "c". */
static int
is_local(const struct list *l, int c)
{
	return l->local && l->spec.n > 0 && !l->apart &&
	    slice_peek(l->rest) == c;
}

/* Takes "<" address ">"; what stood before is the phrase. */
static int
take_angle(struct list *l)
{
	(void)slice_getc(&l->rest);
	buf_clear(&l->spec);
	l->apart = 0;
	if (skip_cfws(l) == -1 || skip_route(l) == -1 ||
	    take_words(l, 0) == -1)
		return -1;
	if (!is_local(l, '>') && take_domain(l) == -1)
		return -1;
	if (slice_getc(&l->rest) != '>')
		return bad(l, "no \">\"");
	return skip_cfws(l);
}

/* Takes one element up to its comma, semicolon or end: 1 with an address in
 * "spec"; 0 where it is empty or was the beginning of a group; or -1. */
static int
take_element(struct list *l)
{
	int c;

	buf_clear(&l->phrase);
	buf_clear(&l->spec);
	l->apart = 0;
	if (take_words(l, 1) == -1)
		return -1;
	c = slice_peek(l->rest);
	if (c == ':' && !l->in_group && l->spec.n > 0) {
		(void)slice_getc(&l->rest);
		l->in_group = 1;
		return 0;
	}
	if (c == '@' && l->spec.n > 0) {
		if (take_domain(l) == -1)
			return -1;
		buf_clear(&l->phrase);
		/* Some programs put the address, without quotes, where the
		 * name should be: a@b <a@b>. */
		if ((c = slice_peek(l->rest)) != '<')
			return 1;
		(void)buf_add(&l->phrase, buf_slice(&l->spec));
	}
	if (c == '<')
		return take_angle(l) == -1 ? -1 : 1;
	if (l->spec.n == 0)
		return 0;
	if (!is_local(l, c))
		return bad(l, "no address");
	/* Such a word is no name but the address. */
	buf_clear(&l->phrase);
	return 1;
}

/* Takes what stands behind an element: 0, or -1. */
static int
take_separator(struct list *l)
{
	int c = slice_peek(l->rest);

	if (c == ';' && l->in_group)
		l->in_group = 0;
	else if (c != ',' && c != -1)
		return bad(l, "no comma");
	(void)slice_getc(&l->rest);
	return 0;
}

/* All elements of a list. */
static int
read_list(struct list *l,
    int (*each)(void *ctx, const struct addr_mailbox *m, struct fail *f),
    void *ctx)
{
	struct addr_mailbox m;
	struct addr checked;
	int rc = 0, group;

	/* No text gets longer than what it is made of, but decoded names. */
	l->phrase = BUF(2 * l->rest.n);
	l->spec = BUF(l->rest.n);
	l->name = BUF(SIZE_MAX / 2);
	while (rc != -1 && l->rest.n > 0) {
		group = l->in_group;
		if ((rc = take_element(l)) == 1) {
			buf_clear(&l->name);
			(void)word_decode(buf_slice(&l->phrase), &l->name);
			m.name = buf_slice(&l->name);
			m.spec = buf_slice(&l->spec);
			rc = l->check(m.spec, &checked, l->fail);
			if (rc == 0)
				rc = each(ctx, &m, l->fail);
		}
		if (rc != -1 && group == l->in_group)
			rc = take_separator(l);
	}
	buf_free(&l->phrase);
	buf_free(&l->spec);
	buf_free(&l->name);
	return rc;
}

int
addr_list(struct slice value,
    int (*each)(void *ctx, const struct addr_mailbox *m, struct fail *f),
    void *ctx, struct fail *f)
{
	struct list l = { .rest = value, .check = addr_check, .fail = f };

	return read_list(&l, each, ctx);
}

int
addr_list_utf8(struct slice value,
    int (*each)(void *ctx, const struct addr_mailbox *m, struct fail *f),
    void *ctx, struct fail *f)
{
	struct list l = { .rest = value, .check = addr_check_utf8, .fail = f };

	return read_list(&l, each, ctx);
}

static int
check_local(struct slice text, struct addr *a, struct fail *f)
{
	char with[LIMIT_LOCAL_PART + 3];

	if (slice_find(text, '@') < text.n || text.n > LIMIT_LOCAL_PART)
		return addr_check_utf8(text, a, f);
	memcpy(with, text.p, text.n);
	memcpy(with + text.n, "@x", 3);
	return addr_check_utf8(slice_str(with), a, f);
}

int
addr_list_local(struct slice value,
    int (*each)(void *ctx, const struct addr_mailbox *m, struct fail *f),
    void *ctx, struct fail *f)
{
	struct list l = { .rest = value, .check = check_local, .fail = f,
		.local = 1 };

	return read_list(&l, each, ctx);
}

int
addr_write(const struct addr_mailbox *m, struct buf *out)
{
	size_t before = out->n;

	if (m->name.n == 0)
		return buf_add(out, m->spec);
	if (word_encode(m->name, 1, out) == 0 && buf_adds(out, " <") == 0 &&
	    buf_add(out, m->spec) == 0 && buf_addc(out, '>') == 0)
		return 0;
	out->n = before;
	return -1;
}
