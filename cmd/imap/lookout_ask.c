/* SPDX-License-Identifier: ISC */
/* lookout: what a server tells of all the mailboxes, unasked or asked; see
 * lookout.h. */

#include "limits.h"
#include "looking.h"
#include "mutf7.h"
#include "namespace.h"
#include "utf8.h"

enum {
	LINE = 4000, /* names in one NOTIFY */
	TURNS = 5,   /* times that a mailbox is read till it holds still */
};

/* Whose name is "name", as servers write it. */
static struct lookout_box *
box_named(struct lookout *l, struct slice name)
{
	struct buf decoded = BUF(LIMIT_IMAP_TOKEN);
	struct lookout_box *found = NULL;
	struct slice own;
	size_t k;

	if (!l->imap.utf8 && mutf7_decode(&decoded, name) == 0)
		name = buf_slice(&decoded);
	for (k = 0; k < l->n && found == NULL; k++) {
		own = slice_str(l->box[k].watch.name);
		if (slice_eq(own, name) || (slice_caseeq(own, name) &&
		    slice_caseeq(own, SLICE("INBOX"))))
			found = &l->box[k];
	}
	buf_free(&decoded);
	return found;
}

static int
read_numbers(struct tokens *t, struct lookout_box *b, struct fail *f)
{
	static const char *const names[5] = { "MESSAGES", "UIDNEXT",
		"UIDVALIDITY", "UNSEEN", "HIGHESTMODSEQ" };
	struct token name;
	uint64_t n;
	size_t k;

	if (token_next(t, &name, f) == -1)
		return -1;
	while (token_next(t, &name, f) == 0 && name.kind == TOKEN_ATOM) {
		for (k = 0; k < 5 && !slice_caseeq(name.text,
		    slice_str(names[k])); k++)
			continue;
		if (token_number(t, INT64_MAX, &n, f) == -1)
			return -1;
		if (k == 5 || b->told[k] == n)
			continue;
		b->told[k] = n;
		b->stale = 1;
	}
	return name.kind == TOKEN_CLOSE ? 0 :
	    fail_set(f, EX_PROTOCOL, "STATUS: no list of numbers");
}

/* STATUS: of "asked", whatever the server calls it, or what NOTIFY tells of. */
static int
read_status(struct lookout *l, struct lookout_box *asked, struct fail *f)
{
	struct lookout_box *b;
	struct slice name;

	if (token_string(&l->imap.tokens, 0, &name, f) == -1)
		return -1;
	b = l->notify ? box_named(l, name) : asked;
	if (b == NULL && (b = asked) == NULL)
		return 0;
	if (read_numbers(&l->imap.tokens, b, f) == -1)
		return -1;
	b->stale &= b != l->current;
	return 0;
}

/* What is of none or another of the mailboxes. */
static int
take_other(void *ctx, const struct imap_response *r, struct fail *f)
{
	struct lookout *l = ctx;
	size_t k;

	if (imap_is(r, "STATUS") && l->notify)
		return read_status(l, NULL, f);
	if (l->notify && imap_is(r, "OK") && slice_casestarts(r->code,
	    SLICE("NOTIFICATIONOVERFLOW"))) {
		l->notify = 0;
		for (k = 0; k < l->n; k++)
			l->box[k].stale = 1;
	}
	return 0;
}

int
lookout_take(struct lookout *l, const struct imap_response *r, struct fail *f)
{
	return l->current == NULL ? take_other(l, r, f) :
	    watch_take(&l->current->watch, &l->imap, r, f);
}

enum imap_result
lookout_finish(struct lookout *l, unsigned command, struct fail *f)
{
	struct imap_response r;
	enum imap_result result;

	for (;;) {
		result = imap_next(&l->imap, &r, f);
		if (result == IMAP_DATA) {
			if (lookout_take(l, &r, f) == -1)
				return IMAP_LOST;
		} else if (result == IMAP_LOST || result == IMAP_PLUS ||
		    r.command == command)
			return result;
	}
}

static int
enable(struct lookout *l, struct fail *f)
{
	enum imap_result result;
	unsigned command;

	l->vanished = 0;
	/* Who has a shared session after us does not expect VANISHED. */
	if (!imap_has(&l->imap, IMAP_QRESYNC) || l->imap.shared)
		return 0;
	command = imap_say(&l->imap, "ENABLE QRESYNC");
	imap_said(&l->imap);
	result = imap_finish(&l->imap, command, f);
	l->vanished = l->imap.qresync;
	return result == IMAP_LOST ? -1 : 0;
}

/* NOTIFY for all mailboxes, where that is of use and can be said.  Without
 * QRESYNC nobody could tell what is said of the mailbox that is left when
 * another is selected (RFC 7162, 3.2.11: CLOSED). */
