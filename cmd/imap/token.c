/* SPDX-License-Identifier: ISC */
/* token: bytes to tokens; see token.h. */

#include "limits.h"
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
	*t = (struct tokens){ .ended = 1, .whole = BUF(LIMIT_IMAP_TOKEN) };
	lexeme_start(&t->lexeme, more, used, ctx);
}

void
tokens_free(struct tokens *t)
{
	lexeme_free(&t->lexeme);
	buf_free(&t->whole);
}

void
tokens_release(struct tokens *t)
{
	lexeme_release(&t->lexeme);
}

/* CRLF, of which the CR is next, is taken. */
static int
take_end(struct lexeme *l, struct fail *f)
{
	int c = lexeme_peek(l, f);

	if (c != '\r')
		return c == -1 ? -1 :
		    lexeme_bad(l, "a bare LF or NUL in a line", f);
	lexeme_drop(l);
	if ((c = lexeme_peek(l, f)) != '\n')
		return c == -1 ? -1 : lexeme_bad(l, "a bare CR in a line", f);
	lexeme_drop(l);
	return 0;
}

static int
end_line(struct tokens *t, struct token *next, struct fail *f)
{
	struct lexeme *l = &t->lexeme;

	if (take_end(l, f) == -1)
		return -1;
	lexeme_release(l);
	t->ended = 1;
	next->kind = TOKEN_END;
	return 0;
}

static int
take_quoted(struct lexeme *l, struct token *next, struct fail *f)
{
	int c;

	lexeme_drop(l);
	lexeme_begin(l);
	while ((c = lexeme_scan(l, class, ENDS_QUOTED, f)) == '\\') {
		if (lexeme_hold(l, f) == -1)
			return -1;
		lexeme_drop(l);
		if ((c = lexeme_peek(l, f)) == -1)
			return -1;
		if ((class[c] & ENDS_LINE) != 0)
			break;
		lexeme_pass(l);
	}
	if (c != '"')
		return c == -1 ? -1 : lexeme_bad(l,
		    "a CR, LF or NUL in a quoted string", f);
	if (lexeme_text(l, &next->text, f) == -1)
		return -1;
	next->kind = TOKEN_QUOTED;
	lexeme_drop(l);
	return 0;
}

/* What stands in the braces, as it came. */
static int
parse_size(struct lexeme *l, struct slice text, struct token *next,
    struct fail *f)
{
	if (slice_ends(text, SLICE("+"))) {
		next->unasked = 1;
		text.n--;
	}
	if (token_parse_number(text, INT64_MAX, &next->size) == -1)
		return lexeme_bad(l, "a literal without a size that can be", f);
	return 0;
}

