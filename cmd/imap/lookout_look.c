/* SPDX-License-Identifier: ISC */
/* lookout: waits for what a server tells, over one connection; see
 * lookout.h. */

#include "looking.h"

enum {
	REIDLE = 24 * 60 * SECOND, /* servers hang up after 30 (RFC 2177) */
	CHECK = 10, /* seconds for an answer where a connection is in doubt */
};

/* Begins to wait: 1 where that is by IDLE, and *command is it; 0; -1.  With
 * NOTIFY, too: without IDLE Dovecot notices nothing in the selected mailbox in
 * the second after a command, and does not tell it later. */
static int
begin_idle(struct lookout *l, unsigned *command, struct fail *f)
{
	if (!l->can_idle)
		return 0;
	*command = imap_say(&l->imap, "IDLE");
	imap_said_plus(&l->imap);
	switch (lookout_finish(l, *command, f)) {
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
		return lookout_take(l, &r, f) == -1 ? WAITED_FAILED : WAITED;
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

	while (!lookout_time_is_up(l) && vigil_now() < at) {
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
			    lookout_sooner(at, l->end));
			l->over |= (what & VIGIL_CLOSED) != 0;
			rc = (what & VIGIL_DOUBT) != 0 ? WAITED_DOUBT : WAITED;
		}
		if (rc != WAITED)
			return rc;
	}
	return WAITED;
}

/* Its time is up: what the server had sent before is told, and it goes on where
 * something is to be asked for. */
static int
take_rest(struct lookout *l, unsigned idle, struct fail *f)
{
	uint64_t begun = vigil_now();
	int rc = WAITED, more = 1;

	while (rc == WAITED && more == 1 && !l->over &&
	    vigil_now() - begun < SECOND)
		if ((more = imap_await(&l->imap, 0, f)) != 0)
			rc = more == 1 ? take_one(l, idle, f) : WAITED_FAILED;
	l->over |= !lookout_has_questions(l) && !to_do(l);
	return rc;
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
	return lookout_finish(l, command, f) == IMAP_LOST ? -1 : 0;
}

static int
wait_once(struct lookout *l, struct fail *f)
{
	unsigned command = 0;
	uint64_t begun = vigil_now(), at = begun + REIDLE;
	int idle = begin_idle(l, &command, f), how;

	if (idle == -1)
		return -1;
	if (lookout_has_questions(l))
		at = lookout_sooner(at, l->poll_at);
	how = wait_for_data(l, at, command, f);
	if (how == WAITED && lookout_last(l))
		how = take_rest(l, command, f);
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
	else if (how == WAITED_DOUBT)
		how = lookout_noop(l, f);
	l->imap.client.timeout = l->timeout;
	return how == -1 ? -1 : 0;
}

/* What is new in the mailbox that is selected; whether to select it anew. */
static int
follow(struct lookout *l, struct fail *f)
{
	struct watch *w = &l->current->watch;

	if (watch_wants(w) == WATCH_FETCH &&
	    watch_fetch(w, &l->imap, f) == -1)
		return -1;
	l->current->stale |= watch_wants(w) == WATCH_SYNC;
	return 0;
}

/* Its time was up while mailboxes were read. */
static int
has_last_look(const struct lookout *l)
{
	return l->late && !l->last && (lookout_has_questions(l) || to_do(l));
}

int
lookout_look(struct lookout *l, struct fail *f)
{
	do {
		if (lookout_visit_stale(l, f) == -1)
			return -1;
		l->started = 1;
		if (lookout_time_is_up(l) && !has_last_look(l))
			break;
		if (!l->over && has_stale(l))
			continue;
		if (wait_once(l, f) == -1 || follow(l, f) == -1)
			return -1;
		if (lookout_has_questions(l) && vigil_now() >= l->poll_at &&
		    !l->over && (lookout_poll(l, f) == -1 ||
		    follow(l, f) == -1))
			return -1;
	} while (!l->over);
	return 0;
}
