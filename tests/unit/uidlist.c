/* SPDX-License-Identifier: ISC */
/* Unit test of uidlist: dovecot-uidlist read, added to and written anew. */

#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "uidlist.h"
#include "unit.h"

#define GUID "3085f01b7f11094c501100008c4a11c1"
#define HEADER "3 V1275660208 N25022 G" GUID

static char top[] = "/tmp/mailpipe-unit.XXXXXX";
static int dir = -1;
static struct dotlock lock;
static struct uidlist list;
static struct fail f;

static void
file(const char *text)
{
	int fd = openat(dir, "dovecot-uidlist", O_WRONLY | O_CREAT | O_TRUNC,
	    0600);

	if (fd == -1 || write(fd, text, strlen(text)) == -1 || close(fd) != 0)
		abort();
}

static const char *
content(void)
{
	static char text[8192];
	int fd = openat(dir, "dovecot-uidlist", O_RDONLY);
	ssize_t n = fd == -1 ? 0 : read(fd, text, sizeof(text) - 1);

	(void)close(fd);
	text[n == -1 ? 0 : n] = '\0';
	return text;
}

/* A directory with this list, read under its lock. */
static void
start(const char *text)
{
	static const struct dotlock_wait wait = { 0, 120 };

	uidlist_free(&list);
	(void)nftw(top, files_delete, 8, FTW_DEPTH | FTW_PHYS);
	(void)close(dir);
	if (mkdir(top, 0700) == -1 ||
	    (dir = open(top, O_RDONLY | O_DIRECTORY)) == -1 ||
	    mkdirat(dir, "tmp", 0700) == -1)
		abort();
	lock = DOTLOCK(dir, UIDLIST_LOCK);
	if (text != NULL)
		file(text);
	if (dotlock_take(&lock, &wait, &f) != 1 ||
	    uidlist_read(&list, dir, &f) == -1)
		abort();
}

static int
add(const char *base)
{
	struct slice s = slice_str(base == NULL ? "" : base);
	struct uidlist_new new = { &s, base != NULL };

	return uidlist_add(&list, &lock, &new, &f);
}

static void
headers(void)
{
	static const struct {
		const char *text;
		uint32_t validity, next; /* 0: it is no list */
		int damaged;
	} cases[] = {
		{ HEADER "\n", 1275660208, 25022, 0 },
		{ "3 N2 G" GUID " V7\n", 7, 2, 0 },
		{ "3 V7 N2\n", 7, 2, 1 },
		{ HEADER " Pabc X\n", 1275660208, 25022, 0 },
		{ "1 7 9\n", 7, 9, 1 },
		{ "1 7 9\n3 a\n12 b\n", 7, 13, 1 },
		{ HEADER, 0, 0, 0 },
		{ "", 0, 0, 0 },
		{ "\n", 0, 0, 0 },
		{ "2 7 9\n", 0, 0, 0 },
		{ "33 V7 N2\n", 0, 0, 0 },
		{ "3 V0 N2\n", 0, 0, 0 },
		{ "3 V7 N0\n", 0, 0, 0 },
		{ "3 V7\n", 0, 0, 0 },
		{ "3 N7\n", 0, 0, 0 },
		{ "3 V4294967296 N2\n", 0, 0, 0 },
		{ "3 V-7 N2\n", 0, 0, 0 },
		{ "3 V7 N2 Gabc\n", 0, 0, 0 },
		{ "1 7\n", 0, 0, 0 },
		{ "1 7 x\n", 0, 0, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice text = unit_exact(slice_str(cases[i].text));

		CASE(cases[i].text);
		CHECK_INT(uidlist_parse(&list, text),
		    cases[i].validity == 0 ? -1 : 0);
		CHECK_INT(list.validity, cases[i].validity);
		CHECK_INT(list.next, cases[i].next);
		CHECK_INT(list.damaged, cases[i].damaged);
		uidlist_free(&list);
		free((void *)(uintptr_t)text.p);
	}
}

/* A line that is good, and others beside it. */
static void
lines(void)
{
	static const struct {
		const char *text;
		size_t n;
		uint32_t next;
	} cases[] = {
		{ "1 :a\n2 :b\n", 2, 3 },
		{ "1 :a:2,S\n", 1, 2 },
		{ "7  W1 Px  :a\n", 1, 8 },
		{ "7 P :a\n", 1, 8 },
		{ "1 :a\n2 :b", 1, 2 },
		{ "2 :a\n2 :b\n", 1, 3 },
		{ "2 :a\n1 :b\n", 1, 3 },
		{ "x\n\n0 :a\n-1 :b\n2 :c\n", 1, 3 },
		{ "1 :\n", 0, 2 },
		{ "1 :a/b\n", 0, 2 },
		{ "1 a\n", 0, 2 },
		{ "1 W5 \n", 0, 2 },
		{ "1\n", 0, 1 },
		{ "4294967293 :a\n", 1, 4294967294 },
		{ "4294967294 :a\n", 0, 1 },
		{ "99999999999 :a\n", 0, 1 },
	};
	char text[200];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].text);
		(void)snprintf(text, sizeof(text), "3 V7 N1 G" GUID "\n%s",
		    cases[i].text);
		CHECK_INT(uidlist_parse(&list, slice_str(text)), 0);
		CHECK_INT(list.n, cases[i].n);
		CHECK_INT(list.next, cases[i].next);
		uidlist_free(&list);
	}
}

