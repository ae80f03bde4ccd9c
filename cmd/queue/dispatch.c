/* SPDX-License-Identifier: ISC */
/* dispatch: the transports of a run; see dispatch.h. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "dispatch.h"
#include "loading.h"
#include "parts.h"
#include "text.h"
#include "ticks.h"
#include "turns.h"

enum {
	POLLS = 3,	/* of a transport */
	LINGER = 2000,	/* an idle transport stays so long with -w */
	TICK = 1000,	/* while there are transports */
	GRACE = 3000,	/* to finish what is in hand */
	LAST = 30000,	/* then: to hear what became of a whole message */
	LOST = 2000,	/* after SIGKILL: it cannot be waited for */
	KILLED = 128,	/* statuses above it are of a signal */
	REASON = 700,	/* bytes */
};

void
dispatch_open(struct dispatch *d, struct runner *r)
{
	unsigned i, n = r->options->processes;

	memset(d, 0, sizeof(*d));
	d->runner = r;
	d->transports = mem_alloc(n * sizeof(*d->transports));
	d->poll = mem_alloc((n * POLLS + 1) * sizeof(*d->poll));
	for (i = 0; i < n; i++)
		d->transports[i].in = d->transports[i].out =
		    d->transports[i].err = -1;
}

void
dispatch_close(struct dispatch *d)
{
	hops_free(&d->hops);
	free(d->transports);
	free(d->poll);
}

size_t
dispatch_in_hand(const struct dispatch *d)
{
	return d->runner->tasks.n - d->runner->tasks.left;
}

void
dispatch_load(struct dispatch *d, const struct spool_name *name, size_t room)
{
	struct task *task = loading_message(d->runner, &d->hops, name, room);

	if (task != NULL)
		parts_dispose(d, task);
}

static void
feed(struct dispatch *d, struct transport *t, uint64_t now)
{
	struct part *part;

	if (t->nflight == 0 && t->in != -1)
		turns_change(d, t, now);
	while (t->nflight < TRANSPORT_AHEAD && t->in != -1 &&
	    t->signalled == 0 && turns_has(t, now) &&
	    hops_verdict(t->hop) == NULL) {
		part = hops_take(&d->hops, t->hop, t->lane);
		part->task->told = 1;
		transport_give(t, d->runner, part);
	}
	transport_write(t);
}

/* One that has nothing to do ends where others wait, or nothing more comes. */
static void
rest(struct dispatch *d, struct transport *t, uint64_t now)
{
	int full = d->running == d->runner->options->processes &&
	    d->hops.first != NULL;

	if (t->in == -1 || t->nflight > 0 || (t->hop->waiting > 0 && !full))
		return;
	if (full || d->stopping || (d->last && (!d->runner->options->wait ||
	    now > t->progress + LINGER))) {
		t->progress = now;
		transport_finish(t);
	}
}

static int
is_hurried(const struct dispatch *d, uint64_t now)
{
	return d->hurry != 0 && now >= d->hurry;
}

/* Of one that was told to end. */
static const char *
why_ended(const struct dispatch *d, const struct transport *t)
{
	return is_hurried(d, t->signalled) ?
	    "told to end, what it had stays due" : "no result in time";
}

/* It was told to end, and not for what it did: what it had stays due. */
static void
leave_flight(struct dispatch *d, struct transport *t)
{
	size_t i;

	for (i = 0; i < t->nflight; i++)
		parts_leave(d, t->flight[i]);
	t->nflight = 0;
}

/* Why there is no result, for who sees to the queue, and the sender: what it
 * said last is better than its status. */
static void
give_reason(const struct transport *t, const char *name, int status,
    char text[REASON])
{
	struct slice said = slice_str(t->said.text);

	if (status == 0)
		(void)snprintf(text, REASON, "%s: it ended without a result",
		    name);
	else if (status > KILLED || said.n == 0)
		(void)snprintf(text, REASON, "%s: it ended with status %d",
		    name, status);
	else
		(void)snprintf(text, REASON, "%s%s%s",
		    slice_starts(said, slice_str(name)) ? "" : name,
		    slice_starts(said, slice_str(name)) ? "" : ": ",
		    TEXT_SHOW(said));
}

/* It is over with it; "why" is NULL where it ended by itself. */
static void
end(struct dispatch *d, struct transport *t, const char *why)
{
	struct spool_entry e = { .class = SPOOL_DEFERRED,
		.enhanced = SLICE("4.3.0") };
	const char *name = transport_name(d->runner, t->hop);
	struct hop *hop = t->hop;
	int status = transport_end(t);
	char text[REASON];
	int hurried;
	size_t i;

	turns_leave(t);
	d->running--;
	if (why != NULL)
		(void)snprintf(text, sizeof(text), "%s: %s",
		    TEXT_SHOW(slice_str(name)), why);
	else
		give_reason(t, TEXT_SHOW(slice_str(name)), status, text);
	e.text = slice_str(text);
	hurried = t->signalled != 0 && is_hurried(d, t->signalled);
	if (t->nflight > 0 || (status != 0 && !hurried))
		cli_warn("%s%s%s", text, hop->target[0] == '\0' ? "" :
		    ": ", TEXT_SHOW(slice_str(hop->target)));
	if (hurried)
		leave_flight(d, t);
	/* Another one would do no better; but with one user's mail a
	 * mail-deliver that was killed says nothing of the next user's. */
	if (t->results == 0 && t->nflight > 0 &&
	    (hop->kind != NEXTHOP_LOCAL || status <= KILLED))
		parts_judge_text(d, hop, text);
	for (i = 0; i < t->nflight; i++) {
		parts_settle(d, t->flight[i], &e);
		parts_end(d, t->flight[i]);
	}
	t->nflight = 0;
	hops_let_go(&d->hops, hop);
}

