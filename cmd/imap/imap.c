/* SPDX-License-Identifier: ISC */
/* imap: the bytes of a session, and what is under way in it; see imap.h. */

#include <stdio.h>
#include <stdlib.h>

#include "engine.h"
#include "limits.h"
#include "mem.h"
#include "text.h"

enum {
	PROGRESS = 65536,   /* bytes that have the time of a reply */
	TRACED = 1024,	    /* of a line; more of it is not shown anyway */
};

const char *
imap_name(const struct imap *i)
{
	return i->shared ? "-" : client_name(&i->client);
}

int
imap_has(const struct imap *i, unsigned offers)
{
	return (i->offers & offers) == offers;
}

int
imap_lost(struct imap *i, const struct fail *f)
{
	if (!i->dead)
		i->own->lost = *f;
	i->dead = 1;
	return -1;
}

void
imap_allow(struct imap *i)
{
	unsigned seconds = i->client.timeout != 0 ? i->client.timeout :
	    i->own->greeted ? LIMIT_COMMAND_REPLY : LIMIT_GREETING;

	conn_timeout(i->conn, seconds);
	conn_end(i->conn, seconds);
	i->own->quota = PROGRESS;
}

void
imap_trace(const struct imap *i, int direction, struct slice line)
{
	if (i->client.trace)
		(void)fprintf(stderr, "%c %s\n", direction, TEXT_SHOW(line));
}

/* Shows the lines that come, but not what is in literals. */
static void
trace(struct imap *i, struct slice s)
{
	struct buf *line = &i->own->trace;
	struct slice piece, rest = s;

	while (slice_until(&rest, '\n', &piece)) {
		(void)buf_add(line, slice_sub(piece, 0, TRACED - line->n));
		if (i->own->challenge && slice_starts(buf_slice(line),
		    SLICE("+ ")))
			imap_trace(i, '<', SLICE("+ ***"));
		else
			imap_trace(i, '<', slice_trim(buf_slice(line)));
		buf_clear(line);
	}
	(void)buf_add(line, slice_sub(piece, 0, TRACED - line->n));
}

static void
used(void *ctx, size_t n)
{
	struct imap *i = ctx;
	struct imap_session *own = i->own;
	struct slice bytes;
	struct fail ignored;

	(void)conn_octets(i->conn, n, &bytes, &ignored);
	own->used += n;
	own->unread += own->given ? 0 : n;
	if (i->client.trace && !i->tokens.literal)
		trace(i, bytes);
	if (n >= own->quota)
		imap_allow(i);
	else
		own->quota -= n;
}

static int
more(void *ctx, struct slice *bytes, struct fail *f)
{
	struct imap *i = ctx;
	struct imap_session *own = i->own;
	int rc = conn_peek(i->conn, bytes, f);

	if (own->unread > (own->in ? LIMIT_IMAP_UNREAD : LIMIT_IMAP_EARLY))
		return fail_set(f, EX_PROTOCOL,
		    "too much that nobody asked for, and no answer");
	if (rc == CONN_CLOSED)
		return fail_set(f, EX_TEMPFAIL, "closed by the server");
	return rc == CONN_LINE ? 0 : -1;
}

void
imap_start_tokens(struct imap *i)
{
	tokens_free(&i->tokens);
	tokens_start(&i->tokens, more, used, i);
}

void
imap_clear(struct imap *i)
{
	struct imap_session *own = i->own;

	if (own != NULL) {
		while (own->nway > 0)
			imap_forget(i, &own->way[0]);
		buf_wipe(&own->line);
		buf_free(&own->shown);
		buf_free(&own->trace);
		buf_free(&own->examined);
		free(own->kept_code);
		free(own->kept_text);
		free(own);
	}
	i->own = NULL;
	tokens_free(&i->tokens);
	imap_box_clear(i);
	imap_forget_offers(i);
}

void
imap_begin(struct imap *i, struct conn *conn)
{
	imap_clear(i);
	i->own = mem_alloc(sizeof(*i->own));
	i->own->line = BUF(ENGINE_COMMAND + 32);
	i->own->shown = BUF(2 * ENGINE_COMMAND);
	i->own->trace = BUF(TRACED);
	i->own->examined = BUF(LIMIT_IMAP_TOKEN);
	i->conn = conn;
	i->dead = i->rev2 = i->utf8 = i->qresync = 0;
	imap_start_tokens(i);
}

struct engine_command *
imap_find(struct imap *i, unsigned number)
{
	unsigned n;

	for (n = 0; n < i->own->nway; n++)
		if (i->own->way[n].number == number)
			return &i->own->way[n];
	return NULL;
}

void
imap_forget(struct imap *i, struct engine_command *c)
{
	struct imap_session *own = i->own;
	size_t at = (size_t)(c - own->way);

	free(c->code);
	free(c->text);
	memmove(c, c + 1, (--own->nway - at) * sizeof(*c));
}