static void
fields(void)
{
	struct slice value;

	CHECK_INT(uidlist_parse(&list, SLICE(HEADER "\n"
	    "25006 :1276528487.M364837P9451.kurkku,S=1355,W=1394:2,S\n"
	    "25017 W2481 Pa:c O7 P2 :1276533073.M242911P3632.kurkku\n"
	    "25018 P :x\n")), 0);
	CHECK_INT(list.n, 3);
	CHECK_SLICE(uidlist_base(&list, 0),
	    SLICE("1276528487.M364837P9451.kurkku,S=1355,W=1394"));
	CHECK_SLICE(uidlist_base(&list, 1),
	    SLICE("1276533073.M242911P3632.kurkku"));
	CHECK_INT(uidlist_value(&list, 0, 'W', &value), 0);
	CHECK_INT(uidlist_value(&list, 1, 'W', &value), 1);
	CHECK_SLICE(value, SLICE("2481"));
	CHECK_INT(uidlist_value(&list, 1, 'P', &value), 1);
	CHECK_SLICE(value, SLICE("a:c"));
	CHECK_INT(uidlist_value(&list, 1, ':', &value), 0);
	CHECK_INT(uidlist_value(&list, 2, 'P', &value), 1);
	CHECK_SLICE(value, SLICE(""));
	uidlist_free(&list);
}

/* Every prefix, as a crash or a reader in between would have it. */
static void
prefixes(void)
{
	static const char text[] = HEADER " Xkey\n"
	    "25006 :a:2,S\n25017 W24 P :b\n25018 :c\n";
	size_t n;

	for (n = 0; n < sizeof(text); n++) {
		struct slice s = unit_exact((struct slice){ text, n });
		size_t i;

		if (uidlist_parse(&list, s) == 0)
			for (i = 0; i < list.n; i++)
				CHECK_INT(uidlist_base(&list, i).n, 1);
		uidlist_free(&list);
		free((void *)(uintptr_t)s.p);
	}
}

static void
appended(void)
{
	start(HEADER "\n25006 W1 :a:2,S\n");
	CHECK_INT(list.n, 1);
	CHECK_INT(add("b"), 0);
	CHECK_INT(list.next, 25023);
	CHECK_STR(content(), HEADER "\n25006 W1 :a:2,S\n25022 :b\n");
	CHECK_INT(uidlist_read(&list, dir, &f), 0);
	CHECK_INT(add(NULL), 0);
	CHECK_INT(add("c"), 0);
	CHECK_STR(content(),
	    HEADER "\n25006 W1 :a:2,S\n25022 :b\n25023 :c\n");
	file("1 7 9\n");
	CHECK_INT(add("d"), -1); /* it is not the one that was read */
	CHECK_STR(content(), "1 7 9\n");
	CHECK_INT(uidlist_read(&list, dir, &f), 1);
	CHECK_INT(list.validity, 7);
	CHECK_INT(unlinkat(dir, UIDLIST_LOCK, 0), 0);
	CHECK_INT(add("d"), -1);
	CHECK_STR(content(), "1 7 9\n");
	dotlock_free(&lock);
}

