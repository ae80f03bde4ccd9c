/* SPDX-License-Identifier: ISC */
/* token: bytes to tokens; see token.h. */

#include "limits.h"
#include "text.h"
#include "token.h"
#include "tokens.h"

enum { /* what a byte is */
	ENDS_ATOM = 1,
	IN_ATOM = 2,	/* ends it, or not: "[" and "{" */
	ENDS_QUOTED = 4,
	ENDS_SECTION = 8, /* what stands in brackets */
	ENDS_LINE = 16,
};

static const unsigned char class[256] = {
	['\0'] = ENDS_ATOM | ENDS_QUOTED | ENDS_SECTION | ENDS_LINE,
	['\r'] = ENDS_ATOM | ENDS_QUOTED | ENDS_SECTION | ENDS_LINE,
	['\n'] = ENDS_ATOM | ENDS_QUOTED | ENDS_SECTION | ENDS_LINE,
	[' '] = ENDS_ATOM,
	['('] = ENDS_ATOM,
	[')'] = ENDS_ATOM,
	['"'] = ENDS_ATOM | ENDS_QUOTED | ENDS_SECTION,
	['\\'] = ENDS_QUOTED,
	['['] = IN_ATOM,
	['{'] = IN_ATOM,
	[']'] = ENDS_SECTION,
};

void
tokens_start(struct tokens *t,
    int (*more)(void *ctx, struct slice *bytes, struct fail *f),
    void (*used)(void *ctx, size_t n), void *ctx)
{
	*t = (struct tokens){ .more = more, .used = used, .ctx = ctx,
		.ended = 1, .held = BUF(LIMIT_IMAP_TOKEN),
		.whole = BUF(LIMIT_IMAP_TOKEN) };
}

void
tokens_free(struct tokens *t)
{
	buf_free(&t->held);
	buf_free(&t->whole);
}

void
tokens_release(struct tokens *t)
{
	if (t->taken > 0)
		t->used(t->ctx, t->taken);
	t->in = (struct slice){ 0 };
	t->start = t->taken = 0;
}

/* Nothing more is to be read, for the reason in "f". */
static int
broken(struct tokens *t, const struct fail *f)
{
	t->why = *f;
	return -1;
}

int
tokens_bad(struct tokens *t, const char *what, struct fail *f)
{
	(void)fail_set(f, EX_PROTOCOL, "%s", what);
	return broken(t, f);
}

int
tokens_long(struct tokens *t, struct fail *f)
{
	(void)fail_set(f, EX_PROTOCOL, "a word or string longer than %d bytes",
	    LIMIT_IMAP_TOKEN);
	return broken(t, f);
}

/* Holds the bytes of the token so far. */
static int
hold(struct tokens *t, struct fail *f)
{
	struct slice s = slice_sub(t->in, t->start, t->taken);

	t->start = t->taken;
	return s.n == 0 || buf_add(&t->held, s) == 0 ? 0 : tokens_long(t, f);
}

/* More bytes, where all are taken. */
static int
refill(struct tokens *t, struct fail *f)
{
	if (hold(t, f) == -1)
		return -1;
	tokens_release(t);
	return t->more(t->ctx, &t->in, f) == 0 ? 0 : broken(t, f);
}

/* The next byte, which is not taken: 0..255, or -1. */
static int
peek(struct tokens *t, struct fail *f)
{
	if (t->taken == t->in.n && refill(t, f) == -1)
		return -1;
	return (unsigned char)t->in.p[t->taken];
}

/* Takes all before a byte of "stop", which is returned; or -1. */
static int
scan(struct tokens *t, int stop, struct fail *f)
{
	for (;;) {
		const char *p = t->in.p;
		size_t at = t->taken;

		/* UNSAFE: at <= in.n, as taken is */
		while (at < t->in.n && !(class[(unsigned char)p[at]] & stop))
			at++;
		t->taken = at;
		if (at < t->in.n)
			return (unsigned char)p[at];
		if (refill(t, f) == -1)
			return -1;
	}
}

static void
begin(struct tokens *t)
{
	buf_clear(&t->held);
	t->start = t->taken;
}

/* Passes the byte that was peeked at. */
static void
pass(struct tokens *t)
{
	t->taken++;
}

/* Passes it, and all before it that is no part of a token. */
static void
drop(struct tokens *t)
{
	t->start = ++t->taken;
}

/* The token so far. */
static int
gather(struct tokens *t, struct slice *text, struct fail *f)
{
	*text = slice_sub(t->in, t->start, t->taken);
	if (t->held.n > 0) {
		if (hold(t, f) == -1)
			return -1;
		*text = buf_slice(&t->held);
	}
	return text->n <= LIMIT_IMAP_TOKEN ? 0 : tokens_long(t, f);
}

