/* SPDX-License-Identifier: ISC */
/* Tests of cli: what a command says and how it ends, seen from outside. */

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "unit.h"

static char said[2000];

/* Runs "function" in a child with standard error in "said"; its status. */
static int
in_child(void (*function)(void))
{
	int fd[2], status;
	size_t n = 0;
	ssize_t k;
	pid_t pid;

	(void)fflush(stdout);
	if (pipe(fd) == -1 || (pid = fork()) == -1)
		abort();
	if (pid == 0) {
		(void)dup2(fd[1], STDERR_FILENO);
		(void)close(fd[0]);
		(void)close(fd[1]);
		cli_start("mail-test", "[-v] [file ...]");
		function();
		exit(0);
	}
	(void)close(fd[1]);
	while ((k = read(fd[0], said + n, sizeof(said) - 1 - n)) > 0)
		n += (size_t)k;
	said[n] = '\0';
	(void)close(fd[0]);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static void
do_usage(void)
{
	cli_usage();
}

static void
do_exit(void)
{
	struct fail f = { .class = EX_NOHOST, .text = "mx: no such host" };

	cli_exit(&f);
}

static void
do_report_and_warn(void)
{
	struct fail f = { .class = EX_DATAERR, .text = "letter: 100%s bad" };
	int class = cli_report(&f);

	cli_warn("%s: %d parts", cli_name(), class);
}

static void
one_line_each(void)
{
	CHECK_INT(in_child(do_usage), EX_USAGE);
	CHECK_STR(said, "usage: mail-test [-v] [file ...]\n");
	CHECK_INT(in_child(do_exit), EX_NOHOST);
	CHECK_STR(said, "mail-test: mx: no such host\n");
	CHECK_INT(in_child(do_report_and_warn), 0);
	CHECK_STR(said, "mail-test: letter: 100%s bad\n"
			"mail-test: mail-test: 65 parts\n");
}

static void
do_finish(void)
{
	struct output out = output_to(STDOUT_FILENO, "standard output");

	(void)dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
	output_put(&out, SLICE("x"));
	cli_finish(&out, EX_PROTOCOL);
}

static void
do_finish_full(void)
{
	struct output out = output_to(STDOUT_FILENO, "standard output");

	(void)dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO);
	output_put(&out, SLICE("x"));
	cli_finish(&out, 0);
}

/* Found, or not found: it was to be told. */
static void
do_finish_full_with_nothing(void)
{
	struct output out = output_of_done(STDOUT_FILENO, "standard output");

	(void)dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO);
	output_put(&out, SLICE("x"));
	cli_finish(&out, 1);
}

static void
do_finish_full_after_failure(void)
{
	struct output out = output_to(STDOUT_FILENO, "standard output");

	(void)dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO);
	output_put(&out, SLICE("x"));
	cli_finish(&out, EX_DATAERR);
}

/* Output that never arrived is not success. */
static void
last_flush(void)
{
	CHECK_INT(in_child(do_finish), EX_PROTOCOL);
	CHECK_STR(said, "");
	CHECK_INT(in_child(do_finish_full), EX_TEMPFAIL);
	CHECK_STR(said, "mail-test: standard output: write: No space left on "
			"device\n");
	CHECK_INT(in_child(do_finish_full_with_nothing), EX_IOERR);
	CHECK_STR(said, "mail-test: standard output: write: No space left on "
			"device\n");
	CHECK_INT(in_child(do_finish_full_after_failure), EX_DATAERR);
}

static void
do_closed(void)
{
	int fd;

	for (fd = 0; fd < 3; fd++)
		(void)close(fd);
	cli_start("mail-test", "");
	fd = open("/dev/null", O_RDONLY);
	_exit(fd);
}

static void
do_use_closed(void)
{
	char c = 'x';
	int fd;

	for (fd = 0; fd < 3; fd++)
		(void)close(fd);
	cli_start("mail-test", "");
	_exit(read(0, &c, 1) == -1 && write(1, &c, 1) == -1 &&
	    write(2, &c, 1) == -1);
}

static void
standard_descriptors_are_open(void)
{
	int next = open("/dev/null", O_RDONLY);

	(void)close(next);
	CHECK_INT(in_child(do_closed), next);
	CHECK_INT(in_child(do_use_closed), 1);
}

static void
worst_that_helps(void)
{
	CHECK_INT(cli_worse(0, 0), 0);
	CHECK_INT(cli_worse(0, 69), 69);
	CHECK_INT(cli_worse(69, 0), 69);
	CHECK_INT(cli_worse(69, 67), 69);
	CHECK_INT(cli_worse(69, 75), 75);
	CHECK_INT(cli_worse(75, 69), 75);
	CHECK_INT(cli_worse(75, 0), 75);
}

int
main(void)
{
	RUN(one_line_each);
	RUN(last_flush);
	RUN(standard_descriptors_are_open);
	RUN(worst_that_helps);
	return unit_done();
}
