/* SPDX-License-Identifier: ISC */
/* Unit test of popstate: what was fetched is known, whenever a run ends. */

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>

#include "../../cmd/pop3/popstate.h"
#include "files.h"
#include "io.h"
#include "maildirbatch.h"
#include "step.h"

#define FIRST "mailpipe-pop3 1\n"
#define RUN_ID "0123456789abcdef"

static struct fail f;

static const char *
path(void)
{
	return files_path("a/b/state");
}

static void
start(const char *text)
{
	(void)nftw(files_path("a"), files_delete, 8, FTW_DEPTH | FTW_PHYS);
	(void)nftw(files_path("box"), files_delete, 8, FTW_DEPTH | FTW_PHYS);
	if (text == NULL)
		return;
	if (mkdir(files_path("a"), 0700) == -1 ||
	    mkdir(files_path("a/b"), 0700) == -1)
		abort();
	files_write("a/b/state", slice_str(text));
}

static const char *
content(void)
{
	static char text[400000];
	int fd = open(path(), O_RDONLY);
	ssize_t n = fd == -1 ? 0 : io_read(fd, text, sizeof(text) - 1);

	text[n] = '\0';
	if (fd != -1)
		(void)close(fd);
	return text;
}

/* Is "key" known? */
static int
knows(const char *key)
{
	struct popstate *s = popstate_open(path(), &f);
	int rc;

	if (s == NULL)
		return -1;
	rc = popstate_find(s, slice_str(key), NULL);
	popstate_close(&s);
	return rc;
}

static void
fresh(void)
{
	struct popstate *s;
	struct stat st;
	int64_t when = 0;

	start(NULL);
	s = popstate_open(path(), &f);
	CHECK(s != NULL);
	CHECK_STR(content(), FIRST);
	CHECK_INT(stat(path(), &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK_INT(popstate_find(s, SLICE("x"), NULL), 0);
	popstate_fetched(s, SLICE("x"), SLICE(""));
	CHECK_STR(content(), FIRST);
	CHECK_INT(popstate_write(s, 1, &f), 0);
	CHECK(strstr(content(), "\tfetched\tx\n") != NULL);
	popstate_close(&s);
	s = popstate_open(path(), &f);
	CHECK_INT(popstate_find(s, SLICE("x"), &when), 1);
	CHECK(when > 1700000000);
	CHECK_INT(popstate_find(s, SLICE("y"), NULL), 0);
	popstate_close(&s);
}

static void
keys(void)
{
	static const struct {
		const char *uid, *key;
	} cases[] = { { "0000a1b2", "0000a1b2" }, { "../x", "../x" },
		{ "=x", "%3Dx" }, { "a=", "a=" },
		{ "a b\t%\n", "a%20b%09%25%0A" },
		{ "\303\274\177", "%C3%BC%7F" } };
	struct buf key = BUF(POPSTATE_KEY);
	unsigned char sha[DIGEST_SHA256] = { 1, 0xab };
	char long_uid[1001];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].uid);
		popstate_uid(&key, slice_str(cases[i].uid));
		CHECK_STR(buf_str(&key), cases[i].key);
	}
	memset(long_uid, '%', sizeof(long_uid));
	popstate_uid(&key, (struct slice){ long_uid, 1000 });
	CHECK_INT(key.n, 3000);
	buf_free(&key);
	key = BUF(POPSTATE_KEY);
	popstate_digest(&key, sha);
	CHECK(slice_starts(buf_slice(&key), SLICE("=01ab00")));
	CHECK_INT(key.n, 65);
	buf_free(&key);
}

/* One at a time. */
static void
locked(void)
{
	struct popstate *s, *other;

	start(NULL);
	s = popstate_open(path(), &f);
	other = popstate_open(path(), &f);
	CHECK(other == NULL);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK(strstr(f.text, "another pop3-fetch uses it") != NULL);
	popstate_close(&s);
	CHECK_INT(knows("x"), 0);
}

