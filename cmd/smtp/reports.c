/* SPDX-License-Identifier: ISC */
/* reports: reports of deliveries, for a program or the queue; see reports.h. */

#include <stdio.h>
#include <unistd.h>

#include "assistant.h"
#include "io.h"
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
		to[i] = (struct report_recipient){ .original = original,
			.final = final, .action = REPORT_DELIVERED };
	}
	return to;
}

/* Writes the report: what it needs, as report_write says, or -1. */
static int
write_report(const struct session *s, const char *id, int fd, struct fail *f)
{
	struct arena arena = { 0 };
	struct input header = { .fd = -1, .size = s->dsn.header.n,
		.held = s->dsn.header.p, .name = "header" };
	struct report r = { .host = s->conf->hostname, .id = id,
		.sender = s->sender,
		.envelope_id = slice_str(s->dsn.envelope_id),
		.arrival = s->dsn.arrival, .to = recipients(s, &arena),
		.nto = s->dsn.nasked };
	struct output out = output_to(fd, "temporary file");
	unsigned needs;
	int rc;

	/* RFC 8689, 5: what may not leave without TLS does not. */
	if (!s->require_tls) {
		r.message = &header;
		r.cut = s->dsn.cut;
	}
	rc = report_write(&r, &out, &needs, f);
	if (rc == 0)
		rc = output_flush(&out, f);
	output_free(&out);
	arena_free(&arena);
	return rc == -1 ? -1 : (int)needs;
}

/* Gives the report in "fd" to the queue. */
static int
queue_report(struct session *s, int fd, unsigned needs, struct fail *f)
{
	struct depot_recipient to = { .relay = 1, .notify = SPOOL_NEVER };
	struct spool_envelope e = { .require_tls = s->require_tls,
		.body8 = (needs & REPORT_8BITMIME) != 0,
		.utf8 = (needs & REPORT_SMTPUTF8) != 0 };
	char id[STORE_ID], block[16384];
	ssize_t n = -1;
	int rc = -1;

	if (addr_check_utf8(slice_str(s->sender), &to.address, f) == -1)
		return -1;
	switch (store_recipient(s->store, &to, f)) {
	case USERS_FOUND:
	case USERS_QUEUED:
	case USERS_RELAYED:
		break;
	default:
		return fail_set(f, EX_TEMPFAIL, "the sender has no mailbox");
	}
	if (store_begin(s->store, &e, id, f) != -1 &&
	    lseek(fd, 0, SEEK_SET) == 0) {
		/* Of who is here; the queue leaves it out. */
		store_write(s->store, SLICE("Return-Path: <>\n"));
		while ((n = io_read(fd, block, sizeof(block))) > 0)
			store_write(s->store, (struct slice){ block,
			    (size_t)n });
		if (n == 0)
			rc = store_commit(s->store, id, f);
		else
			(void)fail_errno(f, EX_TEMPFAIL, "temporary file");
	}
	store_abort(s->store);
	return rc;
}

/* The same by the program of the configuration. */
static int
run_program(struct session *s, const char *id, struct fail *f)
{
	int fd = assistant_begin(s->assistant, f), rc;

	if (fd == -1)
		return -1;
	/* It needs no more than the session that named the sender. */
	rc = write_report(s, id, fd, f) == -1 ? -1 :
	    assistant_report(s->assistant, s->sender, s->require_tls, f);
	(void)close(fd);
	assistant_forget(s->assistant);
	return rc;
}

static int
write_and_queue(struct session *s, const char *id, struct fail *f)
{
	int fd = store_scratch(s->store, f), needs, rc = -1;

	if (fd == -1)
		return -1;
	if ((needs = write_report(s, id, fd, f)) != -1)
		rc = queue_report(s, fd, (unsigned)needs, f);
	(void)close(fd);
	return rc;
}

void
reports_give(struct session *s, const char *id)
{
	struct fail f = { 0 };
	int rc;

	if (s->dsn.nasked == 0)
		return;
	/* The client need not wait; who is gone is noticed later. */
	(void)conn_flush(s->conn, &f);
	rc = s->conf->reports != NULL ? run_program(s, id, &f) :
	    write_and_queue(s, id, &f);
	log_line("id=%s report to=<%s> nrcpt=%zu%s%s", id, s->sender,
	    s->dsn.nasked, rc == -1 ? " not given: " : " given",
	    rc == -1 ? f.text : "");
}
