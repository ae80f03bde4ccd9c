/* SPDX-License-Identifier: ISC */
/* packleaf: what one file becomes in a message; see packleaf.h. */

#include <stdlib.h>
#include <string.h>

#include "hdr.h"
#include "limits.h"
#include "packleaf.h"
#include "param.h"
#include "text.h"
#include "utf8.h"

#define ANY_BYTES "application/octet-stream"

/* A leaf while it is looked at. */
struct look {
	struct pack_part *part;
	const struct packleaf *leaf;
	struct packleaf_common *common;
	struct enc_scan scan;
	struct slice type;   /* with parameters */
	const char *charset; /* to be added to the type, or NULL */
};

static struct slice
file_name(const struct packleaf *leaf)
{
	const char *slash = strrchr(leaf->path, '/');

	if (leaf->name != NULL)
		return slice_str(leaf->name);
	if (strcmp(leaf->path, "-") == 0)
		return SLICE("");
	return slice_str(slash == NULL ? leaf->path : slash + 1);
}

static int
check_type(const char *given, struct fail *f)
{
	struct slice type = slice_str(given);

	if (!type_ok(type))
		return fail_set(f, EX_DATAERR, "-T: no media type: %s",
		    TEXT_SHOW(type));
	if (type_is(type, "multipart/"))
		return fail_set(f, EX_DATAERR,
		    "-T: a file cannot be a multipart: %s", TEXT_SHOW(type));
	return 0;
}

int
packleaf_open(struct pack_part *p, const struct packleaf *leaf,
    struct fail *f)
{
	if (leaf->type != NULL && check_type(leaf->type, f) == -1)
		return -1;
	if (leaf->attached &&
	    hdr_value_check("file name", file_name(leaf), f) == -1)
		return -1;
	return input_start(&p->in, leaf->path, f);
}

static int
sniff(struct look *l, struct fail *f)
{
	char *head = mem_resize(NULL, TYPE_SNIFF, 1);
	size_t got = 0;
	int rc = input_read(&l->part->in, 0, head, TYPE_SNIFF, &got, f);

	if (rc == 0)
		l->type = type_of_content(&l->common->types,
		    (struct slice){ head, got });
	free(head);
	return rc;
}

static int
find_type(struct look *l, struct fail *f)
{
	const struct packleaf *leaf = l->leaf;
	int known;

	if (leaf->type != NULL) {
		l->type = slice_str(leaf->type);
		return 0;
	}
	if (!leaf->attached) {
		l->type = SLICE("text/plain");
		return 0;
	}
	known = type_of_name(&l->common->types, file_name(leaf), &l->type, f);
	if (known == 0 && leaf->name != NULL)
		known = type_of_name(&l->common->types, slice_str(leaf->path),
		    &l->type, f);
	if (known == -1 || (known == 0 && sniff(l, f) == -1))
		return -1;
	if (type_is(l->type, "multipart/"))
		l->type = SLICE(ANY_BYTES);
	return 0;
}

static int
scan(struct look *l, enum pack_form form, struct fail *f)
{
	l->part->form = form;
	return pack_look(l->part, &l->scan, f);
}

static int
put_utf8(void *ctx, struct slice bytes, struct fail *f)
{
	struct utf8_stream *u = ctx;

	(void)f;
	utf8_stream_put(u, bytes);
	return u->bad ? -1 : 0;
}

/* 1 or 0; -1 where it cannot be read. */
static int
input_is_utf8(const struct input *in, struct fail *f)
{
	struct utf8_stream u = { .bad = 0 };

	if (input_each(in, put_utf8, &u, f) == -1 && !u.bad)
		return -1;
	return utf8_stream_ok(&u);
}

/* The charset of text after the scan; "" where it is none that we know. */
static int
find_charset(struct look *l, struct fail *f)
{
	struct buf given = BUF(LIMIT_HEADER_FIELD);
	int named = param_get(l->type, "charset", &given), utf8;

	buf_free(&given);
	if (named != 0)
		return 0;
	if (l->scan.eight_bit == 0) {
		l->charset = "us-ascii";
		return 0;
	}
	if ((utf8 = input_is_utf8(&l->part->in, f)) == -1)
		return -1;
	l->charset = utf8 ? "utf-8" : "";
	return 0;
}

/* What has no place in unencoded text. */
static int
has_control(const struct enc_scan *s)
{
	return s->nul || s->crlf || s->bare_cr || s->last == '\r';
}

/* Quoted-printable would bring CRLF through as a line end of any kind. */
static int
as_text(struct look *l, struct fail *f)
{
	struct enc_scan *s = &l->scan;

	if (scan(l, PACK_BYTES, f) == -1 || find_charset(l, f) == -1)
		return -1;
	l->part->enc = enc_choose(s, l->common->eight);
	if (has_control(s))
		l->part->enc = ENC_BASE64;
	if (l->charset == NULL || l->charset[0] != '\0')
		return 0;
	l->charset = l->leaf->attached ? NULL : "unknown-8bit";
	if (l->leaf->attached)
		l->part->enc = ENC_BASE64;
	return 0;
}