/* What is somebody else's stays as it is. */
static void
other_files(void)
{
	static const char *const texts[] = { "hello\n", "mailpipe-pop3 2\n",
		"mailpipe-pop3 10\n", "x",
		"ailpipe-pop3 1\n" };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		CASE(texts[i]);
		start(texts[i]);
		CHECK_INT(knows("x"), -1);
		CHECK_INT(f.class, EX_CONFIG);
		CHECK_STR(content(), texts[i]);
	}
	start("");
	CHECK_INT(unlink(path()), 0);
	CHECK_INT(mkdir(path(), 0700), 0);
	CHECK_INT(knows("x"), -1);
	CHECK_INT(f.class, EX_CONFIG);
	start("");
	CHECK_INT(unlink(path()), 0);
	CHECK_INT(symlink("other", path()), 0);
	CHECK_INT(knows("x"), -1);
	CHECK_INT(f.class, EX_CONFIG);
	start("");
	CHECK_INT(unlink(path()), 0);
	CHECK_INT(mkfifo(path(), 0600), 0);
	CHECK_INT(knows("x"), -1);
	CHECK_INT(f.class, EX_CONFIG);
}

/* A file that ends anywhere tells what its whole lines tell, and can be added
 * to. */
static void
torn(void)
{
	static const char text[] = FIRST "1\tfetched\tone\n2\tfetched\ttwo\n";
	char part[sizeof(text)];
	struct popstate *s;
	size_t n;

	for (n = 0; n < sizeof(text); n++) {
		memcpy(part, text, n);
		part[n] = '\0';
		start(part);
		s = popstate_open(path(), &f);
		CHECK(s != NULL);
		CHECK_INT(popstate_bad(s), 0);
		CHECK_INT(popstate_find(s, SLICE("one"), NULL),
		    strstr(part, "one\n") != NULL);
		popstate_fetched(s, SLICE("x"), SLICE(""));
		CHECK_INT(popstate_write(s, 1, &f), 0);
		popstate_close(&s);
		CHECK_INT(knows("x"), 1);
		CHECK_INT(knows("two"), n == sizeof(text) - 1);
	}
}

static void
bad_lines(void)
{
	static const char *const lines[] = { "", "1", "1\tfetched",
		"1\tfetched\t", "x\tfetched\ta", "-1\tfetched\ta",
		"99999999999999999999\tfetched\ta", "1\tother\ta",
		"1\tpending\ta\tname", "1\trun\tshort\t-\t/x",
		"1\trun\t" RUN_ID "\t-\t%zz" };
	char text[200];
	struct popstate *s;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		CASE(lines[i]);
		(void)snprintf(text, sizeof(text),
		    FIRST "%s\n1\tfetched\tb\n", lines[i]);
		start(text);
		s = popstate_open(path(), &f);
		CHECK_INT(popstate_bad(s), 1);
		CHECK_INT(popstate_find(s, SLICE("a"), NULL), 0);
		CHECK_INT(popstate_find(s, SLICE("b"), NULL), 1);
		popstate_close(&s);
	}
}

/* A line longer than any of ours. */
static void
long_line(void)
{
	static char text[100000];
	struct popstate *s;

	(void)snprintf(text, sizeof(text), FIRST "1\tfetched\t");
	memset(text + strlen(text), 'x', 80000);
	(void)strncat(text, "\n1\tfetched\tb\n", 20);
	start(text);
	s = popstate_open(path(), &f);
	CHECK_INT(popstate_find(s, SLICE("b"), NULL), 1);
	popstate_close(&s);
}

/* Opens, with "key" the only one on the server, and closes. */
static void
list(const char *key, int digests)
{
	struct popstate *s = popstate_open(path(), &f);

	if (key != NULL)
		popstate_listed(s, slice_str(key));
	CHECK_INT(popstate_list_end(s, digests, &f), 0);
	popstate_close(&s);
}

