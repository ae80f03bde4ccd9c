/* SPDX-License-Identifier: ISC */
/* imap: how commands are said; see imap.h. */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine.h"
#include "limits.h"
#include "mutf7.h"
#include "text.h"
#include "utf8.h"

enum {
	QUOTED = 1000,	/* bytes of a quoted string; longer ones are literals */
	UNASKED = 4096, /* of a literal of LITERAL- (RFC 7888, 5) */
	UNDER_WAY = 32768, /* bytes of commands: what a server that writes, and
			      does not read meanwhile, has room for */
	NAME = 65536,
	PIECE = ENGINE_COMMAND + 2,
};

static struct engine_command *
last(struct imap *i)
{
	return &i->own->way[i->own->nway - 1];
}

/* What cannot be guessed, so that no answer stands ready before its command
 * does. */
static void
make_tag(char tag[ENGINE_TAG])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	unsigned char random[ENGINE_TAG];
	size_t n;

	arc4random_buf(random, sizeof(random));
	for (n = 0; n < ENGINE_TAG - 1; n++)
		tag[n] = letters[random[n] % 32];
	tag[n] = '\0';
}

struct engine_command *
imap_command(struct imap *i, enum engine_kind kind)
{
	struct imap_session *own = i->own;
	struct engine_command *c;

	/* Who says more than imap_room has lost count. */
	if (own->nway == sizeof(own->way) / sizeof(own->way[0]))
		abort();
	c = &own->way[own->nway++];
	*c = (struct engine_command){ .number = ++own->said, .kind = kind };
	make_tag(c->tag);
	own->saying = 1;
	own->refused = 0;
	own->line_size = 0;
	buf_clear(&own->line);
	buf_clear(&own->shown);
	return c;
}

/* Adds to the command; what has no room is noted. */
static void
put(struct imap *i, struct slice s, int secret)
{
	struct imap_session *own = i->own;

	if (own->line_size + s.n > ENGINE_COMMAND) {
		last(i)->fault = ENGINE_LONG;
		return;
	}
	own->line_size += s.n;
	(void)buf_add(&own->line, s);
	if (i->client.trace)
		(void)buf_add(&own->shown, secret ? SLICE("***") : s);
}

/* A piece of a command, of which too much is still too much. */
static struct slice __attribute__((format(printf, 2, 0)))
write_piece(char text[PIECE], const char *format, va_list args)
{
	int n = vsnprintf(text, PIECE, format, args);

	return (struct slice){ text, n < PIECE ? (size_t)n : PIECE - 1 };
}

/* What is more than a command like others. */
static enum engine_kind
kind_of(struct slice command)
{
	struct slice name;

	if (!slice_word(&command, &name))
		return ENGINE_PLAIN;
	if (slice_eq(name, SLICE("SELECT")) || slice_eq(name, SLICE("EXAMINE")))
		return ENGINE_SELECT;
	if (slice_eq(name, SLICE("CLOSE")) ||
	    slice_eq(name, SLICE("UNSELECT")) ||
	    slice_eq(name, SLICE("LOGOUT")))
		return ENGINE_LEAVE;
	return slice_eq(name, SLICE("ENABLE")) ? ENGINE_ENABLE : ENGINE_PLAIN;
}

/* Whatever is said, it finds no mailbox selected that is not its own. */
static void
leave(struct imap *i, enum engine_kind next)
{
	struct imap_session *own = i->own;
	int left = own->left;

	own->left = 0;
	if (left || next == ENGINE_SELECT)
		buf_clear(&own->examined);
	if (next == ENGINE_SELECT)
		own->held = 1;
	else if (left)
		imap_say_own(i, "UNSELECT");
}

unsigned
imap_say(struct imap *i, const char *format, ...)
{
	struct engine_command *c;
	char piece[PIECE];
	struct slice text;
	enum engine_kind kind;
	va_list args;

	va_start(args, format);
	text = write_piece(piece, format, args);
	va_end(args);
	kind = kind_of(text);
	leave(i, kind);
	c = imap_command(i, kind);
	put(i, slice_str(c->tag), 0);
	put(i, SLICE(" "), 0);
	put(i, text, 0);
	return c->number;
}

