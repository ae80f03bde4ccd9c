/* SPDX-License-Identifier: ISC */
/* Unit test of known: uids in and out of order, against a plain list; flags;
 * marks; the limit. */

#include "../../cmd/imap/known.h"
#include "limits.h"
#include "unit.h"

enum {
	MOST = 6000, /* uids of the plain list */
};

static struct known k;

/* The plain list: which uids there are, with what flags, with a mark; each is
 * "apart" from the next. */
static uint32_t apart;
static struct {
	int there, flags, marked;
} plain[MOST + 1];

static unsigned
chance(unsigned below)
{
	static uint32_t state = 1;

	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

static uint64_t
flags(int n)
{
	char text[32];

	if (n == 0)
		return 0;
	(void)snprintf(text, sizeof(text), "\\Seen k%d", n);
	return known_digest(slice_str(text));
}

static void
compare(void)
{
	uint32_t uid, number = 0, last = 0, unmarked = 0;

	for (uid = 1; uid <= MOST; uid++) {
		if (!plain[uid].there)
			continue;
		CHECK_INT(known_uid(&k, ++number), uid * apart);
		CHECK_INT(known_next(&k, last + 1), uid * apart);
		last = uid * apart;
		if (plain[uid].marked)
			continue;
		CHECK_INT(known_unmarked(&k, unmarked + 1), uid * apart);
		unmarked = uid * apart;
	}
	CHECK_INT(k.n, number);
	CHECK_INT(known_last(&k), last);
	CHECK_INT(known_next(&k, last + 1), 0);
	CHECK_INT(known_unmarked(&k, unmarked + 1), 0);
	CHECK_INT(known_uid(&k, number + 1), 0);
	CHECK_INT(known_uid(&k, 0), 0);
}

static enum known_result
expected(uint32_t uid, int n)
{
	if (!plain[uid].there)
		return KNOWN_NEW;
	if (n == 0 || n == plain[uid].flags)
		return KNOWN_SAME;
	return plain[uid].flags == 0 ? KNOWN_LEARNT : KNOWN_CHANGED;
}

static void
put(uint32_t uid, int n)
{
	CHECK_INT(known_put(&k, uid * apart, flags(n)), expected(uid, n));
	if (n != 0 || !plain[uid].there)
		plain[uid].flags = n;
	plain[uid].there = plain[uid].marked = 1;
}

static void
drop(uint32_t uid)
{
	CHECK_INT(known_drop(&k, uid * apart), plain[uid].there);
	plain[uid].there = plain[uid].marked = 0;
}

static void
unmark(void)
{
	uint32_t uid;

	known_unmark(&k);
	for (uid = 1; uid <= MOST; uid++)
		plain[uid].marked = 0;
}

static void
begin(void)
{
	known_free(&k);
	memset(plain, 0, sizeof(plain));
	apart = 1;
}

static void
empty(void)
{
	begin();
	CHECK_INT(known_drop(&k, 1), 0);
	known_unmark(&k);
	compare();
}

static void
in_order(void)
{
	uint32_t uid;

	begin();
	for (uid = 2; uid <= MOST; uid += 2)
		put(uid, 0);
	compare();
	/* Full blocks, where nothing comes in between. */
	CHECK_INT(k.places, (MOST / 2 + KNOWN_BLOCK - 1) / KNOWN_BLOCK);
	for (uid = 1; uid <= MOST; uid++)
		drop(uid);
	compare();
	CHECK_INT(k.places, 0);
}

static void
backwards(void)
{
	uint32_t uid;

	begin();
	for (uid = MOST; uid > 0; uid--)
		put(uid, (int)(uid % 7));
	compare();
}

static void
any_order(uint32_t how_far)
{
	unsigned i, round;

	begin();
	apart = how_far;
	for (round = 0; round < 20; round++) {
		for (i = 0; i < 2000; i++)
			put(1 + chance(MOST), (int)chance(5));
		compare();
		for (i = 0; i < 1500 + 200 * (round % 2); i++)
			drop(1 + chance(MOST));
		compare();
		if (round % 3 == 0)
			unmark();
		compare();
	}
}

static void
near(void)
{
	any_order(1);
}

static void
far(void)
{
	any_order(97);
	any_order(50021);
	any_order(700001);
}

/* All have the same, but for one; and that one, too, again. */
static void
same_flags(void)
{
	uint32_t uid;

	begin();
	/* Backwards, so that blocks are parted. */
	for (uid = MOST; uid > 0; uid--)
		put(uid, 3);
	put(700, 3);
	put(700, 4);
	put(701, 0);
	put(702, 3);
	put(700, 3);
	for (uid = 1; uid <= MOST; uid++)
		put(uid, uid == 1500 ? 4 : 3);
	compare();
	/* What is not known of a new one is not that of the others. */
	drop(2000);
	put(2000, 0);
	put(2000, 3);
	put(2001, 3);
	drop(3000);
	put(3000, 5);
	for (uid = 1; uid <= MOST; uid++)
		put(uid, uid == 1500 ? 4 : uid == 3000 ? 5 : 3);
	compare();
}

static void
greatest(void)
{
	begin();
	CHECK_INT(known_put(&k, UINT32_MAX, 0), KNOWN_NEW);
	CHECK_INT(known_put(&k, 1, 0), KNOWN_NEW);
	CHECK_INT(known_last(&k), UINT32_MAX);
	CHECK_INT(known_uid(&k, 2), UINT32_MAX);
	CHECK_INT(known_next(&k, 2), UINT32_MAX);
	known_unmark(&k);
	CHECK_INT(known_unmarked(&k, 2), UINT32_MAX);
	CHECK_INT(known_drop(&k, UINT32_MAX), 1);
	CHECK_INT(known_next(&k, 2), 0);
}

static void
digests(void)
{
	static const struct {
		const char *a, *b;
		int same;
	} cases[] = {
		{ "", "", 1 },
		{ "", "\\Recent", 1 },
		{ "\\Seen", "\\seen", 1 },
		{ "\\Seen \\Flagged", "\\Flagged \\Seen", 1 },
		{ "\\Seen \\Recent", "\\Seen", 1 },
		{ "\\Seen", "", 0 },
		{ "\\Seen", "Seen", 0 },
		{ "a b", "ab", 0 },
		{ "\\Seen a", "\\Seen b", 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].a);
		CHECK(known_digest(slice_str(cases[i].a)) != 0);
		CHECK_INT(known_digest(slice_str(cases[i].a)) ==
		    known_digest(slice_str(cases[i].b)), cases[i].same);
	}
}

