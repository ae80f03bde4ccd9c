/* SPDX-License-Identifier: ISC */
/* Tests of spoolresult: what a transport says.  queueresult's has the rest. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "spoolresult.h"
#include "unit.h"

static struct output out;
static FILE *file;

/* What was told since the last time. */
static void
check_told(const char *want)
{
	char got[1024];
	struct fail f = { 0 };
	ssize_t n;

	CHECK_INT(output_flush(&out, &f), 0);
	n = pread(out.fd, got, sizeof(got), 0);
	CHECK_SLICE(((struct slice){ got, n < 0 ? 0 : (size_t)n }),
	    slice_str(want));
	if (ftruncate(out.fd, 0) == -1 || lseek(out.fd, 0, SEEK_SET) == -1)
		abort();
}

static void
untried(void)
{
	struct fail f = { 0 };

	spoolresult_untried(&out, "p", 7, "why\tnot");
	check_told("p\t7\tbusy\t0\t\t\twhy\\x09not\n");
	(void)fail_set(&f, EX_DATAERR, "damaged");
	spoolresult_unopened(&out, "p", &f);
	check_told("p\t0\tfailed\t0\t\t\tdamaged\n");
	(void)fail_set(&f, EX_NOINPUT, "gone");
	spoolresult_unopened(&out, "p", &f);
	check_told("p\t0\tbusy\t0\t\t\tgone\n");
	(void)fail_set(&f, EX_TEMPFAIL, "I/O");
	spoolresult_unopened(&out, "p", &f);
	check_told("p\t0\tdeferred\t0\t\t\tI/O\n");
}

static void
entries(void)
{
	struct spool_entry e = { 1700000000, 3, SPOOL_SENT, 250,
		SLICE("2.0.0"), SLICE("mx.example.net"), SLICE("ok") };

	spoolresult_put(&out, "new/1.x", &e);
	check_told("new/1.x\t3\tsent\t250\t2.0.0\tmx.example.net\tok\n");
}

static void
bad_line(void)
{
	struct fail f = { 0 };

	CHECK_INT(spoolresult_bad_line("p\t0", &f), -1);
	CHECK_INT(f.class, EX_USAGE);
	CHECK_STR(f.text,
	    "standard input: not a path and numbers: p\\x090");
}

int
main(void)
{
	if ((file = tmpfile()) == NULL)
		return 1;
	out = output_to(fileno(file), "out");
	RUN(untried);
	RUN(entries);
	RUN(bad_line);
	output_free(&out);
	return unit_done();
}
