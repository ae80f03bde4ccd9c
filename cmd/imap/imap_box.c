/* SPDX-License-Identifier: ISC */
/* imap: the selected mailbox, and what comes to be known of it; see imap.h. */

#include <inttypes.h>

#include "engine.h"
#include "limits.h"
#include "namespace.h"
#include "text.h"

void
imap_box_clear(struct imap *i)
{
	buf_free(&i->box.flags);
	i->box = (struct imap_box){ .flags = BUF(LIMIT_IMAP_TOKEN) };
	i->selected = 0;
}

/* The command that is answered now selects a mailbox: what is told is of the
 * new one, and where it fails none is selected (RFC 9051, 6.3.2). */
void
imap_box_begin(struct imap *i)
{
	struct engine_command *c = i->own->way;

	if (i->own->nway == 0 || c->kind != ENGINE_SELECT || c->begun)
		return;
	imap_box_clear(i);
	c->begun = 1;
}

void
imap_box_done(struct imap *i, const struct engine_command *c,
    const struct imap_response *r)
{
	int ok = imap_is(r, "OK");

	if (c->kind == ENGINE_SELECT) {
		i->selected = ok;
		/* What was not understood may have left the one before. */
		i->own->held &= ok || imap_is(r, "BAD");
		if (!ok)
			buf_clear(&i->own->examined);
	} else if (c->kind == ENGINE_LEAVE && ok) {
		imap_box_clear(i);
		i->own->held = 0;
	}
}

int
imap_read_flags(struct tokens *t, struct buf *flags, struct fail *f)
{
	struct token next;

	buf_clear(flags);
	if (token_next(t, &next, f) == -1)
		return -1;
	if (next.kind != TOKEN_OPEN) {
		token_back(t, &next);
		return token_skip(t, f);
	}
	for (;;) {
		if (token_next(t, &next, f) == -1)
			return -1;
		if (next.kind == TOKEN_CLOSE)
			return 0;
		if (next.kind != TOKEN_ATOM)
			return fail_set(f, EX_PROTOCOL,
			    "something else where a flag belongs");
		if (buf_add_word(flags, next.text) == -1)
			return fail_set(f, EX_PROTOCOL,
			    "more than %d bytes of flags", LIMIT_IMAP_TOKEN);
	}
}

static int
is_leaving(const struct imap *i)
{
	unsigned n;

	for (n = 0; n < i->own->nway; n++)
		if (i->own->way[n].kind == ENGINE_SELECT ||
		    i->own->way[n].kind == ENGINE_LEAVE)
			return 1;
	return 0;
}

/* PERMANENTFLAGS, in a code: "(\Seen \*)". */
static void
set_flags(struct imap_box *box, struct slice list)
{
	struct slice word;

	buf_clear(&box->flags);
	box->permanent = 1;
	box->keywords = 0;
	list = slice_trim(list);
	if (slice_peek(list) == '(')
		(void)slice_getc(&list);
	if (slice_ends(list, SLICE(")")))
		list.n--;
	while (slice_word(&list, &word)) {
		if (slice_eq(word, SLICE("\\*"))) {
			box->keywords = 1;
			continue;
		}
		(void)buf_add_word(&box->flags, word);
	}
}

/* One of a mailbox whose messages were known by others: what they were is not
 * what they are, also where it is only being selected. */
static int
set_uidvalidity(struct imap *i, struct slice text, struct fail *f)
{
	uint64_t n;

	if (token_parse_number(text, UINT32_MAX, &n) == -1)
		return 0;
	if (i->box.uidvalidity != 0 && i->box.uidvalidity != n) {
		(void)fail_set(f, EX_TEMPFAIL, "the mailbox is another one "
		    "now (UIDVALIDITY %" PRIu32 ", then %" PRIu64 ")",
		    i->box.uidvalidity, n);
		return imap_lost(i, f);
	}
	i->box.uidvalidity = (uint32_t)n;
	return 0;
}

