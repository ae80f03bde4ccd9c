/* SPDX-License-Identifier: ISC */
/* popstate: what was fetched from a mailbox; see popstate.h. */

#include <stdlib.h>
#include <time.h>

#include "knowns.h"
#include "popstate.h"

enum {
	SOME = 1048576, /* bytes that are written at once, or a batch */
	SPARE = 1000,	/* lines that tell nothing are no harm */
};

struct popstate {
	struct statefile file;
	struct underway underway;
	struct knowns knowns;
	struct arena arena;
	size_t digests;
};

static int
is_digest(struct slice key)
{
	return key.n > 0 && key.p[0] == '=';
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

static int
take(void *ctx, const struct statefile_line *line)
{
	struct popstate *s = ctx;
	struct known *k;

	if (slice_eq(line->word, SLICE("fetched")))
		set_fetched(s, line->rest, line->when);
	else if (!slice_eq(line->word, SLICE("gone")) &&
	    !slice_eq(line->word, SLICE("back")))
		return underway_take(&s->underway, line) == 1 ? 0 : -1;
	else if ((k = knowns_find(&s->knowns, line->rest)) != NULL)
		k->gone = line->word.p[0] == 'g' ? line->when : 0;
	return 0;
}

static int
known(void *ctx, struct slice key)
{
	if (key.n == 0 || slice_find(key, '\t') < key.n)
		return -1;
	return popstate_find(ctx, key, NULL);
}

static void
fetched(void *ctx, struct slice key)
{
	popstate_fetched(ctx, key, SLICE(""));
}

struct popstate *
popstate_open(const char *path, struct fail *f)
{
	struct popstate *s = mem_alloc(sizeof(*s));

	s->file = (struct statefile){ .kind = "pop3", .fd = -1 };
	s->underway = (struct underway){ .file = &s->file, .ctx = s,
		.known = known, .fetched = fetched };
	underway_start(&s->underway);
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
	return s->file.bad;
}

struct underway *
popstate_underway(struct popstate *s)
{
	return &s->underway;
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

static void
put_line(struct popstate *s, int64_t when, const char *word, struct slice key)
{
	struct buf *line = statefile_put(&s->file, when, word);

	(void)buf_add(line, key);
	(void)buf_addc(line, '\n');
}

static void
put_fetched(struct popstate *s, int64_t when, struct slice key,
    struct slice mark)
{
	struct buf *line = statefile_put(&s->file, when, "fetched");

	(void)buf_add(line, key);
	if (mark.n > 0)
		(void)buf_addc(line, '\t');
	(void)buf_add(line, mark);
	(void)buf_addc(line, '\n');
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
	return statefile_write(&s->file, durably, f);
}

/* What is known is to be told anew in a file that has nothing else. */
static int
compact(struct popstate *s, struct fail *f)
{
	const struct known *k;

	if (statefile_replace(&s->file, f) == -1)
		return -1;
	underway_again(&s->underway);
	for (k = knowns_first(&s->knowns); k != NULL; k = knowns_next(k)) {
		if (!k->fetched)
			continue;
		put_fetched(s, k->when, k->key, k->mark);
		if (k->gone != 0)
			put_line(s, k->gone, "gone", k->key);
		if (s->file.queue.n > SOME && popstate_write(s, 0, f) == -1)
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
		if (s->file.queue.n > SOME && popstate_write(s, 0, f) == -1)
			return -1;
	}
	if (popstate_write(s, 1, f) == -1)
		return -1;
	if (!digests && s->file.lines > 3 * lines + SPARE)
		return compact(s, f);
	return 0;
}

int
popstate_recover(struct popstate *s, struct fail *f)
{
	return underway_recover(&s->underway, f);
}

void
popstate_close(struct popstate **sp)
{
	struct popstate *s = *sp;

	statefile_close(&s->file);
	knowns_free(&s->knowns);
	underway_free(&s->underway);
	arena_free(&s->arena);
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
