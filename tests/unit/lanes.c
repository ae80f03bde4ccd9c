/* SPDX-License-Identifier: ISC */
/* Unit test of lanes: which of them is next. */

#include <stdlib.h>

#include "../../cmd/queue/lanes.h"
#include "unit.h"

enum { NOW = 1000000, MOST = 2 };

static struct lanes lanes;
static struct part parts[8];
static size_t used;

static struct lane *
put(const char *user)
{
	struct lane *lane = lanes_find(&lanes, slice_str(user));

	lanes_put(&lanes, lane, &parts[used++]);
	return lane;
}

static void
check_next(struct lane *want, uint64_t since)
{
	CHECK(lanes_next(&lanes, MOST, since, NOW) == want);
}

/* Takes all, so that the parts are nobody's. */
static void
finish(void)
{
	struct lane *lane;

	while ((lane = lanes.first) != NULL) {
		while (lanes_take(&lanes, lane) != NULL)
			;
		lanes_let_go(&lanes, lane);
	}
	CHECK_INT(lanes.n, 0);
	lanes_free(&lanes);
	memset(parts, 0, sizeof(parts));
	used = 0;
}

static void
turns(void)
{
	struct lane *alice, *bob;

	CASE("turns");
	check_next(NULL, 0);
	bob = put("bob");
	alice = put("alice");
	CHECK(put("bob") == bob);
	CHECK_INT(bob->waiting, 2);
	check_next(bob, 0);
	lanes_enter(&lanes, bob);
	check_next(alice, 0);
	lanes_enter(&lanes, alice);
	/* All are served: one that gets on is served twice, in turn. */
	check_next(bob, 0);
	lanes_enter(&lanes, bob);
	check_next(alice, 0);
	lanes_enter(&lanes, alice);
	check_next(NULL, 0);
	lanes_leave(&lanes, bob);
	check_next(bob, 0);
	bob->moved = NOW;
	check_next(bob, NOW);
	check_next(NULL, NOW + 1);
	lanes_leave(&lanes, bob);
	check_next(bob, NOW + 1);
	CHECK(lanes_take(&lanes, bob) == &parts[0]);
	lanes_enter(&lanes, bob);
	CHECK(lanes_take(&lanes, bob) == &parts[2]);
	CHECK(lanes_take(&lanes, bob) == NULL);
	lanes_let_go(&lanes, bob);
	CHECK_INT(lanes.n, 2);
	lanes_leave(&lanes, bob);
	CHECK_INT(lanes.n, 1);
	lanes_leave(&lanes, alice);
	lanes_leave(&lanes, alice);
	finish();
}

static void
later(void)
{
	struct lane *alice, *bob;

	CASE("later");
	bob = put("bob");
	alice = put("alice");
	bob->first->tries = 1;
	bob->later = NOW + 1;
	check_next(alice, 0);
	bob->later = NOW;
	check_next(bob, 0);
	finish();
}

static void
many(void)
{
	char user[16];
	int i;

	CASE("many");
	for (i = 0; i < 1000; i++) {
		(void)snprintf(user, sizeof(user), "user%d", i);
		lanes_put(&lanes, lanes_find(&lanes, slice_str(user)),
		    calloc(1, sizeof(struct part)));
	}
	CHECK_INT(lanes.n, 1000);
	CHECK_SLICE(slice_str(lanes.first->user), SLICE("user0"));
	CHECK_INT(lanes_find(&lanes, SLICE("user999"))->waiting, 1);
	lanes_free(&lanes);
	CHECK_INT(lanes.n, 0);
}

int
main(void)
{
	RUN(turns);
	RUN(later);
	RUN(many);
	return unit_done();
}
