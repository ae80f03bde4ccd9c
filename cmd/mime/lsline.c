/* SPDX-License-Identifier: ISC */
/*
 * lsline: the parts of a message as lines.  They stand in the order of their
 * headers, but a part's end is known after that of all in it, so a row is kept
 * for each.
 */

#include <stdlib.h>

#include "charset.h"
#include "ls.h"
#include "mem.h"
#include "uubody.h"

struct row {
	struct row *next;
	struct slice text; /* the columns before the size, as printed */
	uint64_t at, body, end;
	int ended;
};

struct ls_rows {
	struct arena memory; /* the rows and their text */
	struct row *first, *last;
};

static void
add_row(struct ls *l, struct row *row)
{
	struct ls_rows *rows = l->rows;

	row->text = arena_slice(&rows->memory, buf_slice(&l->line));
	if (rows->first == NULL)
		rows->first = row;
	else
		rows->last->next = row;
	rows->last = row;
}

void
lsline_begin(struct ls *l, struct mime_part *part, struct slice name)
{
	struct buf token = BUF(CHARSET_ROOM(LIMIT_HEADER_FIELD));
	struct row *row;

	if (l->rows == NULL)
		l->rows = mem_alloc(sizeof(*l->rows));
	row = arena_alloc(&l->rows->memory, sizeof(*row));
	row->at = part->at;
	row->body = part->body;
	part->user = row;
	ls_column(l, slice_str(part->number));
	ls_column(l, part->type);
	ls_charset(l, &token);
	ls_column(l, buf_slice(&token));
	ls_column(l, uubody_encoding(part));
	ls_disposition(l, &token);
	ls_column(l, buf_slice(&token));
	ls_column(l, name);
	add_row(l, row);
	buf_clear(&l->line);
	buf_free(&token);
}

void
lsline_part_end(const struct mime_part *part)
{
	struct row *row = part->user;

	row->end = part->end;
	row->ended = 1;
}

/* printf(3) would take longer than all the rest of the row. */
static void
add_number(struct ls *l, int known, uint64_t n)
{
	char digits[21];
	size_t at = sizeof(digits) - 1;

	digits[at] = '\t';
	if (!known)
		digits[--at] = '-';
	else
		do
			digits[--at] = (char)('0' + n % 10);
		while ((n /= 10) > 0);
	(void)buf_add(&l->line,
	    (struct slice){ digits + at, sizeof(digits) - at });
}

static void
print_row(struct ls *l, const struct row *row)
{
	if (l->several)
		ls_column(l, slice_str(l->path));
	(void)buf_add(&l->line, row->text);
	add_number(l, row->ended, row->end - row->body);
	add_number(l, 1, row->at);
	add_number(l, 1, row->body);
	add_number(l, row->ended, row->end);
	ls_record(l);
}

void
lsline_end(struct ls *l)
{
	const struct row *row = l->rows == NULL ? NULL : l->rows->first;

	for (; row != NULL; row = row->next)
		print_row(l, row);
	if (l->rows == NULL)
		return;
	arena_reset(&l->rows->memory);
	l->rows->first = l->rows->last = NULL;
}

void
lsline_free(struct ls *l)
{
	if (l->rows != NULL)
		arena_free(&l->rows->memory);
	free(l->rows);
	l->rows = NULL;
}