/* CRLF, of which the CR is next, is taken. */
static int
take_end(struct tokens *t, struct fail *f)
{
	int c = peek(t, f);

	if (c != '\r')
		return c == -1 ? -1 :
		    tokens_bad(t, "a bare LF or NUL in a line", f);
	drop(t);
	if ((c = peek(t, f)) != '\n')
		return c == -1 ? -1 : tokens_bad(t, "a bare CR in a line", f);
	drop(t);
	return 0;
}

static int
end_line(struct tokens *t, struct token *next, struct fail *f)
{
	if (take_end(t, f) == -1)
		return -1;
	tokens_release(t);
	t->ended = 1;
	next->kind = TOKEN_END;
	return 0;
}

static int
take_quoted(struct tokens *t, struct token *next, struct fail *f)
{
	int c;

	drop(t);
	begin(t);
	while ((c = scan(t, ENDS_QUOTED, f)) == '\\') {
		if (hold(t, f) == -1)
			return -1;
		drop(t);
		if ((c = peek(t, f)) == -1)
			return -1;
		if ((class[c] & ENDS_LINE) != 0)
			break;
		pass(t);
	}
	if (c != '"')
		return c == -1 ? -1 : tokens_bad(t,
		    "a CR, LF or NUL in a quoted string", f);
	if (gather(t, &next->text, f) == -1)
		return -1;
	next->kind = TOKEN_QUOTED;
	pass(t);
	t->start = t->taken;
	return 0;
}

/* What stands in the braces, as it came. */
static int
parse_size(struct tokens *t, struct slice text, struct token *next,
    struct fail *f)
{
	if (slice_ends(text, SLICE("+"))) {
		next->unasked = 1;
		text.n--;
	}
	if (token_parse_number(text, INT64_MAX, &next->size) == -1)
		return tokens_bad(t, "a literal without a size that can be", f);
	return 0;
}

/* "{", which is next, and all up to the octets. */
static int
take_literal(struct tokens *t, struct token *next, struct fail *f)
{
	struct slice text;
	int c;

	drop(t);
	begin(t);
	while ((c = peek(t, f)) == '+' || (c >= '0' && c <= '9'))
		pass(t);
	if (c != '}')
		return c == -1 ? -1 : tokens_bad(t,
		    "a literal without a size that can be", f);
	if (gather(t, &text, f) == -1 || parse_size(t, text, next, f) == -1)
		return -1;
	begin(t);
	drop(t);
	if (take_end(t, f) == -1)
		return -1;
	tokens_release(t);
	next->kind = TOKEN_LITERAL;
	t->octets = next->size;
	t->literal = 1;
	return 0;
}

/* BODY[ and BINARY[, whose names go on behind the bracket with anything. */
static int
has_section(struct slice name)
{
	static const struct slice names[] = { { "BODY", 4 }, { "BINARY", 6 },
		{ "BINARY.SIZE", 11 }, { "BODY.PEEK", 9 },
		{ "BINARY.PEEK", 11 } };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_caseeq(name, names[i]))
			return 1;
	return 0;
}

/* All up to and with "]", but one in quotes. */
static int
take_section(struct tokens *t, struct fail *f)
{
	int c, quoted = 0;

	while ((c = scan(t, ENDS_SECTION, f)) == '"' || (c == ']' && quoted)) {
		pass(t);
		quoted ^= c == '"';
	}
	if (c == ']')
		pass(t);
	else if (c != -1)
		(void)tokens_bad(t, "a bracket that is not closed", f);
	return c == ']' ? 0 : -1;
}

/* BODY[]<0> */
static int
has_origin(struct slice item)
{
	struct slice name;

	return slice_until(&item, '[', &name) && has_section(name);
}

/* What an atom goes on with that is special at times: 1 where it does, 0 where
 * it ends, or -1. */
static int
take_special(struct tokens *t, int c, int sections, struct fail *f)
{
	struct slice so_far;

	if (gather(t, &so_far, f) == -1)
		return -1;
	/* BODY[]<0>{10}: the space was forgotten. */
	if (c == '{' && (slice_ends(so_far, SLICE("]")) ||
	    (slice_ends(so_far, SLICE(">")) && has_origin(so_far))))
		return 0;
	pass(t);
	if (c == '[' && sections && has_section(so_far) &&
	    take_section(t, f) == -1)
		return -1;
	return 1;
}

static int
take_atom(struct tokens *t, int sections, struct token *next, struct fail *f)
{
	int c, rc = 1;

	while (rc == 1) {
		if ((c = scan(t, ENDS_ATOM | IN_ATOM, f)) == -1)
			return -1;
		if ((class[c] & ENDS_ATOM) != 0)
			break;
		rc = take_special(t, c, sections, f);
	}
	if (rc == -1 || gather(t, &next->text, f) == -1)
		return -1;
	next->kind = TOKEN_ATOM;
	t->start = t->taken;
	return 0;
}

