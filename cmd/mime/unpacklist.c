/* SPDX-License-Identifier: ISC */
/*
 * unpacklist: the parts of a message as lines or JSON.  They are printed in
 * the order of their headers, but their sizes are known at their ends, so a
 * row is kept for each.
 */

#include <inttypes.h>
#include <stdlib.h>

#include "flaw.h"
#include "hdr.h"
#include "inside.h"
#include "mem.h"
#include "name.h"
#include "param.h"
#include "text.h"
#include "unpack.h"

enum {
	COLUMN = 64,	/* bytes of a charset or disposition; they are tokens */
	LINE = 1 << 20, /* of output; all columns are shorter */
};

struct row {
	struct row *next;
	struct slice number, type, encoding, charset, disposition, name;
	uint64_t at, body, end;
	int ended;
	int uuencoded; /* see uubody.h */
	int encoded; /* in a message that is encoded: has no offsets */
	unsigned flaws;
};

struct unpack_list {
	struct arena memory; /* the rows and their text */
	struct row *first, *last;
};

/* Keeps "s" in lower case and cut to a column. */
static struct slice
keep_token(struct unpack_list *l, struct slice s)
{
	char *p = arena_str(&l->memory, slice_sub(s, 0, COLUMN));
	size_t i, n = s.n < COLUMN ? s.n : COLUMN;

	for (i = 0; i < n; i++)
		p[i] = (char)slice_lower((unsigned char)p[i]);
	return (struct slice){ p, n };
}

static void
read_fields(struct unpack_list *l, struct row *row, struct slice header)
{
	struct buf text = BUF(LIMIT_HEADER_FIELD);
	struct hdr_field field;

	if (hdr_find(header, "Content-Disposition", &field))
		row->disposition = keep_token(l, param_value(field.value));
	if (hdr_find(header, "Content-Type", &field) &&
	    param_get(field.value, "charset", &text) == 1)
		row->charset = keep_token(l, buf_slice(&text));
	text.max = NAME_ROOM;
	row->flaws |= unpack_name(header, &text);
	row->name = arena_slice(&l->memory, buf_slice(&text));
	buf_free(&text);
}

static void
add_row(struct unpack_list *l, struct mime_part *part)
{
	struct row *row = arena_alloc(&l->memory, sizeof(*row));

	row->number = arena_slice(&l->memory, slice_str(part->number));
	row->type = arena_slice(&l->memory, part->type);
	row->encoding = uubody_encoding(part);
	row->uuencoded = uubody_is(part);
	row->encoded = inside_encoded(part);
	row->at = part->at;
	row->body = part->body;
	read_fields(l, row, part->header);
	if (l->first == NULL)
		l->first = row;
	else
		l->last->next = row;
	l->last = part->user = row;
}

int
unpacklist_event(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct unpack *u = ctx;
	struct row *row = part->user;

	(void)bytes;
	(void)f;
	if (u->list == NULL)
		u->list = mem_alloc(sizeof(*u->list));
	if (event == MIME_HEADER) {
		add_row(u->list, part);
	} else if (event == MIME_END) {
		row->ended = 1;
		row->end = part->end;
		row->flaws |= part->flaws;
		if (row->uuencoded)
			row->flaws &= ~(unsigned)MIME_FLAW_ENCODING;
		flaw_warn(unpack_label(u), part, row->flaws, &u->flaws_shown);
	}
	return 0;
}

static void
add_column(struct unpack *u, struct buf *line, struct slice value)
{
	if (value.n == 0)
		value = SLICE("-");
	(void)text_column(line, value, u->tty);
	(void)buf_addc(line, '\t');
}

static void
print_row(struct unpack *u, struct buf *line, const struct row *row)
{
	unpack_first_column(u, line);
	add_column(u, line, row->number);
	add_column(u, line, row->type);
	add_column(u, line, row->encoding);
	add_column(u, line, row->charset);
	add_column(u, line, row->disposition);
	if (row->ended)
		(void)buf_addf(line, "%" PRIu64 "\t", row->end - row->body);
	else
		(void)buf_adds(line, "-\t");
	add_column(u, line, row->name);
	line->n--;
	unpack_record(u, line);
}

static void
print_object(struct unpack *u, struct json *j, const struct row *row)
{
	json_open(j, '{');
	json_string_or_null(j, "part", row->number);
	json_string_or_null(j, "type", row->type);
	json_string_or_null(j, "encoding", row->encoding);
	json_string_or_null(j, "charset", row->charset);
	json_string_or_null(j, "disposition", row->disposition);
	json_string_or_null(j, "name", row->name);
	json_uint_or_null(j, "header", !row->encoded, row->at);
	json_uint_or_null(j, "body", !row->encoded, row->body);
	json_uint_or_null(j, "size", row->ended, row->end - row->body);
	json_key(j, "flaws");
	flaw_json(j, row->flaws);
	json_close(j, '}');
	output_put(&u->out, buf_slice(j->out));
	buf_clear(j->out);
}

static void
print_json(struct unpack *u, struct buf *line, const struct fail *f)
{
	const struct row *row = u->list == NULL ? NULL : u->list->first;
	struct json j = { .out = line };

	json_open(&j, '{');
	json_key(&j, "path");
	json_string(&j, slice_str(u->path));
	json_key(&j, "parts");
	json_open(&j, '[');
	for (; row != NULL; row = row->next)
		print_object(u, &j, row);
	json_close(&j, ']');
	json_string_or_null(&j, "error", slice_str(f == NULL ? "" : f->text));
	json_close(&j, '}');
	unpack_record(u, line);
}

void
unpacklist_end(struct unpack *u, const struct fail *f)
{
	const struct row *row = u->list == NULL ? NULL : u->list->first;
	struct buf line = BUF(LINE);

	if (u->json)
		print_json(u, &line, f);
	else
		for (; row != NULL; row = row->next)
			print_row(u, &line, row);
	buf_free(&line);
	if (u->list != NULL)
		arena_free(&u->list->memory);
	free(u->list);
	u->list = NULL;
}
