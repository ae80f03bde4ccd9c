/* SPDX-License-Identifier: ISC */
/* Unit test of maildirsize: the file, and when it is counted anew. */

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "maildirsize.h"
#include "unit.h"

static char top[] = "/tmp/mailpipe-unit.XXXXXX";
static const struct quota quota = { 1000, 10 };

static const char *
path_of(const char *name)
{
	static char path[200];

	(void)snprintf(path, sizeof(path), "%s/%s", top, name);
	return path;
}

static void
file(const char *name, const char *text)
{
	FILE *out = fopen(path_of(name), "w");

	if (out == NULL || fputs(text, out) == EOF || fclose(out) != 0)
		abort();
}

static const char *
content(void)
{
	static char text[8192];
	FILE *in = fopen(path_of("maildirsize"), "r");
	size_t n = in == NULL ? 0 : fread(text, 1, sizeof(text) - 1, in);

	text[n] = '\0';
	if (in != NULL)
		(void)fclose(in);
	return text;
}

static int
check(uint64_t bytes)
{
	struct fail f = { 0 };

	return maildirsize_check(top, &quota, bytes, &f);
}

/* A Maildir with one message of 300 bytes. */
static void
start(const char *size)
{
	(void)nftw(top, files_delete, 8, FTW_DEPTH | FTW_PHYS);
	if (mkdir(top, 0700) == -1 || mkdir(path_of("new"), 0700) == -1 ||
	    mkdir(path_of("cur"), 0700) == -1 ||
	    mkdir(path_of("tmp"), 0700) == -1)
		abort();
	file("new/1.x,S=300", "");
	if (size != NULL)
		file("maildirsize", size);
}

static void
counted(void)
{
	start(NULL);
	CHECK_INT(check(700), MAILDIRSIZE_ROOM);
	CHECK_STR(content(), "1000S,10C\n300 1\n");
	CHECK_INT(check(701), MAILDIRSIZE_FULL);
	CHECK_INT(rmdir(path_of("tmp")), 0);
}

/* What it says is believed as long as there is room. */
static void
believed(void)
{
	start("1000S,10C\n0 0\n");
	CHECK_INT(check(1000), MAILDIRSIZE_ROOM);
	CHECK_STR(content(), "1000S,10C\n0 0\n");
	/* A fresh count is believed for a while. */
	start("1000S,10C\n900 1\n");
	CHECK_INT(check(101), MAILDIRSIZE_FULL);
	CHECK_STR(content(), "1000S,10C\n900 1\n");
}

/* Else it is counted before somebody is refused. */
static void
not_believed(void)
{
	static const char *const files[] = { "", "x", "1000S,10C\n",
		"1000S,10C\n9 9", "1000S,10C\n-1 0\n", "2000S\n1 1\n",
		"1000S,10C\n900 1\n50 1\n", "1000S,10C\n0 9\n0 1\n" };
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		CASE(files[i]);
		start(files[i]);
		CHECK_INT(check(101), MAILDIRSIZE_ROOM);
		CHECK_STR(content(), "1000S,10C\n300 1\n");
	}
	start("1000S,10C\n900 1\n");
	CHECK_INT(utimensat(AT_FDCWD, path_of("maildirsize"),
	    (struct timespec[2]){ { 1, 0 }, { 1, 0 } }, 0), 0);
	CHECK_INT(check(101), MAILDIRSIZE_ROOM);
	CHECK_STR(content(), "1000S,10C\n300 1\n");
}

static void
too_long(void)
{
	char text[6000] = "1000S,10C\n0 0\n";

	while (strlen(text) < 5120 - 4)
		(void)strncat(text, "0 0\n", 5);
	start(text);
	CHECK_INT(check(1000), MAILDIRSIZE_ROOM);
	(void)strncat(text, "0 0\n0 0\n", 9);
	start(text);
	CHECK_INT(check(701), MAILDIRSIZE_FULL);
	CHECK_STR(content(), "1000S,10C\n300 1\n");
}

