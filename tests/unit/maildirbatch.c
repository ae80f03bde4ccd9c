/* SPDX-License-Identifier: ISC */
/* Unit test of maildirbatch: many messages, all of each or nothing, whenever
 * the process ends. */

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>

#include "files.h"
#include "io.h"
#include "maildirbatch.h"
#include "maildirname.h"
#include "mem.h"
#include "nest.h"
#include "step.h"

enum { SEVERAL = 12 }; /* more than are synced one by one */

static const char run[] = "0123456789abcdef";
static struct fail f;

static int nests; /* entries that are no messages, when it last looked */

/* The name of an entry of a part of the Maildir, and how many it has. */
static int
entries(const char *part, char name[300])
{
	char path[40] = "box/";
	struct dirent *e;
	DIR *d;
	int n = 0;

	nests = 0;
	(void)strncat(path, part, 30);
	if ((d = opendir(files_path(path))) == NULL)
		return 0;
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.') {
			(void)snprintf(name, 300, "%s", e->d_name);
			n++;
		} else if (strspn(e->d_name, ".") != strlen(e->d_name)) {
			nests++;
		}
	(void)closedir(d);
	return n;
}

static int
count(const char *part)
{
	char name[300];

	return entries(part, name);
}

static void
start(void)
{
	(void)nftw(files_path("box"), files_delete, 8, FTW_DEPTH | FTW_PHYS);
}

static struct maildirbatch *
batch(void)
{
	return maildirbatch_open(files_path("box"), run, &f);
}

static int
add_with(struct maildirbatch *b, const char *text, uint32_t flags)
{
	if (maildirbatch_begin(b, &f) == -1)
		return -1;
	maildirbatch_flags(b, flags);
	if (maildirbatch_write(b, slice_str(text), &f) == 0 &&
	    maildirbatch_end(b, strlen(text) + 1, &f) == 0)
		return 0;
	maildirbatch_drop(b);
	return -1;
}

static int
add(struct maildirbatch *b, const char *text)
{
	return add_with(b, text, 0);
}

static void
delivered(void)
{
	struct maildirbatch *b;
	char name[300], path[270], text[20] = "";
	int fd;

	start();
	b = batch();
	CHECK_INT(add(b, "a: b\n\nc"), 0);
	CHECK_INT(maildirbatch_count(b), 1);
	CHECK_INT(maildirbatch_bytes(b), 7);
	CHECK_INT(count("new"), 0);
	CHECK_INT(entries("tmp", name), 1);
	CHECK(strchr(name, ',') == NULL);
	CHECK(strstr(name, "R0123456789abcdefQ") != NULL);
	CHECK(slice_starts(slice_str(maildirbatch_name(b, 0)),
	    slice_str(name)));
	CHECK(slice_ends(slice_str(maildirbatch_name(b, 0)),
	    SLICE(",S=7,W=8")));
	CHECK_INT(maildirbatch_sync(b, &f), 0);
	CHECK_INT(count("new"), 0);
	CHECK_INT(maildirbatch_deliver(b, &f), 0);
	CHECK_INT(count("tmp"), 0);
	CHECK_INT(entries("new", name), 1);
	CHECK_STR(name, maildirbatch_name(b, 0));
	(void)snprintf(path, sizeof(path), "box/new/%.200s", name);
	fd = open(files_path(path), O_RDONLY);
	CHECK_INT(io_read(fd, text, sizeof(text)), 7);
	CHECK_STR(text, "a: b\n\nc");
	(void)close(fd);
	maildirbatch_close(&b);
	CHECK(b == NULL);
	CHECK_INT(count("new"), 1);
}

/* A message has its name when it is whole, where it is made in a nest. */
static void
made_in_a_nest(void)
{
	struct maildirbatch *b;
	int dir, pays;

	start();
	b = batch();
	dir = open(files_path("box"), O_RDONLY | O_DIRECTORY);
	pays = nest_pays(dir);
	(void)close(dir);
	CHECK_INT(maildirbatch_begin(b, &f), 0);
	CHECK_INT(maildirbatch_write(b, SLICE("text\n"), &f), 0);
	CHECK_INT(count("tmp"), !pays);
	CHECK_INT(nests, pays);
	CHECK_INT(maildirbatch_end(b, 6, &f), 0);
	CHECK_INT(count("tmp"), 1);
	maildirbatch_close(&b);
}

