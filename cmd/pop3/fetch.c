/* SPDX-License-Identifier: ISC */
/* fetch: messages from the server to a taker; see fetch.h. */

#include <inttypes.h>
#include <string.h>

#include "child.h"
#include "cli.h"
#include "fetch.h"
#include "interrupt.h"
#include "ticks.h"

enum {
	WINDOW_LEAST = 262144,	/* bytes that are asked for ahead */
	WINDOW_MOST = 33554432,
	RATED = 100, /* milliseconds, after which a rate means something */
	GRACE = 5,   /* seconds that the server has after a signal */
};

/* RETRs that are under way. */
struct way {
	size_t sent, got;     /* of the messages that are to be fetched */
	size_t next;	      /* of f->wanted: where the next is looked for */
	size_t answered;      /* the same for the next reply */
	size_t certain;	      /* of "got": those before f->doubted */
	uint64_t bytes;	      /* of what is under way, as LIST has it */
	uint64_t window;      /* bytes that may be */
	uint64_t then;	      /* milliseconds, when it was last set */
	uint64_t done;	      /* bytes that had come by then */
};

/* The next of f->wanted from "i" on that is to be fetched. */
static size_t
next_fetch(const struct fetch *f, size_t i)
{
	while (i < f->n && !f->wanted[i].fetch)
		i++;
	return i;
}

/* As much as comes in half a second is asked for ahead, so that a fast line is
 * never empty, and a slow one soon is when there is a reason to stop. */
static void
set_window(const struct fetch *f, struct way *w)
{
	uint64_t now = ticks_now(), most = now - w->then;

	if (most < RATED)
		return;
	w->window = (f->done.bytes - w->done) * 500 / most;
	if (w->window < WINDOW_LEAST)
		w->window = WINDOW_LEAST;
	if (w->window > WINDOW_MOST)
		w->window = WINDOW_MOST;
	w->then = now;
	w->done = f->done.bytes;
}

/* Asks for more where half of what may be under way has come; always for the
 * next one while one comes. */
static void
ask(struct fetch *f, struct way *w)
{
	size_t most = pop_window(&f->pop), under_way = w->sent - w->got;

	if (interrupt_came() || f->hopeless || f->doubted != NULL ||
	    (under_way > 1 && (under_way > most / 2 ||
	    w->bytes > w->window / 2)))
		return;
	set_window(f, w);
	while ((w->next = next_fetch(f, w->next)) < f->n &&
	    under_way < most && (under_way < 2 || w->bytes < w->window)) {
		const struct listing_message *m = f->wanted[w->next++].message;

		pop_say(&f->pop, "RETR %" PRIu32, m->number);
		w->bytes += m->size;
		w->sent++;
		under_way++;
	}
}

/* It is about the whole session, which a signal may have ended. */
static void
report_server(struct fetch *f, struct fail *why)
{
	if (f->interrupted)
		return;
	(void)fail_at(why, pop_name(&f->pop));
	fetch_report(f, NULL, why);
}

/* Why the message is not taken; of one that is doubted nothing is known yet. */
static void
report_get(struct fetch *f, const struct wanted *w, struct fail *why)
{
	if (f->pop.dead || (f->lost && f->doubted != NULL)) {
		if (!interrupt_came())
			report_server(f, why);
	} else if (f->doubted == NULL) {
		fetch_report(f, f->hopeless ? NULL : w->message, why);
	}
}

/* Gets the reply to the next RETR: 0, or -1 where the connection is lost. */
static int
get(struct fetch *f, struct way *way)
{
	struct wanted *w;
	struct fail why = { 0 };
	int rc, was_hopeless = f->hopeless;

	way->answered = next_fetch(f, way->answered);
	w = &f->wanted[way->answered++];
	way->bytes -= w->message->size;
	if (f->doubted == NULL)
		way->certain = way->got;
	way->got++;
	f->last = way->got == way->sent;
	rc = pop_reply(&f->pop, NULL, &why);
	if (rc == 1)
		rc = fetch_take(f, w, &why) == 0;
	else if (rc == 0 && f->doubted == NULL &&
	    (f->believed & FETCH_REFUSED) == 0)
		fetch_doubt(f, w, FETCH_REFUSED);
	f->lost |= f->pop.dead;
	way->got -= (size_t)f->pop.dead;
	if (f->pop.dead || (rc != 1 && !was_hopeless))
		report_get(f, w, &why);
	if (f->doubted == NULL)
		f->done.items++;
	progress_now(&f->progress, f->done);
	return f->lost ? -1 : 0;
}