/* Links and FIFOs of the owner lead nowhere, and nothing waits for them. */
static void
other_files(void)
{
	start(NULL);
	file("other", "1000S,10C\n0 0\n");
	CHECK_INT(symlink("other", path_of("maildirsize")), 0);
	CHECK_INT(check(701), MAILDIRSIZE_FULL);
	CHECK_STR(content(), "1000S,10C\n300 1\n");
	start(NULL);
	CHECK_INT(mkfifo(path_of("maildirsize"), 0600), 0);
	maildirsize_added(maildirsize_begin(top), 5, 1);
	CHECK_INT(check(701), MAILDIRSIZE_FULL);
	CHECK_STR(content(), "1000S,10C\n300 1\n");
}

static void
not_there(void)
{
	struct fail f = { 0 };

	start(NULL);
	CHECK_INT(maildirsize_check(path_of("none"), &quota, 1000, &f),
	    MAILDIRSIZE_ROOM);
	CHECK_INT(maildirsize_check(path_of("none"), &quota, 1001, &f),
	    MAILDIRSIZE_FULL);
	CHECK(access(path_of("none"), F_OK) == -1);
	CHECK_INT(maildirsize_check(path_of("new/1.x,S=300"), &quota, 1, &f),
	    MAILDIRSIZE_FAILED);
	CHECK_INT(f.class, EX_TEMPFAIL);
	maildirsize_added(maildirsize_begin(path_of("none")), 5, 1);
}

static void
lines(void)
{
	start("1000S,10C\n300 1\n");
	maildirsize_added(maildirsize_begin(top), 42, 1);
	maildirsize_added(maildirsize_begin(top), 42, 0);
	CHECK_STR(content(), "1000S,10C\n300 1\n42 1\n");
	start(NULL);
	maildirsize_added(maildirsize_begin(top), 42, 1);
	CHECK_STR(content(), "");
}

/* A lock that is never given back holds up nothing for ever; only nothing is
 * written then. */
static void
locked(void)
{
	int dir;

	start(NULL);
	dir = open(top, O_RDONLY | O_DIRECTORY);
	CHECK_INT(flock(dir, LOCK_EX), 0);
	CHECK_INT(check(701), MAILDIRSIZE_FULL);
	CHECK_STR(content(), "");
	file("maildirsize", "1000S,10C\n300 1\n");
	maildirsize_added(maildirsize_begin(top), 42, 1);
	CHECK_STR(content(), "1000S,10C\n300 1\n42 1\n");
	(void)close(dir);
}

/* A count in the middle of a delivery would have its message twice. */
static void
during_delivery(void)
{
	int begun;

	start(NULL);
	begun = maildirsize_begin(top);
	file("new/2.x,S=5", "");
	CHECK_INT(check(696), MAILDIRSIZE_FULL);
	CHECK_STR(content(), "");
	maildirsize_added(begun, 5, 1);
	CHECK_INT(check(695), MAILDIRSIZE_ROOM);
	CHECK_STR(content(), "1000S,10C\n305 2\n");
}

static void
deliver(int process, int n)
{
	char path[80];

	for (int i = 0; i < n; i++) {
		int begun = maildirsize_begin(top);

		(void)snprintf(path, sizeof(path), "new/%d.%d,S=1", process,
		    i);
		file(path, "");
		maildirsize_added(begun, 1, 1);
	}
}

/* Four processes deliver while one counts all the time. */
static void
at_once(void)
{
	enum { PROCESSES = 4, EACH = 100 };
	struct quota large = { 1000000, 0 };
	struct usage u = { 0 };
	struct fail f;
	int i, status;

	start("1000000S\n300 1\n");
	for (i = 0; i < PROCESSES; i++)
		if (fork() == 0) {
			deliver(i, EACH);
			_exit(0);
		}
	while (waitpid(-1, &status, WNOHANG) != -1) {
		(void)unlink(path_of("maildirsize"));
		(void)maildirsize_check(top, &large, 1, &f);
	}
	CHECK_INT(quota_sum(slice_str(content()), &large, &u), 0);
	CHECK_INT(u.bytes, 300 + PROCESSES * EACH);
	CHECK_INT(u.messages, 1 + PROCESSES * EACH);
}

int
main(void)
{
	if (mkdtemp(top) == NULL)
		return 1;
	RUN(counted);
	RUN(believed);
	RUN(not_believed);
	RUN(too_long);
	RUN(other_files);
	RUN(not_there);
	RUN(lines);
	RUN(locked);
	RUN(during_delivery);
	RUN(at_once);
	(void)nftw(top, files_delete, 8, FTW_DEPTH | FTW_PHYS);
	return unit_done();
}
