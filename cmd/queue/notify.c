/* SPDX-License-Identifier: ISC */
/* notify: tells the sender what became of a message; see notify.h. */

#include <stdlib.h>
#include <unistd.h>

#include "addr.h"
#include "hdr.h"
#include "letterhead.h"
#include "limits.h"
#include "log.h"
#include "nexthop.h"
#include "notify.h"
#include "report.h"
#include "scratch.h"
#include "text.h"
#include "xtext.h"

enum {
	FULL = 65536, /* bytes of a message that is given back unasked */
	EACH = 64,    /* bytes of a recipient in memory, beside its strings */
};

struct notice {
	const struct runner *runner;
	struct spoolfile *m;
	int64_t now;
	struct report_recipient *to; /* of one report */
	size_t *numbers;	     /* of these */
	size_t n;
	size_t size;		     /* of them all, of LIMIT_REPORT_TO */
	int delayed;		     /* of some it is told that they are late */
	struct arena arena;
};

static int
is_late(const struct notice *n)
{
	return n->runner->conf.queue_warning > 0 && !n->m->warned &&
	    n->now - spoolfile_begun(n->m) >=
	    (int64_t)n->runner->conf.queue_warning;
}

/* 1 where the sender is to be told of recipient "number", and of what. */
static int
is_wanted(const struct notice *n, size_t number, enum report_action *action)
{
	const struct spool_recipient *r = &n->m->to[number - 1];
	unsigned notify = r->to.notify, mask = SPOOL_SUCCESS;

	if (!r->settled) {
		*action = REPORT_DELAYED;
		return is_late(n) && n->m->envelope.sender.n > 0 &&
		    (notify == 0 || (notify & SPOOL_DELAY));
	}
	if (r->reported)
		return 0;
	if (r->class == SPOOL_REFUSED) {
		*action = REPORT_FAILED;
		return notify == 0 || (notify & SPOOL_FAILURE);
	}
	*action = r->class == SPOOL_SENT ? REPORT_DELIVERED : REPORT_RELAYED;
	/* Who took it over elsewhere reports there. */
	if (r->class == SPOOL_SENT &&
	    !nexthop_is_local(&n->runner->conf, r->to.address))
		mask = 0;
	return (notify & mask) && n->m->envelope.sender.n > 0;
}

static const char *
postmaster(const struct conf *conf)
{
	return conf->postmaster != NULL ? conf->postmaster : "postmaster";
}

static int
is_postmaster(const struct conf *conf, struct slice address)
{
	struct slice domain = addr_domain_of(address);
	struct slice local = slice_sub(address, 0, address.n -
	    (domain.n == 0 ? 0 : domain.n + 1));

	return slice_caseeq(address, slice_str(postmaster(conf))) ||
	    (slice_caseeq(local, SLICE("postmaster")) &&
	    nexthop_is_local(conf, address));
}

/* A mailbox as others can read it: with a domain. */
static struct slice
whole(struct notice *n, struct slice address)
{
	struct buf text = BUF(ADDR_TEXT + SPOOL_ENTRY);
	struct slice result = address;

	if (addr_domain_of(address).n == 0) {
		(void)buf_add(&text, address);
		(void)buf_addc(&text, '@');
		(void)buf_adds(&text, n->runner->conf.hostname);
		result = arena_slice(&n->arena, buf_slice(&text));
	}
	buf_free(&text);
	return result;
}

/* ORCPT without its encoding; empty where that is none. */
static struct slice
decode_original(struct notice *n, struct slice original)
{
	struct buf text = BUF(LIMIT_ORCPT);
	struct slice result = SLICE("");

	if (xtext_decode_original(original, &text) == 0)
		result = arena_slice(&n->arena, buf_slice(&text));
	buf_free(&text);
	return result;
}

