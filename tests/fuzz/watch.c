/* SPDX-License-Identifier: ISC */
/* Fuzz target: whatever a server says of a mailbox that is watched, over
 * connections that end, only what is new is told to be new, only what was told
 * to be there is told to change or to be gone, and what is known in the end is
 * what was told.  The first byte says what the server has; a line "=" ends a
 * connection; tests/unit/imaplines.h has the rest. */

#include "../../cmd/imap/watch.h"
#include "../unit/imaplines.h"
#include "foreign.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct known told;

static void
tell(void *ctx, const struct watch *w, enum watch_event event, uint32_t uid,
    struct slice flags)
{
	enum known_result was = KNOWN_SAME;

	(void)ctx;
	(void)w;
	if (event == WATCH_RESET)
		known_free(&told);
	else if (event == WATCH_EXPUNGE)
		was = known_drop(&told, uid) ? KNOWN_NEW : KNOWN_SAME;
	else
		was = known_put(&told, uid, known_digest(flags));
	if ((event == WATCH_RESET) != (uid == 0) ||
	    ((event == WATCH_NEW || event == WATCH_EXPUNGE) &&
	    was != KNOWN_NEW) ||
	    (event == WATCH_FLAGS && was != KNOWN_CHANGED))
		abort();
}

static int
other(void *ctx, const struct imap_response *r, struct fail *f)
{
	(void)ctx;
	(void)r;
	(void)f;
	return 0;
}

static void
check_fail(const struct fail *f)
{
	static const int classes[] = { EX_TEMPFAIL, EX_PROTOCOL,
		EX_UNAVAILABLE, EX_NOPERM, EX_NOINPUT, EX_CANTCREAT, 0 };

	foreign_fail(f, classes);
}

static void
check_known(const struct watch *w)
{
	uint32_t a = 0, b = 0;

	do {
		a = known_next(&w->known, a + 1);
		b = known_next(&told, b + 1);
		if (a != b)
			abort();
	} while (a != 0 && a != UINT32_MAX);
	if (w->known.n != told.n)
		abort();
}

/* What comes, until it is to be selected anew: 0, or -1. */
static int
listen_to(struct watch *w, struct imap *i, struct fail *f)
{
	struct imap_response r;
	enum imap_result rc;

	while (watch_wants(w) != WATCH_SYNC) {
		if (watch_wants(w) == WATCH_FETCH) {
			if (watch_fetch(w, i, f) == -1)
				return -1;
			continue;
		}
		if (w->exists != w->known.n)
			abort();
		if ((rc = imap_next(i, &r, f)) == IMAP_LOST ||
		    (rc == IMAP_DATA && watch_take(w, i, &r, f) == -1))
			return -1;
	}
	return 0;
}

static void
connection(struct watch *w, struct slice said, unsigned what)
{
	struct imap i = { .dead = 1 };
	struct imaplines lines;
	struct fail f = { 0 };

	client_start(&i.client, &imap_family);
	imaplines_begin(&i, &lines, said);
	i.own->alerts = UINT32_MAX; /* enough was told */
	i.offers = ((what & 1) != 0 ? IMAP_CONDSTORE : 0) |
	    ((what & 2) != 0 ? IMAP_ESEARCH : 0);
	i.limit = (what & 4) != 0 ? 2 : 0;
	while (imap_select(&i, SLICE("a"), 1, &f) == 0 &&
	    watch_sync(w, &i, (what & 8) != 0, &f) == 0 &&
	    listen_to(w, &i, &f) == 0)
		continue;
	check_fail(&f);
	imaplines_close(&i, &lines);
	imap_end(&i);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice said = { (const char *)data, size }, line, one;
	struct watch w;
	int what = slice_getc(&said);

	watch_start(&w, "a");
	w.all = 1;
	w.tell = tell;
	w.other = other;
	one = (struct slice){ said.p, 0 };
	while (said.n > 0) {
		if (!slice_until(&said, '\n', &line)) {
			line = said;
			said.n = 0;
		}
		if (slice_eq(line, SLICE("="))) {
			connection(&w, one, (unsigned)what);
			one = (struct slice){ said.p, 0 };
		} else
			one.n = (size_t)(line.p + line.n - one.p) +
			    (said.n > 0);
	}
	connection(&w, one, (unsigned)what);
	check_known(&w);
	known_free(&told);
	watch_free(&w);
	return 0;
}
