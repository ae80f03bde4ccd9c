/* SPDX-License-Identifier: ISC */
/* outcome: what became of a recipient in this run; see outcome.h. */

#include <inttypes.h>
#include <time.h>

#include "cli.h"
#include "outcome.h"
#include "json.h"
#include "log.h"
#include "text.h"

enum { LINE = 65536 };

static void
flush(struct runner *r)
{
	struct fail ignored;

	/* Told once, at the end, by cli_finish. */
	(void)output_flush(&r->out, &ignored);
}

static int64_t
delay(const struct spoolfile *m)
{
	int64_t age = (int64_t)time(NULL) - m->envelope.arrival;

	return age < 0 ? 0 : age;
}

static void
log_result(const struct spoolfile *m, const struct spool_entry *e)
{
	log_line("id=%s from=<%s> to=<%s> relay=%s delay=%" PRId64
		 " status=%s%s%.0u%s%s %s",
	    m->id, TEXT_SHOW(m->envelope.sender),
	    TEXT_SHOW(m->to[e->number - 1].to.address),
	    e->host.n == 0 ? "-" : TEXT_SHOW(e->host), delay(m),
	    spool_class_name(e->class), e->code == 0 ? "" : " ", e->code,
	    e->enhanced.n == 0 ? "" : " ", TEXT_SHOW(e->enhanced),
	    TEXT_SHOW(e->text));
}

static void
put_json(struct runner *r, const struct spoolfile *m,
    const struct spool_entry *e)
{
	struct buf line = BUF(LINE);
	struct json j = { .out = &line };

	json_open(&j, '{');
	json_key(&j, "id");
	json_string(&j, slice_str(m->id));
	json_key(&j, "sender");
	json_string(&j, m->envelope.sender);
	json_key(&j, "recipient");
	json_string(&j, m->to[e->number - 1].to.address);
	json_key(&j, "number");
	json_uint(&j, e->number);
	json_key(&j, "result");
	json_string(&j, slice_str(spool_class_name(e->class)));
	json_key(&j, "code");
	json_uint(&j, e->code);
	json_key(&j, "enhanced");
	json_string(&j, e->enhanced);
	json_key(&j, "host");
	json_string(&j, e->host);
	json_key(&j, "text");
	json_string(&j, e->text);
	json_key(&j, "delay");
	json_uint(&j, (uint64_t)delay(m));
	json_close(&j, '}');
	(void)buf_addc(&line, '\n');
	output_put(&r->out, buf_slice(&line));
	buf_free(&line);
}

/* For a person who named messages: what became of each. */
static void
put_columns(struct runner *r, const struct spoolfile *m,
    const struct spool_entry *e)
{
	struct buf line = BUF(LINE);

	(void)buf_addf(&line, "%s\t", m->id);
	(void)text_column(&line, m->to[e->number - 1].to.address, 1);
	(void)buf_addf(&line, "\t%s\t", spool_class_name(e->class));
	if (e->code > 0)
		(void)buf_addf(&line, "%u ", e->code);
	if (e->enhanced.n > 0) {
		(void)text_column(&line, e->enhanced, 1);
		(void)buf_addc(&line, ' ');
	}
	(void)text_column(&line, e->text, 1);
	(void)buf_addc(&line, '\n');
	output_put(&r->out, buf_slice(&line));
	buf_free(&line);
}

static int
status_of(enum spool_class class)
{
	switch (class) {
	case SPOOL_SENT:
	case SPOOL_RELAYED:
		return 0;
	case SPOOL_REFUSED:
		return EX_UNAVAILABLE;
	default:
		return EX_TEMPFAIL;
	}
}

int
outcome_tell(struct runner *r, const struct spoolfile *m, uint64_t since,
    struct fail *f)
{
	char line[SPOOL_ENTRY];
	struct spool_entry e;
	size_t i;

	for (i = 0; i < m->nto; i++) {
		if (m->to[i].at < since || m->to[i].at == 0)
			continue;
		switch (spoolfile_last(m, i + 1, line, &e, f)) {
		case -1:
			return -1;
		case 0:
			continue;
		}
		e.number = i + 1;
		log_result(m, &e);
		if (r->options->json)
			put_json(r, m, &e);
		else if (r->options->noperands > 0)
			put_columns(r, m, &e);
		r->status = cli_worse(r->status, status_of(e.class));
	}
	if (r->out.n > 0)
		flush(r);
	return 0;
}

void
outcome_plan(struct runner *r, const struct spoolfile *m, size_t number,
    struct slice hop)
{
	struct slice address = m->to[number - 1].to.address;
	struct buf line = BUF(LINE);
	struct json j = { .out = &line };

	if (r->options->json) {
		json_open(&j, '{');
		json_key(&j, "id");
		json_string(&j, slice_str(m->id));
		json_key(&j, "recipient");
		json_string(&j, address);
		json_key(&j, "hop");
		json_string(&j, hop);
		json_close(&j, '}');
	} else {
		(void)buf_addf(&line, "%s\t", m->id);
		(void)text_column(&line, address, 1);
		(void)buf_addc(&line, '\t');
		(void)text_column(&line, hop, 1);
	}
	(void)buf_addc(&line, '\n');
	output_put(&r->out, buf_slice(&line));
	buf_free(&line);
}

void
outcome_warn(struct runner *r, const struct spool_name *name, int status,
    const char *what)
{
	char path[SPOOL_NAME];

	cli_warn("%s: %s", spool_path(path, name), what);
	if (!r->options->verbose)
		log_line("id=%s %s", name->id, what);
	r->status = cli_worse(r->status, status);
}
