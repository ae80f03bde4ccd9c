/* SPDX-License-Identifier: ISC */
/* type: the media type of a file; see type.h. */

#include <magic.h>
#include <stdlib.h>

#include "input.h"
#include "limits.h"
#include "param.h"
#include "type.h"

#define SYSTEM_TABLE "/etc/mime.types"

int
type_ok(struct slice value)
{
	struct slice subtype, type;

	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] < ' ' || value.p[i] > '~')
			return 0;
	subtype = param_value(value);
	return slice_until(&subtype, '/', &type) && param_is_token(type) &&
	    param_is_token(subtype);
}

int
type_is(struct slice value, const char *type)
{
	struct slice wanted = slice_str(type), have = param_value(value);

	if (slice_ends(wanted, SLICE("/")))
		return slice_casestarts(have, wanted);
	return slice_caseeq(have, wanted);
}

static int
read_table(struct buf *out, const char *path, struct fail *f)
{
	struct input in;
	size_t got = 0;
	int rc;

	if (input_open(&in, path, LIMIT_CONF, f) == -1)
		return -1;
	rc = input_read(&in, 0, buf_room(out, (size_t)in.size),
	    (size_t)in.size, &got, f);
	out->n = got;
	input_close(&in);
	return rc;
}

static int
need_extensions(struct type_tables *t, struct fail *f)
{
	const char *path = getenv("MIME_TYPES");

	if (t->have_extensions)
		return 0;
	t->have_extensions = 1;
	t->extensions = BUF(LIMIT_CONF);
	if (path == NULL || path[0] == '\0') {
		(void)read_table(&t->extensions, SYSTEM_TABLE, f);
		return 0;
	}
	if (read_table(&t->extensions, path, f) == 0)
		return 0;
	f->class = EX_CONFIG;
	return fail_at(f, "MIME_TYPES");
}

/* What follows the last dot, if that is not the first character. */
static struct slice
extension(struct slice name)
{
	for (size_t i = name.n; i > 1; i--)
		if (name.p[i - 1] == '.')
			return slice_sub(name, i, name.n);
	return SLICE("");
}

/* "text/html html htm  # comment" */
static int
line_has(struct slice line, struct slice ext, struct slice *type)
{
	struct slice word;

	line = slice_sub(line, 0, slice_find(line, '#'));
	if (!slice_word(&line, type))
		return 0;
	while (slice_word(&line, &word))
		if (slice_caseeq(slice_trim(word), ext))
			return type_ok(*type);
	return 0;
}

int
type_of_name(struct type_tables *t, struct slice name, struct slice *type,
    struct fail *f)
{
	struct slice ext = extension(name), line, rest;

	if (ext.n == 0)
		return 0;
	if (need_extensions(t, f) == -1)
		return -1;
	rest = buf_slice(&t->extensions);
	while (rest.n > 0) {
		(void)slice_until(&rest, '\n', &line);
		if (line_has(line, ext, type))
			return 1;
	}
	return 0;
}

/* What is packed is not taken apart: no decompression, which would run other
 * programs. */
static int
need_magic(struct type_tables *t)
{
	if (t->magic != NULL || t->no_magic)
		return t->magic != NULL;
	t->magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS |
	    MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_CDF);
	if (t->magic != NULL && magic_load(t->magic, NULL) == 0)
		return 1;
	if (t->magic != NULL)
		magic_close(t->magic);
	t->magic = NULL;
	t->no_magic = 1;
	return 0;
}

struct slice
type_of_content(struct type_tables *t, struct slice head)
{
	const char *seen = NULL;

	/* libmagic calls what is empty "inode/x-empty". */
	if (head.n > 0 && need_magic(t))
		seen = magic_buffer(t->magic, head.p, head.n);
	if (seen == NULL || !type_ok(slice_str(seen)))
		return SLICE("application/octet-stream");
	return slice_str(seen);
}

void
type_free(struct type_tables *t)
{
	if (t->magic != NULL)
		magic_close(t->magic);
	buf_free(&t->extensions);
	*t = TYPE_TABLES;
}
