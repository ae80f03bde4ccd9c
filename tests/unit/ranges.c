/* SPDX-License-Identifier: ISC */
/* Tests of ranges: beside a set that has a byte for each uid. */

#include "../../cmd/imap/ranges.h"
#include "unit.h"

enum {
	MOST = 40,
	MANY = 2000,
	CROWD = 1000000, /* with each moved for each there would be no end */
};

static unsigned char plain[MOST + 1];

static void
same(const struct ranges *r)
{
	uint32_t uid;
	size_t i;

	for (uid = 1; uid <= MOST; uid++)
		CHECK_INT(ranges_has(r, uid), plain[uid]);
	for (i = 0; i + 1 < r->n; i++)
		CHECK(r->one[i].last + 1 < r->one[i + 1].first);
}

static void
rest_is_right(const struct ranges *r, uint32_t first, uint32_t last)
{
	struct ranges rest = { 0 }, both = { 0 };
	uint32_t uid;

	ranges_rest(r, first, last, &rest);
	ranges_both(r, first, last, &both);
	for (uid = 1; uid <= MOST; uid++) {
		CHECK_INT(ranges_has(&rest, uid),
		    uid >= first && uid <= last && !plain[uid]);
		CHECK_INT(ranges_has(&both, uid),
		    uid >= first && uid <= last && plain[uid]);
	}
	ranges_free(&rest);
	ranges_free(&both);
}

static void
random_ones(void)
{
	struct ranges r = { 0 };
	uint32_t first, last;
	int turn, i;

	srand(7);
	for (turn = 0; turn < 300; turn++) {
		ranges_clear(&r);
		memset(plain, 0, sizeof(plain));
		for (i = 0; i < 12; i++) {
			first = 1 + (uint32_t)rand() % MOST;
			last = first + (uint32_t)rand() % 4;
			last = last > MOST ? MOST : last;
			ranges_add(&r, first, last);
			memset(plain + first, 1, last - first + 1);
			same(&r);
			rest_is_right(&r, (first + 20) % MOST + 1, MOST);
			rest_is_right(&r, 1, last);
		}
	}
	ranges_free(&r);
}

/* So many that it grows, and on both sides. */
static void
many(void)
{
	struct ranges r = { 0 };
	unsigned char has[MANY + 5];
	uint32_t first, uid;
	int turn, i;

	srand(11);
	for (turn = 0; turn < 40; turn++) {
		ranges_clear(&r);
		memset(has, 0, sizeof(has));
		for (i = 0; i < 100 * (turn % 8 + 1); i++) {
			first = 1 + (uint32_t)rand() % MANY;
			ranges_add(&r, first, first + (uint32_t)turn % 4);
			memset(has + first, 1, (size_t)turn % 4 + 1);
		}
		for (uid = 1; uid < sizeof(has); uid++)
			CHECK_INT(ranges_has(&r, uid), has[uid]);
		for (i = 0; i + 1 < (int)r.n; i++)
			CHECK(r.one[i].last + 1 < r.one[i + 1].first);
	}
	ranges_free(&r);
}

/* In whatever order a server tells them, and with those between after that. */
static void
crowd(void)
{
	struct ranges r = { 0 };
	uint32_t i;
	int turn;

	for (turn = 0; turn < 3; turn++) {
		for (i = CROWD; i > 0; i--)
			ranges_add(&r, 2 * i, 2 * i);
		CHECK_INT(r.n, CROWD);
		CHECK_INT(r.one[0].first, 2);
		for (i = 0; i < CROWD; i++) {
			uint32_t uid = turn == 0 ? i : CROWD - 1 - i;

			ranges_add(&r, 2 * uid + 1, 2 * uid + 1);
		}
		CHECK_INT(r.n, 1);
		CHECK_INT(r.one[0].last, 2 * CROWD);
		CHECK(r.room < 4 * CROWD);
		ranges_clear(&r);
	}
	for (i = 1; i <= CROWD; i++) {
		ranges_add(&r, CROWD * 2 + 2 * i, CROWD * 2 + 2 * i);
		ranges_add(&r, CROWD * 2 - 2 * i + 2, CROWD * 2 - 2 * i + 2);
	}
	CHECK_INT(r.n, 2 * CROWD);
	ranges_free(&r);
}

static void
ends(void)
{
	struct ranges r = { 0 }, rest = { 0 };

	ranges_add(&r, UINT32_MAX, UINT32_MAX);
	ranges_add(&r, 1, 1);
	CHECK_INT(r.n, 2);
	CHECK(ranges_has(&r, UINT32_MAX));
	ranges_rest(&r, 1, UINT32_MAX, &rest);
	CHECK_INT(rest.n, 1);
	CHECK_INT(rest.one[0].first, 2);
	CHECK_INT(rest.one[0].last, UINT32_MAX - 1);
	ranges_add(&r, 2, UINT32_MAX);
	CHECK_INT(r.n, 1);
	ranges_free(&r);
	ranges_free(&rest);
}

static void
as_text(void)
{
	struct ranges r = { 0 };
	struct buf out = BUF(200);
	size_t at = 0;
	uint32_t i;

	CHECK_INT(ranges_text(&r, &at, 100, &out), 0);
	ranges_add(&r, 1, 3);
	ranges_add(&r, 7, 7);
	ranges_add(&r, 9, 10);
	CHECK_INT(ranges_text(&r, &at, 100, &out), 1);
	CHECK_SLICE(buf_slice(&out), SLICE("1:3,7,9:10"));
	CHECK_INT(ranges_text(&r, &at, 100, &out), 0);
	for (i = 0; i < 20; i++)
		ranges_add(&r, 4000000000 + 2 * i, 4000000000 + 2 * i);
	at = 3;
	for (i = 0; buf_clear(&out), ranges_text(&r, &at, 50, &out); i++)
		CHECK(out.n <= 50 && out.p[0] == '4' &&
		    out.p[out.n - 1] != ',');
	CHECK(i > 3 && at == 23);
	ranges_free(&r);
	buf_free(&out);
}

int
main(void)
{
	RUN(random_ones);
	RUN(many);
	RUN(crowd);
	RUN(ends);
	RUN(as_text);
	return unit_done();
}
