/* SPDX-License-Identifier: ISC */
/* Tests of queueadd, with a mailq-add that says how it was called. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "queueadd.h"
#include "ticks.h"
#include "unit.h"

static char dir[] = "/tmp/mailpipe-unit.XXXXXX";
static char program[64], said[64];
static int message;

/* What "mailq-add" does after it wrote its arguments and input down. */
static void
stand_in(const char *does)
{
	FILE *file = fopen(program, "w");

	if (file == NULL || fprintf(file, "#!/bin/sh\n"
	    "{ echo \"$@\"; cat; } >%s\n%s\n", said, does) < 0 ||
	    fclose(file) != 0 || chmod(program, 0700) == -1)
		abort();
}

static int
run(struct queueadd *a, struct fail *f)
{
	static const struct slice addresses[] = { SLICE("bob@example.org"),
		SLICE("-x@example.org") };

	a->message = message;
	a->addresses = addresses;
	a->n = 2;
	a->end = ticks_now() + 20000;
	f->class = 0;
	return queueadd_run(a, f);
}

static void
check_said(const char *want)
{
	char got[256] = "";
	FILE *file = fopen(said, "r");

	CHECK(file != NULL);
	if (file == NULL)
		return;
	CHECK(fread(got, 1, sizeof(got) - 1, file) > 0);
	(void)fclose(file);
	CHECK_STR(got, want);
}

static void
taken(void)
{
	struct queueadd a = { .sender = "alice@example.org", .notify = "NEVER",
		.original = "rfc822;list@example.org", .ret = "HDRS" };
	struct fail f;

	stand_in("echo 1j14iav7nmba653n; echo 1j14iav7nmba653o");
	CHECK_INT(run(&a, &f), 0);
	CHECK_STR(a.id, "1j14iav7nmba653n");
	check_said("-N NEVER -O rfc822;list@example.org -R HDRS "
	    "-f alice@example.org -- bob@example.org -x@example.org\nhello\n");
	a = (struct queueadd){ .sender = "" };
	stand_in("echo no id, this one");
	CHECK_INT(run(&a, &f), 0);
	CHECK_STR(a.id, "");
	check_said("-f <> -- bob@example.org -x@example.org\nhello\n");
}

static void
refused(void)
{
	struct queueadd a = { .sender = "" };
	struct fail f;

	stand_in("echo 1j14iav7nmba653n; echo first >&2; echo last >&2\n"
	    "exit 65");
	CHECK_INT(run(&a, &f), -1);
	CHECK_INT(f.class, EX_DATAERR);
	CHECK_STR(f.text, "last");
	CHECK_STR(a.id, "");
	stand_in("exit 77");
	CHECK_INT(run(&a, &f), -1);
	CHECK_INT(f.class, EX_NOPERM);
	CHECK_STR(f.text, "mailq-add ended with status 77");
	stand_in("yes");
	CHECK_INT(run(&a, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK(unlink(program) == 0);
	CHECK_INT(run(&a, &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
}

int
main(void)
{
	char path[128];

	if (mkdtemp(dir) == NULL)
		return 1;
	(void)snprintf(program, sizeof(program), "%s/mailq-add", dir);
	(void)snprintf(said, sizeof(said), "%s/said", dir);
	(void)snprintf(path, sizeof(path), "%s:/usr/bin:/bin", dir);
	if (setenv("PATH", path, 1) == -1)
		return 1;
	(void)snprintf(path, sizeof(path), "%s/message", dir);
	message = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (message == -1 || write(message, "hello\n", 6) != 6)
		return 1;
	RUN(taken);
	RUN(refused);
	(void)unlink(said);
	(void)unlink(path);
	(void)rmdir(dir);
	return unit_done();
}
