/* SPDX-License-Identifier: ISC */
/* Unit test of filter: programs between two files. */

#include <unistd.h>

#include "child.h"
#include "filter.h"
#include "io.h"
#include "scratch.h"
#include "ticks.h"
#include "unit.h"

static struct fail f;
static struct filter filter;
static char out[100];

/* The exit status of a script that reads "text", or -1. */
static int
run(const char *script, const char *text)
{
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" },
		(char *)(uintptr_t)script, NULL };
	int status = -1, rc;
	ssize_t n;

	filter.argv = argv;
	filter.in = scratch_open(&f);
	filter.out = scratch_open(&f);
	filter.end = ticks_now() + 60000;
	if (io_write(filter.in, slice_str(text)) == -1)
		abort();
	rc = filter_run(&filter, &status, &f);
	n = pread(filter.out, out, sizeof(out) - 1, 0);
	out[n > 0 ? n : 0] = '\0';
	(void)close(filter.in);
	(void)close(filter.out);
	return rc == 0 ? status : -1;
}

static void
streams(void)
{
	CHECK_INT(run("cat; echo one >&2; echo two >&2", "text\n"), 0);
	CHECK_STR(out, "text\n");
	CHECK_INT(filter.written, 5);
	CHECK_STR(filter.said, "two");
	CHECK_INT(run("exit 75", "text"), 75);
	CHECK_INT(filter.written, 0);
	CHECK_STR(filter.said, "");
	CHECK_INT(run("printf 'a\\r\\n\\n\\0b\\033' >&2; exit 1", ""), 1);
	CHECK_STR(filter.said, "b\033");
	CHECK_INT(run("exec 1>&-; cat >&2; exit 3", "text\n"), 3);
	CHECK_STR(filter.said, "text");
}

/* A long line is cut; nothing of it is kept in memory. */
static void
long_lines(void)
{
	CHECK_INT(run("head -c 3000000 /dev/zero | tr '\\0' x >&2", ""), 0);
	CHECK_INT(strlen(filter.said), 511);
}

static void
too_much(void)
{
	filter.most = 4;
	CHECK_INT(run("printf 1234", ""), 0);
	CHECK_INT(run("printf 12345", ""), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_STR(f.text, "sh: wrote too much");
	CHECK_INT(run("yes", ""), -1);
	filter.most = 1000;
}

static void
signals(void)
{
	CHECK_INT(run("kill -SEGV $$", ""), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_STR(f.text, "sh: ended by signal 11");
}

static void
in_time(void)
{
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" },
		(char[]){ "sleep 600 & sleep 600" }, NULL };
	int status;

	filter.argv = argv;
	filter.in = scratch_open(&f);
	filter.out = scratch_open(&f);
	filter.end = ticks_now() + 50;
	CHECK_INT(filter_run(&filter, &status, &f), -1);
	CHECK_STR(f.text, "sh: did not end in time");
	/* It closes what we read, and goes on. */
	argv[2] = (char[]){ "exec >&- 2>&-; sleep 600" };
	filter.end = ticks_now() + 50;
	CHECK_INT(filter_run(&filter, &status, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	argv[0] = (char[]){ "/none/program" };
	CHECK_INT(filter_run(&filter, &status, &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK(strstr(f.text, "/none/program: run") != NULL);
	(void)close(filter.in);
	(void)close(filter.out);
}

int
main(void)
{
	filter.most = 1000;
	RUN(streams);
	RUN(long_lines);
	RUN(too_much);
	RUN(signals);
	RUN(in_time);
	return unit_done();
}