/* 1 if what was scanned may stand in the message as it is. */
static int
is_clean(struct look *l)
{
	const struct enc_scan *s = &l->scan;

	l->part->enc = s->eight_bit > 0 ? ENC_8BIT : ENC_7BIT;
	return (s->eight_bit == 0 || l->common->eight) && !has_control(s) &&
	    s->longest <= LIMIT_LINE_HARD;
}

/* What cannot stand in a message as a message. */
static int
as_bytes(struct look *l, struct fail *why, struct fail *f)
{
	if (l->leaf->type != NULL) {
		*f = *why;
		return fail_at(f, TEXT_SHOW(slice_str(l->leaf->path)));
	}
	l->type = SLICE(ANY_BYTES);
	l->part->form = PACK_BYTES;
	l->part->enc = ENC_BASE64;
	return 0;
}

static int
as_message(struct look *l, struct fail *f)
{
	struct fail why = { 0 };

	if (scan(l, PACK_MESSAGE, f) == -1)
		return -1;
	if (is_clean(l))
		return 0;
	if (scan(l, PACK_MESSAGE_7BIT, &why) == 0) {
		if (is_clean(l))
			return 0;
		(void)fail_set(&why, EX_DATAERR,
		    "cannot be made 7-bit as a message");
	}
	if (why.class == EX_DATAERR)
		return as_bytes(l, &why, f);
	*f = why;
	return -1;
}

/* A message in part or outside: 7-bit as it stands, always (RFC 2046, 5.2.2.1
 * and 5.2.3). */
static int
as_fragment(struct look *l, struct fail *f)
{
	struct fail why;

	if (scan(l, PACK_MESSAGE, f) == -1)
		return -1;
	if (l->scan.eight_bit == 0 && is_clean(l))
		return 0;
	(void)fail_set(&why, EX_DATAERR,
	    "not 7-bit text, and may not be encoded as a %s",
	    TEXT_SHOW(param_value(l->type)));
	return as_bytes(l, &why, f);
}

/* All other types than these go through base64 in one pass. */
static int
find_encoding(struct look *l, struct fail *f)
{
	int text = type_is(l->type, "text/");
	int message = type_is(l->type, "message/rfc822");

	if (!text && !message && !type_is(l->type, "message/partial") &&
	    !type_is(l->type, "message/external-body"))
		return 0;
	if (input_keep(&l->part->in, UINT64_MAX, f) == -1)
		return -1;
	if (text)
		return as_text(l, f);
	return message ? as_message(l, f) : as_fragment(l, f);
}

/* "name" as UTF-8: a byte that is none becomes "_". */
static int
add_name(struct buf *out, struct slice name)
{
	struct slice rest = name;

	while (rest.n > 0) {
		struct slice at = rest;

		if (utf8_next(&rest) == -2) {
			if (buf_addc(out, '_') == -1)
				return -1;
		} else if (buf_add(out,
		    slice_sub(at, 0, at.n - rest.n)) == -1) {
			return -1;
		}
	}
	return 0;
}

static int
write_disposition(struct buf *out, const struct packleaf *leaf)
{
	struct buf name = BUF(LIMIT_HEADER_FIELD);
	int rc;

	if (!leaf->attached)
		return 0;
	rc = buf_adds(out, "Content-Disposition: attachment");
	if (rc == 0)
		rc = add_name(&name, file_name(leaf));
	if (rc == 0 && name.n > 0)
		rc = param_write(out, "filename", buf_slice(&name), 1);
	buf_free(&name);
	return rc == 0 ? buf_addc(out, '\n') : -1;
}

static int
write_header(struct buf *out, const struct look *l)
{
	if (hdr_write(out, "Content-Type", l->type) == -1)
		return -1;
	if (l->charset != NULL) {
		out->n--; /* the line goes on */
		if (param_write(out, "charset", slice_str(l->charset), 0) ==
			-1 ||
		    buf_addc(out, '\n') == -1)
			return -1;
	}
	if (write_disposition(out, l->leaf) == -1)
		return -1;
	return buf_addf(out, "Content-Transfer-Encoding: %s\n",
	    enc_name(l->part->enc));
}

int
packleaf_examine(struct pack_part *p, const struct packleaf *leaf,
    struct packleaf_common *common, struct fail *f)
{
	struct look l = { .part = p, .leaf = leaf, .common = common };
	struct buf header = BUF(LIMIT_HEADER);
	int rc;

	p->form = PACK_BYTES;
	p->enc = ENC_BASE64;
	if (find_type(&l, f) == -1 || (rc = find_encoding(&l, f)) == -1)
		return -1;
	if ((rc = write_header(&header, &l)) == -1)
		(void)fail_set(f, EX_DATAERR, "%s: name or type too long",
		    TEXT_SHOW(slice_str(leaf->path)));
	if (rc == 0)
		p->header = arena_slice(&common->arena, buf_slice(&header));
	buf_free(&header);
	return rc;
}