/* With flags it goes to cur/; the file has the date of the message. */
static void
flagged(void)
{
	struct maildirbatch *b;
	char name[300], path[270];
	struct stat st;

	start();
	b = batch();
	CHECK_INT(maildirbatch_begin(b, &f), 0);
	CHECK_INT(maildirbatch_write(b, SLICE("x\n"), &f), 0);
	maildirbatch_date(b, 1000000000);
	maildirbatch_flags(b, MAILDIRNAME_SEEN | MAILDIRNAME_FLAGGED | 1 << 2);
	CHECK_INT(maildirbatch_end(b, 3, &f), 0);
	/* The next one has neither. */
	CHECK_INT(add(b, "y\n"), 0);
	CHECK(slice_ends(slice_str(maildirbatch_name(b, 0)),
	    SLICE(",S=2,W=3:2,FSc")));
	CHECK_STR(maildirbatch_part(maildirbatch_name(b, 0)), "cur");
	CHECK_STR(maildirbatch_part(maildirbatch_name(b, 1)), "new");
	CHECK_INT(maildirbatch_sync(b, &f), 0);
	CHECK_INT(maildirbatch_deliver(b, &f), 0);
	CHECK_INT(entries("cur", name), 1);
	CHECK_STR(name, maildirbatch_name(b, 0));
	(void)snprintf(path, sizeof(path), "box/cur/%.200s", name);
	CHECK_INT(stat(files_path(path), &st), 0);
	CHECK_INT(st.st_mtime, 1000000000);
	CHECK_INT(entries("new", name), 1);
	CHECK_STR(name, maildirbatch_name(b, 1));
	(void)snprintf(path, sizeof(path), "box/new/%.200s", name);
	CHECK_INT(stat(files_path(path), &st), 0);
	CHECK(st.st_mtime > 1000000000);
	CHECK_INT(count("tmp"), 0);
	maildirbatch_close(&b);
}

/* What is given up, and what is closed before it was delivered. */
static void
dropped(void)
{
	struct maildirbatch *b;

	start();
	b = batch();
	CHECK_INT(add(b, "one\n"), 0);
	CHECK_INT(add(b, "two\n"), 0);
	CHECK_INT(maildirbatch_begin(b, &f), 0);
	CHECK_INT(maildirbatch_write(b, SLICE("thr"), &f), 0);
	maildirbatch_drop(b);
	CHECK_INT(count("tmp"), 2);
	CHECK_INT(maildirbatch_count(b), 2);
	maildirbatch_drop(b);
	CHECK_INT(count("tmp"), 1);
	CHECK_INT(maildirbatch_bytes(b), 4);
	CHECK_INT(maildirbatch_begin(b, &f), 0);
	maildirbatch_close(&b);
	CHECK_INT(count("tmp"), 0);
	CHECK_INT(nests, 0);
	CHECK_INT(count("new"), 0);
}

static void
counted(void)
{
	struct maildirbatch *b;
	char text[100] = "";
	int fd, i;

	start();
	b = batch();
	files_write("box/maildirsize", SLICE("1000S,10C\n0 0\n"));
	for (i = 0; i < 3; i++)
		CHECK_INT(add(b, "12345"), 0);
	CHECK_INT(maildirbatch_sync(b, &f), 0);
	CHECK_INT(maildirbatch_deliver(b, &f), 0);
	maildirbatch_close(&b);
	fd = open(files_path("box/maildirsize"), O_RDONLY);
	CHECK(io_read(fd, text, sizeof(text) - 1) > 0);
	CHECK_STR(text, "1000S,10C\n0 0\n15 3\n");
	(void)close(fd);
}

/* Two batches, of which one is synced while the other is written. */
static void
in_a_thread(void)
{
	struct maildirbatch *a, *b;
	int i;

	start();
	a = batch();
	b = batch();
	for (i = 0; i < SEVERAL; i++)
		CHECK_INT(add(a, "a\n"), 0);
	maildirbatch_sync_start(a);
	for (i = 0; i < SEVERAL; i++)
		CHECK_INT(add(b, "b\n"), 0);
	CHECK_INT(maildirbatch_sync(a, &f), 0);
	CHECK_INT(maildirbatch_deliver(a, &f), 0);
	maildirbatch_sync_start(b);
	maildirbatch_close(&b);
	maildirbatch_close(&a);
	CHECK_INT(count("new"), SEVERAL);
	CHECK_INT(count("tmp"), 0);
}

