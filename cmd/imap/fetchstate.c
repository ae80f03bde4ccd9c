/* SPDX-License-Identifier: ISC */
/* fetchstate: which messages of a mailbox were fetched; see fetchstate.h. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "fetchstate.h"
#include "mem.h"
#include "uidset.h"

enum {
	SOME = 16384, /* bytes of a set on a line */
	SPARE = 1000, /* lines that tell nothing are no harm */
	KEY = 24,     /* room for two numbers and a TAB */
};

/* A UIDVALIDITY that the mailbox has or had. */
struct era {
	uint32_t validity;
	struct ranges known;
};

struct fetchstate {
	struct statefile file;
	struct underway underway;
	struct era *era;
	size_t neras, at; /* of what follows; neras: of none */
	char key[KEY];
};

/* s->neras: there is none. */
static size_t
find_era(const struct fetchstate *s, uint32_t validity)
{
	size_t i = 0;

	while (i < s->neras && s->era[i].validity != validity)
		i++;
	return i;
}

/* The same, and makes one where there is none. */
static size_t
era_of(struct fetchstate *s, uint32_t validity)
{
	size_t i = find_era(s, validity);

	if (i < s->neras)
		return i;
	s->era = mem_grow(s->era, s->neras++, sizeof(*s->era));
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
take_fetched(struct fetchstate *s, struct slice line)
{
	struct uidset_range range;
	uint32_t validity;
	size_t at;

	if (take_number(&line, &validity) == -1 || !uidset_is_one(line) ||
	    slice_find(line, '*') < line.n)
		return -1;
	at = era_of(s, validity);
	while (uidset_next(&line, &range) == 1)
		ranges_add(&s->era[at].known, range.first, range.last);
	return 0;
}

static int
take(void *ctx, const struct statefile_line *line)
{
	struct fetchstate *s = ctx;

	if (slice_eq(line->word, SLICE("fetched")))
		return take_fetched(s, line->rest);
	return underway_take(&s->underway, line) == 1 ? 0 : -1;
}

/* A key is UIDVALIDITY, TAB, uid. */
struct slice
fetchstate_key(struct fetchstate *s, uint32_t uid)
{
	(void)snprintf(s->key, KEY, "%" PRIu32 "\t%" PRIu32,
	    s->era[s->at].validity, uid);
	return slice_str(s->key);
}

static int
take_key(struct slice key, uint32_t *validity, uint32_t *uid)
{
	uint64_t n;

	if (take_number(&key, validity) == -1 ||
	    slice_uint(key, 1, UINT32_MAX, &n) == -1)
		return -1;
	*uid = (uint32_t)n;
	return 0;
}

static int
known(void *ctx, struct slice key)
{
	struct fetchstate *s = ctx;
	uint32_t validity, uid;
	size_t at;

	if (take_key(key, &validity, &uid) == -1)
		return -1;
	at = find_era(s, validity);
	return at < s->neras && ranges_has(&s->era[at].known, uid);
}

static void
fetched(void *ctx, struct slice key)
{
	struct fetchstate *s = ctx;
	struct ranges one = { 0 };
	uint32_t validity, uid;

	if (take_key(key, &validity, &uid) == -1)
		return;
	s->at = era_of(s, validity);
	ranges_add(&one, uid, uid);
	fetchstate_fetched(s, &one);
	ranges_free(&one);
}

struct fetchstate *
fetchstate_open(const char *path, struct fail *f)
{
	struct fetchstate *s = mem_alloc(sizeof(*s));

	s->file = (struct statefile){ .kind = "imap", .fd = -1 };
	s->underway = (struct underway){ .file = &s->file, .ctx = s,
		.known = known, .fetched = fetched };
	underway_start(&s->underway);
	if (statefile_open(&s->file, path, f) == 0 &&
	    statefile_read(&s->file, take, s, f) == 0)
		return s;
	fetchstate_close(&s);
	return NULL;
}

size_t
fetchstate_bad(const struct fetchstate *s)
{
	return s->file.bad;
}

struct underway *
fetchstate_underway(struct fetchstate *s)
{
	return &s->underway;
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

static void
put_fetched(struct fetchstate *s, uint32_t validity, const struct ranges *uids)
{
	struct buf set = BUF(SOME), *line;
	size_t at = 0;

	while (buf_clear(&set), ranges_text(uids, &at, SOME, &set)) {
		line = statefile_put(&s->file, time(NULL), "fetched");
		(void)buf_addf(line, "%" PRIu32 "\t", validity);
		(void)buf_add(line, buf_slice(&set));
		(void)buf_addc(line, '\n');
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
fetchstate_write(struct fetchstate *s, struct fail *f)
{
	return statefile_write(&s->file, 1, f);
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
	rc = statefile_write(&s->file, 0, &f);
	(void)statefile_replaced(&s->file, rc == 0, &f);
}

int
fetchstate_recover(struct fetchstate *s, struct fail *f)
{
	if (underway_recover(&s->underway, f) == -1)
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
	underway_free(&s->underway);
	free(s->era);
	free(s);
	*sp = NULL;
}
