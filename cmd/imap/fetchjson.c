/* SPDX-License-Identifier: ISC */
/* fetchjson: the structure of a message as JSON, with the keys of mime-ls; see
 * fetchout.h. */

#include "charset.h"
#include "fetchout.h"
#include "json.h"
#include "limits.h"
#include "mime.h"
#include "name.h"
#include "param.h"

enum { LINE = 67108864 };

static void
put_parameter(struct json *j, struct slice field, struct slice name)
{
	struct buf key = BUF(LIMIT_HEADER_FIELD);
	struct buf value = BUF(CHARSET_ROOM(LIMIT_HEADER_FIELD));
	int c;

	while ((c = slice_getc(&name)) != -1)
		(void)buf_addc(&key, slice_lower(c));
	if (param_get(field, buf_str(&key), &value) == 1) {
		json_name(j, buf_slice(&key));
		json_string(j, buf_slice(&value));
	}
	buf_free(&key);
	buf_free(&value);
}

static void
put_parameters(struct json *j, struct slice field)
{
	struct slice names[LIMIT_PARAMS];
	size_t i, n = param_names(field, names);

	json_key(j, "parameters");
	json_open(j, '{');
	for (i = 0; i < n; i++)
		put_parameter(j, field, names[i]);
	json_close(j, '}');
}

static void
put_names(struct json *j, const struct structure_part *p)
{
	struct buf name = BUF(CHARSET_ROOM(LIMIT_HEADER_FIELD));
	struct buf safe = BUF(NAME_ROOM);

	(void)mime_name_of(p->field, p->disposition, &name);
	name_safe(buf_slice(&name), &safe);
	json_string_or_null(j, "filename", buf_slice(&name));
	json_string_or_null(j, "name", buf_slice(&safe));
	buf_free(&name);
	buf_free(&safe);
}

static void
begin_part(struct json *j, const struct structure_part *p)
{
	json_open(j, '{');
	json_string_or_null(j, "number", p->number);
	json_string_or_null(j, "type", p->type);
	put_parameters(j, p->field);
	json_string_or_null(j, "disposition", param_value(p->disposition));
	put_names(j, p);
	json_string_or_null(j, "encoding", p->encoding);
	json_uint_or_null(j, "header", 0, 0);
	json_uint_or_null(j, "body", 0, 0);
	json_key(j, "parts");
	json_open(j, '[');
}

static void
end_part(struct json *j, const struct structure_part *p)
{
	json_close(j, ']');
	json_uint_or_null(j, "size", p->sized, p->size);
	json_uint_or_null(j, "end", 0, 0);
	json_close(j, '}');
}

static void
put_parts(struct json *j, const struct structure *s)
{
	const struct structure_part *p = s->root, *up;

	while (p != NULL) {
		begin_part(j, p);
		up = p;
		p = structure_next(p);
		/* Out of all that are at their end. */
		for (; up != NULL && (p == NULL || p->up != up); up = up->up)
			end_part(j, up);
	}
}

int
fetchout_structure(struct fetchout *o, const struct message *m,
    const struct structure *s, struct fail *f)
{
	struct buf line = BUF(LINE);
	struct json j = { .out = &line };

	json_open(&j, '{');
	json_key(&j, "uid");
	json_uint(&j, m->uid);
	json_key(&j, "parts");
	json_open(&j, '[');
	put_parts(&j, s);
	json_close(&j, ']');
	json_uint_or_null(&j, "size", m->has & MESSAGE_SIZE, m->size);
	json_close(&j, '}');
	(void)buf_addc(&line, o->form == FETCHOUT_NUL ? '\0' : '\n');
	output_put(o->out, buf_slice(&line));
	buf_free(&line);
	if (j.failed)
		return fail_set(f, EX_DATAERR, "more than %d bytes of JSON",
		    LINE);
	return o->out->error == 0 ? 0 : output_flush(o->out, f);
}
