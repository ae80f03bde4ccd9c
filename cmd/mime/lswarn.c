/* SPDX-License-Identifier: ISC */
/* lswarn: what is wrong with the parts of a message: as lines of -V, in JSON,
 * or beside a list on standard error. */

#include <inttypes.h>
#include <stdlib.h>

#include "flaw.h"
#include "inside.h"
#include "ls.h"
#include "mem.h"

/* What is wrong with one part. */
struct note {
	struct note *next;
	struct slice number;
	uint64_t at;
	int encoded; /* see inside.h: "at" means nothing */
	unsigned flaws;
};

struct ls_notes {
	struct arena memory; /* the notes and their text */
	struct note *first, *last;
};

static void
keep_note(struct ls *l, const struct mime_part *part, unsigned flaws)
{
	struct ls_notes *notes = l->notes;
	struct note *note;

	if (notes == NULL)
		notes = l->notes = mem_alloc(sizeof(*notes));
	note = arena_alloc(&notes->memory, sizeof(*note));
	note->number = arena_slice(&notes->memory, slice_str(part->number));
	note->at = part->at;
	note->encoded = inside_encoded(part);
	note->flaws = flaws;
	if (notes->first == NULL)
		notes->first = note;
	else
		notes->last->next = note;
	notes->last = note;
}

static void
print_lines(struct ls *l, const struct mime_part *part, unsigned flaws)
{
	const char *name, *sentence;

	while (flaw_next(&flaws, &name, &sentence)) {
		ls_column(l, slice_str(l->path));
		ls_column(l, slice_str(part->number));
		(void)buf_addf(&l->line, "%" PRIu64 "\t", part->at);
		ls_column(l, slice_str(sentence));
		ls_record(l);
	}
}

void
lswarn_part(struct ls *l, const struct mime_part *part, unsigned flaws)
{
	if (flaws == 0)
		return;
	l->flawed = 1;
	if (l->json)
		keep_note(l, part, flaws);
	else if (l->validate)
		print_lines(l, part, flaws);
	else
		flaw_warn(ls_label(l), part, flaws, &l->shown);
}

static void
put_note(struct ls *l, const struct note *note)
{
	const char *name, *sentence;
	unsigned flaws = note->flaws;

	while (flaw_next(&flaws, &name, &sentence)) {
		json_open(&l->tree, '{');
		json_string_or_null(&l->tree, "part", note->number);
		json_uint_or_null(&l->tree, "offset", !note->encoded, note->at);
		json_key(&l->tree, "flaw");
		json_string(&l->tree, slice_str(name));
		json_key(&l->tree, "text");
		json_string(&l->tree, slice_str(sentence));
		json_close(&l->tree, '}');
		ls_put(l);
	}
}

void
lswarn_json(struct ls *l)
{
	const struct note *note = l->notes == NULL ? NULL : l->notes->first;

	json_open(&l->tree, '[');
	for (; note != NULL; note = note->next)
		put_note(l, note);
	json_close(&l->tree, ']');
	if (l->notes != NULL)
		arena_free(&l->notes->memory);
	free(l->notes);
	l->notes = NULL;
}
