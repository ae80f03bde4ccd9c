/* SPDX-License-Identifier: ISC */
/* results: what became of each recipient; see results.h. */

#include <inttypes.h>
#include <unistd.h>

#include "cli.h"
#include "json.h"
#include "limits.h"
#include "results.h"
#include "text.h"
#include "utf8.h"

enum { LINE = 65536 };

struct row {
	struct slice path, recipient;
	int class; /* an exit status */
	unsigned code;
	struct slice enhanced, text;
};

static const char *
word(int class)
{
	if (class == 0)
		return "sent";
	return class == EX_TEMPFAIL ? "deferred" : "failed";
}

static void
put_columns(const struct row *row, struct buf *line)
{
	int tty = isatty(STDOUT_FILENO);

	(void)text_column(line, row->path, tty);
	(void)buf_addc(line, '\t');
	(void)text_column(line, row->recipient, tty);
	(void)buf_addf(line, "\t%s\t%u\t", word(row->class), row->code);
	(void)text_column(line, row->enhanced, tty);
	(void)buf_addc(line, '\t');
	(void)text_column(line, row->text, tty);
	(void)buf_addc(line, '\n');
}

static void
put_json(const struct row *row, struct buf *line)
{
	struct json j = { .out = line };

	json_open(&j, '{');
	json_key(&j, "path");
	json_string(&j, row->path);
	json_key(&j, "recipient");
	json_string(&j, row->recipient);
	json_key(&j, "result");
	json_string(&j, slice_str(word(row->class)));
	json_key(&j, "status");
	json_uint(&j, (uint64_t)row->class);
	json_key(&j, "code");
	json_uint(&j, row->code);
	json_key(&j, "enhanced");
	json_string(&j, row->enhanced);
	json_key(&j, "text");
	json_string(&j, row->text);
	json_close(&j, '}');
	(void)buf_addc(line, '\n');
}

static void
put_failure(const struct row *row)
{
	if (row->class == 0)
		return;
	if (row->code == 0)
		cli_warn("%s: %s", TEXT_SHOW(row->recipient),
		    TEXT_SHOW(row->text));
	else
		cli_warn("%s: %u%s%s %s", TEXT_SHOW(row->recipient), row->code,
		    row->enhanced.n == 0 ? "" : " ", TEXT_SHOW(row->enhanced),
		    TEXT_SHOW(row->text));
}

static void
put_row(struct results *r, const struct row *row)
{
	struct buf line = BUF(LINE);

	r->status = cli_worse(r->status, row->class);
	switch (r->form) {
	case RESULTS_FAILURES:
		put_failure(row);
		break;
	case RESULTS_COLUMNS:
		put_columns(row, &line);
		break;
	case RESULTS_JSON:
		put_json(row, &line);
		break;
	}
	output_put(r->out, buf_slice(&line));
	buf_free(&line);
}

static void
flush(struct results *r)
{
	struct fail f;

	/* Told once, at the end, by cli_finish. */
	(void)output_flush(r->out, &f);
}

void
results_letter(struct results *r, const struct letter *l)
{
	size_t i;

	for (i = 0; i < l->nto; i++) {
		const struct letter_recipient *to = &l->to[i];
		struct row row = { slice_str(l->path), to->address, to->class,
			to->reply.code, slice_str(to->reply.enhanced),
			slice_str(to->reply.text) };

		put_row(r, &row);
	}
	flush(r);
}

void
results_unsent(struct results *r, const char *path, const struct fail *f)
{
	struct row row = { slice_str(path), SLICE(""), f->class, 0, SLICE(""),
		slice_str(f->text) };

	(void)cli_report(f);
	if (r->form == RESULTS_FAILURES)
		r->status = cli_worse(r->status, f->class);
	else
		put_row(r, &row);
	flush(r);
}

static int
needs_utf8(const struct letter *l)
{
	int needs = l->utf8;
	size_t i;

	for (i = 0; i < l->nto; i++)
		needs |= !utf8_ascii(l->to[i].forward_path);
	return needs;
}

/* The parts of an envelope that -n shows, in both forms. */
static void
envelope_json(const struct letter *l, struct buf *line)
{
	struct json j = { .out = line };
	size_t i;

	json_open(&j, '{');
	json_key(&j, "path");
	json_string(&j, slice_str(l->path));
	json_key(&j, "sender");
	json_string(&j, l->sender);
	json_key(&j, "recipients");
	json_open(&j, '[');
	for (i = 0; i < l->nto; i++)
		json_string(&j, l->to[i].address);
	json_close(&j, ']');
	json_key(&j, "size");
	json_uint(&j, letter_size(l));
	json_key(&j, "eight_bit");
	json_bool(&j, l->scan.eight_bit > 0);
	json_key(&j, "smtputf8");
	json_bool(&j, needs_utf8(l));
	json_key(&j, "longest_line");
	json_uint(&j, l->scan.longest);
	json_close(&j, '}');
	(void)buf_addc(line, '\n');
}

/* A line of -n; with many messages their paths tell them apart. */
static void
add_line(const struct results *r, const struct letter *l, const char *what,
    struct slice value)
{
	struct buf line = BUF(LINE);

	if (r->several) {
		(void)text_column(&line, slice_str(l->path),
		    isatty(STDOUT_FILENO));
		(void)buf_addc(&line, '\t');
	}
	(void)buf_addf(&line, "%s\t", what);
	(void)buf_add(&line, value);
	(void)buf_addc(&line, '\n');
	output_put(r->out, buf_slice(&line));
	buf_free(&line);
}

static void
add_mailbox(const struct results *r, const struct letter *l, const char *what,
    struct slice address)
{
	struct buf value = BUF(LINE);

	(void)buf_addc(&value, '<');
	(void)buf_add(&value, address);
	(void)buf_addc(&value, '>');
	add_line(r, l, what, buf_slice(&value));
	buf_free(&value);
}

static void
envelope_columns(const struct results *r, const struct letter *l)
{
	struct buf size = BUF(32);
	size_t i;

	add_mailbox(r, l, "sender", l->sender);
	for (i = 0; i < l->nto; i++)
		add_mailbox(r, l, "recipient", l->to[i].address);
	(void)buf_addf(&size, "%" PRIu64, letter_size(l));
	add_line(r, l, "size", buf_slice(&size));
	buf_free(&size);
	if (l->scan.eight_bit > 0)
		add_line(r, l, "needs", SLICE("8BITMIME, or is converted"));
	if (needs_utf8(l))
		add_line(r, l, "needs", SLICE("SMTPUTF8"));
	if (l->scan.nul || l->scan.longest > LIMIT_LINE_HARD)
		add_line(r, l, "needs", SLICE("conversion: a NUL or a line "
		    "past 998 bytes"));
}

void
results_envelope(struct results *r, const struct letter *l)
{
	struct buf line = BUF((LIMIT_RECIPIENTS * 10 + 10) * 600);

	if (r->form == RESULTS_JSON) {
		envelope_json(l, &line);
		output_put(r->out, buf_slice(&line));
	} else {
		envelope_columns(r, l);
	}
	buf_free(&line);
	flush(r);
}