/* "~", which may be the first byte of a literal8. */
static int
take_tilde(struct tokens *t, int sections, struct token *next, struct fail *f)
{
	int c;

	pass(t);
	if ((c = peek(t, f)) == -1)
		return -1;
	if (c != '{')
		return take_atom(t, sections, next, f);
	next->binary = 1;
	return take_literal(t, next, f);
}

static int
take_bracket(struct tokens *t, enum token_kind kind, struct token *next)
{
	drop(t);
	next->kind = kind;
	return 0;
}

int
tokens_skip(struct tokens *t, struct fail *f)
{
	struct slice piece;
	int rc;

	while ((rc = token_octets(t, &piece, f)) == 1)
		;
	return rc;
}

int
tokens_read(struct tokens *t, int sections, struct token *next, struct fail *f)
{
	int c;

	*next = (struct token){ 0 };
	if (t->why.class != 0) {
		*f = t->why;
		return -1;
	}
	if (t->is_back) {
		*next = t->again;
		t->is_back = 0;
		return 0;
	}
	if (t->literal && tokens_skip(t, f) == -1)
		return -1;
	t->ended = 0;
	begin(t);
	while ((c = peek(t, f)) == ' ')
		drop(t);
	switch (c) {
	case -1:
		return -1;
	case '\r':
	case '\n':
	case '\0':
		return end_line(t, next, f);
	case '(':
		return take_bracket(t, TOKEN_OPEN, next);
	case ')':
		return take_bracket(t, TOKEN_CLOSE, next);
	case '"':
		return take_quoted(t, next, f);
	case '{':
		return take_literal(t, next, f);
	case '~':
		return take_tilde(t, sections, next, f);
	default:
		return take_atom(t, sections, next, f);
	}
}

void
token_back(struct tokens *t, const struct token *last)
{
	t->again = *last;
	t->is_back = 1;
}

int
token_octets(struct tokens *t, struct slice *piece, struct fail *f)
{
	size_t n;

	if (t->why.class != 0) {
		*f = t->why;
		return -1;
	}
	*piece = (struct slice){ 0 };
	if (t->octets == 0) {
		tokens_release(t);
		t->literal = 0;
		return 0;
	}
	begin(t);
	if (peek(t, f) == -1)
		return -1;
	n = t->in.n - t->taken;
	if (n > t->octets)
		n = (size_t)t->octets;
	*piece = slice_sub(t->in, t->taken, t->taken + n);
	t->start = t->taken += n;
	t->octets -= n;
	return 1;
}

int
token_piece(struct tokens *t, int end, struct slice *text, struct fail *f)
{
	int c;

	*text = (struct slice){ 0 };
	if (t->why.class != 0) {
		*f = t->why;
		return -1;
	}
	if (t->literal && tokens_skip(t, f) == -1)
		return -1;
	begin(t);
	while ((c = peek(t, f)) == ' ')
		drop(t);
	while (c != -1 && c != end && (class[c] & ENDS_ATOM) == 0) {
		pass(t);
		c = peek(t, f);
	}
	if (c == -1 || gather(t, text, f) == -1)
		return -1;
	if (c != end)
		return 0;
	pass(t);
	t->start = t->taken;
	return 1;
}

int
tokens_is_over(struct tokens *t)
{
	if (t->is_back && t->again.kind == TOKEN_END) {
		t->is_back = 0;
		return 1;
	}
	return 0;
}

int
token_rest(struct tokens *t, struct slice *text, struct fail *f)
{
	struct token end;
	struct slice piece;
	int c;

	*text = (struct slice){ 0 };
	if (t->why.class != 0) {
		*f = t->why;
		return -1;
	}
	if (tokens_is_over(t))
		return 0;
	if (t->literal && tokens_skip(t, f) == -1)
		return -1;
	buf_clear(&t->whole);
	begin(t);
	while ((c = peek(t, f)) == ' ')
		drop(t);
	while (c != -1 && (class[c] & ENDS_LINE) == 0) {
		/* A byte is there, so that nothing is to be held. */
		while (t->taken < t->in.n &&
		    !(class[(unsigned char)t->in.p[t->taken]] & ENDS_LINE))
			pass(t);
		piece = slice_sub(t->in, t->start, t->taken);
		(void)buf_add(&t->whole, slice_sub(piece, 0,
		    LIMIT_IMAP_TOKEN - t->whole.n));
		t->start = t->taken;
		c = peek(t, f);
	}
	*text = buf_slice(&t->whole);
	return c == -1 ? -1 : end_line(t, &end, f);
}
