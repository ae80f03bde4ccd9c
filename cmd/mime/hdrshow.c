/* SPDX-License-Identifier: ISC */
/* hdrshow: the fields of a message as columns or JSON; see hdrshow.h. */

#include <string.h>

#include "cli.h"
#include "hdraddr.h"
#include "hdrdate.h"
#include "hdrshow.h"
#include "json.h"
#include "text.h"
#include "word.h"

enum {
	VALUE = CHARSET_ROOM(LIMIT_HEADER_FIELD),
	COLUMN = 8 * VALUE, /* a byte becomes six at most, \u0001 */
};

/* A field on its way out; "json" writes into the column of "show". */
struct shown {
	struct hdrshow *show;
	struct slice name; /* as it was asked for */
	struct json json;
};

struct hdrshow
hdrshow_new(struct output *out)
{
	return (struct hdrshow){ .out = out, .value = BUF(VALUE),
		.column = BUF(COLUMN) };
}

void
hdrshow_free(struct hdrshow *s)
{
	buf_free(&s->value);
	buf_free(&s->column);
}

/* 1 for bytes that no column or terminal needs escaped: nearly all. */
static int
is_plain(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~' || s.p[i] == '\\')
			return 0;
	return 1;
}

static void
put_column(struct hdrshow *s, struct slice text)
{
	if (is_plain(text)) {
		output_put(s->out, text);
		return;
	}
	buf_clear(&s->column);
	(void)text_column(&s->column, text, s->tty);
	output_put(s->out, buf_slice(&s->column));
}

/* The value decoded; valid until the next. */
static struct slice
decoded(struct hdrshow *s, struct slice value)
{
	value = slice_trim(value);
	if (is_plain(value) &&
	    (value.n == 0 || memmem(value.p, value.n, "=?", 2) == NULL))
		return value;
	buf_clear(&s->value);
	(void)word_decode(value, &s->value);
	return buf_slice(&s->value);
}

static void
begin_record(const struct shown *w)
{
	struct hdrshow *s = w->show;

	if (s->several) {
		put_column(s, slice_str(s->path));
		output_putc(s->out, '\t');
	}
	if (s->nnames != 1) {
		put_column(s, w->name);
		output_putc(s->out, '\t');
	}
}

static void
end_record(const struct shown *w)
{
	output_putc(w->show->out, w->show->zero ? '\0' : '\n');
}

static int
put_address(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	const struct shown *w = ctx;

	(void)f;
	begin_record(w);
	put_column(w->show, m->name);
	output_putc(w->show->out, '\t');
	put_column(w->show, m->spec);
	end_record(w);
	return 0;
}

/* What is written so far goes out, so that memory is that of one value. */
static void
flush_json(struct shown *w)
{
	output_put(w->show->out, buf_slice(&w->show->column));
	buf_clear(&w->show->column);
}

static int
json_address(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	struct shown *w = ctx;

	(void)f;
	json_open(&w->json, '{');
	json_key(&w->json, "name");
	json_string(&w->json, m->name);
	json_key(&w->json, "address");
	json_string(&w->json, m->spec);
	json_close(&w->json, '}');
	flush_json(w);
	return 0;
}

static void
warn(const struct shown *w, const char *sentence)
{
	struct slice name = slice_sub(w->name, 0, 100);

	cli_warn("%s: %.*s: %s", TEXT_SHOW(slice_str(w->show->label)),
	    SLICE_ARG(name), sentence);
	w->show->status = cli_worse(w->show->status, EX_DATAERR);
}

static void
show_addresses(struct shown *w, struct slice value)
{
	struct fail f = { 0 };

	if (hdraddr_each(value, w->show->json ? json_address : put_address, w,
		&f) == -1)
		warn(w, f.text);
}

/* 1 with the date of "value" in "out", or 0 after a line that says why not. */
static int
read_date(struct shown *w, struct slice value, char out[HDRDATE_TEXT])
{
	struct fail f;

	if (hdrdate_format(value, out) == 0)
		return 1;
	(void)fail_set(&f, EX_DATAERR, "no date: \"%s\"",
	    TEXT_SHOW(slice_trim(value)));
	warn(w, f.text);
	return 0;
}

static void
show_record(struct shown *w, struct slice value)
{
	char date[HDRDATE_TEXT];

	if (w->show->form == HDRSHOW_ADDRESSES) {
		show_addresses(w, value);
		return;
	}
	if (w->show->form == HDRSHOW_DATES) {
		if (!read_date(w, value, date))
			return;
		value = slice_str(date);
	}
	begin_record(w);
	put_column(w->show, decoded(w->show, value));
	end_record(w);
}

static void
show_object(struct shown *w, struct slice value)
{
	char date[HDRDATE_TEXT];

	json_open(&w->json, '{');
	json_key(&w->json, "name");
	json_string(&w->json, w->name);
	json_key(&w->json, "value");
	json_string(&w->json, decoded(w->show, value));
	flush_json(w);
	if (w->show->form == HDRSHOW_ADDRESSES) {
		json_key(&w->json, "addresses");
		json_open(&w->json, '[');
		show_addresses(w, value);
		json_close(&w->json, ']');
	}
	if (w->show->form == HDRSHOW_DATES) {
		json_key(&w->json, "date");
		if (read_date(w, value, date))
			json_string(&w->json, slice_str(date));
		else
			json_null(&w->json);
	}
	json_close(&w->json, '}');
	flush_json(w);
}

static void
show_field(struct shown *w, const struct hdr_field *field)
{
	w->show->found = 1;
	if (w->show->json)
		show_object(w, field->value);
	else
		show_record(w, field->value);
}

/* The fields of one name.  Few lines begin so, and only those are taken
 * apart. */
static void
show_named(struct shown *w, const struct headfile *h)
{
	struct slice fields = headfile_fields(h);

	for (unsigned i = 0; i < h->nfields; i++) {
		struct hdr_field field;

		if (!slice_casestarts(slice_sub(fields, h->start[i],
			fields.n), w->name))
			continue;
		field = headfile_field(h, i);
		if (slice_caseeq(field.name, w->name))
			show_field(w, &field);
	}
}

static void
show_all(struct shown *w, const struct headfile *h)
{
	for (unsigned i = 0; i < h->nfields; i++) {
		struct hdr_field field = headfile_field(h, i);

		w->name = field.name;
		if (field.name.n > 0)
			show_field(w, &field);
	}
}

static void
show_fields(struct shown *w, const struct headfile *h)
{
	if (w->show->nnames == 0)
		show_all(w, h);
	for (size_t i = 0; i < w->show->nnames; i++) {
		w->name = slice_str(w->show->names[i]);
		show_named(w, h);
	}
}

void
hdrshow_message(struct hdrshow *s, const struct headfile *h)
{
	struct shown w = { .show = s, .json = { .out = &s->column } };

	if (!s->json) {
		show_fields(&w, h);
		return;
	}
	json_open(&w.json, '{');
	json_key(&w.json, "path");
	json_string(&w.json, slice_str(s->path));
	json_key(&w.json, "fields");
	json_open(&w.json, '[');
	show_fields(&w, h);
	json_close(&w.json, ']');
	json_close(&w.json, '}');
	flush_json(&w);
	end_record(&w);
}
