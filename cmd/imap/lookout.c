/* SPDX-License-Identifier: ISC */
/* lookout: watches mailboxes for as long as it takes; see lookout.h. */

#include <signal.h>
#include <stdlib.h>

#include "interrupt.h"
#include "limits.h"
#include "lookout.h"
#include "mutf7.h"
#include "ticks.h"
#include "utf8.h"

enum {
	SECOND = 1000,
	REIDLE = 24 * 60 * SECOND, /* servers hang up after 30 (RFC 2177) */
	GRACE = 5,	 /* seconds that the server has after a signal */
	CHECK = 10,	 /* seconds for an answer where a connection is in
			    doubt */
	LONG = 60 * SECOND, /* a connection for so long was worth it */
	WAIT_MOST = 300, /* seconds before another attempt */
	LINE = 4000,	 /* names in one NOTIFY */
	TURNS = 5,	 /* times that a mailbox is read till it holds still */
};

static volatile sig_atomic_t until; /* of conn_until */

static uint64_t
sooner(uint64_t a, uint64_t b)
{
	return b != 0 && b < a ? b : a;
}

static int
time_is_up(struct lookout *l)
{
	if ((l->end != 0 && vigil_now() >= l->end) || interrupt_came())
		l->over = 1;
	return l->over;
}

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
	b->notified |= asked == NULL;
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

static int
take_data(struct lookout *l, const struct imap_response *r, struct fail *f)
{
	return l->current == NULL ? take_other(l, r, f) :
	    watch_take(&l->current->watch, &l->imap, r, f);
}

/* Until the command has ended: IMAP_OK, IMAP_NO, IMAP_LOST; or IMAP_PLUS. */
static enum imap_result
finish(struct lookout *l, unsigned command, struct fail *f)
{
	struct imap_response r;
	enum imap_result result;

	for (;;) {
		result = imap_next(&l->imap, &r, f);
		if (result == IMAP_DATA) {
			if (take_data(l, &r, f) == -1)
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
		l->box[k].notified = 0;
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
	result = finish(l, command, f);
	l->notify = result == IMAP_OK;
	return result == IMAP_LOST ? -1 : 0;
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
		else if (l->vanished && take_data(l, &r, f) == -1)
			return -1;
	}
	l->current = b;
	if (result != IMAP_NO)
		return result == IMAP_OK ? 0 : -1;
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
		    take_data(l, &r, f)) == -1)
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

/* Visits those where something happened, and ends with the first, unless all
 * are watched from anywhere. */
static int
visit_stale(struct lookout *l, struct fail *f)
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

static int
noop(struct lookout *l, struct fail *f)
{
	unsigned command = imap_say(&l->imap, "NOOP");

	imap_said(&l->imap);
	return finish(l, command, f) == IMAP_LOST ? -1 : 0;
}

/* 1 where only STATUS tells of it. */
static int
is_asked_for(const struct lookout *l, const struct lookout_box *b)
{
	return b != l->current && !(l->notify && b->notified);
}

/* Whether there is something to be asked for from time to time. */
static int
has_questions(const struct lookout *l)
{
	size_t k;

	for (k = 0; k < l->n; k++)
		if (is_asked_for(l, &l->box[k]))
			return 1;
	return !l->notify && !l->can_idle;
}

/* Asks for what the server does not tell of its own. */
static int
poll_all(struct lookout *l, struct fail *f)
{
	size_t k;

	l->poll_at = vigil_now() + (uint64_t)l->interval * SECOND;
	if (!l->notify && !l->can_idle && noop(l, f) == -1)
		return -1;
	for (k = 0; k < l->n; k++)
		if (is_asked_for(l, &l->box[k]) &&
		    ask_status(l, &l->box[k], f) == -1)
			return -1;
	return 0;
}

/* Begins to wait: 1 where that is by IDLE, and *command is it; 0; -1. */
static int
begin_idle(struct lookout *l, unsigned *command, struct fail *f)
{
	if (l->notify || !l->can_idle)
		return 0;
	*command = imap_say(&l->imap, "IDLE");
	imap_said_plus(&l->imap);
	switch (finish(l, *command, f)) {
	case IMAP_PLUS:
		return 1;
	case IMAP_LOST:
		return -1;
	default:
		l->can_idle = 0;
		return 0;
	}
}

