/* SPDX-License-Identifier: ISC */
/* Unit test of tlsticket: keys that come and go, in memory and in a file. */

#include <fcntl.h>

#include "tlspeer.h"
#include "tlsticket.h"

static int
same_key(const struct tlsticket_key *a, const struct tlsticket_key *b)
{
	return a->made == b->made && memcmp(a->name, b->name,
	    sizeof(a->name)) == 0 && memcmp(a->mac, b->mac,
	    sizeof(a->mac)) == 0 && memcmp(a->cipher, b->cipher,
	    sizeof(a->cipher)) == 0;
}

static void
rotation(void)
{
	struct tlsticket t = { 0 };
	struct tlsticket_key first;
	struct fail f = { 0 };
	time_t now = 1000000;

	CHECK_INT(tlsticket_rotate(&t, now, &f), 1);
	first = t.keys[0];
	CHECK_INT(first.made, now);
	CHECK_INT(tlsticket_rotate(&t, now, &f), 0);
	CHECK_INT(tlsticket_rotate(&t, now + TLSTICKET_PERIOD - 1, &f), 0);
	CHECK(same_key(&t.keys[0], &first));
	CHECK_INT(tlsticket_rotate(&t, now + TLSTICKET_PERIOD, &f), 1);
	CHECK(!same_key(&t.keys[0], &first));
	CHECK(same_key(&t.keys[1], &first));
	/* Both are too old by then. */
	CHECK_INT(tlsticket_rotate(&t, now + 5 * TLSTICKET_PERIOD, &f), 1);
	CHECK_INT(t.keys[1].made, 0);
	/* The clock went back. */
	CHECK_INT(tlsticket_rotate(&t, now, &f), 1);
	CHECK_INT(t.keys[0].made, now);
	CHECK_INT(t.keys[1].made, 0);
}

static void
put(const char *text)
{
	int fd = open("keys", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CHECK_INT(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	(void)close(fd);
}

static void
in_a_file(void)
{
	struct tlsticket a = { 0 }, b = { 0 };
	struct fail f = { 0 };
	struct stat st;
	time_t now = 1000000;

	CHECK_INT(tlsticket_load(&a, "keys", now, &f), 0);
	CHECK_INT(stat("keys", &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK_INT(tlsticket_load(&b, "keys", now + 5, &f), 0);
	CHECK(same_key(&a.keys[0], &b.keys[0]));
	CHECK_INT(b.keys[1].made, 0);
	CHECK_INT(tlsticket_load(&b, "keys", now + TLSTICKET_PERIOD, &f), 0);
	CHECK(same_key(&a.keys[0], &b.keys[1]));
	CHECK_INT(tlsticket_load(&a, "keys", now + TLSTICKET_PERIOD, &f), 0);
	CHECK(same_key(&a.keys[0], &b.keys[0]));
	CHECK(same_key(&a.keys[1], &b.keys[1]));
}

/* What is no key is no key, and a good one behind it is of no use. */
static void
damaged(void)
{
	static const char *const texts[] = { "", "\n", "x\n", "1\n", "1 \n",
		"99999999999999999999 00\n", "1000000 0011\n", "\n\n\n" };
	char text[512];
	struct fail f = { 0 };
	size_t i, n;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct tlsticket t = { 0 };

		CASE(texts[i]);
		put(texts[i]);
		CHECK_INT(tlsticket_load(&t, "keys", 1000000, &f), 0);
		CHECK_INT(t.keys[0].made, 1000000);
		CHECK_INT(t.keys[1].made, 0);
	}
	for (n = 0; n <= 162; n++) {
		struct tlsticket t = { 0 };

		memset(text, '0', sizeof(text));
		memcpy(text, "1000000 ", 8);
		(void)snprintf(text + 8 + n, 3, "\n");
		put(text);
		CHECK_INT(tlsticket_load(&t, "keys", 1000001, &f), 0);
		CHECK_INT(t.keys[0].made, n == 160 ? 1000000 : 1000001);
	}
}

static void
not_ours(void)
{
	struct tlsticket t = { 0 };
	struct fail f = { 0 };

	put("");
	CHECK_INT(chmod("keys", 0640), 0);
	CHECK_INT(tlsticket_load(&t, "keys", 1, &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK_INT(unlink("keys"), 0);
	CHECK_INT(symlink("elsewhere", "keys"), 0);
	CHECK_INT(tlsticket_load(&t, "keys", 1, &f), -1);
	CHECK_INT(unlink("keys"), 0);
	CHECK_INT(mkfifo("keys", 0600), 0);
	CHECK_INT(tlsticket_load(&t, "keys", 1, &f), -1);
	CHECK_INT(tlsticket_load(&t, "no/where/keys", 1, &f), -1);
	CHECK_INT(f.class, EX_CANTCREAT);
	CHECK_INT(t.keys[0].made, 0);
}

int
main(void)
{
	char place[64];

	tlspeer_start(place);
	RUN(rotation);
	RUN(in_a_file);
	RUN(damaged);
	RUN(not_ours);
	tlspeer_end(place);
	return unit_done();
}
