/* SPDX-License-Identifier: ISC */
/* reporting: hands a report to the program for it; see reporting.h. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "filter.h"
#include "limits.h"
#include "reporting.h"
#include "text.h"
#include "ticks.h"

enum { ADDRESS = ADDR_TEXT + 2 };

/* The sender as an argument that no program takes for an option: in quotes it
 * is the same mailbox (RFC 5321, 4.1.2). */
static char *
format_address(char to[ADDRESS], const char *sender)
{
	struct slice local, domain = slice_str(sender);

	(void)slice_until(&domain, '@', &local);
	(void)snprintf(to, ADDRESS, sender[0] == '-' ? "\"%.*s\"@%.*s" :
	    "%.*s@%.*s", SLICE_ARG(local), SLICE_ARG(domain));
	return to;
}

/* The words of the configuration, and the address behind them. */
static char **
arguments(const struct conf *conf, char *address, struct arena *arena)
{
	char *const *words = conf->reports;
	char **argv;
	size_t n = 0;

	while (words[n] != NULL)
		n++;
	argv = arena_alloc(arena, (n + 2) * sizeof(*argv));
	memcpy(argv, words, n * sizeof(*argv));
	argv[n] = address;
	argv[n + 1] = NULL;
	return argv;
}

/* REQUIRETLS is for a program that can ask for it, too.  What a message was
 * filtered with is not for its report, nor is what the server was started
 * with. */
static void
set_environment(int require_tls)
{
	static const char *const filters[] = { "SENDER", "RECIPIENTS",
		"REMOTE_ADDR", "HELO", "AUTH_USER" };
	size_t i;

	for (i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		(void)unsetenv(filters[i]);
	(void)(require_tls ? setenv("REQUIRETLS", "1", 1) :
	    unsetenv("REQUIRETLS"));
}

static unsigned
seconds(const struct conf *conf)
{
	return conf->filter_timeout < LIMIT_REPORT_TIME ?
	    conf->filter_timeout : LIMIT_REPORT_TIME;
}

int
reporting_run(const struct conf *conf, const struct reporting *what, int fd,
    struct fail *f)
{
	char address[ADDRESS];
	struct arena arena = { 0 };
	struct filter filter = { .in = fd, .most = UINT64_MAX,
		.argv = arguments(conf, format_address(address, what->sender),
		&arena), .end = ticks_now() +
		(uint64_t)seconds(conf) * 1000 };
	int rc = -1, status;

	set_environment(what->require_tls);
	if ((filter.out = open("/dev/null", O_WRONLY | O_CLOEXEC)) == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "/dev/null");
	else if (filter_run(&filter, &status, f) == 0)
		rc = status == 0 ? 0 : fail_set(f, EX_TEMPFAIL,
		    "%s: status %d: %s", TEXT_SHOW(slice_str(filter.argv[0])),
		    status, TEXT_SHOW(slice_str(filter.said)));
	if (filter.out != -1)
		(void)close(filter.out);
	arena_free(&arena);
	return rc;
}
