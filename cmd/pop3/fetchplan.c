/* SPDX-License-Identifier: ISC */
/* fetch: what is to be done with which message; see fetch.h. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "fetch.h"
#include "text.h"

enum { DAY = 86400 }; /* seconds */

void
fetch_report(struct fetch *f, const struct listing_message *m,
    struct fail *why)
{
	char number[40];

	progress_clear(&f->progress);
	if (m != NULL) {
		(void)snprintf(number, sizeof(number), "message %" PRIu32,
		    m->number);
		(void)fail_at(why, number);
		(void)fail_at(why, pop_name(&f->pop));
	}
	f->status = cli_worse(f->status, cli_report(why));
}

struct slice
fetch_key(struct fetch *f, const struct listing_message *m)
{
	buf_clear(&f->key);
	if (m->unique)
		popstate_uid(&f->key, m->uid);
	return buf_slice(&f->key);
}

struct slice
fetch_shared_key(struct fetch *f, const struct listing_message *m)
{
	buf_clear(&f->key);
	if (m->uid.n > 0)
		popstate_uid(&f->key, m->uid);
	return buf_slice(&f->key);
}

int
fetch_is_due(const struct fetch *f, int64_t when)
{
	return f->removal == FETCH_DELETE || (f->removal == FETCH_AGED &&
	    (f->days == 0 || time(NULL) - when >= (int64_t)f->days * DAY));
}

/* What is known of it is told by the state; "picked" ones are fetched even so.
 * Those without a unique-id of their own are known when they are here. */
static void
plan_one(struct fetch *f, const struct listing_message *m, int picked)
{
	struct slice key = fetch_key(f, m);
	struct wanted *w = &f->wanted[f->n];
	struct fail why = { 0 };
	int64_t when = 0;

	*w = (struct wanted){ .message = m };
	if (f->state != NULL && key.n > 0)
		w->taken = popstate_find(f->state, key, &when);
	w->fetch = picked || !w->taken;
	if (w->fetch && f->most > 0 && m->size > f->most) {
		w->fetch = 0;
		(void)fail_set(&why, EX_UNAVAILABLE, "larger than %" PRIu64
		    " bytes, and left there", f->most);
		fetch_report(f, m, &why);
	}
	if (picked)
		w->taken = 0;
	w->delete = f->removal == FETCH_DELETE || (!w->fetch ?
	    fetch_is_due(f, when) : f->removal == FETCH_AGED && f->days == 0);
	if (w->fetch || (w->taken && w->delete))
		f->n++;
}

/* Those that were asked for, in the order in which they were; and each once. */
static void
plan_picked(struct fetch *f)
{
	const struct listing_message *m;
	struct fail why = { 0 };
	unsigned char *seen = mem_alloc(f->list.n + 1);
	size_t i;

	for (i = 0; i < f->nuids; i++) {
		m = listing_find(&f->list, slice_str(f->uids[i]));
		if (m == NULL) {
			(void)fail_set(&why, 1, "%s: %s: it is not there",
			    pop_name(&f->pop),
			    TEXT_SHOW(slice_str(f->uids[i])));
			fetch_report(f, NULL, &why);
			continue;
		}
		if (!seen[m - f->list.message])
			plan_one(f, m, 1);
		seen[m - f->list.message] = 1;
	}
	free(seen);
}

/* A server that had unique-ids and has none now, perhaps for a while, would
 * make all messages come again: they are not known by what is in them.  Where
 * several share one that is known they are told by their marks. */
static int
has_lost_uids(struct fetch *f)
{
	size_t i;

	if (f->state == NULL || f->list.n == 0 ||
	    f->list.doubtful != f->list.n || !popstate_has_uids(f->state))
		return 0;
	for (i = 0; i < f->list.n; i++)
		if (popstate_find(f->state, fetch_shared_key(f,
		    &f->list.message[i]), NULL))
			return 0;
	return 1;
}

int
fetch_plan(struct fetch *f, int dry, struct fail *why)
{
	size_t i, room = f->nuids > 0 ? f->nuids : f->list.n;

	f->key = BUF(POPSTATE_KEY);
	f->wanted = mem_alloc(room * sizeof(*f->wanted));
	if (f->nuids > 0) {
		plan_picked(f);
		return 0;
	}
	if (has_lost_uids(f))
		return fail_set(why, EX_PROTOCOL, "%s: it has no unique-ids "
		    "now, and had some before: nothing is fetched",
		    pop_name(&f->pop));
	for (i = 0; i < f->list.n; i++)
		plan_one(f, &f->list.message[i], 0);
	if (f->state == NULL || dry)
		return 0;
	for (i = 0; i < f->list.n; i++)
		popstate_listed(f->state,
		    fetch_shared_key(f, &f->list.message[i]));
	return popstate_list_end(f->state, 0, why);
}

void
fetch_show(struct fetch *f, struct output *out)
{
	struct buf line = BUF(16384);
	size_t i;

	for (i = 0; i < f->n; i++) {
		const struct wanted *w = &f->wanted[i];

		buf_clear(&line);
		(void)buf_addf(&line, "%s\t%" PRIu32 "\t%" PRIu64 "\t",
		    !w->fetch ? "delete" : w->delete ? "fetch,delete" :
		    "fetch", w->message->number, w->message->size);
		(void)text_column(&line, w->message->uid, 0);
		(void)buf_addc(&line, '\n');
		output_put(out, buf_slice(&line));
	}
	buf_free(&line);
}

void
fetch_end(struct fetch *f)
{
	free(f->wanted);
	buf_free(&f->key);
}