/* What is not on the server is remembered for 30 days. */
static void
gone(void)
{
	char text[300];
	long long now = time(NULL);

	start(FIRST "1\tfetched\ta\n1\tfetched\tb\n1\tfetched\t=c\n");
	list("a", 0);
	CHECK(strstr(content(), "\tgone\tb\n") != NULL);
	CHECK(strstr(content(), "\tgone\ta\n") == NULL);
	CHECK(strstr(content(), "\tgone\t=c\n") == NULL);
	CHECK_INT(knows("b"), 1);
	list("b", 1);
	CHECK(strstr(content(), "\tback\tb\n") == NULL);
	CHECK(strstr(content(), "\tgone\ta\n") == NULL);
	CHECK(strstr(content(), "\tgone\t=c\n") != NULL);
	list("b", 0);
	CHECK(strstr(content(), "\tback\tb\n") != NULL);
	CHECK(strstr(content(), "\tgone\ta\n") != NULL);
	(void)snprintf(text, sizeof(text), FIRST
	    "1\tfetched\ta\n%lld\tgone\ta\n1\tfetched\tb\n%lld\tgone\tb\n",
	    now - POPSTATE_GONE + 100, now - POPSTATE_GONE - 100);
	start(text);
	{
		struct popstate *s = popstate_open(path(), &f);

		CHECK_INT(popstate_list_end(s, 0, &f), 0);
		CHECK_INT(popstate_find(s, SLICE("a"), NULL), 1);
		CHECK_INT(popstate_find(s, SLICE("b"), NULL), 0);
		popstate_close(&s);
	}
}

/* Makes a file of which most tells nothing. */
static void
start_long(void)
{
	static char text[100000];
	size_t i, n = (size_t)snprintf(text, sizeof(text),
	    FIRST "1\tfetched\ta\n2\tfetched\tb\n");

	for (i = 0; i < 2000; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "%zu\t%s\ta\n", i, i % 2 == 0 ? "gone" : "back");
	start(text);
}

static void
compacted(void)
{
	struct popstate *s, *other;
	int64_t when;

	start_long();
	s = popstate_open(path(), &f);
	popstate_listed(s, SLICE("a"));
	CHECK_INT(popstate_list_end(s, 0, &f), 0);
	CHECK_INT(access(files_path("a/b/state.new"), F_OK), -1);
	CHECK(slice_starts(slice_str(content()),
	    SLICE(FIRST "1\tfetched\ta\n2\tfetched\tb\n")));
	CHECK(strlen(content()) < 100);
	/* The new one is locked, too, and added to. */
	other = popstate_open(path(), &f);
	CHECK(other == NULL);
	popstate_fetched(s, SLICE("c"), SLICE(""));
	CHECK_INT(popstate_write(s, 1, &f), 0);
	popstate_close(&s);
	CHECK_INT(knows("c"), 1);
	s = popstate_open(path(), &f);
	CHECK_INT(popstate_find(s, SLICE("b"), &when), 1);
	CHECK_INT(when, 2);
	popstate_close(&s);
}

/* Without room nothing of what was to be added is there. */
static void
full(void)
{
	struct rlimit limit = { 40, RLIM_INFINITY }, before;
	struct popstate *s;

	(void)signal(SIGXFSZ, SIG_IGN);
	start(FIRST);
	s = popstate_open(path(), &f);
	CHECK_INT(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit.rlim_max = before.rlim_max;
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
	popstate_fetched(s, SLICE("aaaaaaaaaaaaaaaaaaaaaaaaaaa"), SLICE(""));
	CHECK_INT(popstate_write(s, 1, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_STR(content(), FIRST);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &before), 0);
	popstate_fetched(s, SLICE("b"), SLICE(""));
	CHECK_INT(popstate_write(s, 1, &f), 0);
	popstate_close(&s);
	CHECK_INT(knows("b"), 1);
}

/* A message that was about to be delivered, and is nowhere. */
static void
moved_on(void)
{
	static const struct {
		long age;
		int same_boot;
		int there; /* the Maildir */
		int known;
	} cases[] = { { 0, 1, 1, 1 }, { 80000, 1, 1, 1 }, { 0, 0, 1, 0 },
		{ 90000, 1, 1, 0 }, { -10, 1, 1, 0 }, { 0, 1, 0, 0 } };
	char boot[40] = "", text[800];
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY);
	struct popstate *s;
	size_t i;

	CHECK_INT(io_read(fd, boot, 36), 36);
	(void)close(fd);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(text, sizeof(text), FIRST "1\trun\t" RUN_ID
		    "\t%s\t%.200s\n%lld\tpending\ta\t1.M2P3R" RUN_ID
		    "Q1.host,S=1,W=1\n", cases[i].same_boot ? boot :
		    "another", files_path("box"),
		    (long long)time(NULL) - cases[i].age);
		start(text);
		if (cases[i].there)
			CHECK_INT(mkdir(files_path("box"), 0700), 0);
		s = popstate_open(path(), &f);
		CHECK_INT(popstate_find(s, SLICE("a"), NULL), 0);
		CHECK_INT(popstate_recover(s, &f), 0);
		CHECK_INT(popstate_find(s, SLICE("a"), NULL), cases[i].known);
		popstate_close(&s);
		CHECK_INT(knows("a"), cases[i].known);
		CHECK(strstr(content(), "\tdone\t" RUN_ID "\n") != NULL);
	}
}