static int
take_closed(struct imap *i, struct fail *f)
{
	if (!i->selected || is_leaving(i))
		return 0;
	(void)fail_set(f, EX_TEMPFAIL, "the mailbox was closed by the server");
	return imap_lost(i, f);
}

static void
set_number(struct slice text, uint64_t most, uint64_t *n)
{
	(void)token_parse_number(text, most, n);
}

int
imap_box_code(struct imap *i, const struct imap_response *r, struct fail *f)
{
	struct imap_box *box = &i->box;
	struct slice rest = r->code, word;
	uint64_t n = 0;

	if (!slice_word(&rest, &word))
		return 0;
	rest = slice_trim(rest);
	if (slice_caseeq(word, SLICE("UIDVALIDITY")))
		return set_uidvalidity(i, rest, f);
	if (slice_caseeq(word, SLICE("CLOSED")))
		return take_closed(i, f);
	if (slice_caseeq(word, SLICE("UIDNEXT"))) {
		set_number(rest, UINT32_MAX, &n);
		box->uidnext = (uint32_t)n;
	} else if (slice_caseeq(word, SLICE("HIGHESTMODSEQ"))) {
		set_number(rest, INT64_MAX, &box->modseq);
	} else if (slice_caseeq(word, SLICE("NOMODSEQ"))) {
		box->modseq = 0;
	} else if (slice_caseeq(word, SLICE("PERMANENTFLAGS"))) {
		set_flags(box, rest);
	} else if (slice_caseeq(word, SLICE("READ-ONLY"))) {
		box->readonly = 1;
	} else if (slice_caseeq(word, SLICE("READ-WRITE"))) {
		box->readonly = 0;
	}
	return 0;
}

/* FLAGS, which are those that can be kept where nothing else says so. */
static int
take_flags(struct imap *i, struct fail *f)
{
	if (i->box.permanent)
		return 0;
	if (imap_read_flags(&i->tokens, &i->box.flags, f) == -1)
		return imap_lost(i, f);
	i->box.keywords = 1;
	return 0;
}

static int
is_of_message(const struct imap_response *r)
{
	return imap_is(r, "FETCH") || imap_is(r, "EXPUNGE") ||
	    imap_is(r, "UIDFETCH");
}

int
imap_box_data(struct imap *i, const struct imap_response *r, struct fail *f)
{
	if (imap_is(r, "FLAGS") && !r->numbered)
		return take_flags(i, f);
	if (is_of_message(r) && r->number == 0) {
		(void)fail_set(f, EX_PROTOCOL, "a message without a number");
		return imap_lost(i, f);
	}
	if (imap_is(r, "EXISTS") && r->numbered)
		i->box.exists = r->number;
	else if (imap_is(r, "EXPUNGE") && i->box.exists > 0)
		i->box.exists--;
	return 0;
}

unsigned
imap_say_select(struct imap *i, struct slice name, int readonly)
{
	unsigned number = imap_say(i, readonly ? "EXAMINE " : "SELECT ");

	imap_add_name(i, name);
	if (imap_has(i, IMAP_CONDSTORE))
		imap_add(i, " (CONDSTORE)");
	imap_said(i);
	i->own->resumed = 0;
	if (readonly && imap_find(i, number)->whole)
		(void)buf_add(&i->own->examined, name);
	return number;
}

int
imap_resume(struct imap *i, struct slice name)
{
	struct imap_session *own = i->own;

	if (!own->left || name.n == 0 ||
	    !slice_eq(buf_slice(&own->examined), name))
		return 0;
	own->left = 0;
	own->resumed = i->selected = i->box.readonly = 1;
	return 1;
}

int
imap_select(struct imap *i, struct slice name, int readonly, struct fail *f)
{
	unsigned number = imap_say_select(i, name, readonly);
	enum imap_result rc = imap_finish(i, number, f);

	if (rc == IMAP_OK)
		return 0;
	if (rc == IMAP_LOST)
		return -1;
	(void)namespace_explain(i, name, f);
	return fail_at(f, TEXT_SHOW(name));
}
