/* SPDX-License-Identifier: ISC */
/* unpack: what the ways to unpack a message share; see unpack.h. */

#include <string.h>

#include "flaw.h"
#include "hdr.h"
#include "name.h"
#include "param.h"
#include "text.h"
#include "unpack.h"

const char *
unpack_label(const struct unpack *u)
{
	int standard = strcmp(u->path, "-") == 0 && !u->listed;

	return standard ? "standard input" : u->path;
}

static struct charset *
open_charset(const struct mime_part *part, unsigned *flaws)
{
	struct buf name = BUF(LIMIT_HEADER_FIELD);
	struct charset *charset = NULL;
	struct hdr_field field;

	if (hdr_find(part->header, "Content-Type", &field) &&
	    param_get(field.value, "charset", &name) == 1) {
		charset = charset_open(buf_slice(&name));
		if (charset == NULL)
			*flaws |= FLAW_CHARSET;
	}
	buf_free(&name);
	return charset;
}

unsigned
unpack_leaf(struct unpack *u, const struct mime_part *part, struct output *out)
{
	struct charset *charset = NULL;
	unsigned flaws = 0;

	if (u->utf8 && slice_starts(part->type, SLICE("text/")))
		charset = open_charset(part, &flaws);
	leaf_start(&u->leaf, u->raw ? ENC_BINARY : part->enc, charset, out);
	if (!u->raw && uubody_is(part))
		leaf_uuencoded(&u->leaf);
	return flaws;
}

unsigned
unpack_leaf_end(struct unpack *u, const struct mime_part *part,
    unsigned decoder)
{
	unsigned flaws = part->flaws;

	if (u->leaf.uuencoded && !(decoder & UU_FLAW_NONE))
		flaws &= ~(unsigned)MIME_FLAW_ENCODING;
	return flaws | FLAW_DECODER(decoder);
}

/* Whether the name of Content-Type "type" is another than "name". */
static int
other_name(struct slice type, struct slice name)
{
	struct buf other = BUF(CHARSET_ROOM(LIMIT_HEADER_FIELD));
	int differs = 0;

	if (param_get(type, "name", &other) == 1)
		differs = other.n > 0 && !slice_eq(buf_slice(&other), name);
	buf_free(&other);
	return differs;
}

unsigned
unpack_name(struct slice header, struct buf *out)
{
	struct hdr_field type = { .value = SLICE("") };
	struct hdr_field disposition = { .value = SLICE("") };

	(void)hdr_find(header, "Content-Type", &type);
	(void)hdr_find(header, "Content-Disposition", &disposition);
	return unpack_names(type.value, disposition.value, out);
}

unsigned
unpack_names(struct slice type, struct slice disposition, struct buf *out)
{
	struct buf name = BUF(CHARSET_ROOM(LIMIT_HEADER_FIELD));
	unsigned flaws = 0;

	buf_clear(out);
	if (mime_name_of(type, disposition, &name) == 1) {
		name_safe(buf_slice(&name), out);
		if (other_name(type, buf_slice(&name)))
			flaws = FLAW_TWO_NAMES;
	}
	buf_free(&name);
	return flaws;
}

void
unpack_first_column(struct unpack *u, struct buf *line)
{
	if (!u->several)
		return;
	(void)text_column(line, slice_str(u->path), u->tty);
	(void)buf_addc(line, '\t');
}

void
unpack_record(struct unpack *u, struct buf *line)
{
	(void)buf_addc(line, u->zero ? '\0' : '\n');
	output_put(&u->out, buf_slice(line));
	buf_clear(line);
}
