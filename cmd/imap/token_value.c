/* SPDX-License-Identifier: ISC */
/* token: strings, numbers, lists, out of tokens; see token.h. */

#include "limits.h"
#include "token.h"
#include "tokens.h"
#include "utf8.h"

int
token_next(struct tokens *t, struct token *next, struct fail *f)
{
	return tokens_read(t, 1, next, f);
}

/* The octets of a literal, held. */
static int
hold_octets(struct tokens *t, struct slice *text, struct fail *f)
{
	struct slice piece;
	int rc;

	if (t->octets > LIMIT_IMAP_TOKEN)
		return lexeme_long(&t->lexeme, f);
	/* What the lexeme holds is what token_octets clears. */
	buf_clear(&t->whole);
	while ((rc = token_octets(t, &piece, f)) == 1)
		(void)buf_add(&t->whole, piece);
	*text = buf_slice(&t->whole);
	return rc == 0 ? 1 : -1;
}

int
token_string(struct tokens *t, int nil, struct slice *text, struct fail *f)
{
	struct token next;

	if (tokens_read(t, 0, &next, f) == -1)
		return -1;
	*text = next.text;
	switch (next.kind) {
	case TOKEN_ATOM:
		if (nil && slice_caseeq(next.text, SLICE("NIL"))) {
			*text = (struct slice){ 0 };
			return 0;
		}
		return 1;
	case TOKEN_QUOTED:
		return 1;
	case TOKEN_LITERAL:
		return hold_octets(t, text, f);
	default:
		return lexeme_bad(&t->lexeme,
		    "something else where a string belongs", f);
	}
}

int
token_number(struct tokens *t, uint64_t most, uint64_t *n, struct fail *f)
{
	struct token next;

	if (token_next(t, &next, f) == -1)
		return -1;
	if (next.kind == TOKEN_ATOM &&
	    token_parse_number(next.text, most, n) == 0)
		return 0;
	return lexeme_bad(&t->lexeme, "something else where a number belongs",
	    f);
}

int
token_skip(struct tokens *t, struct fail *f)
{
	struct token next;
	unsigned depth = 0;

	do {
		if (token_next(t, &next, f) == -1)
			return -1;
		if (next.kind == TOKEN_END ||
		    (next.kind == TOKEN_CLOSE && depth == 0))
			return lexeme_bad(&t->lexeme, "a value is not there",
			    f);
		if (next.kind == TOKEN_OPEN && ++depth > LIMIT_IMAP_DEPTH)
			return lexeme_bad(&t->lexeme,
			    "too many lists in one another", f);
		if (next.kind == TOKEN_CLOSE)
			depth--;
		if (next.kind == TOKEN_LITERAL && tokens_skip(t, f) == -1)
			return -1;
	} while (depth > 0);
	return 0;
}

int
token_finish(struct tokens *t, struct fail *f)
{
	struct token next;

	if (tokens_is_over(t))
		return 0;
	do {
		if (token_next(t, &next, f) == -1)
			return -1;
	} while (next.kind != TOKEN_END);
	return 0;
}

int
token_parse_number(struct slice text, uint64_t most, uint64_t *n)
{
	return slice_uint(text, 0, most, n);
}

int
token_is_atom(struct slice text)
{
	size_t i;

	for (i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c <= ' ' || c >= 0x7f || strchr("(){%*\"\\", c) != NULL)
			return 0;
	}
	return text.n > 0 && !slice_caseeq(text, SLICE("NIL"));
}

int
token_is_quotable(struct slice text, int utf8)
{
	return slice_find(text, '\0') == text.n &&
	    slice_find(text, '\r') == text.n &&
	    slice_find(text, '\n') == text.n &&
	    (utf8_ascii(text) || (utf8 && utf8_valid(text)));
}
