/* SPDX-License-Identifier: ISC */
/* Unit test of window: the first few of many names, in order. */

#include "../../cmd/queue/window.h"
#include "unit.h"

static struct spool_name
name(int64_t due, unsigned id)
{
	struct spool_name n = { SPOOL_CUR, due, "" };

	(void)snprintf(n.id, sizeof(n.id), "%016u", id);
	return n;
}

/* Numbers below "n", each once, in no order: "n" is prime. */
static void
fill(struct window *w, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		unsigned k = (unsigned)((uint64_t)i * 7919 % n);
		struct spool_name one = name(k, n - k);

		window_add(w, &one);
	}
}

static void
check_order(enum window_order order, unsigned n)
{
	struct window w = { .order = order };
	const struct spool_name *got;
	unsigned i = 0;

	fill(&w, n);
	while ((got = window_take(&w)) != NULL) {
		CHECK(got->due == (order == WINDOW_BY_DUE ? i : n - 1 - i));
		i++;
	}
	CHECK_INT(i, n < WINDOW_MOST ? n : WINDOW_MOST);
	CHECK_INT(w.more, n > WINDOW_MOST);
	CHECK_INT(window_left(&w), 0);
	window_free(&w);
}

static void
orders(void)
{
	check_order(WINDOW_BY_DUE, 11);
	check_order(WINDOW_BY_ID, 11);
	check_order(WINDOW_BY_DUE, 100003);
	check_order(WINDOW_BY_ID, 40009);
}

/* What comes while others are taken. */
static void
later(void)
{
	struct window w = { 0 };
	struct spool_name a = name(1, 1), b = name(2, 2), c = name(0, 3);

	window_add(&w, &a);
	window_add(&w, &b);
	CHECK(window_take(&w)->due == 1);
	window_add(&w, &c);
	CHECK_INT(window_left(&w), 2);
	CHECK(window_take(&w)->due == 0);
	CHECK(window_take(&w)->due == 2);
	CHECK(window_take(&w) == NULL);
	window_add(&w, &a);
	CHECK(window_last(&w)->due == 1);
	window_add(&w, &b);
	window_add(&w, &c);
	CHECK(window_last(&w)->due == 2);
	CHECK(window_take(&w)->due == 0);
	CHECK(window_take(&w)->due == 1);
	window_clear(&w);
	CHECK(window_last(&w) == NULL);
	CHECK(window_take(&w) == NULL);
	window_free(&w);
}

int
main(void)
{
	RUN(orders);
	RUN(later);
	return unit_done();
}