/* By mailq-rm -b.  Of one recipient a user's program may say the same. */
static int
is_removed(const struct spool_entry *e)
{
	return e->number == 0 && e->code == 0 &&
	    slice_eq(e->enhanced, SLICE(SPOOL_REMOVED));
}

static int
add(struct notice *n, size_t number, enum report_action action, struct fail *f)
{
	struct report_recipient *to = &n->to[n->n];
	const struct spool_to *who = &n->m->to[number - 1].to;
	char line[SPOOL_ENTRY];
	struct spool_entry e = { 0 };

	if (spoolfile_last(n->m, number, line, &e, f) == -1)
		return -1;
	*to = (struct report_recipient){
		.original = decode_original(n, who->original),
		.final = whole(n, who->address), .action = action,
		.code = e.code, .attempt = (time_t)e.when,
		.given_up = e.code / 100 == 4, .removed = is_removed(&e),
		.status = arena_slice(&n->arena, e.enhanced),
		.text = arena_slice(&n->arena, e.text),
		.host = arena_slice(&n->arena, e.host),
		.until = (time_t)(spoolfile_begun(n->m) +
		    n->runner->conf.queue_lifetime) };
	n->size += EACH + to->original.n + to->final.n + to->text.n +
	    to->host.n;
	n->numbers[n->n++] = number;
	return 0;
}

/* From recipient *number on as many as go into one report. */
static int
collect(struct notice *n, size_t *number, struct fail *f)
{
	enum report_action action;

	arena_free(&n->arena);
	n->n = n->size = 0;
	for (; *number <= n->m->nto && n->size < LIMIT_REPORT_TO; ++*number) {
		if (!is_wanted(n, *number, &action))
			continue;
		n->to = mem_grow(n->to, n->n, sizeof(*n->to));
		n->numbers = mem_grow(n->numbers, n->n, sizeof(*n->numbers));
		n->delayed |= action == REPORT_DELAYED;
		if (add(n, *number, action, f) == -1)
			return -1;
	}
	return 0;
}

/* Did the message come by way of our postmaster, whose alias or ~/.forward
 * sent it on?  A report of that would go the same way, for ever.  What has no
 * header that can be read says nothing. */
static int
was_forwarded(const struct notice *n)
{
	const struct input in = { .fd = n->m->fd, .start = n->m->message,
		.size = n->m->size, .name = n->m->path };
	struct buf header = BUF(LIMIT_HEADER + LETTERHEAD_BLOCK);
	struct hdr_field field;
	struct fail ignored;
	struct slice rest;
	int rc = 0;

	if (letterhead_read(&in, &header, &ignored) == 0) {
		rest = buf_slice(&header);
		while (!rc && hdr_next(&rest, &field) == 1)
			rc = slice_caseeq(field.name, SLICE("Delivered-To")) &&
			    is_postmaster(&n->runner->conf,
			    slice_trim(field.value));
	}
	buf_free(&header);
	return rc;
}

static int
is_for_nobody(const struct notice *n)
{
	size_t i;

	if (n->m->envelope.sender.n > 0)
		return 0;
	for (i = 0; i < n->n; i++)
		if (is_postmaster(&n->runner->conf,
		    n->m->to[n->numbers[i] - 1].to.address))
			return 1;
	return was_forwarded(n);
}

/* Writes the report to "fd". */
static int
write_report(struct notice *n, struct slice sender, int fd, unsigned *needs,
    struct fail *f)
{
	const struct spool_envelope *e = &n->m->envelope;
	struct input message = { .fd = n->m->fd, .start = n->m->message,
		.size = n->m->size, .name = n->m->path };
	struct output out = output_to(fd, "temporary file");
	struct buf envelope_id = BUF(LIMIT_ENVID);
	struct report r = { .host = n->runner->conf.hostname, .id = n->m->id,
		.sender = arena_str(&n->arena, whole(n, sender)),
		.postmaster = e->sender.n == 0,
		.arrival = (time_t)e->arrival, .to = n->to, .nto = n->n,
		.message = &message, .full = e->ret == SPOOL_RET_FULL ||
		    (e->ret == SPOOL_RET_UNSAID && n->m->size <= FULL) };
	int rc;

