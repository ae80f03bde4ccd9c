/* SPDX-License-Identifier: ISC */
/*
 * chunk: a message in pieces of counted octets, by BDAT (RFC 3030).
 *
 * There is no end of data to look for: the count says it.  The text is made of
 * lines that end in CRLF as that of DATA is, and what is no line is refused as
 * there, since it is stored, and may be sent on, as lines.  A line may go on in
 * the next chunk.  What is binary is made lines first, at its end.
 */

#include <stdlib.h>

#include "binary.h"
#include "chunk.h"
#include "data.h"
#include "limits.h"
#include "log.h"

struct chunks {
	struct reception reception;
	struct buf line; /* the beginning of one whose end is not here */
	struct binary binary;
};

/* What a BDAT says. */
struct chunk {
	uint64_t octets;
	int last;
};

static int
parse(struct slice arg, struct chunk *c)
{
	struct slice word;

	c->last = 0;
	if (!slice_word(&arg, &word) ||
	    slice_uint(word, 0, UINT64_MAX, &c->octets) == -1)
		return -1;
	if (!slice_word(&arg, &word))
		return 0;
	c->last = 1;
	return slice_caseeq(word, SLICE("LAST")) && !slice_word(&arg, &word) ?
	    0 : -1;
}

/* A line with its LF, or what is left at the end of the message. */
static void
take_line(struct reception *r, struct slice line)
{
	int ended = line.n > 0 && line.p[line.n - 1] == '\n';

	if (ended && line.n >= 2 && line.p[line.n - 2] == '\r')
		line.n -= 2;
	if (slice_find(line, '\r') < line.n ||
	    slice_find(line, '\n') < line.n ||
	    slice_find(line, '\0') < line.n)
		data_refuse(r, DATA_BARE);
	else if (line.n > LIMIT_TEXT_LINE)
		data_refuse(r, DATA_LONG);
	else
		data_line(r, line);
}

static void
take_octets(struct chunks *c, struct slice s)
{
	while (s.n > 0 && c->reception.refusal == NULL) {
		size_t lf = slice_find(s, '\n');
		struct slice part = slice_sub(s, 0, lf < s.n ? lf + 1 : s.n);

		s = slice_sub(s, part.n, s.n);
		if (c->line.n == 0 && part.p[part.n - 1] == '\n') {
			take_line(&c->reception, part);
		} else if (buf_add(&c->line, part) == -1) {
			data_refuse(&c->reception, DATA_LONG);
		} else if (part.p[part.n - 1] == '\n') {
			take_line(&c->reception, buf_slice(&c->line));
			buf_clear(&c->line);
		}
	}
}

/* A piece of a chunk. */
static void
take_piece(struct chunks *c, struct slice piece)
{
	struct reception *r = &c->reception;

	if (c->binary.fd == -1) {
		take_octets(c, piece);
	} else if (r->refusal == NULL) {
		data_count(r, piece.n);
		binary_put(&c->binary, piece);
	}
}

static int
is_refused(const struct session *s)
{
	return s->chunks == NULL || s->chunks->reception.refusal != NULL;
}

/* What is of no use must not come for ever; the rest keeps the rate of DATA. */
static int
set_timeout(struct session *s, struct fail *f)
{
	if (!is_refused(s))
		return data_timeout(&s->chunks->reception, f);
	conn_timeout(s->conn, s->conf->idle_timeout);
	return 0;
}

/* Reads so many octets, and no other: 0, or -1 where the session is over. */
static int
read_octets(struct session *s, uint64_t left)
{
	struct slice piece;
	struct fail f = { 0 };
	int rc = CONN_LINE;

	conn_end(s->conn, is_refused(s) ? s->conf->idle_timeout : 0);
	while (left > 0 && rc == CONN_LINE) {
		rc = set_timeout(s, &f) == -1 ? CONN_FAILED :
		    conn_octets(s->conn, left < SIZE_MAX ? (size_t)left :
		    SIZE_MAX, &piece, &f);
		if (rc != CONN_LINE)
			break;
		left -= piece.n;
		if (s->chunks != NULL)
			take_piece(s->chunks, piece);
	}
	conn_end(s->conn, 0);
	if (rc == CONN_LINE)
		return 0;
	data_lost(s, rc, &f);
	return -1;
}

/* What a BDAT is told that is no part of a message; NULL: it is. */
static const char *
out_of_place(const struct session *s)
{
	if ((s->state & (S_MAIL | S_RCPT | S_CHUNK)) == 0)
		return "503 5.5.1 not now";
	if (s->recipients == 0)
		return s->server->lmtp ?
		    "503 5.5.1 no recipient was accepted" :
		    "554 5.5.1 no recipient was accepted";
	return NULL;
}

/* The first chunk.  Where nothing can be stored its end is told so. */
static void
begin(struct session *s)
{
	struct chunks *c = mem_alloc(sizeof(*c));
	struct reception *r = &c->reception;
	struct fail f = { 0 };

	s->chunks = c;
	c->line = BUF(LIMIT_TEXT_LINE + 2);
	c->binary.fd = -1;
	if (data_begin(r, s) == 0 && s->binary) {
		r->counted = 1;
		if (binary_begin(&c->binary, s->store, &f) == -1) {
			log_line("id=%s not stored: %s", r->id, f.text);
			data_refuse(r, data_storage_reply(&f));
		}
	}
	s->state = S_CHUNK;
}

static int
take_converted(void *ctx, struct slice bytes, struct fail *f)
{
	(void)f;
	take_octets(ctx, bytes);
	return 0;
}

/* The last octet is here. */
static void
finish(struct chunks *c)
{
	struct reception *r = &c->reception;
	const char *refusal = NULL;

	if (c->binary.fd != -1 && r->refusal == NULL)
		refusal = binary_finish(&c->binary, r->id, take_converted, c);
	if (refusal != NULL)
		data_refuse(r, refusal);
	if (c->line.n > 0 && r->refusal == NULL)
		take_line(r, buf_slice(&c->line));
	data_finish(r);
}

/* All octets of a chunk are here. */
static void
answer(struct session *s, const struct chunk *c)
{
	struct reception *r = &s->chunks->reception;

	if (c->last) {
		finish(s->chunks);
		session_reset(s);
	} else if (r->refusal != NULL) {
		data_drop(r);
		session_reset(s);
	} else {
		session_reply(s, "250 2.0.0 %llu octets received",
		    (unsigned long long)c->octets);
	}
}

void
chunk_receive(void *ctx, struct slice arg)
{
	struct session *s = ctx;
	const char *wrong;
	struct chunk c;

	if (parse(arg, &c) == -1) {
		/* Nobody knows where the next command begins. */
		session_end(s, "501 5.5.4 BDAT needs a count, and LAST or "
		    "nothing behind it");
		return;
	}
	if ((wrong = out_of_place(s)) != NULL) {
		if (read_octets(s, c.octets) == 0)
			session_reply(s, "%s", wrong);
		return;
	}
	if (s->chunks == NULL)
		begin(s);
	if (read_octets(s, c.octets) == 0)
		answer(s, &c);
}

void
chunk_forget(struct session *s)
{
	if (s->chunks == NULL)
		return;
	filters_end(&s->chunks->reception.filters);
	binary_end(&s->chunks->binary);
	buf_free(&s->chunks->line);
	free(s->chunks);
	s->chunks = NULL;
}
