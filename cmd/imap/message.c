/* SPDX-License-Identifier: ISC */
/* message: what is told of one message; see message.h. */

#include "date.h"
#include "engine.h"
#include "message.h"

enum {
	NAME = 1024, /* of an item; those that we ask for are shorter */
	DATE = 64,
};


struct reading {
	struct tokens *tokens;
	struct message *message;
	int (*item)(void *ctx, struct slice name, struct tokens *t,
	    struct fail *f);
	void *ctx;
};

/* " 7-Jul-1996 02:44:25 -0700" (RFC 9051, 9: date-time). */
static int
read_date(struct reading *r, struct fail *f)
{
	struct message *m = r->message;
	struct buf text = BUF(DATE);
	struct slice date;
	size_t n, dashes = 0;
	int rc = token_string(r->tokens, 1, &date, f);

	if (rc != 1)
		return rc;
	if (buf_add(&text, slice_trim(date)) == 0) {
		for (n = 0; n < text.n && dashes < 2; n++)
			if (text.p[n] == '-') {
				text.p[n] = ' ';
				dashes++;
			}
		if (date_parse(buf_slice(&text), &m->date, &m->zone) == 0)
			m->has |= MESSAGE_DATE;
	}
	buf_free(&text);
	return 0;
}

static int
read_uid(struct reading *r, struct fail *f)
{
	uint64_t n;

	if (token_number(r->tokens, UINT32_MAX, &n, f) == -1)
		return -1;
	if (n == 0)
		return fail_set(f, EX_PROTOCOL, "a message with the uid 0");
	r->message->uid = (uint32_t)n;
	r->message->has |= MESSAGE_UID;
	return 0;
}

static int
read_size(struct reading *r, struct fail *f)
{
	r->message->has |= MESSAGE_SIZE;
	return token_number(r->tokens, INT64_MAX, &r->message->size, f);
}

static int
read_flags(struct reading *r, struct fail *f)
{
	r->message->has |= MESSAGE_FLAGS;
	return imap_read_flags(r->tokens, &r->message->flags, f);
}

/* MODSEQ (12): RFC 7162, 7. */
static int
read_modseq(struct reading *r, struct fail *f)
{
	struct token t;

	if (token_next(r->tokens, &t, f) == -1)
		return -1;
	if (t.kind != TOKEN_OPEN) {
		token_back(r->tokens, &t);
		return token_skip(r->tokens, f);
	}
	if (token_number(r->tokens, INT64_MAX, &r->message->modseq, f) == -1 ||
	    token_next(r->tokens, &t, f) == -1)
		return -1;
	if (t.kind != TOKEN_CLOSE)
		return fail_set(f, EX_PROTOCOL, "MODSEQ: not one number");
	r->message->has |= MESSAGE_MODSEQ;
	return 0;
}

static const struct {
	struct slice name;
	int (*read)(struct reading *r, struct fail *f);
} items[] = {
	{ { "FLAGS", 5 }, read_flags },
	{ { "INTERNALDATE", 12 }, read_date },
	{ { "MODSEQ", 6 }, read_modseq },
	{ { "RFC822.SIZE", 11 }, read_size },
	{ { "UID", 3 }, read_uid },
};

/* An item that is the caller's, if anybody's. */
static int
read_other(struct reading *r, struct slice item, struct fail *f)
{
	char name[NAME];
	size_t n;
	int rc;

	if (r->item == NULL || item.n > sizeof(name))
		return token_skip(r->tokens, f);
	for (n = 0; n < item.n; n++)
		name[n] = item.p[n] >= 'a' && item.p[n] <= 'z' ?
		    (char)(item.p[n] - ('a' - 'A')) : item.p[n];
	rc = r->item(r->ctx, (struct slice){ name, item.n }, r->tokens, f);
	return rc == 0 ? token_skip(r->tokens, f) : rc == 1 ? 0 : -1;
}

static int
read_item(struct reading *r, struct slice name, struct fail *f)
{
	size_t n;

	for (n = 0; n < sizeof(items) / sizeof(items[0]); n++)
		if (slice_caseeq(name, items[n].name))
			return items[n].read(r, f);
	return read_other(r, name, f);
}

static int
read_items(struct reading *r, struct fail *f)
{
	struct token t;

	if (token_next(r->tokens, &t, f) == -1)
		return -1;
	if (t.kind != TOKEN_OPEN)
		return fail_set(f, EX_PROTOCOL, "FETCH: no list");
	for (;;) {
		if (token_next(r->tokens, &t, f) == -1)
			return -1;
		if (t.kind == TOKEN_CLOSE)
			return 0;
		if (t.kind != TOKEN_ATOM)
			return fail_set(f, EX_PROTOCOL,
			    "FETCH: something else where a name belongs");
		if (read_item(r, t.text, f) == -1)
			return -1;
	}
}

int
message_read(struct imap *i, const struct imap_response *response,
    struct message *m,
    int (*item)(void *ctx, struct slice name, struct tokens *t, struct fail *f),
    void *ctx, struct fail *f)
{
	struct reading r = { &i->tokens, m, item, ctx };

	m->has = 0;
	m->number = response->number;
	m->uid = 0;
	buf_clear(&m->flags);
	if (imap_is(response, "UIDFETCH")) {
		m->number = 0;
		m->uid = response->number;
		m->has = MESSAGE_UID;
	}
	if (read_items(&r, f) == 0)
		return 0;
	return f->class == EX_PROTOCOL || i->tokens.lexeme.why.class != 0 ?
	    imap_lost(i, f) : -1;
}
