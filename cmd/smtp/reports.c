/* SPDX-License-Identifier: ISC */
/* reports: reports of deliveries, handed to a program; see reports.h. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "filter.h"
#include "log.h"
#include "report.h"
#include "reports.h"
#include "scratch.h"
#include "text.h"

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

/* Who asked, out of what dsn.h keeps: a mailbox of "postmaster" alone, too. */
static struct report_recipient *
recipients(const struct session *s, struct arena *arena)
{
	struct slice original, final, rest = buf_slice(&s->dsn.asked);
	struct report_recipient *to = arena_alloc(arena,
	    s->dsn.nasked * sizeof(*to));
	size_t i;

	for (i = 0; i < s->dsn.nasked; i++) {
		(void)slice_until(&rest, '\0', &original);
		(void)slice_until(&rest, '\0', &final);
		if (slice_find(final, '@') == final.n) {
			char whole[ADDRESS + LIMIT_DOMAIN];

			(void)snprintf(whole, sizeof(whole), "%.*s@%s",
			    SLICE_ARG(final), s->conf->hostname);
			final = slice_str(arena_str(arena, slice_str(whole)));
		}
		to[i] = (struct report_recipient){ original, final };
	}
	return to;
}

/* The report, in a file without a name: a descriptor, or -1. */
static int
write_report(const struct session *s, const char *id, struct fail *f)
{
	struct arena arena = { 0 };
	struct report r = { .action = REPORT_DELIVERED,
		.host = s->conf->hostname, .id = id, .sender = s->sender,
		.envelope_id = slice_str(s->dsn.envelope_id),
		.arrival = s->dsn.arrival, .to = recipients(s, &arena),
		.nto = s->dsn.nasked };
	struct output out;
	int fd, rc;

	/* RFC 8689, 5: what may not leave without TLS does not. */
	if (!s->require_tls) {
		r.header = buf_slice(&s->dsn.header);
		r.cut = s->dsn.cut;
	}
	if ((fd = scratch_open(f)) != -1) {
		out = output_to(fd, "temporary file");
		rc = report_write(&r, &out, f);
		if (rc == 0)
			rc = output_flush(&out, f);
		output_free(&out);
		if (rc == -1) {
			(void)close(fd);
			fd = -1;
		}
	}
	arena_free(&arena);
	return fd;
}

/* The words of the configuration, and the address behind them. */
static char **
arguments(const struct session *s, char *address, struct arena *arena)
{
	char *const *words = s->conf->reports;
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

/* Runs the program: 0, or -1 where it did not take the report. */
static int
run(const struct session *s, int report, struct fail *f)
{
	char address[ADDRESS];
	struct arena arena = { 0 };
	struct filter filter = { .in = report, .most = UINT64_MAX,
		.argv = arguments(s, format_address(address, s->sender),
		&arena), .end = child_clock() +
		(uint64_t)s->conf->filter_timeout * 1000 };
	int rc = -1, status;

	/* For a program that can ask for it, too. */
	(void)(s->require_tls ? setenv("REQUIRETLS", "1", 1) :
	    unsetenv("REQUIRETLS"));
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

void
reports_give(struct session *s, const char *id)
{
	struct fail f = { 0 };
	int report, rc = -1;

	if (s->dsn.nasked == 0)
		return;
	/* The client need not wait; who is gone is noticed later. */
	(void)conn_flush(s->conn, &f);
	if ((report = write_report(s, id, &f)) != -1) {
		rc = run(s, report, &f);
		(void)close(report);
	}
	log_line("id=%s report to=<%s> nrcpt=%zu%s%s", id, s->sender,
	    s->dsn.nasked, rc == -1 ? " not given: " : " given",
	    rc == -1 ? f.text : "");
}
