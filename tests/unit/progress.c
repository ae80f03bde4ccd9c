/* SPDX-License-Identifier: ISC */
/* Unit test of progress: what the line says, and that it is for terminals. */

#include <fcntl.h>
#include <unistd.h>

#include "io.h"
#include "progress.h"
#include "unit.h"

static void
line(void)
{
	static const struct {
		struct progress_at all, done;
		uint64_t rate;
		const char *want;
	} cases[] = {
		{ { 5000, 20000000 }, { 1234, 4936000 }, 8300000,
		    "1234/5000, 4.9 of 20.0 MB, 8.3 MB/s, 0:01 left" },
		{ { 3, 2049 }, { 0, 0 }, 0, "0/3, 0.0 of 2.0 kB, 0.0 kB/s" },
		{ { 3, 999949 }, { 3, 999949 }, 1,
		    "3/3, 999.9 of 999.9 kB, 0.0 kB/s, 0:00 left" },
		{ { 3, 999950 }, { 3, 999950 }, 1,
		    "3/3, 1.0 of 1.0 MB, 0.0 kB/s, 0:00 left" },
		{ { 200, 1048576000 }, { 20, 104857600 }, 1000,
		    "20/200, 0.1 of 1.0 GB, 1.0 kB/s, days left" },
		{ { 200, 104857600 }, { 20, 857600 }, 13000,
		    "20/200, 0.9 of 104.9 MB, 13.0 kB/s, 2:13:20 left" },
		{ { 2, 0 }, { 1, 100000 }, 500000,
		    "1/2, 100.0 kB, 500.0 kB/s" },
		/* Servers may announce less than they send. */
		{ { 2, 100 }, { 1, 300000 }, 500000,
		    "1/2, 300.0 of 300.0 kB, 500.0 kB/s, 0:00 left" },
	};
	char out[PROGRESS_LINE];
	struct progress p = { 0 };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].want);
		p.all = cases[i].all;
		p.rate = cases[i].rate;
		CHECK_STR(progress_line(out, &p, cases[i].done),
		    cases[i].want);
	}
}

static void
largest(void)
{
	struct progress p = { .all = { UINT64_MAX, UINT64_MAX },
		.rate = UINT64_MAX };
	char out[PROGRESS_LINE];

	(void)progress_line(out, &p, p.all);
	CHECK(strlen(out) < PROGRESS_LINE);
}

static void
rate(void)
{
	CHECK_INT(progress_rate(0, 1000, 500), 2000);
	CHECK_INT(progress_rate(2000, 0, 500), 1500);
	CHECK_INT(progress_rate(2000, 2000, 500), 2500);
	CHECK_INT(progress_rate(7, 2000, 0), 7);
}

/* What is written to standard error where that is a pipe. */
static void
no_terminal(void)
{
	struct progress p;
	int pipes[2], saved = dup(STDERR_FILENO);
	char text[10];

	CHECK_INT(pipe(pipes), 0);
	(void)dup2(pipes[1], STDERR_FILENO);
	progress_start(&p, (struct progress_at){ 1, 1 });
	p.then = 0;
	progress_now(&p, (struct progress_at){ 1, 1 });
	progress_clear(&p);
	(void)dup2(saved, STDERR_FILENO);
	(void)close(pipes[1]);
	CHECK_INT(io_read(pipes[0], text, sizeof(text)), 0);
	(void)close(pipes[0]);
	(void)close(saved);
}

/* The same where it is one: a line, then nothing of it. */
static void
terminal(void)
{
	struct progress p;
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	int saved = dup(STDERR_FILENO);
	char text[200] = "";
	ssize_t n;

	CHECK(master != -1 && grantpt(master) == 0 && unlockpt(master) == 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	CHECK(slave != -1);
	(void)dup2(slave, STDERR_FILENO);
	progress_start(&p, (struct progress_at){ 2, 1000000 });
	progress_clear(&p);
	p.then = 0;
	progress_now(&p, (struct progress_at){ 1, 500000 });
	progress_clear(&p);
	(void)dup2(saved, STDERR_FILENO);
	n = read(master, text, sizeof(text) - 1);
	CHECK(n > 0);
	CHECK(slice_starts(slice_str(text), SLICE("\r1/2, 0.5 of 1.0 MB, ")));
	CHECK(slice_ends(slice_str(text), SLICE("\033[K\r\033[K")));
	(void)close(master);
	(void)close(slave);
	(void)close(saved);
}

int
main(void)
{
	RUN(line);
	RUN(largest);
	RUN(rate);
	RUN(no_terminal);
	RUN(terminal);
	return unit_done();
}
