/* SPDX-License-Identifier: ISC */
/* Unit test of lookup: what was put into it is found, and nothing else. */

#include "lookup.h"
#include "unit.h"

enum { MANY = 5000 };

static char names[MANY][40];

static struct slice
name(uint32_t i)
{
	return slice_str(names[i]);
}

/* How many of the elements found have the bytes of "s"; the last of them. */
static int
found(const struct lookup *l, struct slice s, uint32_t *last)
{
	struct lookup_cursor c = lookup_start(l, lookup_hash(s));
	uint32_t element;
	int n = 0;

	while (lookup_next(l, &c, &element))
		if (slice_eq(name(element), s)) {
			*last = element;
			n++;
		}
	return n;
}

static void
finds(void)
{
	struct lookup l = { 0 };
	uint32_t i, at;

	CHECK_INT(found(&l, SLICE("x"), &at), 0);
	for (i = 0; i < MANY; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "%.*s%u",
		    (int)(i % 20), "12345678901234567890", i);
		lookup_add(&l, lookup_hash(name(i)), i);
	}
	for (i = 0; i < MANY; i++)
		CHECK(found(&l, name(i), &at) == 1 && at == i);
	CHECK_INT(found(&l, SLICE(""), &at), 0);
	lookup_add(&l, lookup_hash(name(7)), 7);
	CHECK_INT(found(&l, name(7), &at), 2);
	lookup_free(&l);
	CHECK_INT(found(&l, name(7), &at), 0);
}

static void
moves(void)
{
	static uint32_t to[MANY - 10];
	struct lookup l = { 0 };
	uint32_t i, at;

	for (i = 0; i < MANY; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "%u", i);
		lookup_add(&l, lookup_hash(name(i)), i);
	}
	/* Those behind the first ten change their places, every other goes. */
	for (i = 0; i < MANY - 10; i++)
		to[i] = i % 2 == 0 ? UINT32_MAX : MANY - 1 - i;
	lookup_move(&l, 10, to);
	for (i = 10; i < MANY; i++)
		(void)snprintf(names[i], sizeof(names[i]), "%s", "gone");
	for (i = 10; i < MANY; i++)
		if (to[i - 10] != UINT32_MAX)
			(void)snprintf(names[to[i - 10]], sizeof(names[0]),
			    "%u", i);
	for (i = 0; i < MANY; i++) {
		char text[20];

		(void)snprintf(text, sizeof(text), "%u", i);
		CHECK_INT(found(&l, slice_str(text), &at),
		    i < 10 || i % 2 == 1);
	}
	/* There is room for others where some have gone. */
	for (i = 0; i < MANY; i++)
		lookup_add(&l, lookup_hash(name(i)), i);
	CHECK_INT(found(&l, name(3), &at), 2);
	lookup_free(&l);
}

/* Bytes that begin the same, or end in NUL, are not the same. */
static void
hashes(void)
{
	CHECK(lookup_hash(SLICE("a")) != lookup_hash(SLICE("a\0")));
	CHECK(lookup_hash(SLICE("")) != lookup_hash(SLICE("\0")));
	CHECK(lookup_hash(SLICE("12345678")) !=
	    lookup_hash(SLICE("123456781")));
	CHECK_INT(lookup_hash(SLICE("abc")) == lookup_hash(SLICE("abc")), 1);
	CHECK(lookup_casehash(SLICE("EXample\333.org")) ==
	    lookup_casehash(SLICE("exAMPLE\333.oRG")));
	CHECK(lookup_casehash(SLICE("a")) != lookup_casehash(SLICE("a\0")));
	CHECK(lookup_casehash(SLICE("example.org")) !=
	    lookup_casehash(SLICE("example.net")));
	CHECK(lookup_casehash(SLICE("12345678")) !=
	    lookup_casehash(SLICE("12345679")));
	CHECK(lookup_casehash(SLICE("")) != lookup_casehash(SLICE("\0")));
}

int
main(void)
{
	RUN(finds);
	RUN(moves);
	RUN(hashes);
	return unit_done();
}
