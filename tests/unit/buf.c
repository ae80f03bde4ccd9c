/* SPDX-License-Identifier: ISC */
/* Tests of buf: owned bytes with a hard maximum. */

#include "buf.h"
#include "unit.h"

static void
adding(void)
{
	struct buf b = BUF(100);

	CHECK_SLICE(buf_slice(&b), SLICE(""));
	CHECK_INT(buf_add(&b, SLICE("a\0b")), 0);
	CHECK_INT(buf_addc(&b, 0xff), 0);
	CHECK_INT(buf_adds(&b, "cd"), 0);
	CHECK_INT(buf_addf(&b, "%d-%s", 42, "x"), 0);
	CHECK_SLICE(buf_slice(&b), SLICE("a\0b\xff"
					 "cd42-x"));
	CHECK_INT(buf_add(&b, (struct slice){ NULL, 0 }), 0);
	CHECK_INT(b.n, 10);
	buf_free(&b);
	CHECK(b.p == NULL);
	CHECK_INT(b.n, 0);
	CHECK_INT(b.max, 100);
}

/* What does not fit is not added in part. */
static void
maximum(void)
{
	struct buf b = BUF(4);

	CHECK_INT(buf_add(&b, SLICE("abcde")), -1);
	CHECK_INT(b.n, 0);
	CHECK_INT(buf_add(&b, SLICE("abc")), 0);
	CHECK_INT(buf_addf(&b, "%d", 10), -1);
	CHECK_INT(buf_adds(&b, "de"), -1);
	CHECK_SLICE(buf_slice(&b), SLICE("abc"));
	CHECK_INT(buf_addc(&b, 'd'), 0);
	CHECK_INT(buf_addc(&b, 'e'), -1);
	CHECK_INT(buf_add(&b, SLICE("")), 0);
	CHECK(buf_room(&b, 1) == NULL);
	CHECK(buf_room(&b, SIZE_MAX) == NULL);
	CHECK_SLICE(buf_slice(&b), SLICE("abcd"));
	CHECK_INT(strlen(buf_str(&b)), 4);
	buf_free(&b);
}

static void
words(void)
{
	struct buf b = BUF(7);

	CHECK_INT(buf_add_word(&b, SLICE("12345678")), -1);
	CHECK_INT(buf_add_word(&b, SLICE("one")), 0);
	CHECK_INT(buf_add_word(&b, SLICE("four")), -1);
	CHECK_SLICE(buf_slice(&b), SLICE("one"));
	CHECK_INT(buf_add_word(&b, SLICE("two")), 0);
	CHECK_SLICE(buf_slice(&b), SLICE("one two"));
	CHECK_INT(buf_add_word(&b, SLICE("")), -1);
	CHECK_SLICE(buf_slice(&b), SLICE("one two"));
	buf_clear(&b);
	CHECK_INT(buf_add_word(&b, SLICE("1234567")), 0);
	buf_free(&b);
}

static void
nothing_at_all(void)
{
	struct buf b = BUF(0);

	CHECK_INT(buf_addc(&b, 'a'), -1);
	CHECK_STR(buf_str(&b), "");
	buf_free(&b);
	buf_free(&b);
}

/* Past every step of growth, and nothing is lost on the way. */
static void
growth(void)
{
	struct buf b = BUF(100000);
	size_t i;
	int wrong = 0;

	for (i = 0; i < b.max; i++)
		wrong += buf_addc(&b, (int)(i % 251)) != 0;
	for (i = 0; i < b.n; i++)
		wrong += (unsigned char)b.p[i] != i % 251;
	CHECK_INT(wrong, 0);
	CHECK_INT(b.n, 100000);
	CHECK(b.size <= 2 * b.max);
	buf_free(&b);
}

static void
room(void)
{
	struct buf b = BUF(10);
	char *at = buf_room(&b, 5);

	memcpy(at, "hello", 5);
	CHECK_INT(b.n, 0);
	b.n += 5;
	CHECK_STR(buf_str(&b), "hello");
	buf_free(&b);
}

/* The memory is kept, and no NUL of an earlier string shows. */
static void
clearing(void)
{
	struct buf b = BUF(10);

	CHECK_INT(buf_adds(&b, "longer"), 0);
	CHECK_STR(buf_str(&b), "longer");
	buf_clear(&b);
	CHECK_STR(buf_str(&b), "");
	CHECK_INT(buf_adds(&b, "ab"), 0);
	CHECK_STR(buf_str(&b), "ab");
	buf_wipe(&b);
	CHECK(b.p == NULL);
	CHECK_INT(b.n, 0);
	buf_wipe(&b);
}

int
main(void)
{
	RUN(adding);
	RUN(maximum);
	RUN(words);
	RUN(nothing_at_all);
	RUN(growth);
	RUN(room);
	RUN(clearing);
	return unit_done();
}