/* What a message was is known from the file, also from one that was made anew,
 * and by that key alone. */
static void
marked(void)
{
	struct buf text = BUF(150000);
	struct popstate *s;
	int i, round;

	(void)buf_adds(&text, FIRST);
	for (i = 0; i < 2000; i++)
		(void)buf_adds(&text, "1\tgone\tx\n1\tback\tx\n");
	start(buf_str(&text));
	buf_free(&text);
	s = popstate_open(path(), &f);
	popstate_fetched(s, SLICE("a"), SLICE("1-a"));
	popstate_fetched(s, SLICE("b"), SLICE(""));
	CHECK_INT(popstate_write(s, 1, &f), 0);
	for (round = 0; round < 3; round++) {
		CHECK_INT(popstate_is(s, SLICE("a"), SLICE("1-a")), 1);
		CHECK_INT(popstate_is(s, SLICE("a"), SLICE("1-b")), 0);
		CHECK_INT(popstate_is(s, SLICE("b"), SLICE("1-a")), 0);
		CHECK_INT(popstate_is(s, SLICE("b"), SLICE("")), 0);
		CHECK_INT(popstate_find(s, SLICE("a"), NULL), 1);
		popstate_close(&s);
		s = popstate_open(path(), &f);
		CHECK_INT(popstate_list_end(s, 0, &f), 0);
	}
	popstate_close(&s);
	CHECK(strlen(content()) < 500);
}

/* A Maildir that the state is in is where that is: it may have been moved. */
static void
inside_maildir(void)
{
	struct popstate *s;

	start(FIRST "1\trun\t" RUN_ID "\tboot\t.\n1\tpending\ta\t1.R" RUN_ID
	    "Q1.host,S=1,W=1\n");
	CHECK_INT(mkdir(files_path("a/b/tmp"), 0700), 0);
	CHECK_INT(mkdir(files_path("a/b/new"), 0700), 0);
	files_write("a/b/tmp/1.R" RUN_ID "Q1.host", SLICE("x"));
	files_write("a/b/tmp/1.R" RUN_ID "Q2.host", SLICE("y"));
	s = popstate_open(path(), &f);
	CHECK_INT(popstate_recover(s, &f), 0);
	CHECK_INT(popstate_find(s, SLICE("a"), NULL), 1);
	popstate_close(&s);
	CHECK_INT(access(files_path("a/b/new/1.R" RUN_ID
	    "Q1.host,S=1,W=1"), F_OK), 0);
	CHECK_INT(access(files_path("a/b/tmp/1.R" RUN_ID "Q2.host"), F_OK), -1);
}

/* A run that fetches what it does not know of a mailbox. */
enum { MAILBOX = 6, BATCH = 4 };

static int
write_message(struct maildirbatch *b, const char *key)
{
	return maildirbatch_begin(b, &f) == 0 &&
	    maildirbatch_write(b, slice_str(key), &f) == 0 ?
	    maildirbatch_end(b, strlen(key), &f) : -1;
}