/* Goes on with the first message that was doubted, as if nothing had been: 0;
 * -1: nothing more is taken, and nothing deleted. */
static int
go_back(struct fetch *f, struct way *w)
{
	size_t first = (size_t)(f->doubted - f->wanted);
	struct fail why = { 0 };

	if (fetch_verify(f, &why) == -1) {
		if (!interrupt_came())
			report_server(f, &why);
		return -1;
	}
	w->next = w->answered = first;
	w->sent = w->got = w->certain;
	w->bytes = 0;
	return 0;
}

static struct progress_at
all_of(const struct fetch *f)
{
	struct progress_at all = { 0 };
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->wanted[i].fetch) {
			all.items++;
			all.bytes += f->wanted[i].message->size;
		}
	return all;
}

/* All that came is settled now, and what there is to say about it is said. */
static void
settle(struct fetch *f, const struct way *w)
{
	struct fail why = { 0 };

	if (taker_settle(&f->taker, &why) == -1)
		fetch_report(f, NULL, &why);
	if (f->state != NULL && f->nuids == 0 && w->next == f->n &&
	    !f->lost && !f->hopeless &&
	    popstate_list_end(f->state, 1, &why) == -1)
		fetch_report(f, NULL, &why);
	progress_clear(&f->progress);
	if ((f->interrupted = interrupt_came() != 0)) {
		(void)fail_set(&why, EX_TEMPFAIL, "interrupted after %zu of "
		    "%" PRIu64 " messages", w->got, f->progress.all.items);
		fetch_report(f, NULL, &why);
	}
}

static void
fetch_all(struct fetch *f)
{
	struct way w = { .window = WINDOW_LEAST, .then = ticks_now() };

	progress_start(&f->progress, all_of(f));
	do
		ask(f, &w);
	while (w.sent != w.got ? get(f, &w) == 0 :
	    f->doubted != NULL && go_back(f, &w) == 0);
	settle(f, &w);
}

/* DELEs that are under way. */
struct deletion {
	size_t sent, got;
	size_t answered; /* of f->wanted: where the next reply's is */
};

static int
is_to_go(const struct wanted *w)
{
	return w->delete && w->taken;
}

/* Gets replies until at most "left" are missing. */
static void
get_deleted(struct fetch *f, struct deletion *d, size_t left)
{
	struct fail why = { 0 };
	int rc = 1;

	for (; rc != -1 && d->sent - d->got > left; d->got++) {
		while (!is_to_go(&f->wanted[d->answered]))
			d->answered++;
		rc = pop_reply(&f->pop, NULL, &why);
		if (rc == 0)
			fetch_report(f, f->wanted[d->answered].message, &why);
		else if (rc == -1)
			report_server(f, &why);
		d->answered++;
	}
}

/* Marks what is durable here, and remembered: how many. */
static size_t
delete_all(struct fetch *f)
{
	size_t window = pop_window(&f->pop), i;
	struct deletion d = { 0 };

	for (i = 0; i < f->n && !f->pop.dead; i++) {
		if (!is_to_go(&f->wanted[i]))
			continue;
		pop_say(&f->pop, "DELE %" PRIu32,
		    f->wanted[i].message->number);
		if (++d.sent - d.got >= window)
			get_deleted(f, &d, window / 2);
	}
	if (!f->pop.dead)
		get_deleted(f, &d, 0);
	return d.sent;
}

void
fetch_run(struct fetch *f)
{
	struct fail why = { 0 };
	size_t deleted;
	int rc;

	interrupt_catch(f->pop.conn, GRACE);
	fetch_all(f);
	if (f->lost)
		return;
	deleted = delete_all(f);
	if (f->pop.dead)
		return;
	rc = pop_quit(&f->pop, &why);
	/* Where nothing was to be deleted, nothing is lost with the reply. */
	if (rc != 1 && deleted > 0)
		report_server(f, &why);
}
