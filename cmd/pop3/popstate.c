/* SPDX-License-Identifier: ISC */
/* popstate: what was fetched from a mailbox; see popstate.h. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "io.h"
#include "knowns.h"
#include "maildirbatch.h"
#include "popstate.h"
#include "statefile.h"

enum {
	QUEUE = 134217728, /* bytes, the most: those of a batch, at worst */
	SOME = 1048576,	   /* bytes that are written at once else */
	SPARE = 1000,	   /* lines that tell nothing are no harm */
};

/* A run that may have left files behind. */
struct run {
	struct slice id, boot;
	const char *path;
	int done;
};

/* A message that was about to be delivered. */
struct pending {
	struct known *known;
	size_t run;
	const char *name;
	int64_t when;
};

struct popstate {
	struct statefile file;
	struct knowns knowns;
	struct arena arena;
	const char *above; /* the directory of the file */
	struct run *run;
	size_t nruns;
	struct pending *pending;
	size_t npending;
	size_t digests;
	size_t bad;
	struct buf queue;
	char boot[STATEFILE_BOOT];
};

static int
is_digest(struct slice key)
{
	return key.n > 0 && key.p[0] == '=';
}

static void
take_run(struct popstate *s, struct slice line)
{
	struct slice id, boot;
	struct buf path = BUF(STATEFILE_LINE);

	if (!slice_until(&line, '\t', &id) ||
	    !slice_until(&line, '\t', &boot) ||
	    id.n != MAILDIRBATCH_RUN - 1 ||
	    statefile_decode(line, &path) == -1) {
		s->bad++;
		buf_free(&path);
		return;
	}
	s->run = mem_resize(s->run, s->nruns + 1, sizeof(*s->run));
	s->run[s->nruns++] = (struct run){ arena_slice(&s->arena, id),
		arena_slice(&s->arena, boot),
		arena_str(&s->arena, buf_slice(&path)), 0 };
	buf_free(&path);
}

static void
take_done(struct popstate *s, struct slice id)
{
	size_t i;

	for (i = 0; i < s->nruns; i++)
		if (slice_eq(s->run[i].id, id))
			s->run[i].done = 1;
}

static void
take_pending(struct popstate *s, struct slice line, int64_t when)
{
	struct slice key;
	size_t room = s->npending;

	if (s->nruns == 0 || !slice_until(&line, '\t', &key) || key.n == 0 ||
	    slice_find(line, '\0') < line.n) {
		s->bad++;
		return;
	}
	if ((room & (room - 1)) == 0)
		s->pending = mem_resize(s->pending, room * 2 + 1,
		    sizeof(*s->pending));
	s->pending[s->npending++] = (struct pending){
		knowns_add(&s->knowns, key), s->nruns - 1,
		arena_str(&s->arena, line), when };
}

/* "line" is a key and, where it has one, TAB and a mark. */
static void
set_fetched(struct popstate *s, struct slice line, int64_t when)
{
	struct slice key;
	struct known *k;

	(void)slice_until(&line, '\t', &key);
	k = knowns_add(&s->knowns, key);
	if (line.n > 0)
		k->mark = arena_slice(&s->arena, line);
	s->digests += !k->fetched && is_digest(key);
	k->fetched = 1;
	k->gone = 0;
	k->when = when;
}

/* Takes in a line without its LF. */
static void
take(void *ctx, struct slice line)
{
	struct popstate *s = ctx;
	struct slice time, word;
	struct known *k;
	uint64_t when;

	if (!slice_until(&line, '\t', &time) ||
	    slice_uint(time, 0, INT64_MAX, &when) == -1 ||
	    !slice_until(&line, '\t', &word) || line.n == 0)
		s->bad++;
	else if (slice_eq(word, SLICE("fetched")))
		set_fetched(s, line, (int64_t)when);
	else if (slice_eq(word, SLICE("pending")))
		take_pending(s, line, (int64_t)when);
	else if (slice_eq(word, SLICE("run")))
		take_run(s, line);
	else if (slice_eq(word, SLICE("done")))
		take_done(s, line);
	else if (!slice_eq(word, SLICE("gone")) &&
	    !slice_eq(word, SLICE("back")))
		s->bad++;
	else if ((k = knowns_find(&s->knowns, line)) != NULL)
		k->gone = word.p[0] == 'g' ? (int64_t)when : 0;
}

/* "path" without its last part. */
static const char *
directory_of(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return ".";
	return arena_str(arena, (struct slice){ path,
	    slash == path ? 1 : (size_t)(slash - path) });
}

