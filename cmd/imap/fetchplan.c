/* SPDX-License-Identifier: ISC */
/* fetchplan: which messages are asked for, and which of them are not there; see
 * fetch.h. */

#include "fetch.h"
#include "fetchstate.h"
#include "limits.h"

enum { SET = LIMIT_IMAP_LINE - 2000 }; /* bytes of one */

/* What of a range is not known; up to the last uid there was, so that what
 * comes meanwhile is left for the next time, and "*" means something. */
static void
plan_range(struct fetch *f, struct uidset_range range)
{
	uint32_t next = f->imap.box.uidnext;

	if (uidset_is_open(range))
		range.last = next > 0 ? next - 1 : UINT32_MAX;
	/* The last message, whichever that is. */
	if (range.first == 0)
		range.first = range.last;
	if (range.first > range.last)
		return;
	if (f->deletes)
		ranges_both(fetchstate_known(f->state), range.first,
		    range.last, &f->box->durable);
	ranges_rest(fetchstate_known(f->state), range.first, range.last,
	    &f->todo);
}

int
fetchplan_next(struct fetch *f, struct slice *set, struct fail *why)
{
	static char text[LIMIT_IMAP_LINE];
	struct buf out = BUF(SET);
	struct uidset_range range;
	struct slice named;
	int rc;

	if (f->state == NULL)
		return uids_next(f->uids, f->imap.limit, set, why);
	while (f->todo_at == f->todo.n) {
		ranges_clear(&f->todo);
		f->todo_at = 0;
		if ((rc = uids_next(f->uids, 0, &named, why)) != 1)
			return rc;
		while (uidset_next(&named, &range) == 1)
			plan_range(f, range);
	}
	(void)ranges_text(&f->todo, &f->todo_at, SET, &out);
	memcpy(text, out.p, out.n);
	*set = (struct slice){ text, out.n };
	buf_free(&out);
	return 1;
}

const char *
fetchplan_asked(struct fetch_way *w)
{
	return buf_str(w->rest.n > 0 ? &w->rest : &w->set);
}

/* [MESSAGELIMIT 1000 23221]: from the last one down to that uid it is done. */
int
fetchplan_left(struct fetch *f, struct slice code)
{
	struct slice word, rest = buf_slice(&f->way[0].set);
	struct ranges left = { 0 };
	struct uidset_range range;
	uint64_t uid;
	size_t at = 0;

	if (!slice_word(&code, &word) ||
	    !slice_caseeq(word, SLICE("MESSAGELIMIT")) ||
	    !slice_word(&code, &word) || !slice_word(&code, &word) ||
	    slice_uint(word, 2, UINT32_MAX, &uid) == -1)
		return 0;
	while (uidset_next(&rest, &range) == 1) {
		if (range.last == 0 || range.last >= uid)
			range.last = (uint32_t)uid - 1;
		if (range.first != 0 && range.first <= range.last)
			ranges_add(&left, range.first, range.last);
	}
	buf_clear(&f->way[0].rest);
	/* It has to come to an end. */
	if (left.n > 0 && ranges_has(&f->way[0].got, (uint32_t)uid))
		buf_clear(&f->way[0].set);
	else
		ranges_clear(&left);
	at = left.n == 0 ? 0 : (size_t)ranges_text(&left, &at, LIMIT_IMAP_LINE,
	    &f->way[0].set);
	ranges_free(&left);
	return at != 0;
}

/* Messages that are there, as the server told, but never came. */
static void
tell_untold(struct fetch *f)
{
	const struct fetch_way *w = &f->way[0];
	struct fail why = { 0 };
	uint64_t uid;
	size_t i;

	for (i = 0; i < w->told.n; i++)
		for (uid = w->told.one[i].first; uid <= w->told.one[i].last;
		    uid++) {
			if (ranges_has(&w->got, (uint32_t)uid))
				continue;
			why = (struct fail){ 0 };
			(void)fail_set(&why, EX_TEMPFAIL, "the server does not "
			    "give its text");
			fetch_report(f, (uint32_t)uid, &why);
		}
}

/* Of a range that was asked for as one, it is no failure that something is
 * missing; of one that uids became which were named, it is. */
static void
tell_missing(struct fetch *f, struct uidset_range range)
{
	const struct fetch_way *w = &f->way[0];
	struct fail why = { 0 };
	uint64_t uid;

	if (range.first == 0 || (range.first != range.last &&
	    !uids_each_named(f->uids)))
		return;
	for (uid = range.first; uid <= range.last; uid++) {
		if (ranges_has(&w->got, (uint32_t)uid) ||
		    ranges_has(&w->told, (uint32_t)uid))
			continue;
		why = (struct fail){ 0 };
		(void)fail_set(&why, EX_NOINPUT, "it is not there");
		fetch_report(f, (uint32_t)uid, &why);
	}
}

void
fetchplan_done(struct fetch *f, struct slice code)
{
	struct slice rest = buf_slice(&f->way[0].set), word;
	struct uidset_range range;

	/* What has no text was removed by somebody meanwhile (RFC 5530). */
	if (slice_word(&code, &word) &&
	    slice_caseeq(word, SLICE("EXPUNGEISSUED")))
		ranges_clear(&f->way[0].told);
	tell_untold(f);
	/* That it was not told is not remembered: it may be told next time. */
	while (f->state == NULL && uidset_next(&rest, &range) == 1)
		tell_missing(f, range);
}
