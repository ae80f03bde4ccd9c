/* SPDX-License-Identifier: ISC */
/* Unit test of userfile: the lines of a users file. */

#include <sys/mman.h>
#include <unistd.h>

#include "buf.h"
#include "unit.h"
#include "userfile.h"

static int class;

/* Each line as "local|domain|maildir;", at the end "." or what failed. */
static const char *
lines(struct slice text)
{
	static char out[600];
	struct buf seen = BUF(sizeof(out) - 1);
	struct fail f = { 0 };
	struct userfile_line line;
	struct userfile file;
	char path[40];
	int fd = memfd_create("users", 0), rc;

	if (fd == -1 || write(fd, text.p, text.n) != (ssize_t)text.n)
		abort();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK_INT(userfile_open(&file, path, &f), 0);
	while ((rc = userfile_next(&file, &line, &f)) == 1)
		(void)buf_addf(&seen, "%.*s|%.*s|%.*s;", SLICE_ARG(line.local),
		    SLICE_ARG(line.domain), SLICE_ARG(line.maildir));
	(void)buf_adds(&seen, rc == 0 ? "." : strchr(f.text, ':') + 2);
	(void)snprintf(out, sizeof(out), "%s", buf_str(&seen));
	class = f.class;
	userfile_close(&file);
	buf_free(&seen);
	(void)close(fd);
	return out;
}

static void
fields(void)
{
	CHECK_STR(lines(SLICE("")), ".");
	CHECK_STR(lines(SLICE("\n# a@b:\n\n#\n")), ".");
	CHECK_STR(lines(SLICE("a@b:!:/m\nC d@E.f:$y$@:/n:10M:x\n")),
	    "a|b|/m;C d|E.f|/n;.");
	CHECK_STR(lines(SLICE("a@b:")), "a|b|;.");
	CHECK_STR(lines(SLICE("a@b:!\n@b:!:\na@:!:")), "a|b|;|b|;a||;.");
	CHECK_STR(lines(SLICE("a@b:!:/m")), "a|b|/m;.");
}

/* What login reads; lines of three fields came first and stay valid. */
static void
secrets(void)
{
	struct userfile_line line;

	CHECK_INT(userfile_split(SLICE("a@b:$y$j9T$x:/m:10M:SCRAM-SHA-256$1"),
	    &line), 1);
	CHECK_SLICE(line.hash, SLICE("$y$j9T$x"));
	CHECK_SLICE(line.quota, SLICE("10M"));
	CHECK_SLICE(line.verifier, SLICE("SCRAM-SHA-256$1"));
	CHECK_INT(userfile_split(SLICE("a@b:!:/m"), &line), 1);
	CHECK_SLICE(line.hash, SLICE("!"));
	CHECK_INT(line.quota.n, 0);
	CHECK_INT(line.verifier.n, 0);
	CHECK_INT(userfile_split(SLICE("a@b:::::later"), &line), 1);
	CHECK_INT(line.hash.n, 0);
	CHECK_INT(line.verifier.n, 0);
	CHECK_INT(userfile_split(SLICE(""), &line), 0);
	CHECK_INT(userfile_split(SLICE("#a@b:!:/m"), &line), 0);
	CHECK_INT(userfile_split(SLICE("a@b"), &line), -1);
}

static void
mistakes(void)
{
	static const char no[] = "a line that is not \"user@domain:...\"";
	struct userfile file;
	struct fail f;

	CHECK_STR(lines(SLICE("a:!:/m\n")), no);
	CHECK_INT(class, EX_CONFIG);
	CHECK_STR(lines(SLICE("a@b\n")), no);
	CHECK_STR(lines(SLICE(" \n")), no);
	CHECK_STR(lines(SLICE("a:!:/m@b\n")), no);
	CHECK_INT(userfile_open(&file, "/nowhere/users", &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK(strstr(f.text, "/nowhere/users") != NULL);
	CHECK_INT(userfile_open(&file, "/", &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
}

/* A comment of "n" bytes with "end" behind it. */
static struct slice
comment(size_t n, const char *end)
{
	static char text[40000];

	memset(text, '#', n);
	(void)snprintf(text + n, sizeof(text) - n, "%s", end);
	return (struct slice){ text, n + strlen(end) };
}

static void
long_lines(void)
{
	static const char no[] = "a line longer than 2048 bytes";

	CHECK_STR(lines(comment(2048, "\na@b:!:/m\n")), "a|b|/m;.");
	CHECK_STR(lines(comment(2048, "")), ".");
	CHECK_STR(lines(comment(2049, "\na@b:!:/m\n")), no);
	CHECK_INT(class, EX_CONFIG);
	CHECK_STR(lines(comment(2049, "")), no);
	CHECK_STR(lines(comment(USERFILE_BLOCK, "")), no);
	CHECK_STR(lines(comment(USERFILE_BLOCK + 2049, "")), no);
}

/* Lines cut in two by the blocks that the file is read in. */
static void
long_file(void)
{
	static char text[400000];
	struct userfile_line line;
	struct userfile file;
	struct fail f = { 0 };
	char path[40];
	size_t n = 0;
	int fd = memfd_create("users", 0), i;

	for (i = 0; i < 9000; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "user%d@example.org:!:/m/%d\n", i, i);
	if (fd == -1 || write(fd, text, n) != (ssize_t)n)
		abort();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK_INT(userfile_open(&file, path, &f), 0);
	for (i = 0; i < 9000; i++) {
		char want[20];

		CHECK_INT(userfile_next(&file, &line, &f), 1);
		(void)snprintf(want, sizeof(want), "/m/%d", i);
		CHECK_SLICE(line.maildir, slice_str(want));
	}
	CHECK_INT(userfile_next(&file, &line, &f), 0);
	CHECK_INT(userfile_next(&file, &line, &f), 0);
	userfile_close(&file);
	(void)close(fd);
}

int
main(void)
{
	RUN(fields);
	RUN(secrets);
	RUN(mistakes);
	RUN(long_lines);
	RUN(long_file);
	return unit_done();
}