static void
check_patience(struct dispatch *d, struct transport *t, uint64_t now)
{
	uint64_t patience = (uint64_t)d->runner->options->patience * 1000;
	unsigned kill_after = is_hurried(d, now) ? LAST : TRANSPORT_KILL;

	if (t->signalled != 0 || is_hurried(d, now) ||
	    ((t->in == -1 || t->nflight > 0) && now >= t->progress + patience))
		transport_signal(t, kill_after);
	if (t->signalled != 0 && now > t->signalled + kill_after + LOST)
		end(d, t, why_ended(d, t));
}

static void
start(struct dispatch *d, struct hop *hop)
{
	struct transport *t = d->transports;
	struct fail f = { 0 };

	while (t->pid != 0)
		t++;
	release_start(&d->runner->release);
	if (transport_start(t, d->runner, hop, &f) == 0) {
		d->running++;
		hops_defer(&d->hops, hop);
		return;
	}
	(void)cli_report(&f);
	parts_judge_text(d, hop, f.text);
}

static void
start_some(struct dispatch *d, uint64_t now)
{
	const struct options *o = d->runner->options;
	struct hop *hop, *next;

	for (hop = d->hops.first; hop != NULL && d->running < o->processes;
	    hop = next) {
		next = hop->after;
		if (hops_verdict(hop) == NULL && turns_may_start(d, hop, now))
			start(d, hop);
	}
}

static void
work_on(struct dispatch *d, uint64_t now)
{
	size_t i, n = d->runner->options->processes;
	const char *verdict;

	if (d->again != NULL && now >= d->again_at)
		parts_dispose_again(d);
	if (d->hops.first != NULL &&
	    (verdict = hops_verdict(d->hops.first)) != NULL)
		parts_drain(d, d->hops.first, verdict);
	start_some(d, now);
	for (i = 0; i < n; i++)
		if (d->transports[i].pid != 0) {
			feed(d, &d->transports[i], now);
			rest(d, &d->transports[i], now);
			check_patience(d, &d->transports[i], now);
		}
}

int
dispatch_work(struct dispatch *d)
{
	work_on(d, ticks_now());
	if (d->hops.first != NULL && hops_verdict(d->hops.first) != NULL)
		return 0;
	if (d->again != NULL)
		return PARTS_LOCKED;
	if (d->hops.first != NULL)
		return TURNS_STUCK;
	return d->running > 0 ? TICK : -1;
}

size_t
dispatch_poll(struct dispatch *d)
{
	size_t i, n = d->runner->options->processes, count = 0;

	for (i = 0; i < n; i++) {
		const struct transport *t = &d->transports[i];
		struct pollfd *p = &d->poll[1 + i * POLLS];

		p[0] = (struct pollfd){ .fd = t->out, .events = POLLIN };
		p[1] = (struct pollfd){ .fd = t->sent < t->unsent.n ? t->in :
		    -1, .events = POLLOUT };
		p[2] = (struct pollfd){ .fd = t->err, .events = POLLIN };
		if (t->pid != 0)
			count = i + 1;
	}
	return count * POLLS;
}

void
dispatch_polled(struct dispatch *d)
{
	size_t i, n = d->runner->options->processes;

	for (i = 0; i < n; i++) {
		struct transport *t = &d->transports[i];
		const struct pollfd *p = &d->poll[1 + i * POLLS];

		if (t->pid != 0 && p[2].revents != 0)
			transport_hear(t);
		if (t->pid == 0 || p[0].revents == 0)
			continue;
		switch (transport_read(t, d->runner, parts_take, d)) {
		case 0:
			end(d, t, t->signalled != 0 ? why_ended(d, t) : NULL);
			break;
		case -1:
			(void)kill(-t->pid, SIGKILL);
			end(d, t, "it said what is no result");
		}
	}
}

void
dispatch_stop(struct dispatch *d)
{
	struct hop *hop;
	struct part *part;

	d->stopping = d->last = 1;
	while ((hop = d->hops.first) != NULL) {
		while ((part = hops_take_any(&d->hops, hop)) != NULL)
			parts_leave(d, part);
		hops_let_go(&d->hops, hop);
	}
}

void
dispatch_hurry(struct dispatch *d, int now)
{
	if (!d->stopping)
		dispatch_stop(d);
	if (d->hurry == 0)
		d->hurry = ticks_now() + GRACE;
	if (now && ticks_now() < d->hurry)
		d->hurry = ticks_now();
}