static int
has_stale(const struct lookout *l)
{
	size_t k;

	for (k = 0; k < l->n; k++)
		if (l->box[k].stale)
			return 1;
	return 0;
}

/* Something is to be done that the server has to be asked for. */
static int
to_do(const struct lookout *l)
{
	return has_stale(l) ||
	    watch_wants(&l->current->watch) != WATCH_NOTHING;
}

enum {
	WAITED_FAILED = -1,
	WAITED = 0,
	WAITED_ENDED = 1, /* IDLE is, by the server */
	WAITED_DOUBT = 2, /* the connection may be gone */
};

/* One response: WAITED; or as it says. */
static int
take_one(struct lookout *l, unsigned idle, struct fail *f)
{
	struct imap_response r;

	switch (imap_next(&l->imap, &r, f)) {
	case IMAP_DATA:
		return take_data(l, &r, f) == -1 ? WAITED_FAILED : WAITED;
	case IMAP_LOST:
		return WAITED_FAILED;
	default:
		return idle != 0 && r.command == idle ? WAITED_ENDED : WAITED;
	}
}

/* Takes what comes, to the time "at" or until there is something to be done. */
static int
wait_for_data(struct lookout *l, uint64_t at, unsigned idle, struct fail *f)
{
	unsigned what;
	int rc;

	while (!time_is_up(l) && vigil_now() < at) {
		rc = imap_await(&l->imap, 0, f);
		if (rc == 1)
			rc = take_one(l, idle, f);
		else if (rc == 0) {
			if (to_do(l))
				break;
			l->idle(l->ctx);
			if (l->over)
				break;
			what = vigil_wait(&l->vigil, conn_fd(l->imap.conn),
			    sooner(at, l->end));
			l->over |= (what & VIGIL_CLOSED) != 0;
			rc = (what & VIGIL_DOUBT) != 0 ? WAITED_DOUBT : WAITED;
		}
		if (rc != WAITED)
			return rc;
	}
	return WAITED;
}

/* Ends IDLE; what is new is asked for at once, without waiting for the end. */
static int
end_idle(struct lookout *l, unsigned command, struct fail *f)
{
	struct watch *w = &l->current->watch;

	imap_say_line(&l->imap, "DONE");
	if (watch_wants(w) == WATCH_FETCH) {
		w->pending = 1;
		return watch_fetch(w, &l->imap, f);
	}
	return finish(l, command, f) == IMAP_LOST ? -1 : 0;
}

static int
wait_once(struct lookout *l, struct fail *f)
{
	unsigned command = 0;
	uint64_t begun = vigil_now(), at = begun + REIDLE;
	int idle = begin_idle(l, &command, f), how;

	if (idle == -1)
		return -1;
	if (has_questions(l))
		at = sooner(at, l->poll_at);
	how = wait_for_data(l, at, command, f);
	if (how == WAITED_FAILED || (l->over && !l->imap.shared))
		return how == WAITED_FAILED ? -1 : 0;
	if (how == WAITED_ENDED) {
		/* One that ends at once is none. */
		l->can_idle = vigil_now() - begun >= SECOND;
		return 0;
	}
	if (how == WAITED_DOUBT)
		l->imap.client.timeout = CHECK;
	if (idle)
		how = end_idle(l, command, f);
	else if (how == WAITED_DOUBT || (l->notify && vigil_now() >= at))
		how = noop(l, f);
	l->imap.client.timeout = l->timeout;
	return how == -1 ? -1 : 0;
}

static int
look(struct lookout *l, struct fail *f)
{
	struct watch *w;

	while (!l->over) {
		if (visit_stale(l, f) == -1)
			return -1;
		l->started = 1;
		w = &l->current->watch;
		if (l->over || time_is_up(l))
			break;
		if (has_stale(l))
			continue;
		if (wait_once(l, f) == -1)
			return -1;
		if (watch_wants(w) == WATCH_FETCH &&
		    watch_fetch(w, &l->imap, f) == -1)
			return -1;
		l->current->stale |= watch_wants(w) == WATCH_SYNC;
		if (has_questions(l) && vigil_now() >= l->poll_at &&
		    !l->over && poll_all(l, f) == -1)
			return -1;
	}
	return 0;
}

