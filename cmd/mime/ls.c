/* SPDX-License-Identifier: ISC */
/* ls: what the ways to list a message share; see ls.h. */

#include <string.h>

#include "charset.h"
#include "flaw.h"
#include "hdr.h"
#include "ls.h"
#include "name.h"
#include "param.h"
#include "read.h"
#include "text.h"
#include "unpack.h"
#include "uubody.h"

enum {
	/* Room for one parameter with each of its characters escaped. */
	LINE = 8 * CHARSET_ROOM(LIMIT_HEADER_FIELD),
	DECODED = READ_PIECE + 2048, /* what enc.h says is enough */
};

void
ls_init(struct ls *l)
{
	l->line = BUF(LINE);
	l->decoded = BUF(DECODED);
	l->parser = mime_new(ls_event, l);
}

void
ls_free(struct ls *l)
{
	buf_free(&l->line);
	buf_free(&l->decoded);
	mime_free(&l->parser);
	lsline_free(l);
}

const char *
ls_label(const struct ls *l)
{
	int standard = strcmp(l->path, "-") == 0 && !l->listed;

	return standard ? "standard input" : l->path;
}

/* Cuts "out" to what is shown of a token. */
static void
make_token(struct buf *out)
{
	size_t i;

	if (out->n > LS_TOKEN)
		out->n = LS_TOKEN;
	for (i = 0; i < out->n; i++)
		out->p[i] = (char)slice_lower((unsigned char)out->p[i]);
}

void
ls_charset(const struct ls *l, struct buf *out)
{
	buf_clear(out);
	(void)param_get(l->type, "charset", out);
	make_token(out);
}

void
ls_disposition(const struct ls *l, struct buf *out)
{
	buf_clear(out);
	(void)buf_add(out, param_value(l->disposition));
	make_token(out);
}

void
ls_column(struct ls *l, struct slice value)
{
	if (value.n == 0)
		value = SLICE("-");
	(void)text_column(&l->line, value, l->tty);
	(void)buf_addc(&l->line, '\t');
}

void
ls_put(struct ls *l)
{
	output_put(l->out, buf_slice(&l->line));
	buf_clear(&l->line);
}

void
ls_record(struct ls *l)
{
	if (slice_ends(buf_slice(&l->line), SLICE("\t")))
		l->line.n--;
	(void)buf_addc(&l->line, l->zero ? '\0' : '\n');
	ls_put(l);
}

static struct slice
value_of(struct slice header, const char *name)
{
	struct hdr_field field;

	return hdr_find(header, name, &field) ? field.value : SLICE("");
}

static void
begin_part(struct ls *l, struct mime_part *part)
{
	struct ls_open *open = &l->open[l->depth++];
	struct buf name = BUF(NAME_ROOM);

	open->part = part;
	open->known = uubody_is(part) ? MIME_FLAW_ENCODING : 0;
	l->type = value_of(part->header, "Content-Type");
	l->disposition = value_of(part->header, "Content-Disposition");
	open->flaws = unpack_names(l->type, l->disposition, &name);
	if (l->validate) {
		lscheck_begin(l, part);
	} else if (l->json) {
		lsjson_begin(l, part, buf_slice(&name));
	} else {
		lsline_begin(l, part, buf_slice(&name));
	}
	buf_free(&name);
}

/* "ended" is 0 for a part that the message broke off in. */
static void
end_part(struct ls *l, int ended)
{
	const struct ls_open *open = &l->open[--l->depth];

	if (!l->validate && l->json)
		lsjson_part_end(l, ended ? open->part : NULL);
	else if (!l->validate && ended)
		lsline_part_end(open->part);
	lswarn_part(l, open->part,
	    (open->part->flaws & ~open->known) | open->flaws);
}

int
ls_event(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct ls *l = ctx;
	int rc = 0;

	if (event == MIME_HEADER)
		begin_part(l, part);
	if (event == MIME_BODY && l->validate)
		rc = lscheck_put(l, bytes, f);
	if (event == MIME_END && l->validate && part->kind == MIME_LEAF)
		rc = lscheck_end(l, f);
	if (event == MIME_END)
		end_part(l, 1);
	return rc;
}

void
ls_start(struct ls *l, const char *path)
{
	l->path = path;
	l->size = 0;
	l->whole = l->flawed = 0;
	l->shown = l->depth = 0;
	if (l->json)
		lsjson_start(l);
}

void
ls_end(struct ls *l, const struct fail *f)
{
	while (l->depth > 0)
		end_part(l, 0);
	if (l->json)
		lsjson_end(l, f);
	else if (!l->validate)
		lsline_end(l);
	flaw_rest(ls_label(l), l->shown);
}
