/* SPDX-License-Identifier: ISC */
/* Unit test of mailboxunique: no two messages have one unique-id. */

#include "mailboxunique.h"
#include "unit.h"

static struct mailboxlist l;
static struct mailboxuids u;
static struct mailboxunique q = { .list = &l, .uids = &u };

/* A list with these names; with "text" they have the records of it in turn. */
static void
start(const char *const *names, const char *text)
{
	size_t i;

	mailboxunique_free(&q);
	mailboxuids_free(&u);
	free(l.entries);
	for (l.n = 0; names[l.n] != NULL; l.n++)
		;
	l.entries = mem_alloc(l.n * sizeof(*l.entries));
	if (text != NULL &&
	    uidlist_parse(&u.list, slice_str(text)) == -1)
		abort();
	for (i = 0; i < l.n; i++) {
		l.entries[i].name = l.entries[i].shown.name = names[i];
		l.entries[i].shown.base = (uint16_t)strcspn(names[i], ":");
		if (text != NULL) {
			l.entries[i].record = (uint32_t)i + 1;
			l.entries[i].shown.uid = u.list.records[i].uid;
		}
	}
}

static const char *
unique(size_t i)
{
	static char text[4][MAILBOX_UNIQUE];

	return mailboxunique_text(&q, i, text[i % 4]);
}

static int
is_hash(const char *text)
{
	return strlen(text) == 32 && strspn(text, "0123456789abcdef") == 32;
}

#define SEVENTY "1234567890123456789012345678901234567890123456789012345678" \
	"901234567890"

static void
names_alone(void)
{
	static const char *const names[] = { "10.a,S=3:2,S", "20.b", SEVENTY,
		SEVENTY "1", "30 c", "30\x7f" "c", "30\xe4", ",S=1", NULL };
	size_t i;

	start(names, NULL);
	CHECK_STR(unique(0), "10.a");
	CHECK_STR(unique(1), "20.b");
	CHECK_STR(unique(2), SEVENTY);
	for (i = 3; i < 8; i++)
		CHECK(is_hash(unique(i)));
	CHECK(strcmp(unique(4), unique(5)) != 0);
}

/* Neither has it: when one has gone the other is not taken for it. */
static void
names_shared(void)
{
	static const char *const names[] = { "10.a,S=3", "10.b", "10.a,S=4",
		"10.a:2,S", NULL };
	static const char *const fewer[] = { "10.a,S=4", "10.b", NULL };
	char first[MAILBOX_UNIQUE], third[MAILBOX_UNIQUE];

	start(names, NULL);
	CHECK(is_hash(memcpy(first, unique(0), sizeof(first))));
	CHECK_STR(unique(1), "10.b");
	CHECK(is_hash(memcpy(third, unique(2), sizeof(third))));
	CHECK(is_hash(unique(3)));
	CHECK(strcmp(first, third) != 0);
	start(fewer, NULL);
	CHECK(strcmp(unique(0), first) != 0);
}

/* The hash of one message as the name of another. */
static void
names_chosen(void)
{
	static const char *names[] = { "10 a", "?", NULL };
	char hash[MAILBOX_UNIQUE];

	start(names, NULL);
	(void)memcpy(hash, unique(0), sizeof(hash));
	names[1] = hash;
	start(names, NULL);
	CHECK_STR(unique(0), hash);
	CHECK(is_hash(unique(1)));
	CHECK(strcmp(unique(1), hash) != 0);
}

#define HEADER "3 V1275660208 N25022 G3085f01b7f11094c501100008c4a11c1\n"

static void
with_uids(void)
{
	static const char *const names[] = { "a", "b:2,S", "c,S=1:2,", "d", "e",
		NULL };

	start(names, HEADER "10 :a\n11 Px.y :b\n12 P :c,S=1\n"
	    "13 W7 Pz\xe4 :d\n25022 G1 :e\n");
	CHECK_STR(unique(0), "0000000a4c0907b0");
	CHECK_STR(unique(1), "x.y");
	CHECK_STR(unique(2), "c,S=1");
	CHECK_STR(unique(3), "0000000d4c0907b0");
	CHECK_STR(unique(4), "000061be4c0907b0");
}

static void
uids_shared(void)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", NULL };

	/* "d" has what would be the one of "a" by its UID. */
	start(names, HEADER "10 Px :a\n11 Px :b\n12 Py :c\n"
	    "13 P0000000a4c0907b0 :d\n14 Px :e\n");
	CHECK_STR(unique(0), "0000000a4c0907b0");
	CHECK_STR(unique(1), "0000000b4c0907b0");
	CHECK_STR(unique(2), "y");
	CHECK_STR(unique(3), "0000000d4c0907b0");
	CHECK_STR(unique(4), "0000000e4c0907b0");
}

int
main(void)
{
	RUN(names_alone);
	RUN(names_shared);
	RUN(names_chosen);
	RUN(with_uids);
	RUN(uids_shared);
	mailboxunique_free(&q);
	mailboxuids_free(&u);
	free(l.entries);
	return unit_done();
}