static void
settle(struct popstate *s, struct maildirbatch **b, char keys_of[][16])
{
	size_t i;

	if (maildirbatch_sync(*b, &f) == -1)
		abort();
	for (i = 0; i < maildirbatch_count(*b); i++)
		underway_pending(popstate_underway(s), slice_str(keys_of[i]),
		    maildirbatch_name(*b, i));
	maildirbatch_keep(*b);
	if (popstate_write(s, 1, &f) == -1 ||
	    maildirbatch_deliver(*b, &f) == -1)
		abort();
	for (i = 0; i < maildirbatch_count(*b); i++)
		popstate_fetched(s, slice_str(keys_of[i]), SLICE(""));
	if (popstate_write(s, 1, &f) == -1)
		abort();
	maildirbatch_close(b);
}

static struct popstate *
open_state(const char run[MAILDIRBATCH_RUN], const char *box)
{
	struct popstate *s = popstate_open(path(), &f);

	if (s == NULL || popstate_recover(s, &f) == -1 ||
	    popstate_list_end(s, 0, &f) == -1)
		abort();
	underway_run(popstate_underway(s), run, box);
	if (popstate_write(s, 0, &f) == -1)
		abort();
	return s;
}

static void
fetch(void)
{
	char run[MAILDIRBATCH_RUN], key[16], keys_of[BATCH][16], box[300];
	struct maildirbatch *b = NULL;
	struct popstate *s;
	int i;

	(void)snprintf(box, sizeof(box), "%s", files_path("box"));
	if (maildirbatch_run(run, &f) == -1)
		abort();
	s = open_state(run, box);
	for (i = 0; i < MAILBOX; i++) {
		(void)snprintf(key, sizeof(key), "m%d", i);
		if (popstate_find(s, slice_str(key), NULL))
			continue;
		if (b == NULL && (b = maildirbatch_open(box, run, &f)) == NULL)
			abort();
		memcpy(keys_of[maildirbatch_count(b)], key, sizeof(key));
		if (write_message(b, key) == -1)
			abort();
		if (maildirbatch_count(b) == BATCH)
			settle(s, &b, keys_of);
	}
	if (b != NULL)
		settle(s, &b, keys_of);
	underway_done(popstate_underway(s), run);
	if (popstate_write(s, 0, &f) == -1)
		abort();
	popstate_close(&s);
}

/* Each message of the mailbox is in new/ once, and tmp/ is empty. */
static void
check_box(void)
{
	char seen[MAILBOX] = { 0 }, name[270], text[8];
	struct dirent *e;
	DIR *d = opendir(files_path("box/new"));
	int fd, i, n = 0;

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(name, sizeof(name), "box/new/%.200s", e->d_name);
		fd = open(files_path(name), O_RDONLY);
		memset(text, 0, sizeof(text));
		CHECK(io_read(fd, text, 7) > 0);
		(void)close(fd);
		i = (int)strtol(text + 1, NULL, 10);
		seen[i]++;
		n++;
	}
	CHECK_INT(n, MAILBOX);
	for (i = 0; i < MAILBOX; i++)
		CHECK_INT(seen[i], 1);
	if (d != NULL)
		(void)closedir(d);
	CHECK_INT(rmdir(files_path("box/tmp")), 0);
}

static void
killed_at_each_step(void)
{
	long n;
	int rc, again;

	step_no_syncs();
	for (again = 0; again < 2; again++)
		for (n = 1, rc = 1; rc == 1; n++) {
			if (again)
				start_long();
			else
				start(NULL);
			rc = step_kill(fetch, n);
			/* Once more, a little further on. */
			(void)step_kill(fetch, n / 2 + 1);
			fetch();
			check_box();
			if (unit_bad)
				return;
		}
	CHECK(n > 100);
}

int
main(void)
{
	files_start();
	RUN(fresh);
	RUN(keys);
	RUN(locked);
	RUN(other_files);
	RUN(torn);
	RUN(bad_lines);
	RUN(long_line);
	RUN(gone);
	RUN(compacted);
	RUN(full);
	RUN(moved_on);
	RUN(marked);
	RUN(inside_maildir);
	RUN(killed_at_each_step);
	files_end();
	return unit_done();
}