/* Somebody took our lock for stale. */
static void
lost(void)
{
	start(HEADER "\n25006 :a\n");
	CHECK_INT(unlinkat(dir, UIDLIST_LOCK, 0), 0);
	CHECK_INT(add("b"), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_STR(content(), HEADER "\n25006 :a\n");
	dotlock_free(&lock);
}

static void
rewritten(void)
{
	static const struct {
		const char *before, *after; /* of adding "new" */
	} cases[] = {
		{ "3 V7 N2 Pq G" GUID " Xy\n1 W1 Px !z :a:2,S\n1 :b\n",
		    "3 V7 N3 G" GUID " Pq Xy\n1 W1 Px :a\n2 :new\n" },
		{ "3 V7 N2 G" GUID "\n1 :a\n2 :to",
		    "3 V7 N3 G" GUID "\n1 :a\n2 :new\n" },
		{ "3 V7 N2 G" GUID "\n1 :a\n9 nothing\n",
		    "3 V7 N11 G" GUID "\n1 :a\n10 :new\n" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].before);
		start(cases[i].before);
		CHECK_INT(add("new"), 0);
		CHECK_STR(content(), cases[i].after);
		CHECK_INT(uidlist_read(&list, dir, &f), 1);
		CHECK_INT(list.damaged, 0);
		CHECK_INT(faccessat(dir, "dovecot-uidlist.tmp", F_OK, 0), -1);
		dotlock_free(&lock);
	}
	start("1 7 9\n3 a:2,S\n");
	CHECK_INT(add(NULL), 0);
	CHECK(strncmp(content(), "3 V7 N9 G", 9) == 0);
	CHECK_STR(content() + 9 + UIDLIST_GUID, "\n3 :a\n");
	dotlock_free(&lock);
}

static void
created(void)
{
	start(NULL);
	CHECK_INT(list.validity, 0);
	CHECK_INT(uidlist_create(&list, 7, &f), 0);
	CHECK_INT(add("new"), 0);
	CHECK(strncmp(content(), "3 V7 N2 G", 9) == 0);
	CHECK_STR(content() + 9 + UIDLIST_GUID, "\n1 :new\n");
	CHECK_INT(uidlist_read(&list, dir, &f), 1);
	CHECK_INT(unlinkat(dir, "dovecot-uidlist", 0), 0);
	CHECK_INT(uidlist_read(&list, dir, &f), 1);
	CHECK_INT(list.validity, 0);
	CHECK_INT(uidlist_read(&list, dir, &f), 0);
	dotlock_free(&lock);
}

/* What has gone is kept until it is a quarter of the file. */
static void
dropped(void)
{
	start(HEADER "\n1 :a\n2 :b\n3 :c\n4 :d\n5 :e\n");
	uidlist_drop(&list, 1);
	uidlist_drop(&list, 1);
	CHECK_INT(add("f"), 0);
	CHECK_STR(content(), HEADER "\n1 :a\n2 :b\n3 :c\n4 :d\n5 :e\n"
	    "25022 :f\n");
	uidlist_drop(&list, 3);
	CHECK_INT(add(NULL), 0);
	CHECK_STR(content(), "3 V1275660208 N25023 G" GUID
	    "\n1 :a\n3 :c\n5 :e\n");
	dotlock_free(&lock);
}

/* Dovecot takes a file of the same size and time for the same. */
static void
later(void)
{
	struct timespec times[2];
	struct stat st;

	start(HEADER "\n1 :a\n2 :b\n");
	times[0].tv_sec = times[1].tv_sec = time(NULL) + 1000;
	times[0].tv_nsec = times[1].tv_nsec = 5;
	CHECK_INT(utimensat(dir, "dovecot-uidlist", times, 0), 0);
	CHECK_INT(fchmodat(dir, "dovecot-uidlist", 0640, 0), 0);
	CHECK_INT(uidlist_read(&list, dir, &f), 1);
	uidlist_drop(&list, 1);
	CHECK_INT(add(NULL), 0);
	CHECK_INT(fstatat(dir, "dovecot-uidlist", &st, 0), 0);
	CHECK(st.st_mtime > times[0].tv_sec);
	CHECK_INT(st.st_mode & 0777, 0640);
	dotlock_free(&lock);
}

static void
used_up(void)
{
	start("3 V7 N4294967293 G" GUID "\n");
	CHECK_INT(add("a"), 0);
	CHECK_INT(add("b"), -1);
	CHECK_STR(content(), "3 V7 N4294967293 G" GUID "\n4294967293 :a\n");
	dotlock_free(&lock);
}

int
main(void)
{
	if (mkdtemp(top) == NULL)
		return 1;
	RUN(headers);
	RUN(lines);
	RUN(fields);
	RUN(prefixes);
	RUN(appended);
	RUN(lost);
	RUN(rewritten);
	RUN(created);
	RUN(dropped);
	RUN(later);
	RUN(used_up);
	uidlist_free(&list);
	(void)nftw(top, files_delete, 8, FTW_DEPTH | FTW_PHYS);
	return unit_done();
}