struct popstate *
popstate_open(const char *path, struct fail *f)
{
	struct popstate *s = mem_alloc(sizeof(*s));

	s->above = directory_of(&s->arena, path);
	s->queue = BUF(QUEUE);
	s->file = (struct statefile){ .kind = "pop3", .fd = -1 };
	statefile_boot(s->boot);
	if (knowns_start(&s->knowns, f) == 0 &&
	    statefile_open(&s->file, path, f) == 0 &&
	    statefile_read(&s->file, take, s, f) == 0)
		return s;
	popstate_close(&s);
	return NULL;
}

size_t
popstate_bad(const struct popstate *s)
{
	return s->bad;
}

int
popstate_find(const struct popstate *s, struct slice key, int64_t *when)
{
	const struct known *k = knowns_find(&s->knowns, key);

	if (k == NULL || !k->fetched)
		return 0;
	if (when != NULL)
		*when = k->when;
	return 1;
}

int
popstate_is(const struct popstate *s, struct slice key, struct slice mark)
{
	const struct known *k = knowns_find(&s->knowns, key);

	return k != NULL && k->fetched && mark.n > 0 && slice_eq(k->mark, mark);
}

int
popstate_has_digests(const struct popstate *s)
{
	return s->digests > 0;
}

int
popstate_has_uids(const struct popstate *s)
{
	const struct known *k;

	for (k = knowns_first(&s->knowns); k != NULL; k = knowns_next(k))
		if (k->fetched && k->gone == 0 && !is_digest(k->key))
			return 1;
	return 0;
}

void
popstate_listed(struct popstate *s, struct slice key)
{
	struct known *k = knowns_find(&s->knowns, key);

	if (k != NULL)
		k->listed = 1;
}

/* Begins a line of that time in the queue. */
static void
put(struct popstate *s, int64_t when, const char *word, struct slice key)
{
	(void)buf_addf(&s->queue, "%" PRId64 "\t%s\t", when, word);
	(void)buf_add(&s->queue, key);
}

static void
put_line(struct popstate *s, int64_t when, const char *word, struct slice key)
{
	put(s, when, word, key);
	(void)buf_addc(&s->queue, '\n');
}

static void
put_run(struct popstate *s, const struct run *r, int64_t when)
{
	put(s, when, "run", r->id);
	(void)buf_addc(&s->queue, '\t');
	(void)buf_add(&s->queue, r->boot);
	(void)buf_addc(&s->queue, '\t');
	statefile_encode(&s->queue, slice_str(r->path));
	(void)buf_addc(&s->queue, '\n');
}

void
popstate_run(struct popstate *s, const char *run, const char *path)
{
	put_run(s, &(struct run){ .id = slice_str(run),
	    .boot = slice_str(s->boot), .path = path }, time(NULL));
}

void
popstate_done(struct popstate *s, const char *run)
{
	put_line(s, time(NULL), "done", slice_str(run));
}

void
popstate_pending(struct popstate *s, struct slice key, const char *name)
{
	put(s, time(NULL), "pending", key);
	(void)buf_addc(&s->queue, '\t');
	(void)buf_adds(&s->queue, name);
	(void)buf_addc(&s->queue, '\n');
}

static void
put_fetched(struct popstate *s, int64_t when, struct slice key,
    struct slice mark)
{
	put(s, when, "fetched", key);
	if (mark.n > 0)
		(void)buf_addc(&s->queue, '\t');
	(void)buf_add(&s->queue, mark);
	(void)buf_addc(&s->queue, '\n');
}

void
popstate_fetched(struct popstate *s, struct slice key, struct slice mark)
{
	int64_t now = time(NULL);

	put_fetched(s, now, key, mark);
	set_fetched(s, key, now);
	if (mark.n > 0)
		knowns_find(&s->knowns, key)->mark =
		    arena_slice(&s->arena, mark);
}

int
popstate_write(struct popstate *s, int durably, struct fail *f)
{
	int rc = statefile_add(&s->file, buf_slice(&s->queue), durably, f);

	buf_clear(&s->queue);
	return rc;
}

int
popstate_unsure(const struct popstate *s)
{
	return s->file.unsure;
}

/* What is known is to be told anew in a file that has nothing else. */
static int
compact(struct popstate *s, struct fail *f)
{
	const struct known *k;
	size_t i;

	if (statefile_replace(&s->file, f) == -1)
		return -1;
	for (i = 0; i < s->nruns; i++)
		if (!s->run[i].done)
			put_run(s, &s->run[i], time(NULL));
	for (k = knowns_first(&s->knowns); k != NULL; k = knowns_next(k)) {
		if (!k->fetched)
			continue;
		put_fetched(s, k->when, k->key, k->mark);
		if (k->gone != 0)
			put_line(s, k->gone, "gone", k->key);
		if (s->queue.n > SOME && popstate_write(s, 0, f) == -1)
			break;
	}
	if (k != NULL || popstate_write(s, 0, f) == -1) {
		statefile_replaced(&s->file, 0, NULL);
		return -1;
	}
	return statefile_replaced(&s->file, 1, f);
}