void
imap_add(struct imap *i, const char *format, ...)
{
	char piece[PIECE];
	va_list args;

	va_start(args, format);
	put(i, write_piece(piece, format, args), 0);
	va_end(args);
}

static void
put_quoted(struct imap *i, struct slice text)
{
	struct buf quoted = BUF(2 * QUOTED + 2);
	size_t n;

	(void)buf_room(&quoted, quoted.max); /* it may be a secret */
	(void)buf_addc(&quoted, '"');
	for (n = 0; n < text.n; n++) {
		if (text.p[n] == '"' || text.p[n] == '\\')
			(void)buf_addc(&quoted, '\\');
		(void)buf_addc(&quoted, text.p[n]);
	}
	(void)buf_addc(&quoted, '"');
	put(i, buf_slice(&quoted), i->own->secret);
	buf_wipe(&quoted);
}

/* Whether names and strings are in UTF-8 is known when ENABLE is answered. */
static void
settle_utf8(struct imap *i)
{
	struct imap_session *own = i->own;
	struct imap_response r;
	struct fail f = { 0 };
	unsigned n;

	for (n = 0; n + 1 < own->nway; n++)
		if (own->way[n].kind == ENGINE_ENABLE && !own->way[n].answered)
			break;
	if (n + 1 < own->nway)
		(void)imap_wait_for(i, own->way[n].number, &r, &f);
}

void
imap_add_string(struct imap *i, struct slice text)
{
	struct fail f = { 0 };

	if (!utf8_ascii(text))
		settle_utf8(i);
	if (slice_find(text, '\0') < text.n)
		last(i)->fault = ENGINE_NUL;
	else if (text.n <= QUOTED && token_is_atom(text))
		put(i, text, i->own->secret);
	else if (text.n <= QUOTED && token_is_quotable(text, i->utf8))
		put_quoted(i, text);
	else if (imap_add_literal(i, text.n, 0, &f) == 0)
		(void)imap_add_octets(i, text, &f);
}

void
imap_add_name(struct imap *i, struct slice name)
{
	struct buf encoded = BUF(NAME);

	if (utf8_ascii(name) && slice_find(name, '&') == name.n) {
		imap_add_string(i, name);
		return;
	}
	settle_utf8(i);
	if (!utf8_valid(name))
		last(i)->fault = ENGINE_NOT_UTF8;
	else if (i->utf8)
		imap_add_string(i, name);
	else if (mutf7_encode(&encoded, name) == 0)
		imap_add_string(i, buf_slice(&encoded));
	else
		last(i)->fault = ENGINE_LONG;
	buf_free(&encoded);
}

/* Has what there is of the command written, next time. */
static void
move(struct imap *i)
{
	struct imap_session *own = i->own;
	struct fail f;

	/* Behind a literal there may be the end of the line alone. */
	if (slice_trim(buf_slice(&own->shown)).n > 0)
		imap_trace(i, '>', slice_trim(buf_slice(&own->shown)));
	buf_clear(&own->shown);
	if (!i->dead) {
		own->put += own->line.n;
		(void)buf_room(conn_out(i->conn), own->line.n);
		(void)buf_add(conn_out(i->conn), buf_slice(&own->line));
	}
	if (own->secret)
		buf_wipe(&own->line);
	buf_clear(&own->line);
	own->line.max = ENGINE_COMMAND + 32;
	if (!i->dead && conn_full(i->conn))
		(void)imap_flush(i, &f);
}

int
imap_flush(struct imap *i, struct fail *f)
{
	int rc;

	if (i->dead) {
		*f = i->own->lost;
		return -1;
	}
	tokens_release(&i->tokens);
	imap_allow(i);
	rc = conn_flush(i->conn, f);
	if (i->own->secret)
		buf_wipe(conn_out(i->conn));
	return rc == -1 ? imap_lost(i, f) : 0;
}

/* Waits for the server to take the literal: 0, or -1. */
static int
await_plus(struct imap *i, struct fail *f)
{
	struct imap_session *own = i->own;
	struct imap_response r;
	enum imap_result rc;
	unsigned number = last(i)->number;

	if (imap_flush(i, f) == -1)
		return -1;
	own->plus = 1;
	if ((rc = imap_wait_for(i, number, &r, f)) == IMAP_PLUS)
		return 0;
	own->refused = 1;
	return -1;
}