	if (xtext_decode(e->envelope_id, &envelope_id) == 0)
		r.envelope_id = buf_slice(&envelope_id);
	rc = report_write(&r, &out, needs, f);
	if (rc == 0)
		rc = output_flush(&out, f);
	output_free(&out);
	buf_free(&envelope_id);
	return rc;
}

/* Puts what is in "fd" into the queue: its id is logged. */
static int
queue(const struct notice *n, const struct spool_to *to, int fd,
    unsigned needs, struct fail *f)
{
	struct spool_envelope e = { .arrival = n->now,
		.body8 = (needs & REPORT_8BITMIME) != 0,
		.utf8 = (needs & REPORT_SMTPUTF8) != 0,
		.require_tls = n->m->envelope.require_tls };
	struct spoolnew *new = spoolnew_begin(&n->runner->spool, &e, to, 1, f);
	char id[SPOOL_ID], block[16384];
	off_t at = 0;
	ssize_t got;

	if (new == NULL)
		return -1;
	memcpy(id, spoolnew_id(new), SPOOL_ID);
	while ((got = pread(fd, block, sizeof(block), at)) > 0) {
		spoolnew_write(new, (struct slice){ block, (size_t)got });
		at += got;
	}
	if (got == -1) {
		spoolnew_abort(&new);
		return fail_errno(f, EX_TEMPFAIL, "temporary file: read");
	}
	if (spoolnew_commit(&new, SPOOL_NEW, n->now, f) == -1)
		return -1;
	log_line("id=%s report=%s to=<%s> nrcpt=%zu", n->m->id, id,
	    TEXT_SHOW(to->address), n->n);
	return 0;
}

static int
send(struct notice *n, struct fail *f)
{
	struct spool_to to = { .address = n->m->envelope.sender };
	unsigned needs = 0;
	int rc = -1, fd = scratch_open(f);

	if (to.address.n == 0)
		to.address = slice_str(postmaster(&n->runner->conf));
	if (fd != -1 && write_report(n, to.address, fd, &needs, f) == 0)
		rc = queue(n, &to, fd, needs, f);
	if (fd != -1)
		(void)close(fd);
	return rc;
}

static int
note(struct notice *n, size_t number, struct slice what, struct fail *f)
{
	struct spool_entry e = { .when = n->now, .number = number,
		.class = SPOOL_REPORTED, .text = what };

	return spoolfile_append(n->m, &e, f);
}

static int
note_all(struct notice *n, struct fail *f)
{
	size_t i;

	for (i = 0; i < n->n; i++)
		if (n->to[i].action != REPORT_DELAYED &&
		    note(n, n->numbers[i], n->to[i].action == REPORT_FAILED ?
		    SLICE("failed") : SLICE("sent"), f) == -1)
			return -1;
	return 0;
}

static enum notify_result
tell(struct notice *n, struct fail *f)
{
	size_t number = 1;

	while (number <= n->m->nto) {
		if (collect(n, &number, f) == -1)
			return NOTIFY_FAILED;
		if (n->n == 0)
			break;
		if (is_for_nobody(n))
			return NOTIFY_NOBODY;
		if (send(n, f) == -1 || note_all(n, f) == -1)
			return NOTIFY_FAILED;
	}
	return n->delayed && note(n, 0, SLICE("delayed"), f) == -1 ?
	    NOTIFY_FAILED : NOTIFY_DONE;
}

enum notify_result
notify_sender(const struct runner *r, struct spoolfile *m, int64_t now,
    struct fail *f)
{
	struct notice n = { .runner = r, .m = m, .now = now };
	enum notify_result result = tell(&n, f);

	free(n.to);
	free(n.numbers);
	arena_free(&n.arena);
	return result;
}
