/* SPDX-License-Identifier: ISC */
/* reports: reports of deliveries, handed to a program; see reports.h. */

#include <stdio.h>
#include <unistd.h>

#include "assistant.h"
#include "log.h"
#include "report.h"
#include "reports.h"

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
			char whole[ADDR_TEXT + LIMIT_DOMAIN + 2];

			(void)snprintf(whole, sizeof(whole), "%.*s@%s",
			    SLICE_ARG(final), s->conf->hostname);
			final = slice_str(arena_str(arena, slice_str(whole)));
		}
		to[i] = (struct report_recipient){ original, final };
	}
	return to;
}

/* Writes the report: 0, or -1. */
static int
write_report(const struct session *s, const char *id, int fd, struct fail *f)
{
	struct arena arena = { 0 };
	struct report r = { .action = REPORT_DELIVERED,
		.host = s->conf->hostname, .id = id, .sender = s->sender,
		.envelope_id = slice_str(s->dsn.envelope_id),
		.arrival = s->dsn.arrival, .to = recipients(s, &arena),
		.nto = s->dsn.nasked };
	struct output out = output_to(fd, "temporary file");
	int rc;

	/* RFC 8689, 5: what may not leave without TLS does not. */
	if (!s->require_tls) {
		r.header = buf_slice(&s->dsn.header);
		r.cut = s->dsn.cut;
	}
	rc = report_write(&r, &out, f);
	if (rc == 0)
		rc = output_flush(&out, f);
	output_free(&out);
	arena_free(&arena);
	return rc;
}

void
reports_give(struct session *s, const char *id)
{
	struct fail f = { 0 };
	int fd, rc = -1;

	if (s->dsn.nasked == 0)
		return;
	/* The client need not wait; who is gone is noticed later. */
	(void)conn_flush(s->conn, &f);
	if ((fd = assistant_begin(s->assistant, &f)) != -1) {
		rc = write_report(s, id, fd, &f);
		if (rc == 0)
			rc = assistant_report(s->assistant, s->sender,
			    s->require_tls, &f);
		(void)close(fd);
		assistant_forget(s->assistant);
	}
	log_line("id=%s report to=<%s> nrcpt=%zu%s%s", id, s->sender,
	    s->dsn.nasked, rc == -1 ? " not given: " : " given",
	    rc == -1 ? f.text : "");
}
