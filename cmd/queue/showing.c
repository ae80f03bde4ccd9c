/* SPDX-License-Identifier: ISC */
/* showing: a message of the queue as a line; see showing.h. */

#include <inttypes.h>

#include "json.h"
#include "showing.h"
#include "text.h"
#include "timestamp.h"

static const char *
state_name(enum spool_state state)
{
	static const char *const names[SPOOL_STATES] = { "new", "deferred",
		"held", "failed" };

	return names[state];
}

/* When it is tried next, unless a person has to say so. */
static int
is_tried(const struct spool_name *name)
{
	return name->state == SPOOL_NEW || name->state == SPOOL_CUR;
}

/* The recipient of whom the journal has told last: one that is pending where
 * there is one; NULL: none. */
static const struct spool_recipient *
find_last(const struct spoolfile *m)
{
	const struct spool_recipient *found = NULL, *r;
	int settled = spoolfile_pending(m) == 0;
	size_t i;

	for (i = 0; i < m->nto; i++) {
		r = &m->to[i];
		if (r->at > 0 && (settled || !r->settled) &&
		    (found == NULL || r->at > found->at))
			found = r;
	}
	return found;
}

static void
put_address(const struct showing *s, struct slice address, struct buf *out)
{
	(void)text_column(out, address.n == 0 ? SLICE("<>") : address, s->tty);
}

static void
put_pending(const struct showing *s, const struct spoolfile *m,
    struct buf *out)
{
	int comma = 0;
	size_t i;

	for (i = 0; i < m->nto; i++) {
		if (m->to[i].settled)
			continue;
		if (comma++)
			(void)buf_addc(out, ',');
		put_address(s, m->to[i].to.address, out);
	}
	if (!comma)
		(void)buf_addc(out, '-');
}

/* "mx.example.net: 450 4.2.1 come back", without what was not said, and without
 * a host that the text begins with. */
static int
put_reply(const struct showing *s, const struct spoolfile *m, struct buf *out,
    struct fail *f)
{
	const struct spool_recipient *r = find_last(m);
	char line[SPOOL_ENTRY];
	struct spool_entry e;
	int rc;

	if (r == NULL)
		return 0;
	rc = spoolfile_last(m, (size_t)(r - m->to) + 1, line, &e, f);
	if (rc != 1)
		return rc;
	if (e.host.n > 0 && !slice_starts(e.text, e.host)) {
		(void)text_column(out, e.host, s->tty);
		(void)buf_adds(out, ": ");
	}
	if (e.code > 0)
		(void)buf_addf(out, "%u ", e.code);
	if (e.enhanced.n > 0) {
		(void)text_column(out, e.enhanced, s->tty);
		(void)buf_addc(out, ' ');
	}
	(void)text_column(out, e.text, s->tty);
	return 0;
}

static int
show_columns(const struct showing *s, const struct spool_name *name,
    const struct spoolfile *m, struct buf *out, struct fail *f)
{
	int64_t age = s->now - m->envelope.arrival;
	char next[TIMESTAMP_TEXT];

	(void)buf_addf(out, "%s\t%s\t%" PRId64 "\t%" PRIu64 "\t", name->id,
	    state_name(name->state), age < 0 ? 0 : age, m->size);
	put_address(s, m->envelope.sender, out);
	(void)buf_addc(out, '\t');
	put_pending(s, m, out);
	(void)buf_addf(out, "\t%s\t", !is_tried(name) ? "-" :
	    name->due <= s->now ? "now" : timestamp_format(next, name->due));
	if (put_reply(s, m, out, f) == -1)
		return -1;
	return buf_addc(out, s->end);
}

/* When it is tried next; one that has no time of its own has been due since it
 * came.  0: never. */
static int64_t
next_try(const struct spool_name *name, const struct spoolfile *m)
{
	if (!is_tried(name))
		return 0;
	return name->due == 0 ? m->envelope.arrival : name->due;
}

static void
put_time(struct json *j, const char *key, int64_t when)
{
	char text[TIMESTAMP_TEXT];

	json_string_or_null(j, key, when == 0 ? SLICE("") :
	    slice_str(timestamp_format(text, when)));
}

static int
put_recipient(struct json *j, const struct spoolfile *m, size_t number,
    struct fail *f)
{
	const struct spool_recipient *r = &m->to[number - 1];
	struct spool_entry e = { .when = 0 };
	char line[SPOOL_ENTRY];

	if (spoolfile_last(m, number, line, &e, f) == -1)
		return -1;
	json_open(j, '{');
	json_key(j, "address");
	json_string(j, r->to.address);
	json_key(j, "result");
	json_string(j, slice_str(r->settled ? spool_class_name(r->class) :
	    "pending"));
	json_key(j, "attempts");
	json_uint(j, r->attempts);
	put_time(j, "time", e.when);
	json_uint_or_null(j, "code", e.code > 0, e.code);
	json_string_or_null(j, "enhanced", e.enhanced);
	json_string_or_null(j, "host", e.host);
	json_string_or_null(j, "text", e.text);
	json_close(j, '}');
	return 0;
}

static int
show_json(const struct showing *s, const struct spool_name *name,
    const struct spoolfile *m, struct buf *out, struct fail *f)
{
	struct json j = { .out = out };
	size_t i;

	json_open(&j, '{');
	json_key(&j, "id");
	json_string(&j, slice_str(name->id));
	json_key(&j, "state");
	json_string(&j, slice_str(state_name(name->state)));
	put_time(&j, "arrival", m->envelope.arrival);
	put_time(&j, "next", next_try(name, m));
	json_key(&j, "size");
	json_uint(&j, m->size);
	json_key(&j, "sender");
	json_string(&j, m->envelope.sender);
	json_string_or_null(&j, "envid", m->envelope.envelope_id);
	json_key(&j, "recipients");
	json_open(&j, '[');
	for (i = 1; i <= m->nto; i++)
		if (put_recipient(&j, m, i, f) == -1)
			return -1;
	json_close(&j, ']');
	json_close(&j, '}');
	return buf_addc(out, s->end);
}

int
showing_message(const struct showing *s, const struct spool_name *name,
    const struct spoolfile *m, struct buf *out, struct fail *f)
{
	return (s->json ? show_json : show_columns)(s, name, m, out, f);
}