static int
notify(struct lookout *l, struct fail *f)
{
	enum imap_result result;
	unsigned command;
	size_t k, size = 0;

	l->notify = 0;
	for (k = 0; k < l->n; k++) {
		size += strlen(l->box[k].watch.name);
		/* Dovecot tells nothing of these, not even when selected. */
		if (!utf8_ascii(slice_str(l->box[k].watch.name)))
			return 0;
	}
	if (l->n == 1 || !imap_has(&l->imap, IMAP_NOTIFY) || !l->vanished ||
	    size > LINE)
		return 0;
	/* Dovecot notices nothing in a mailbox of which it had not to tell
	 * STATUS. */
	command = imap_say(&l->imap, "NOTIFY SET STATUS (SELECTED (MessageNew "
	    "(UID FLAGS) MessageExpunge FlagChange)) (MAILBOXES (");
	for (k = 0; k < l->n; k++) {
		imap_add(&l->imap, "%s", k == 0 ? "" : " ");
		imap_add_name(&l->imap, slice_str(l->box[k].watch.name));
	}
	imap_add(&l->imap, ") (MessageNew MessageExpunge FlagChange))");
	imap_said(&l->imap);
	/* What is told from here on is of later than what is read next. */
	l->notify = 1;
	result = lookout_finish(l, command, f);
	l->notify = result == IMAP_OK;
	return result == IMAP_LOST ? -1 : 0;
}

int
lookout_begin(struct lookout *l, struct fail *f)
{
	size_t k;

	l->can_idle = imap_has(&l->imap, IMAP_IDLE);
	l->poll_at = vigil_now() + (uint64_t)l->interval * SECOND;
	for (k = 0; k < l->n; k++) {
		l->box[k].stale = 1;
		l->box[k].watch.other = take_other;
		l->box[k].watch.other_ctx = l;
	}
	return enable(l, f) == -1 || notify(l, f) == -1 ? -1 : 0;
}

/* Selects it, with what is told meanwhile of the one that was before. */
static int
enter(struct lookout *l, struct lookout_box *b, struct fail *f)
{
	unsigned command = imap_say_select(&l->imap,
	    slice_str(b->watch.name), 1);
	struct imap_response r;
	enum imap_result result;

	while ((result = imap_next(&l->imap, &r, f)) != IMAP_LOST &&
	    (result == IMAP_DATA || r.command != command)) {
		if (result != IMAP_DATA)
			continue;
		if (imap_is(&r, "OK") && slice_caseeq(r.code, SLICE("CLOSED")))
			l->current = NULL;
		else if (l->vanished && lookout_take(l, &r, f) == -1)
			return -1;
	}
	l->current = b;
	if (result != IMAP_NO)
		return result == IMAP_OK ? 0 : -1;
	(void)namespace_explain(&l->imap, slice_str(b->watch.name), f);
	return fail_at(f, b->watch.name);
}

/* One after the other, so that what comes is of that one, whatever a server
 * calls it, unless NOTIFY tells of another. */
static int
ask_status(struct lookout *l, struct lookout_box *b, struct fail *f)
{
	struct imap_response r;
	enum imap_result result;
	unsigned command = imap_say(&l->imap, "STATUS ");

	imap_add_name(&l->imap, slice_str(b->watch.name));
	imap_add(&l->imap, " (MESSAGES UIDNEXT UIDVALIDITY UNSEEN%s)",
	    imap_has(&l->imap, IMAP_CONDSTORE) ? " HIGHESTMODSEQ" : "");
	imap_said(&l->imap);
	while ((result = imap_next(&l->imap, &r, f)) == IMAP_DATA)
		if ((imap_is(&r, "STATUS") ? read_status(l, b, f) :
		    lookout_take(l, &r, f)) == -1)
			return -1;
	/* Whether it is there SELECT will tell. */
	b->stale |= result == IMAP_NO;
	return result != IMAP_LOST && r.command == command ? 0 : -1;
}

/* What happened in the one that is left, just before that, NOTIFY does not
 * tell (Dovecot). */
static int
visit(struct lookout *l, struct lookout_box *b, struct fail *f)
{
	struct lookout_box *left = l->notify ? l->current : NULL;
	int turn;

	for (turn = 0; turn < TURNS; turn++) {
		b->stale = 0;
		if (enter(l, b, f) == -1 ||
		    watch_sync(&b->watch, &l->imap, l->vanished, f) == -1)
			return -1;
		if (watch_wants(&b->watch) != WATCH_SYNC)
			return left == NULL || left == b ? 0 :
			    ask_status(l, left, f);
	}
	return fail_set(f, EX_TEMPFAIL, "%s: it does not hold still",
	    b->watch.name);
}

int
lookout_visit_stale(struct lookout *l, struct fail *f)
{
	size_t k;

	for (k = l->n; k-- > 0;)
		if (l->box[k].stale && !l->over &&
		    visit(l, &l->box[k], f) == -1)
			return -1;
	if (!l->notify && l->current != &l->box[0] && !l->over)
		return visit(l, &l->box[0], f);
	return 0;
}

int
lookout_noop(struct lookout *l, struct fail *f)
{
	unsigned command = imap_say(&l->imap, "NOOP");

	imap_said(&l->imap);
	return lookout_finish(l, command, f) == IMAP_LOST ? -1 : 0;
}

int
lookout_has_questions(const struct lookout *l)
{
	return l->n > 1 || !l->can_idle;
}

/* Also where NOTIFY tells of them: Dovecot does so of what goes by its own
 * index, and not of what another program delivers into the Maildir. */
int
lookout_poll(struct lookout *l, struct fail *f)
{
	size_t k;

	l->poll_at = vigil_now() + (uint64_t)l->interval * SECOND;
	if (!l->can_idle && lookout_noop(l, f) == -1)
		return -1;
	for (k = 0; k < l->n; k++)
		if (&l->box[k] != l->current &&
		    ask_status(l, &l->box[k], f) == -1)
			return -1;
	return 0;
}