/* More sets of flags than are told apart: what is not known is never taken for
 * the same. */
static void
many_flags(void)
{
	uint32_t uid;

	begin();
	for (uid = 1; uid <= KNOWN_FLAGS + 10; uid++)
		CHECK_INT(known_put(&k, uid, flags((int)uid)), KNOWN_NEW);
	CHECK_INT(known_put(&k, 1, flags(1)), KNOWN_SAME);
	CHECK_INT(known_put(&k, 1, flags(2)), KNOWN_CHANGED);
	CHECK_INT(known_put(&k, KNOWN_FLAGS, flags(KNOWN_FLAGS)), KNOWN_SAME);
	uid = KNOWN_FLAGS + 1;
	CHECK_INT(known_put(&k, uid, flags((int)uid)), KNOWN_LEARNT);
	CHECK_INT(known_put(&k, uid, flags((int)uid)), KNOWN_LEARNT);
	CHECK_INT(known_put(&k, uid, flags(1)), KNOWN_LEARNT);
	CHECK_INT(known_put(&k, uid, flags(1)), KNOWN_SAME);
}

static void
limit(void)
{
	uint32_t uid;

	begin();
	for (uid = 1; uid <= LIMIT_IMAP_WATCHED; uid++)
		if (known_put(&k, uid, 0) != KNOWN_NEW)
			break;
	CHECK_INT(uid, LIMIT_IMAP_WATCHED + 1);
	CHECK_INT(known_put(&k, uid, 0), KNOWN_FULL);
	CHECK_INT(known_put(&k, 7, 0), KNOWN_SAME);
	CHECK_INT(known_drop(&k, 7), 1);
	CHECK_INT(known_put(&k, uid, 0), KNOWN_NEW);
	CHECK_INT(known_uid(&k, 7), 8);
	known_free(&k);
}

int
main(void)
{
	RUN(empty);
	RUN(in_order);
	RUN(backwards);
	RUN(near);
	RUN(far);
	RUN(same_flags);
	RUN(greatest);
	RUN(digests);
	RUN(many_flags);
	RUN(limit);
	known_free(&k);
	return unit_done();
}
