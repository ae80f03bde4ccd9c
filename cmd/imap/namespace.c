/* SPDX-License-Identifier: ISC */
/* namespace: what names of mailboxes begin with; see namespace.h. */

#include "limits.h"
#include "mutf7.h"
#include "namespace.h"
#include "text.h"

static int
broken(struct fail *f)
{
	return fail_set(f, EX_PROTOCOL, "NAMESPACE: something else where a "
	    "list belongs");
}

struct reader {
	void (*each)(void *ctx, int own, struct slice prefix);
	void *ctx;
};

/* One kind of them: NIL, or a list of lists, each of which begins with its
 * prefix. */
static int
read_kind(struct tokens *t, const struct reader *r, int own, struct fail *f)
{
	struct slice prefix;
	struct token next;
	int depth;

	if (token_next(t, &next, f) == -1)
		return -1;
	if (next.kind != TOKEN_OPEN)
		return next.kind == TOKEN_ATOM ? 0 : broken(f);
	for (depth = 1; depth > 0;) {
		if (token_next(t, &next, f) == -1)
			return -1;
		if (next.kind == TOKEN_END)
			return broken(f);
		depth += (next.kind == TOKEN_OPEN) -
		    (next.kind == TOKEN_CLOSE);
		if (next.kind != TOKEN_OPEN || depth != 2)
			continue;
		if (token_string(t, 1, &prefix, f) == -1)
			return -1;
		r->each(r->ctx, own, prefix);
	}
	return 0;
}

/* One's own, other users', and shared ones (RFC 2342, 5). */
int
namespace_read(struct imap *i,
    void (*each)(void *ctx, int own, struct slice prefix), void *ctx,
    struct fail *f)
{
	struct reader r = { each, ctx };
	int kind;

	for (kind = 0; kind < 3; kind++)
		if (read_kind(&i->tokens, &r, kind == 0, f) == -1) {
			i->dead = 1;
			return -1;
		}
	return 0;
}

struct search {
	const struct imap *imap;
	struct slice name;
	struct buf own; /* the first prefix of one's own */
	int within;	/* the name is in one of them */
};

static void
compare(void *ctx, int own, struct slice prefix)
{
	struct search *s = ctx;
	struct buf decoded = BUF(LIMIT_IMAP_TOKEN);

	if (!s->imap->utf8 && mutf7_decode(&decoded, prefix) == 0)
		prefix = buf_slice(&decoded);
	/* INBOX is that in any case of letters. */
	s->within |= slice_casestarts(s->name, prefix);
	if (own && s->own.n == 0)
		(void)buf_add(&s->own, prefix);
	buf_free(&decoded);
}

/* 0; -1 where that is not to be had. */
static int
ask(struct imap *i, struct search *s)
{
	struct imap_response r;
	struct fail ignored = { 0 };
	enum imap_result rc;
	unsigned number = imap_say(i, "NAMESPACE");

	imap_said(i);
	do {
		rc = imap_next(i, &r, &ignored);
		if (rc == IMAP_DATA && imap_is(&r, "NAMESPACE") &&
		    namespace_read(i, compare, s, &ignored) == -1)
			return -1;
	} while (rc == IMAP_DATA || (rc != IMAP_LOST && r.command != number));
	return rc == IMAP_OK ? 0 : -1;
}

/* What is behind the prefix, or what somebody takes for it: INBOX/. */
static struct slice
rest_of(struct slice name, struct slice own)
{
	size_t n = own.n - 1;

	if (slice_casestarts(name, slice_sub(own, 0, n)) && name.n > n + 1 &&
	    (name.p[n] == '/' || name.p[n] == '.'))
		return slice_sub(name, n + 1, name.n);
	return name;
}

int
namespace_explain(struct imap *i, struct slice name, struct fail *f)
{
	struct search s = { .imap = i, .name = name,
		.own = BUF(LIMIT_IMAP_TOKEN) };
	int rc;

	if (i->dead || !imap_has(i, IMAP_NAMESPACE) ||
	    slice_caseeq(name, SLICE("INBOX")) ||
	    (f->class != EX_NOINPUT && f->class != EX_UNAVAILABLE))
		return 0;
	rc = ask(i, &s) == 0 && s.own.n > 0 && !s.within;
	if (rc)
		(void)fail_set(f, f->class, "names begin with \"%s\" on this "
		    "server: %s%s", TEXT_SHOW(buf_slice(&s.own)),
		    TEXT_SHOW(buf_slice(&s.own)),
		    TEXT_SHOW(rest_of(name, buf_slice(&s.own))));
	buf_free(&s.own);
	return rc;
}
