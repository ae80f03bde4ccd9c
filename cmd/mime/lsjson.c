/* SPDX-License-Identifier: ISC */
/*
 * lsjson: the parts of a message as a tree in JSON, written while the message
 * is read: the object of a part is opened at its header and closed at its end,
 * and those of the parts in it come between.
 */

#include "charset.h"
#include "inside.h"
#include "ls.h"
#include "param.h"
#include "uubody.h"

static void
put_parameter(struct ls *l, struct slice field, struct slice name)
{
	struct buf key = BUF(LIMIT_HEADER_FIELD);
	struct buf value = BUF(CHARSET_ROOM(LIMIT_HEADER_FIELD));
	int c;

	while ((c = slice_getc(&name)) != -1)
		(void)buf_addc(&key, slice_lower(c));
	if (param_get(field, buf_str(&key), &value) == 1) {
		json_name(&l->tree, buf_slice(&key));
		json_string(&l->tree, buf_slice(&value));
		ls_put(l);
	}
	buf_free(&key);
	buf_free(&value);
}

static void
put_parameters(struct ls *l)
{
	struct slice names[LIMIT_PARAMS];
	size_t i, n = param_names(l->type, names);

	json_key(&l->tree, "parameters");
	json_open(&l->tree, '{');
	for (i = 0; i < n; i++)
		put_parameter(l, l->type, names[i]);
	json_close(&l->tree, '}');
}

/* The name as it was sent, and as mime-unpack gives it to a file. */
static void
put_names(struct ls *l, struct slice safe)
{
	struct buf name = BUF(CHARSET_ROOM(LIMIT_HEADER_FIELD));

	(void)mime_name_of(l->type, l->disposition, &name);
	json_string_or_null(&l->tree, "filename", buf_slice(&name));
	json_string_or_null(&l->tree, "name", safe);
	buf_free(&name);
}

void
lsjson_start(struct ls *l)
{
	l->tree = (struct json){ .out = &l->line };
	json_open(&l->tree, '{');
	json_key(&l->tree, "path");
	json_string(&l->tree, slice_str(l->path));
	if (!l->validate) {
		json_key(&l->tree, "parts");
		json_open(&l->tree, '[');
	}
}

void
lsjson_begin(struct ls *l, const struct mime_part *part, struct slice name)
{
	struct buf disposition = BUF(LIMIT_HEADER_FIELD);
	int has_offsets = !inside_encoded(part);

	json_open(&l->tree, '{');
	json_string_or_null(&l->tree, "number", slice_str(part->number));
	json_string_or_null(&l->tree, "type", part->type);
	put_parameters(l);
	ls_disposition(l, &disposition);
	json_string_or_null(&l->tree, "disposition", buf_slice(&disposition));
	buf_free(&disposition);
	put_names(l, name);
	json_string_or_null(&l->tree, "encoding", uubody_encoding(part));
	json_uint_or_null(&l->tree, "header", has_offsets, part->at);
	json_uint_or_null(&l->tree, "body", has_offsets, part->body);
	json_key(&l->tree, "parts");
	json_open(&l->tree, '[');
	ls_put(l);
}

void
lsjson_part_end(struct ls *l, const struct mime_part *part)
{
	json_close(&l->tree, ']');
	json_uint_or_null(&l->tree, "size", part != NULL,
	    part != NULL ? part->end - part->body : 0);
	json_uint_or_null(&l->tree, "end",
	    part != NULL && !inside_encoded(part),
	    part != NULL ? part->end : 0);
	json_close(&l->tree, '}');
	ls_put(l);
}

void
lsjson_end(struct ls *l, const struct fail *f)
{
	if (!l->validate)
		json_close(&l->tree, ']');
	json_uint_or_null(&l->tree, "size", l->whole, l->size);
	json_key(&l->tree, "warnings");
	lswarn_json(l);
	json_string_or_null(&l->tree, "error",
	    slice_str(f == NULL ? "" : f->text));
	json_close(&l->tree, '}');
	ls_record(l);
}