int
imap_add_literal(struct imap *i, uint64_t size, int binary, struct fail *f)
{
	struct imap_session *own = i->own;
	int unasked = imap_has(i, IMAP_LITERAL_PLUS) ||
	    (imap_has(i, IMAP_LITERAL_MINUS) && size <= UNASKED);
	char text[40];

	if (i->dead)
		*f = own->lost;
	if (i->dead || own->refused || last(i)->fault != ENGINE_NONE)
		return -1;
	(void)snprintf(text, sizeof(text), "%s{%" PRIu64 "%s}\r\n",
	    binary ? "~" : "", size, unasked ? "+" : "");
	own->line.max += sizeof(text);
	(void)buf_adds(&own->line, text);
	(void)buf_adds(&own->shown, text);
	move(i);
	return unasked ? 0 : await_plus(i, f);
}

int
imap_add_octets(struct imap *i, struct slice octets, struct fail *f)
{
	struct slice piece;

	while (!i->dead && octets.n > 0) {
		piece = slice_sub(octets, 0, CONN_FULL);
		octets = slice_sub(octets, CONN_FULL, octets.n);
		i->own->put += piece.n;
		(void)buf_add(conn_out(i->conn), piece);
		if (conn_full(i->conn) && imap_flush(i, f) == -1)
			return -1;
	}
	if (i->dead)
		*f = i->own->lost;
	return i->dead ? -1 : 0;
}

/* What cannot be said is not begun, and told by imap_next; what was begun
 * before that was known cannot be ended. */
static int
is_unfit(struct imap *i)
{
	struct engine_command *c = last(i);
	struct fail f;

	if (c->fault == ENGINE_NONE)
		return i->own->refused;
	if (!slice_starts(buf_slice(&i->own->line), slice_str(c->tag))) {
		(void)fail_set(&f, EX_DATAERR, "a command that cannot be said");
		(void)imap_lost(i, &f);
	}
	return 1;
}

void
imap_said(struct imap *i)
{
	struct imap_session *own = i->own;
	struct engine_command *c = last(i);
	struct fail f;

	own->saying = 0;
	if (is_unfit(i)) {
		own->secret = 0;
		return;
	}
	own->line.max += 2;
	(void)buf_adds(&own->line, "\r\n");
	c->size = own->line_size;
	move(i);
	c->whole = 1;
	c->end = own->put;
	if (own->secret && !i->dead)
		(void)imap_flush(i, &f);
	own->secret = 0;
}

void
imap_say_own(struct imap *i, const char *command)
{
	(void)imap_say(i, "%s", command);
	last(i)->own = 1;
	imap_said(i);
}

void
imap_said_plus(struct imap *i)
{
	i->own->plus = 1;
	imap_said(i);
}

void
imap_say_line(struct imap *i, const char *line)
{
	imap_trace(i, '>', slice_str(line));
	if (i->dead)
		return;
	i->own->put += strlen(line) + 2;
	(void)buf_adds(conn_out(i->conn), line);
	(void)buf_adds(conn_out(i->conn), "\r\n");
}

int
imap_put_secret(struct imap *i, struct slice line, const char *shown,
    struct fail *f)
{
	int rc;

	imap_trace(i, '>', slice_str(shown));
	i->own->secret = 1;
	i->own->put += line.n;
	/* Room first: what grows leaves a copy behind. */
	(void)buf_room(conn_out(i->conn), line.n);
	(void)buf_add(conn_out(i->conn), line);
	rc = imap_flush(i, f);
	i->own->secret = 0;
	return rc;
}

unsigned
imap_room(const struct imap *i)
{
	const struct imap_session *own = i->own;
	size_t size = 0;
	unsigned n;

	for (n = 0; n < own->nway; n++)
		size += own->way[n].size;
	return own->nway < IMAP_WINDOW && size < UNDER_WAY ?
	    IMAP_WINDOW - own->nway : 0;
}
