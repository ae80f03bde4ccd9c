/* SPDX-License-Identifier: ISC */
/* fetchstate: which messages of a mailbox were fetched; see fetchstate.h. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fetchstate.h"
#include "limits.h"
#include "maildirbatch.h"
#include "mem.h"
#include "statefile.h"

enum {
	QUEUE = 134217728, /* bytes, the most: those of a batch, at worst */
	SOME = 16384,	   /* bytes of a set on a line */
	MOVED = 86400,	   /* seconds */
	SPARE = 1000,	   /* lines that tell nothing are no harm */
};

/* A UIDVALIDITY that the mailbox has or had. */
struct era {
	uint32_t validity;
	struct ranges known;
};

/* A run that may have left files behind. */
struct run {
	char id[MAILDIRBATCH_RUN];
	struct slice boot;
	int done;
};

/* A message that was about to be delivered. */
struct pending {
	size_t era, run;
	uint32_t uid;
	const char *name;
	int64_t when;
};

struct fetchstate {
	struct statefile file;
	const char *maildir;
	struct era *era;
	size_t neras, at; /* of what follows; neras: of none */
	struct run *run;
	size_t nruns;
	struct pending *pending;
	size_t npending;
	size_t bad; /* lines */
	struct arena arena;
	struct buf queue;
	char boot[STATEFILE_BOOT];
};

static size_t
era_of(struct fetchstate *s, uint32_t validity)
{
	size_t i;

	for (i = 0; i < s->neras; i++)
		if (s->era[i].validity == validity)
			return i;
	s->era = mem_resize(s->era, ++s->neras, sizeof(*s->era));
	s->era[i] = (struct era){ .validity = validity };
	return i;
}

static int
take_number(struct slice *line, uint32_t *n)
{
	struct slice word;
	uint64_t value;

	if (!slice_until(line, '\t', &word) ||
	    slice_uint(word, 1, UINT32_MAX, &value) == -1)
		return -1;
	*n = (uint32_t)value;
	return 0;
}

static int
take_run(struct fetchstate *s, struct slice line)
{
	struct slice id;
	struct run *r;

	if (!slice_until(&line, '\t', &id) || id.n != MAILDIRBATCH_RUN - 1 ||
	    line.n == 0)
		return -1;
	s->run = mem_resize(s->run, s->nruns + 1, sizeof(*s->run));
	r = &s->run[s->nruns++];
	*r = (struct run){ .boot = arena_slice(&s->arena, line) };
	memcpy(r->id, id.p, id.n);
	return 0;
}

static int
take_done(struct fetchstate *s, struct slice id)
{
	size_t i;

	for (i = 0; i < s->nruns; i++)
		if (slice_eq(slice_str(s->run[i].id), id))
			s->run[i].done = 1;
	return 0;
}

static int
take_pending(struct fetchstate *s, struct slice line, int64_t when)
{
	uint32_t validity, uid;
	size_t room = s->npending;

	if (s->nruns == 0 || take_number(&line, &validity) == -1 ||
	    take_number(&line, &uid) == -1 || line.n == 0 ||
	    slice_find(line, '\0') < line.n)
		return -1;
	if ((room & (room - 1)) == 0)
		s->pending = mem_resize(s->pending, room * 2 + 1,
		    sizeof(*s->pending));
	s->pending[s->npending++] = (struct pending){ era_of(s, validity),
		s->nruns - 1, uid, arena_str(&s->arena, line), when };
	return 0;
}

static int
take_fetched(struct fetchstate *s, struct slice line)
{
	struct uids_range range;
	uint32_t validity;
	size_t at;

	if (take_number(&line, &validity) == -1 || !uids_is_set(line) ||
	    slice_find(line, '*') < line.n)
		return -1;
	at = era_of(s, validity);
	while (uids_range(&line, &range) == 1)
		ranges_add(&s->era[at].known, range.first, range.last);
	return 0;
}

/* Takes in a line without its LF. */
static void
take(void *ctx, struct slice line)
{
	struct fetchstate *s = ctx;
	struct slice time, word;
	uint64_t when;
	int rc = -1;

	if (!slice_until(&line, '\t', &time) ||
	    slice_uint(time, 0, INT64_MAX, &when) == -1 ||
	    !slice_until(&line, '\t', &word))
		rc = -1;
	else if (slice_eq(word, SLICE("fetched")))
		rc = take_fetched(s, line);
	else if (slice_eq(word, SLICE("pending")))
		rc = take_pending(s, line, (int64_t)when);
	else if (slice_eq(word, SLICE("run")))
		rc = take_run(s, line);
	else if (slice_eq(word, SLICE("done")))
		rc = take_done(s, line);
	s->bad += rc == -1;
}

struct fetchstate *
fetchstate_open(const char *path, const char *maildir, struct fail *f)
{
	struct fetchstate *s = mem_alloc(sizeof(*s));

	s->file = (struct statefile){ .kind = "imap", .fd = -1 };
	s->maildir = maildir;
	s->queue = BUF(QUEUE);
	statefile_boot(s->boot);
	if (statefile_open(&s->file, path, f) == 0 &&
	    statefile_read(&s->file, take, s, f) == 0)
		return s;
	fetchstate_close(&s);
	return NULL;
}

size_t
fetchstate_bad(const struct fetchstate *s)
{
	return s->bad;
}

int
fetchstate_select(struct fetchstate *s, uint32_t validity, struct fail *f)
{
	if (validity == 0)
		return fail_set(f, EX_UNAVAILABLE, "it has no UIDVALIDITY: "
		    "what was fetched cannot be known again");
	s->at = era_of(s, validity);
	return 0;
}