static void
recovered(void)
{
	struct maildirbatch *b;
	const char *names[6];
	unsigned char found[6];
	struct maildirbatch_noted noted = { .names = names, .n = 6,
		.found = found };
	char from[270], to[270];
	struct arena arena = { 0 };
	size_t i;

	start();
	b = batch();
	for (i = 0; i < 4; i++) {
		CHECK_INT(add(b, "x\n"), 0);
		names[i] = arena_str(&arena,
		    slice_str(maildirbatch_name(b, i)));
	}
	names[4] = "../new/x";
	names[5] = "";
	CHECK_INT(maildirbatch_sync(b, &f), 0);
	maildirbatch_keep(b);
	maildirbatch_close(&b);
	CHECK_INT(count("tmp"), 4);
	/* One is in new/, and one was read; one is gone. */
	for (i = 0; i < 3; i++) {
		(void)snprintf(from, sizeof(from), "box/tmp/%.*s",
		    (int)strcspn(names[i], ",") & 255, names[i]);
		(void)snprintf(to, sizeof(to), i == 0 ? "box/new/%.200s" :
		    "box/cur/%.200s:2,FS", names[i]);
		CHECK_INT(rename(files_path(from), files_path(to)), 0);
	}
	CHECK_INT(unlink(files_path(to)), 0);
	noted.path = files_path("box");
	CHECK_INT(maildirbatch_recover(&noted, &f), 1);
	CHECK_INT(found[0], 1);
	CHECK_INT(found[1], 1);
	CHECK_INT(found[2], 0);
	CHECK_INT(found[3], 1);
	CHECK_INT(found[4] + found[5], 0);
	CHECK_INT(count("tmp"), 0);
	CHECK_INT(count("new"), 2);
	arena_free(&arena);
	/* The Maildir is not there. */
	start();
	noted.path = files_path("box");
	CHECK_INT(maildirbatch_recover(&noted, &f), 0);
	CHECK_INT(found[0] + found[1] + found[3], 0);
}

