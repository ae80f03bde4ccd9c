/* SPDX-License-Identifier: ISC */
/* cli: what every command does the same way; see cli.h. */

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"

static const char *command = "mailpipe";
static const char *synopsis = "";

void
cli_start(const char *name, const char *usage)
{
	int fd;

	command = name;
	synopsis = usage;
	/* To read from what was closed, or to write there, fails as before. */
	while ((fd = open("/dev/null", O_RDONLY)) != -1 &&
	    fd <= STDERR_FILENO)
		if (fd == STDIN_FILENO) {
			(void)close(fd);
			(void)open("/dev/null", O_WRONLY);
		}
	if (fd != -1)
		(void)close(fd);
}

const char *
cli_name(void)
{
	return command;
}

void
cli_usage(void)
{
	(void)fprintf(stderr, "usage: %s %s\n", command, synopsis);
	exit(EX_USAGE);
}

int
cli_report(const struct fail *f)
{
	(void)fprintf(stderr, "%s: %s\n", command, f->text);
	return f->class;
}

void
cli_exit(const struct fail *f)
{
	exit(cli_report(f));
}

void
cli_warn(const char *format, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	(void)fprintf(stderr, "%s: %s\n", command, line);
}

void
cli_finish(struct output *out, int status)
{
	struct fail f = { 0 };

	if (output_flush(out, &f) == -1 && status <= 1)
		status = cli_report(&f);
	exit(status);
}

int
cli_worse(int so_far, int next)
{
	if (so_far == EX_TEMPFAIL || next == 0)
		return so_far;
	return so_far == 0 || next == EX_TEMPFAIL ? next : so_far;
}