int
fetchstate_is_new(const struct fetchstate *s)
{
	return s->neras > 1 && s->era[s->at].known.n == 0;
}

const struct ranges *
fetchstate_known(const struct fetchstate *s)
{
	return &s->era[s->at].known;
}

/* Begins a line in the queue. */
static void
put(struct fetchstate *s, const char *word)
{
	(void)buf_addf(&s->queue, "%" PRId64 "\t%s\t", (int64_t)time(NULL),
	    word);
}

void
fetchstate_run(struct fetchstate *s, const char *run)
{
	put(s, "run");
	(void)buf_addf(&s->queue, "%s\t%s\n", run, s->boot);
}

void
fetchstate_done(struct fetchstate *s, const char *run)
{
	put(s, "done");
	(void)buf_addf(&s->queue, "%s\n", run);
}

void
fetchstate_pending(struct fetchstate *s, uint32_t uid, const char *name)
{
	put(s, "pending");
	(void)buf_addf(&s->queue, "%" PRIu32 "\t%" PRIu32 "\t%s\n",
	    s->era[s->at].validity, uid, name);
}

static void
put_fetched(struct fetchstate *s, uint32_t validity, const struct ranges *uids)
{
	struct buf set = BUF(SOME);
	size_t at = 0;

	while (buf_clear(&set), ranges_text(uids, &at, SOME, &set)) {
		put(s, "fetched");
		(void)buf_addf(&s->queue, "%" PRIu32 "\t", validity);
		(void)buf_add(&s->queue, buf_slice(&set));
		(void)buf_addc(&s->queue, '\n');
	}
	buf_free(&set);
}

void
fetchstate_fetched(struct fetchstate *s, const struct ranges *uids)
{
	struct era *era = &s->era[s->at];
	size_t i;

	put_fetched(s, era->validity, uids);
	for (i = 0; i < uids->n; i++)
		ranges_add(&era->known, uids->one[i].first, uids->one[i].last);
}

int
fetchstate_write(struct fetchstate *s, int durably, struct fail *f)
{
	int rc = statefile_add(&s->file, buf_slice(&s->queue), durably, f);

	buf_clear(&s->queue);
	return rc;
}

int
fetchstate_unsure(const struct fetchstate *s)
{
	return s->file.unsure;
}

/* One of "run" is nowhere: has it been delivered, and moved on? */
static int
was_moved(const struct fetchstate *s, const struct pending *p, int64_t now)
{
	struct slice boot = slice_str(s->boot);

	return !slice_eq(boot, SLICE("-")) &&
	    slice_eq(boot, s->run[p->run].boot) && p->when <= now &&
	    now - p->when < MOVED;
}

/* The "n" messages of "p" are pending. */
static int
recover_them(struct fetchstate *s, const struct pending *p, size_t n,
    struct fail *f)
{
	const char **names = mem_alloc(n * sizeof(*names));
	unsigned char *found = mem_alloc(n + 1);
	struct ranges one = { 0 };
	size_t i;
	int there;

	for (i = 0; i < n; i++)
		names[i] = p[i].name;
	there = maildirbatch_recover(&(struct maildirbatch_noted){
	    s->maildir, names, n, found }, f);
	for (i = 0; i < n && there == 1; i++) {
		if (!found[i] && !was_moved(s, &p[i], time(NULL)))
			continue;
		ranges_clear(&one);
		ranges_add(&one, p[i].uid, p[i].uid);
		s->at = p[i].era;
		fetchstate_fetched(s, &one);
	}
	ranges_free(&one);
	free(names);
	free(found);
	return there == -1 ? -1 : fetchstate_write(s, 1, f);
}

/* Writes what is known into a file that has nothing else, where the present one
 * has much else. */
static void
compact(struct fetchstate *s)
{
	struct fail f;
	size_t i, lines = 0;
	int rc;

	for (i = 0; i < s->neras; i++)
		lines += s->era[i].known.n / 500 + 1;
	if (s->file.lines < 3 * lines + SPARE ||
	    statefile_replace(&s->file, &f) == -1)
		return;
	for (i = 0; i < s->neras; i++)
		put_fetched(s, s->era[i].validity, &s->era[i].known);
	rc = fetchstate_write(s, 0, &f);
	(void)statefile_replaced(&s->file, rc == 0, &f);
}

int
fetchstate_recover(struct fetchstate *s, struct fail *f)
{
	size_t i, n = 0;

	for (i = 0; i < s->npending; i++)
		if (!ranges_has(&s->era[s->pending[i].era].known,
		    s->pending[i].uid))
			s->pending[n++] = s->pending[i];
	s->npending = n;
	if (n > 0 && recover_them(s, s->pending, n, f) == -1)
		return -1;
	for (i = 0; i < s->nruns; i++) {
		if (s->run[i].done)
			continue;
		if (maildirbatch_sweep(s->maildir, s->run[i].id, f) == -1)
			return -1;
		s->run[i].done = 1;
		fetchstate_done(s, s->run[i].id);
	}
	if (fetchstate_write(s, 0, f) == -1)
		return -1;
	compact(s);
	return 0;
}

void
fetchstate_close(struct fetchstate **sp)
{
	struct fetchstate *s = *sp;
	size_t i;

	if (s == NULL)
		return;
	statefile_close(&s->file);
	for (i = 0; i < s->neras; i++)
		ranges_free(&s->era[i].known);
	arena_free(&s->arena);
	free(s->era);
	free(s->run);
	free(s->pending);
	buf_free(&s->queue);
	free(s);
	*sp = NULL;
}