/* Notes of one that is there no more, or again, that it is so: 1 where it is
 * to be remembered, else 0. */
static int
settle(struct popstate *s, struct known *k, int64_t now)
{
	if (k->listed && k->gone != 0) {
		k->gone = 0;
		put_line(s, now, "back", k->key);
	} else if (!k->listed && k->gone == 0) {
		k->gone = now;
		put_line(s, now, "gone", k->key);
	} else if (!k->listed && now - k->gone > POPSTATE_GONE) {
		k->fetched = 0;
		s->digests -= is_digest(k->key);
	}
	return k->fetched;
}

int
popstate_list_end(struct popstate *s, int digests, struct fail *f)
{
	int64_t now = time(NULL);
	struct known *k;
	size_t lines = 0;

	for (k = knowns_first(&s->knowns); k != NULL; k = knowns_next(k)) {
		if (!k->fetched)
			continue;
		if (digests == is_digest(k->key))
			lines += (size_t)settle(s, k, now);
		else
			lines++;
		if (s->queue.n > SOME && popstate_write(s, 0, f) == -1)
			return -1;
	}
	if (popstate_write(s, 1, f) == -1)
		return -1;
	if (!digests && s->file.lines > 3 * lines + SPARE)
		return compact(s, f);
	return 0;
}

/* The Maildir of a run.  That which the file is in may have been moved. */
static const char *
maildir_of(const struct popstate *s, const struct run *r)
{
	return strcmp(r->path, ".") == 0 ? s->above : r->path;
}

/* One of "run" is nowhere: has it been delivered, and moved on? */
static int
was_moved(const struct popstate *s, const struct pending *p, int64_t now)
{
	struct slice boot = slice_str(s->boot);

	return !slice_eq(boot, SLICE("-")) &&
	    slice_eq(boot, s->run[p->run].boot) && p->when <= now &&
	    now - p->when < POPSTATE_MOVED;
}

/* The "n" messages of "p", which are all of one run. */
static int
recover_of(struct popstate *s, const struct pending *p, size_t n,
    struct fail *f)
{
	const char **names = mem_alloc(n * sizeof(*names));
	unsigned char *found = mem_alloc(n + 1);
	size_t i;
	int there;

	for (i = 0; i < n; i++)
		names[i] = p[i].name;
	there = maildirbatch_recover(&(struct maildirbatch_noted){
	    maildir_of(s, &s->run[p->run]), names, n, found }, f);
	for (i = 0; i < n && there == 1; i++)
		if (found[i] || was_moved(s, &p[i], time(NULL)))
			popstate_fetched(s, p[i].known->key, SLICE(""));
	free(names);
	free(found);
	return there == -1 ? -1 : popstate_write(s, 1, f);
}

static int
sweep(struct popstate *s, struct run *r, struct fail *f)
{
	char id[MAILDIRBATCH_RUN];

	memcpy(id, r->id.p, r->id.n);
	id[r->id.n] = '\0';
	if (maildirbatch_sweep(maildir_of(s, r), id, f) == -1)
		return -1;
	r->done = 1;
	popstate_done(s, id);
	return popstate_write(s, 0, f);
}

int
popstate_recover(struct popstate *s, struct fail *f)
{
	size_t from = 0, to, i, n = 0;

	for (i = 0; i < s->npending; i++)
		if (!s->pending[i].known->fetched)
			s->pending[n++] = s->pending[i];
	s->npending = n;
	for (; from < n; from = to) {
		for (to = from; to < n &&
		    s->pending[to].run == s->pending[from].run; to++)
			;
		if (recover_of(s, s->pending + from, to - from, f) == -1)
			return -1;
	}
	for (i = 0; i < s->nruns; i++)
		if (!s->run[i].done && sweep(s, &s->run[i], f) == -1)
			return -1;
	return 0;
}

void
popstate_close(struct popstate **sp)
{
	struct popstate *s = *sp;

	statefile_close(&s->file);
	knowns_free(&s->knowns);
	arena_free(&s->arena);
	free(s->run);
	free(s->pending);
	buf_free(&s->queue);
	free(s);
	*sp = NULL;
}

void
popstate_uid(struct buf *key, struct slice uid)
{
	buf_clear(key);
	if (is_digest(uid)) {
		(void)buf_adds(key, "%3D");
		uid = slice_sub(uid, 1, uid.n);
	}
	statefile_encode(key, uid);
}

void
popstate_digest(struct buf *key, const unsigned char sha[DIGEST_SHA256])
{
	int i;

	buf_clear(key);
	(void)buf_addc(key, '=');
	for (i = 0; i < DIGEST_SHA256; i++)
		(void)buf_addf(key, "%02x", sha[i]);
}
