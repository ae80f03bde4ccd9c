/* SPDX-License-Identifier: ISC */
/* imap: what a server answers; see imap.h. */

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cli.h"
#include "engine.h"
#include "limits.h"
#include "mem.h"
#include "text.h"

enum {
	PROGRESS = 65536,   /* bytes that have the time of a reply */
	TRACED = 1024,	    /* of a line; more of it is not shown anyway */
	ALERTS = 10,	    /* that are told of */
	HOUR = 3600,
};

const char *
imap_name(const struct imap *i)
{
	return client_name(&i->client);
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
	i->conn = conn;
	i->dead = i->rev2 = i->utf8 = 0;
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

/* "[code] text" (RFC 9051, 9: resp-text), of which servers forget either. */
static void
split_text(struct slice rest, struct imap_response *r)
{
	size_t at;
	int quoted = 0;

	r->text = rest;
	if (slice_peek(rest) != '[')
		return;
	for (at = 1; at < rest.n && (quoted || rest.p[at] != ']'); at++)
		quoted ^= rest.p[at] == '"';
	if (at == rest.n) /* what seemed to be in quotes was not */
		at = slice_find(rest, ']');
	if (at == rest.n)
		return;
	r->code = slice_trim(slice_sub(rest, 1, at));
	r->text = slice_trim(slice_sub(rest, at + 1, rest.n));
}

/* What a person has to be told (RFC 9051, 7.1), by whoever was let in alone:
 * before that it may be anybody's. */
static void
alert(struct imap *i, struct slice text)
{
	struct imap_session *own = i->own;
	uint64_t hash = slice_hash(text);

	if (!own->in || text.n == 0 || own->alerts >= ALERTS ||
	    (own->alerts > 0 && own->alert == hash))
		return;
	own->alerts++;
	own->alert = hash;
	cli_warn("%s: %s", imap_name(i), TEXT_SHOW(text));
}

static int
take_code(struct imap *i, const struct imap_response *r, struct fail *f)
{
	struct slice rest = r->code, word;

	if (!slice_word(&rest, &word))
		return 0;
	if (slice_caseeq(word, SLICE("CAPABILITY")))
		imap_offered(i, rest);
	else if (slice_caseeq(word, SLICE("ALERT")))
		alert(i, r->text);
	return imap_box_code(i, r, f);
}

static int
unfit(struct imap *i, const char *what, struct fail *f)
{
	(void)fail_set(f, EX_PROTOCOL, "%s", what);
	return imap_lost(i, f);
}

/* The rest of a line that has a status: 0, or -1. */
static int
take_status(struct imap *i, struct imap_response *r, struct fail *f)
{
	struct slice rest;

	if (token_rest(&i->tokens, &rest, f) == -1)
		return imap_lost(i, f);
	split_text(slice_trim(rest), r);
	return take_code(i, r, f);
}

int
imap_class(struct slice code)
{
	static const struct {
		const char *code;
		int class;
	} codes[] = { /* RFC 5530 */
		{ "ALREADYEXISTS", EX_CANTCREAT },
		{ "AUTHENTICATIONFAILED", EX_NOPERM },
		{ "AUTHORIZATIONFAILED", EX_NOPERM },
		{ "EXPIRED", EX_NOPERM },
		{ "INUSE", EX_TEMPFAIL },
		{ "LIMIT", EX_TEMPFAIL },
		{ "NONEXISTENT", EX_NOINPUT },
		{ "NOPERM", EX_NOPERM },
		{ "OVERQUOTA", EX_TEMPFAIL },
		{ "PRIVACYREQUIRED", EX_NOPERM },
		{ "SERVERBUG", EX_TEMPFAIL },
		{ "TRYCREATE", EX_NOINPUT },
		{ "UNAVAILABLE", EX_TEMPFAIL },
	};
	struct slice word;
	size_t n;

	if (slice_word(&code, &word))
		for (n = 0; n < sizeof(codes) / sizeof(codes[0]); n++)
			if (slice_caseeq(word, slice_str(codes[n].code)))
				return codes[n].class;
	return EX_UNAVAILABLE;
}

/* A response as a sentence, with its class. */
static void
tell(const struct imap_response *r, const char *word, int class,
    struct fail *f)
{
	struct buf words = BUF(2 * LIMIT_IMAP_TOKEN);

	if (r->code.n > 0) {
		(void)buf_adds(&words, " [");
		(void)buf_add(&words, r->code);
		(void)buf_addc(&words, ']');
	}
	if (r->text.n > 0)
		(void)buf_addc(&words, ' ');
	(void)buf_add(&words, r->text);
	(void)fail_set(f, class, "%s%s", word, TEXT_SHOW(buf_slice(&words)));
	buf_free(&words);
}

/* Why a command was refused.  Dovecot and Courier say nothing by a code of a
 * mailbox that is not there. */
static void
tell_refusal(const struct engine_command *c, const struct imap_response *r,
    struct fail *f)
{
	int class = r->bad ? EX_PROTOCOL : imap_class(r->code);

	if (c->kind == ENGINE_SELECT && !r->bad && r->code.n == 0)
		class = EX_NOINPUT;
	tell(r, r->bad ? "BAD" : "NO", class, f);
}

static int
take_bye(struct imap *i, const struct imap_response *r, struct fail *f)
{
	tell(r, "BYE", EX_TEMPFAIL, f);
	return i->own->leaving ? 0 : imap_lost(i, f);
}

static int
is_status(const struct imap_response *r)
{
	return imap_is(r, "OK") || imap_is(r, "NO") || imap_is(r, "BAD") ||
	    imap_is(r, "BYE") || imap_is(r, "PREAUTH");
}

/* The name of a response, in upper case; the longest that is known has some 12
 * letters. */
static void
take_name(struct imap *i, struct slice name, struct imap_response *r)
{
	size_t n;

	r->name = (struct slice){ i->own->name, 0 };
	if (name.n > ENGINE_NAME)
		return;
	for (n = 0; n < name.n; n++)
		i->own->name[n] = name.p[n] >= 'a' && name.p[n] <= 'z' ?
		    (char)(name.p[n] - ('a' - 'A')) : name.p[n];
	r->name.n = name.n;
}

/* Behind "*": its name, and the number before it. */
static int
take_head(struct imap *i, struct imap_response *r, struct fail *f)
{
	struct token t;
	uint64_t n;

	if (token_next(&i->tokens, &t, f) == -1)
		return imap_lost(i, f);
	if (t.kind == TOKEN_ATOM && t.text.p[0] >= '0' && t.text.p[0] <= '9') {
		if (token_parse_number(t.text, UINT32_MAX, &n) == -1)
			return unfit(i, "a number that is too large", f);
		r->number = (uint32_t)n;
		r->numbered = 1;
		if (token_next(&i->tokens, &t, f) == -1)
			return imap_lost(i, f);
	}
	if (t.kind != TOKEN_ATOM)
		return unfit(i, "no response of IMAP", f);
	take_name(i, t.text, r);
	return 0;
}

/* Capabilities, and what is enabled, are the engine's. */
static int
take_words(struct imap *i, void (*take)(struct imap *i, struct slice words),
    struct fail *f)
{
	struct slice words;

	if (token_rest(&i->tokens, &words, f) == -1)
		return imap_lost(i, f);
	take(i, words);
	return 0;
}

static int
take_data(struct imap *i, struct imap_response *r, struct fail *f)
{
	if (take_head(i, r, f) == -1)
		return -1;
	if (!r->numbered && is_status(r)) {
		if (take_status(i, r, f) == -1)
			return -1;
		return imap_is(r, "BYE") ? take_bye(i, r, f) : 0;
	}
	if (!r->numbered && imap_is(r, "CAPABILITY"))
		return take_words(i, imap_offered, f);
	if (!r->numbered && imap_is(r, "ENABLED"))
		return take_words(i, imap_enabled, f);
	return imap_box_data(i, r, f);
}

static struct engine_command *
find_tag(struct imap *i, struct slice tag)
{
	unsigned n;

	for (n = 0; n < i->own->nway; n++)
		if (!i->own->way[n].answered &&
		    slice_eq(slice_str(i->own->way[n].tag), tag))
			return &i->own->way[n];
	return NULL;
}

/* Was all of it said that an OK is an answer to? */
static int
was_said(const struct imap *i, const struct engine_command *c)
{
	return c->whole && c->end <= i->own->put - conn_out(i->conn)->n;
}

static enum imap_result
take_tagged(struct imap *i, struct slice tag, struct imap_response *r,
    struct fail *f)
{
	struct engine_command *c = find_tag(i, tag);
	struct token t;

	if (c == NULL)
		return (enum imap_result)unfit(i, "no response of IMAP, or an "
		    "answer to what was not said", f);
	r->command = c->number;
	if (token_next(&i->tokens, &t, f) == -1)
		return (enum imap_result)imap_lost(i, f);
	if (t.kind != TOKEN_ATOM)
		return (enum imap_result)unfit(i, "neither OK, NO nor BAD", f);
	take_name(i, t.text, r);
	if (!imap_is(r, "OK") && !imap_is(r, "NO") && !imap_is(r, "BAD"))
		return (enum imap_result)unfit(i, "neither OK, NO nor BAD", f);
	if (take_status(i, r, f) == -1)
		return IMAP_LOST;
	if (imap_is(r, "OK") && !was_said(i, c))
		return (enum imap_result)unfit(i, "an answer to what was not "
		    "said", f);
	if (c == &i->own->way[i->own->nway - 1])
		i->own->plus = 0;
	i->own->unread = 0;
	imap_box_done(i, c, imap_is(r, "OK"));
	r->bad = imap_is(r, "BAD");
	if (imap_is(r, "OK"))
		return IMAP_OK;
	tell_refusal(c, r, f);
	return IMAP_NO;
}

static enum imap_result
take_plus(struct imap *i, struct imap_response *r, struct fail *f)
{
	struct slice rest;

	if (!i->own->plus)
		return (enum imap_result)unfit(i, "a \"+\" that nobody waits "
		    "for", f);
	i->own->plus = 0;
	if (token_rest(&i->tokens, &rest, f) == -1)
		return (enum imap_result)imap_lost(i, f);
	r->text = slice_trim(rest);
	return IMAP_PLUS;
}

/* Passes what is left of the last response. */
static int
pass_rest(struct imap *i, struct fail *f)
{
	if (i->dead) {
		*f = i->own->lost;
		return -1;
	}
	i->own->given = 0;
	if (!i->tokens.ended && token_finish(&i->tokens, f) == -1)
		return imap_lost(i, f);
	i->tokens.is_back = 0;
	imap_allow(i);
	return 0;
}

enum imap_result
imap_read(struct imap *i, struct imap_response *r, struct fail *f)
{
	struct token t;

	*r = (struct imap_response){ 0 };
	if (pass_rest(i, f) == -1)
		return IMAP_LOST;
	imap_box_begin(i);
	if (token_next(&i->tokens, &t, f) == -1)
		return (enum imap_result)imap_lost(i, f);
	if (t.kind != TOKEN_ATOM)
		return (enum imap_result)unfit(i, "no response of IMAP", f);
	if (slice_eq(t.text, SLICE("+")))
		return take_plus(i, r, f);
	if (!slice_eq(t.text, SLICE("*")))
		return take_tagged(i, t.text, r, f);
	if (take_data(i, r, f) == -1)
		return IMAP_LOST;
	i->own->given = 1;
	return IMAP_DATA;
}

/* Keeps an answer for imap_next. */
static void
keep(struct imap *i, const struct imap_response *r, enum imap_result result)
{
	struct engine_command *c = imap_find(i, r->command);

	c->answered = 1;
	c->result = result;
	c->bad = r->bad;
	c->code = mem_str(r->code);
	c->text = mem_str(r->text);
}

enum imap_result
imap_wait_for(struct imap *i, unsigned command, struct imap_response *r,
    struct fail *f)
{
	enum imap_result rc;

	for (;;) {
		rc = imap_read(i, r, f);
		if (rc == IMAP_LOST || rc == IMAP_PLUS)
			return rc;
		if (rc == IMAP_DATA)
			continue;
		keep(i, r, rc);
		if (r->command == command)
			return rc;
	}
}

/* What is wrong with a command of ours, as if the server had said so. */
static void
tell_fault(const struct engine_command *c, struct fail *f)
{
	(void)fail_set(f, EX_DATAERR, "%s", c->fault == ENGINE_NUL ?
	    "NUL cannot be said" : c->fault == ENGINE_NOT_UTF8 ?
	    "a name that is not UTF-8" : "too long a command");
}

/* Gives an answer that was kept. */
static enum imap_result
give(struct imap *i, struct engine_command *c, struct imap_response *r,
    struct fail *f)
{
	enum imap_result rc = c->fault != ENGINE_NONE ? IMAP_NO : c->result;

	*r = (struct imap_response){ .command = c->number, .bad = c->bad };
	free(i->own->kept_code);
	free(i->own->kept_text);
	i->own->kept_code = c->code;
	i->own->kept_text = c->text;
	c->code = c->text = NULL;
	if (i->own->kept_code != NULL)
		r->code = slice_str(i->own->kept_code);
	if (i->own->kept_text != NULL)
		r->text = slice_str(i->own->kept_text);
	if (c->fault != ENGINE_NONE)
		tell_fault(c, f);
	else if (rc == IMAP_NO)
		tell_refusal(c, r, f);
	take_name(i, rc == IMAP_OK ? SLICE("OK") : r->bad ? SLICE("BAD") :
	    SLICE("NO"), r);
	imap_forget(i, c);
	return rc;
}

static struct engine_command *
find_answered(struct imap *i)
{
	struct imap_session *own = i->own;
	unsigned n;

	for (n = 0; n < own->nway; n++)
		if (own->way[n].answered || (own->way[n].fault !=
		    ENGINE_NONE && !(own->saying && n + 1 == own->nway)))
			return &own->way[n];
	return NULL;
}

static int
is_own(const struct imap *i, unsigned command)
{
	unsigned n;

	for (n = 0; n < i->own->nway; n++)
		if (i->own->way[n].number == command)
			return i->own->way[n].own;
	return 0;
}

enum imap_result
imap_next(struct imap *i, struct imap_response *r, struct fail *f)
{
	struct engine_command *c;
	enum imap_result rc;

	for (;;) {
		if (!i->dead && (c = find_answered(i)) != NULL) {
			int own = c->own;

			if (pass_rest(i, f) == -1)
				return IMAP_LOST;
			rc = give(i, c, r, f);
			if (own)
				continue;
			return rc;
		}
		rc = imap_read(i, r, f);
		if (rc != IMAP_OK && rc != IMAP_NO)
			return rc;
		if (!is_own(i, r->command)) {
			imap_forget(i, imap_find(i, r->command));
			return rc;
		}
		imap_forget(i, imap_find(i, r->command));
	}
}

int
imap_is(const struct imap_response *r, const char *name)
{
	return slice_eq(r->name, slice_str(name));
}

enum imap_result
imap_finish(struct imap *i, unsigned command, struct fail *f)
{
	struct imap_response r;
	enum imap_result rc;

	do
		rc = imap_next(i, &r, f);
	while (rc == IMAP_DATA || (rc != IMAP_LOST && r.command != command));
	return rc;
}

int
imap_await(struct imap *i, unsigned seconds, struct fail *f)
{
	struct timespec now;
	struct pollfd p = { .fd = -1, .events = POLLIN };
	time_t end;

	if (i->dead || find_answered(i) != NULL || pass_rest(i, f) == -1 ||
	    imap_flush(i, f) == -1) {
		if (i->dead)
			*f = i->own->lost;
		return i->dead ? -1 : 1;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + (time_t)seconds;
	while (!conn_pending(i->conn)) {
		(void)clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec >= end)
			return 0;
		p.fd = conn_fd(i->conn);
		(void)poll(&p, 1, end - now.tv_sec > HOUR ? HOUR * 1000 :
		    (int)(end - now.tv_sec) * 1000);
	}
	return 1;
}
