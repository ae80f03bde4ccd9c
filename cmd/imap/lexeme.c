/* SPDX-License-Identifier: ISC */
/* lexeme: the bytes of one token; see lexeme.h. */

#include "lexeme.h"

void
lexeme_start(struct lexeme *l,
    int (*more)(void *ctx, struct slice *bytes, struct fail *f),
    void (*used)(void *ctx, size_t n), void *ctx)
{
	*l = (struct lexeme){ .more = more, .used = used, .ctx = ctx,
		.held = BUF(LIMIT_IMAP_TOKEN) };
}

void
lexeme_free(struct lexeme *l)
{
	buf_free(&l->held);
}

void
lexeme_release(struct lexeme *l)
{
	if (l->taken > 0)
		l->used(l->ctx, l->taken);
	l->in = (struct slice){ 0 };
	l->start = l->taken = 0;
}

/* Nothing more is to be read, for the reason in "f". */
static int
broken(struct lexeme *l, const struct fail *f)
{
	l->why = *f;
	return -1;
}

int
lexeme_bad(struct lexeme *l, const char *what, struct fail *f)
{
	(void)fail_set(f, EX_PROTOCOL, "%s", what);
	return broken(l, f);
}

int
lexeme_long(struct lexeme *l, struct fail *f)
{
	(void)fail_set(f, EX_PROTOCOL, "a word or string longer than %d bytes",
	    LIMIT_IMAP_TOKEN);
	return broken(l, f);
}

int
lexeme_hold(struct lexeme *l, struct fail *f)
{
	struct slice s = slice_sub(l->in, l->start, l->taken);

	l->start = l->taken;
	return s.n == 0 || buf_add(&l->held, s) == 0 ? 0 : lexeme_long(l, f);
}

int
lexeme_refill(struct lexeme *l, struct fail *f)
{
	if (lexeme_hold(l, f) == -1)
		return -1;
	lexeme_release(l);
	return l->more(l->ctx, &l->in, f) == 0 ? 0 : broken(l, f);
}

/* Passes what has come before a byte with a bit of "stop". */
static void
pass_some(struct lexeme *l, const unsigned char class[256], int stop)
{
	const char *p = l->in.p;
	size_t at = l->taken;

	/* UNSAFE: at <= in.n, as taken is */
	while (at < l->in.n && !(class[(unsigned char)p[at]] & stop))
		at++;
	l->taken = at;
}

int
lexeme_scan(struct lexeme *l, const unsigned char class[256], int stop,
    struct fail *f)
{
	for (;;) {
		pass_some(l, class, stop);
		if (l->taken < l->in.n)
			return (unsigned char)l->in.p[l->taken];
		if (lexeme_refill(l, f) == -1)
			return -1;
	}
}

int
lexeme_held(struct lexeme *l, struct slice *text, struct fail *f)
{
	if (lexeme_hold(l, f) == -1)
		return -1;
	*text = buf_slice(&l->held);
	return 0;
}

struct slice
lexeme_part(struct lexeme *l, const unsigned char class[256], int stop)
{
	struct slice part;

	pass_some(l, class, stop);
	part = slice_sub(l->in, l->start, l->taken);
	l->start = l->taken;
	return part;
}

int
lexeme_octets(struct lexeme *l, uint64_t most, struct slice *octets,
    struct fail *f)
{
	size_t n;

	lexeme_begin(l);
	if (lexeme_peek(l, f) == -1)
		return -1;
	n = l->in.n - l->taken;
	if (n > most)
		n = (size_t)most;
	*octets = slice_sub(l->in, l->taken, l->taken + n);
	l->start = l->taken += n;
	return 0;
}