/* No wait is longer than till the end. */
static void
set_timeout(struct lookout *l)
{
	uint64_t now = vigil_now(), left;

	l->imap.client.timeout = l->timeout;
	if (l->end == 0)
		return;
	left = l->end > now ? (l->end - now + SECOND - 1) / SECOND : 1;
	if (left < 30 && (l->timeout == 0 || left < l->timeout))
		l->imap.client.timeout = (unsigned)left;
	until = (sig_atomic_t)(ticks_seconds() + (time_t)left + 1);
}

/* Others have a shared session after us: a signal does not end it in the middle
 * of what was said. */
static void
limit_waits(struct lookout *l)
{
	if (l->imap.shared) {
		interrupt_catch(l->imap.conn, GRACE);
		interrupt_by((time_t)until);
	} else if (l->end != 0)
		conn_until(l->imap.conn, &until);
}

static int
session(struct lookout *l, struct fail *f)
{
	size_t k;

	l->current = NULL;
	set_timeout(l);
	if (imap_open(&l->imap, f) == -1)
		return -1;
	l->imap.client.timeout = l->timeout;
	limit_waits(l);
	l->can_idle = imap_has(&l->imap, IMAP_IDLE);
	l->poll_at = vigil_now() + (uint64_t)l->interval * SECOND;
	for (k = 0; k < l->n; k++) {
		l->box[k].stale = 1;
		l->box[k].watch.other = take_other;
		l->box[k].watch.other_ctx = l;
	}
	if (enable(l, f) == -1 || notify(l, f) == -1)
		return -1;
	l->synced_at = vigil_now();
	return look(l, f);
}

/* What another connection may help. */
static int
may_help(const struct lookout *l, const struct fail *f)
{
	return l->started && !l->imap.shared && (f->class == EX_TEMPFAIL ||
	    f->class == EX_NOHOST || f->class == EX_PROTOCOL);
}

/* Before the next attempt: 0 to 1 second, then 1, 2, 4, ... up to five minutes,
 * more or less, so that not all who lost a server come back together; at once
 * where the machine has got other addresses. */
static void
wait_to_connect(struct lookout *l)
{
	unsigned seconds = WAIT_MOST, what = 0;
	uint64_t at;

	if (l->synced_at != 0 && vigil_now() - l->synced_at >= LONG)
		l->attempts = 0;
	l->synced_at = 0;
	if (l->attempts < 9)
		seconds = 1U << l->attempts >> 1;
	l->attempts++;
	at = vigil_now() + seconds * SECOND * 3 / 4 +
	    arc4random_uniform(seconds == 0 ? SECOND : seconds * SECOND / 2);
	while ((what & VIGIL_DOUBT) == 0 && !time_is_up(l) &&
	    vigil_now() < at) {
		what = vigil_wait(&l->vigil, -1, sooner(at, l->end));
		l->over |= (what & VIGIL_CLOSED) != 0;
	}
}

/* A token may be no good any more: there will be another one. */
static void
forget_token(struct login *login)
{
	if (login->token && login->command != NULL)
		buf_wipe(&login->secret);
}

int
lookout(struct lookout *l, struct fail *f)
{
	int rc;

	l->imap.lasting = 1;
	l->timeout = l->imap.client.timeout;
	l->end = l->seconds == 0 ? 0 :
	    vigil_now() + (uint64_t)l->seconds * SECOND;
	vigil_start(&l->vigil);
	for (;;) {
		rc = session(l, f);
		if (rc == -1 && time_is_up(l))
			rc = 0;
		if (rc == -1)
			(void)fail_at(f, imap_name(&l->imap));
		/* Nobody waits for the end of IDLE, or of LOGOUT. */
		l->imap.dead |= !l->imap.shared;
		imap_close(&l->imap, rc == -1 ? f : NULL);
		if (rc == 0 || !may_help(l, f))
			break;
		l->lost(l->ctx, f);
		forget_token(&l->imap.client.login);
		wait_to_connect(l);
		if (l->over) {
			rc = 0;
			break;
		}
	}
	vigil_end(&l->vigil);
	return rc;
}