/* "{", which is next, and all up to the octets. */
static int
take_literal(struct tokens *t, struct token *next, struct fail *f)
{
	struct lexeme *l = &t->lexeme;
	struct slice text;
	int c;

	lexeme_drop(l);
	lexeme_begin(l);
	while ((c = lexeme_peek(l, f)) == '+' || (c >= '0' && c <= '9'))
		lexeme_pass(l);
	if (c != '}')
		return c == -1 ? -1 : lexeme_bad(l,
		    "a literal without a size that can be", f);
	if (lexeme_text(l, &text, f) == -1 ||
	    parse_size(l, text, next, f) == -1)
		return -1;
	lexeme_begin(l);
	lexeme_drop(l);
	if (take_end(l, f) == -1)
		return -1;
	lexeme_release(l);
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
take_section(struct lexeme *l, struct fail *f)
{
	int c, quoted = 0;

	while ((c = lexeme_scan(l, class, ENDS_SECTION, f)) == '"' ||
	    (c == ']' && quoted)) {
		lexeme_pass(l);
		quoted ^= c == '"';
	}
	if (c == ']')
		lexeme_pass(l);
	else if (c != -1)
		(void)lexeme_bad(l, "a bracket that is not closed", f);
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
take_special(struct lexeme *l, int c, int sections, struct fail *f)
{
	struct slice so_far;

	if (lexeme_text(l, &so_far, f) == -1)
		return -1;
	/* BODY[]<0>{10}: the space was forgotten. */
	if (c == '{' && (slice_ends(so_far, SLICE("]")) ||
	    (slice_ends(so_far, SLICE(">")) && has_origin(so_far))))
		return 0;
	lexeme_pass(l);
	if (c == '[' && sections && has_section(so_far) &&
	    take_section(l, f) == -1)
		return -1;
	return 1;
}

static int
take_atom(struct lexeme *l, int sections, struct token *next, struct fail *f)
{
	int c, rc = 1;

	while (rc == 1) {
		if ((c = lexeme_scan(l, class, ENDS_ATOM | IN_ATOM, f)) == -1)
			return -1;
		if ((class[c] & ENDS_ATOM) != 0)
			break;
		rc = take_special(l, c, sections, f);
	}
	if (rc == -1 || lexeme_text(l, &next->text, f) == -1)
		return -1;
	next->kind = TOKEN_ATOM;
	return 0;
}

/* "~", which may be the first byte of a literal8. */
static int
take_tilde(struct tokens *t, int sections, struct token *next, struct fail *f)
{
	struct lexeme *l = &t->lexeme;
	int c;

	lexeme_pass(l);
	if ((c = lexeme_peek(l, f)) == -1)
		return -1;
	if (c != '{')
		return take_atom(l, sections, next, f);
	next->binary = 1;
	return take_literal(t, next, f);
}

static int
take_bracket(struct lexeme *l, enum token_kind kind, struct token *next)
{
	lexeme_drop(l);
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
	struct lexeme *l = &t->lexeme;
	int c;

	*next = (struct token){ 0 };
	if (l->why.class != 0) {
		*f = l->why;
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
	lexeme_begin(l);
	while ((c = lexeme_peek(l, f)) == ' ')
		lexeme_drop(l);
	switch (c) {
	case -1:
		return -1;
	case '\r':
	case '\n':
	case '\0':
		return end_line(t, next, f);
	case '(':
		return take_bracket(l, TOKEN_OPEN, next);
	case ')':
		return take_bracket(l, TOKEN_CLOSE, next);
	case '"':
		return take_quoted(l, next, f);
	case '{':
		return take_literal(t, next, f);
	case '~':
		return take_tilde(t, sections, next, f);
	default:
		return take_atom(l, sections, next, f);
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
	struct lexeme *l = &t->lexeme;

	if (l->why.class != 0) {
		*f = l->why;
		return -1;
	}
	*piece = (struct slice){ 0 };
	if (t->octets == 0) {
		lexeme_release(l);
		t->literal = 0;
		return 0;
	}
	if (lexeme_octets(l, t->octets, piece, f) == -1)
		return -1;
	t->octets -= piece->n;
	return 1;
}

int
token_piece(struct tokens *t, int end, struct slice *text, struct fail *f)
{
	struct lexeme *l = &t->lexeme;
	int c;

	*text = (struct slice){ 0 };
	if (l->why.class != 0) {
		*f = l->why;
		return -1;
	}
	if (t->literal && tokens_skip(t, f) == -1)
		return -1;
	lexeme_begin(l);
	while ((c = lexeme_peek(l, f)) == ' ')
		lexeme_drop(l);
	while (c != -1 && c != end && (class[c] & ENDS_ATOM) == 0) {
		lexeme_pass(l);
		c = lexeme_peek(l, f);
	}
	if (c == -1 || lexeme_text(l, text, f) == -1)
		return -1;
	if (c != end)
		return 0;
	lexeme_drop(l);
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
	struct lexeme *l = &t->lexeme;
	struct token end;
	struct slice piece;
	int c;

	*text = (struct slice){ 0 };
	if (l->why.class != 0) {
		*f = l->why;
		return -1;
	}
	if (tokens_is_over(t))
		return 0;
	if (t->literal && tokens_skip(t, f) == -1)
		return -1;
	buf_clear(&t->whole);
	lexeme_begin(l);
	while ((c = lexeme_peek(l, f)) == ' ')
		lexeme_drop(l);
	while (c != -1 && (class[c] & ENDS_LINE) == 0) {
		piece = lexeme_part(l, class, ENDS_LINE);
		(void)buf_add(&t->whole, slice_sub(piece, 0,
		    LIMIT_IMAP_TOKEN - t->whole.n));
		c = lexeme_peek(l, f);
	}
	*text = buf_slice(&t->whole);
	return c == -1 ? -1 : end_line(t, &end, f);
}
