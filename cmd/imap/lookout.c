/* SPDX-License-Identifier: ISC */
/* lookout: watches mailboxes for as long as it takes; see lookout.h. */

#include <signal.h>
#include <stdlib.h>

#include "interrupt.h"
#include "looking.h"
#include "ticks.h"

enum {
	GRACE = 5,	 /* seconds that the server has after a signal, and for
			    the last look */
	LONG = 60 * SECOND, /* a connection for so long was worth it */
	WAIT_MOST = 300, /* seconds before another attempt */
};

static volatile sig_atomic_t until; /* of conn_until */

uint64_t
lookout_sooner(uint64_t a, uint64_t b)
{
	return b != 0 && b < a ? b : a;
}

int
lookout_time_is_up(struct lookout *l)
{
	if (interrupt_came()) {
		l->late = 0;
		l->over = 1;
	} else if (l->end != 0 && vigil_now() >= l->end && !l->over) {
		l->late = l->over = 1;
	}
	return l->over;
}

int
lookout_last(struct lookout *l)
{
	if (!l->late || l->last)
		return 0;
	l->last = 1;
	l->over = 0;
	l->poll_at = vigil_now();
	until = (sig_atomic_t)(ticks_seconds() + GRACE);
	if (l->imap.shared)
		interrupt_by((time_t)until);
	return 1;
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
	l->current = NULL;
	set_timeout(l);
	if (imap_open(&l->imap, f) == -1)
		return -1;
	l->imap.client.timeout = l->timeout;
	limit_waits(l);
	if (lookout_begin(l, f) == -1)
		return -1;
	l->synced_at = vigil_now();
	return lookout_look(l, f);
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
	while ((what & VIGIL_DOUBT) == 0 && !lookout_time_is_up(l) &&
	    vigil_now() < at) {
		what = vigil_wait(&l->vigil, -1, lookout_sooner(at, l->end));
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
		if (rc == -1 && lookout_time_is_up(l))
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
