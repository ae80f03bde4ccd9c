/* SPDX-License-Identifier: ISC */
/* packdraft: header fields of a file; see packdraft.h. */

#include <stdlib.h>

#include "fieldkind.h"
#include "headfile.h"
#include "packdraft.h"
#include "text.h"

static unsigned
count_lines(struct slice raw)
{
	struct slice line;
	unsigned n = 0;

	while (raw.n > 0)
		n += (unsigned)slice_until(&raw, '\n', &line);
	return n;
}

static const char *
place(struct packhead *h, const char *path, unsigned line)
{
	char shown[TEXT_SHOWN];
	struct buf text = BUF(2 * TEXT_SHOWN);
	const char *result;

	(void)text_show(shown, slice_str(path));
	(void)buf_addf(&text, "%s: line %u", shown, line);
	result = arena_str(&h->arena, buf_slice(&text));
	buf_free(&text);
	return result;
}

static int
is_wanted(const struct packhead *h, const struct hdr_field *field)
{
	if (packhead_is_optional(h, field->name))
		return 0;
	return !fieldkind_is_address(field->name) ||
	    slice_trim(field->value).n > 0;
}

static int
take_field(struct packhead *h, const struct hdr_field *field,
    const char *where, struct fail *f)
{
	struct buf value = BUF(LIMIT_HEADER_FIELD);

	if (!hdr_name_ok(field->name)) {
		(void)fail_set(f, EX_DATAERR, "no field: \"%s\"",
		    TEXT_SHOW(slice_trim(field->raw)));
		return fail_at(f, where);
	}
	if (!is_wanted(h, field))
		return 0;
	/* It is no longer than its lines, of which headfile has the limit. */
	(void)hdr_unfold(field->value, &value);
	packhead_add(h, arena_str(&h->arena, field->name),
	    arena_slice(&h->arena, buf_slice(&value)), where);
	buf_free(&value);
	return 0;
}

int
packdraft_read(struct packhead *h, const char *path, struct fail *f)
{
	const char *shown = path[0] == '-' && path[1] == '\0'
	    ? "standard input"
	    : path;
	struct headfile *file = mem_alloc(sizeof(*file));
	unsigned line = 1;
	int rc;

	*file = HEADFILE;
	if ((rc = headfile_open(file, path, f)) == -1)
		(void)fail_at(f, TEXT_SHOW(slice_str(shown)));
	for (unsigned i = 0; rc == 0 && i < file->nfields; i++) {
		struct hdr_field field = headfile_field(file, i);

		rc = take_field(h, &field, place(h, shown, line), f);
		line += count_lines(field.raw);
	}
	headfile_close(file);
	headfile_free(file);
	free(file);
	return rc;
}
