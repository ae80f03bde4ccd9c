/* SPDX-License-Identifier: ISC */
/* imap: what a server says; see imap.h. */

#include "cli.h"
#include "engine.h"
#include "limits.h"
#include "text.h"

enum {
	ALERTS = 10, /* that are told of */
};

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

static int
class_of(struct slice code)
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
void
imap_tell_refusal(const struct engine_command *c, const struct imap_response *r,
    struct fail *f)
{
	int class = r->bad ? EX_PROTOCOL : class_of(r->code);

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
void
imap_name_response(struct imap *i, struct slice name, struct imap_response *r)
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
	imap_name_response(i, t.text, r);
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
	imap_name_response(i, t.text, r);
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
	imap_box_done(i, c, r);
	r->bad = imap_is(r, "BAD");
	if (imap_is(r, "OK"))
		return IMAP_OK;
	imap_tell_refusal(c, r, f);
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
int
imap_pass(struct imap *i, struct fail *f)
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
	if (imap_pass(i, f) == -1)
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

int
imap_is(const struct imap_response *r, const char *name)
{
	return slice_eq(r->name, slice_str(name));
}

int
imap_is_cut(const struct imap_response *r, struct fail *f)
{
	if (!imap_is(r, "OK") || !imap_has_code(r, "MESSAGELIMIT"))
		return 0;
	(void)fail_set(f, EX_UNAVAILABLE, "not all is done: %s",
	    TEXT_SHOW(r->code));
	return 1;
}

int
imap_has_code(const struct imap_response *r, const char *name)
{
	struct slice rest = r->code, word;

	return slice_word(&rest, &word) && slice_caseeq(word, slice_str(name));
}