/* What cannot leave tmp/ is neither there nor nowhere, and is kept. */
static void
recovered_without_new(void)
{
	struct maildirbatch *b;
	struct arena arena = { 0 };
	const char *name;
	unsigned char found;
	struct maildirbatch_noted noted = { NULL, &name, 1, &found };

	start();
	b = batch();
	CHECK_INT(add(b, "x\n"), 0);
	name = arena_str(&arena, slice_str(maildirbatch_name(b, 0)));
	CHECK_INT(maildirbatch_sync(b, &f), 0);
	maildirbatch_keep(b);
	maildirbatch_close(&b);
	CHECK_INT(rmdir(files_path("box/new")), 0);
	noted.path = files_path("box");
	CHECK_INT(maildirbatch_recover(&noted, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_INT(count("tmp"), 1);
	CHECK_INT(mkdir(files_path("box/new"), 0700), 0);
	noted.path = files_path("box");
	CHECK_INT(maildirbatch_recover(&noted, &f), 1);
	CHECK_INT(found, 1);
	CHECK_INT(count("new"), 1);
	arena_free(&arena);
}

static void
swept(void)
{
	struct maildirbatch *b;
	char name[300];

	start();
	CHECK_INT(maildirbatch_sweep(files_path("box"), run, &f), 0);
	b = batch();
	CHECK_INT(add(b, "x\n"), 0);
	maildirbatch_keep(b);
	maildirbatch_close(&b);
	files_write("box/tmp/1.M2P3R0123456789abcdeeQ1.host", SLICE("y"));
	CHECK_INT(maildirbatch_sweep(files_path("box"), run, &f), 0);
	CHECK_INT(entries("tmp", name), 1);
	CHECK_STR(name, "1.M2P3R0123456789abcdeeQ1.host");
}

/* All steps, and what a caller notes between them, one line of a name. */
static void
note(const char *name)
{
	int fd = open(files_path("noted"), O_WRONLY | O_APPEND | O_CREAT, 0600);
	char line[300];
	int n = snprintf(line, sizeof(line), "%s\n", name);

	if (fd == -1 || write(fd, line, (size_t)n) != n)
		abort();
	(void)close(fd);
}

static size_t batch_of;

static void
all_steps(void)
{
	struct maildirbatch *b = batch();
	size_t i;

	if (b == NULL)
		abort();
	for (i = 0; i < batch_of; i++)
		if (add_with(b, "text\n",
		    i % 2 == 1 ? MAILDIRNAME_SEEN : 0) == -1)
			abort();
	if (maildirbatch_sync(b, &f) == -1)
		abort();
	for (i = 0; i < batch_of; i++)
		note(maildirbatch_name(b, i));
	maildirbatch_keep(b);
	if (maildirbatch_deliver(b, &f) == -1)
		abort();
	maildirbatch_close(&b);
}

/* What was noted is there once after it was recovered, and nothing else. */
static void
check_after(void)
{
	static char text[20000];
	const char *names[SEVERAL];
	unsigned char found[SEVERAL];
	struct maildirbatch_noted noted = { .names = names, .found = found };
	struct slice rest, line;
	int fd = open(files_path("noted"), O_RDONLY);
	size_t i;

	rest = (struct slice){ text, 0 };
	if (fd != -1)
		rest.n = (size_t)io_read(fd, text, sizeof(text));
	while (slice_until(&rest, '\n', &line)) {
		text[(line.p - text) + (ptrdiff_t)line.n] = '\0';
		names[noted.n++] = line.p;
	}
	noted.path = files_path("box");
	CHECK(maildirbatch_recover(&noted, &f) != -1);
	CHECK_INT(maildirbatch_sweep(noted.path, run, &f), 0);
	for (i = 0; i < noted.n; i++)
		CHECK_INT(found[i], 1);
	CHECK_INT(count("new") + count("cur"), noted.n);
	CHECK_INT(count("tmp"), 0);
	CHECK_INT(nests, 0);
	(void)close(fd);
}

/* The same where it does not pay to have a nest. */
static void
steps_in_tmp(void)
{
	step_fails(SYS_fstatfs, ENOSYS);
	all_steps();
}

static void
killed_at_each_step(void)
{
	static const struct {
		size_t n;
		void (*steps)(void);
	} row[] = {
		{ 2, all_steps }, { SEVERAL, all_steps },
		{ 2, steps_in_tmp }, { SEVERAL, steps_in_tmp },
	};
	size_t i;
	long n;
	int rc;

	step_no_syncs();
	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		batch_of = row[i].n;
		for (n = 1, rc = 1; rc == 1; n++) {
			start();
			(void)unlink(files_path("noted"));
			rc = step_kill(row[i].steps, n);
			check_after();
		}
		CHECK_INT(count("new"), batch_of / 2);
		CHECK_INT(count("cur"), batch_of / 2);
		CHECK(n > 20);
	}
}

/* Of a batch of "n", after that call fails: 0, or 1 where it was noticed. */
static int
without(unsigned number, unsigned error, size_t n)
{
	struct maildirbatch *b;
	int status;
	pid_t pid;
	size_t i;

	start();
	if ((pid = fork()) == 0) {
		b = batch();
		for (i = 0; i < n; i++)
			if (add(b, "text\n") == -1)
				_exit(2);
		step_fails(number, error);
		_exit(maildirbatch_sync(b, &f) == -1 ? f.class == EX_TEMPFAIL &&
		    f.error == (int)error : 0);
	}
	step_wait(pid, &status);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

/* An error of a disk is noticed; that syncfs(2) has one, or is not there,
 * leaves the files to be synced one by one. */
static void
sync_fails(void)
{
	CHECK_INT(without(SYS_fsync, EIO, 2), 1);
	CHECK_INT(without(SYS_fsync, EIO, SEVERAL), 0);
	CHECK_INT(without(SYS_syncfs, EIO, SEVERAL), 0);
	CHECK_INT(without(SYS_syncfs, ENOSYS, SEVERAL), 0);
	CHECK_INT(without(SYS_openat, EMFILE, 2), 1);
}

/* A message for which there is no room leaves the others as they are. */
static void
full(void)
{
	struct rlimit limit = { 100000, RLIM_INFINITY };
	static char large[200000];
	struct maildirbatch *b;

	start();
	(void)signal(SIGXFSZ, SIG_IGN);
	memset(large, 'x', sizeof(large) - 1);
	b = batch();
	CHECK_INT(add(b, "one\n"), 0);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
	CHECK_INT(add(b, large), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK(fail_is_full(&f));
	CHECK_INT(count("tmp"), 1);
	CHECK_INT(add(b, "two\n"), 0);
	CHECK_INT(maildirbatch_sync(b, &f), 0);
	CHECK_INT(maildirbatch_deliver(b, &f), 0);
	CHECK_INT(count("new"), 2);
	maildirbatch_close(&b);
	CHECK_INT(count("tmp"), 0);
}

static void
cannot(void)
{
	struct maildirbatch *b;
	char other[300];

	CHECK(maildirbatch_open(files_path("none/box"), run, &f) == NULL);
	CHECK_INT(f.class, EX_CANTCREAT);
	start();
	b = batch();
	(void)snprintf(other, sizeof(other), "%s", files_path("box/other"));
	CHECK_INT(rename(files_path("box/tmp"), other), 0);
	CHECK_INT(add(b, "text\n"), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	maildirbatch_close(&b);
	CHECK_INT(count("other"), 0);
}

static void
runs(void)
{
	char a[MAILDIRBATCH_RUN], b[MAILDIRBATCH_RUN];

	CHECK_INT(maildirbatch_run(a, &f), 0);
	CHECK_INT(maildirbatch_run(b, &f), 0);
	CHECK_INT(strlen(a), MAILDIRBATCH_RUN - 1);
	CHECK(strcmp(a, b) != 0);
}

int
main(void)
{
	files_start();
	RUN(delivered);
	RUN(made_in_a_nest);
	RUN(flagged);
	RUN(dropped);
	RUN(counted);
	RUN(in_a_thread);
	RUN(recovered);
	RUN(recovered_without_new);
	RUN(swept);
	RUN(sync_fails);
	RUN(full);
	RUN(cannot);
	RUN(runs);
	RUN(killed_at_each_step);
	files_end();
	return unit_done();
}
