/* SPDX-License-Identifier: ISC */
/* packleaf: what one file becomes in a message; see packleaf.h. */

#include <stdlib.h>
#include <string.h>

#include "hdr.h"
#include "leafhead.h"
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

/* The last component of the path. */
static struct slice
file_name(const struct packleaf *leaf)
{
	const char *slash = strrchr(leaf->path, '/');

	if (strcmp(leaf->path, "-") == 0)
		return SLICE("");
	return slice_str(slash == NULL ? leaf->path : slash + 1);
}

struct slice
packleaf_name(const struct packleaf *leaf)
{
	if (leaf->name != NULL)
		return slice_str(leaf->name);
	if (leaf->role == PACKLEAF_IMAGE || leaf->role == PACKLEAF_FILE)
		return file_name(leaf);
	return SLICE("");
}

static int
check_type(const struct packleaf *leaf, struct fail *f)
{
	struct slice type = slice_str(leaf->type);

	if (!type_ok(type))
		return fail_set(f, EX_DATAERR, "-T: no media type: %s",
		    TEXT_SHOW(type));
	if (type_is(type, "multipart/"))
		return fail_set(f, EX_DATAERR,
		    "-T: a file cannot be a multipart: %s", TEXT_SHOW(type));
	if (leaf->role == PACKLEAF_MESSAGE && !type_is(type, "message/"))
		return fail_set(f, EX_DATAERR, "-T: no type of a message: %s",
		    TEXT_SHOW(type));
	if (leaf->flowed && (!type_is(type, "text/plain") ||
	    param_count(type, "format") + param_count(type, "delsp") > 0))
		return fail_set(f, EX_DATAERR,
		    "-F: only for text/plain without a format: %s",
		    TEXT_SHOW(type));
	return 0;
}

int
packleaf_open(struct pack_part *p, const struct packleaf *leaf,
    struct fail *f)
{
	if (leaf->type != NULL && check_type(leaf, f) == -1)
		return -1;
	if (hdr_value_check("file name", packleaf_name(leaf), f) == -1)
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

/* 1 where the extension of the name or of the path says it, 0, or -1. */
static int
type_by_extension(struct look *l, struct fail *f)
{
	int known = type_of_name(&l->common->types, packleaf_name(l->leaf),
	    &l->type, f);

	if (known != 0)
		return known;
	return type_of_name(&l->common->types, file_name(l->leaf), &l->type,
	    f);
}

/* A piece of a page looks like any text, or like the script that is in it. */
static int
may_be_page(struct slice type)
{
	return type_is(type, ANY_BYTES) || (type_is(type, "text/") &&
	    !type_is(type, "text/calendar"));
}

static int
find_type(struct look *l, struct fail *f)
{
	const struct packleaf *leaf = l->leaf;
	int known;

	if (leaf->type != NULL)
		l->type = slice_str(leaf->type);
	else if (leaf->role == PACKLEAF_BODY)
		l->type = SLICE("text/plain");
	else if (leaf->role == PACKLEAF_MESSAGE)
		l->type = SLICE("message/rfc822");
	if (l->type.n > 0)
		return 0;
	known = type_by_extension(l, f);
	if (known == -1 || (known == 0 && sniff(l, f) == -1))
		return -1;
	if (type_is(l->type, "multipart/"))
		l->type = SLICE(ANY_BYTES);
	if (!known && leaf->role == PACKLEAF_ALTERNATIVE &&
	    may_be_page(l->type))
		l->type = SLICE("text/html");
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

	if (scan(l, l->leaf->flowed ? PACK_FLOWED : PACK_BYTES, f) == -1 ||
	    find_charset(l, f) == -1)
		return -1;
	l->part->enc = enc_choose(s, l->common->eight);
	if (has_control(s))
		l->part->enc = ENC_BASE64;
	if (l->charset == NULL || l->charset[0] != '\0')
		return 0;
	l->charset = NULL;
	if (l->leaf->role == PACKLEAF_BODY)
		l->charset = "unknown-8bit";
	else
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
	if (l->leaf->type != NULL || l->leaf->role != PACKLEAF_FILE) {
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

/* What is called a message and is none would be taken apart all the same. */
static int
check_message(const struct look *l, struct fail *f)
{
	char *head = mem_resize(NULL, TYPE_SNIFF, 1);
	struct hdr_field field = { .name = SLICE("") };
	size_t got = 0;
	int rc = input_read(&l->part->in, 0, head, TYPE_SNIFF, &got, f);
	struct slice rest = { head, got };

	(void)hdr_next(&rest, &field);
	if (rc == 0 && field.name.n == 0)
		rc = fail_set(f, EX_DATAERR,
		    "%s: no message: no header field at its start",
		    TEXT_SHOW(slice_str(l->leaf->path)));
	free(head);
	return rc;
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
	if (l->leaf->role == PACKLEAF_MESSAGE && check_message(l, f) == -1)
		return -1;
	if (input_keep(&l->part->in, UINT64_MAX, f) == -1)
		return -1;
	if (text)
		return as_text(l, f);
	return message ? as_message(l, f) : as_fragment(l, f);
}

static const char *
disposition(const struct packleaf *leaf)
{
	switch (leaf->role) {
	case PACKLEAF_FILE:
	case PACKLEAF_MESSAGE:
		return "attachment";
	case PACKLEAF_IMAGE:
		return "inline";
	case PACKLEAF_ALTERNATIVE:
		return leaf->name != NULL ? "inline" : NULL;
	case PACKLEAF_BODY:
		break;
	}
	return NULL;
}

static int
write_header(struct buf *out, const struct look *l)
{
	struct leafhead h = {
		.type = l->type,
		.charset = l->charset,
		.flowed = l->leaf->flowed,
		.disposition = disposition(l->leaf),
		.name = packleaf_name(l->leaf),
		.referred_to = l->leaf->role == PACKLEAF_IMAGE,
		.enc = l->part->enc,
	};

	return leafhead_write(out, &h);
}

int
packleaf_examine(struct pack_part *p, const struct packleaf *leaf,
    struct packleaf_common *common, struct fail *f)
{
	struct look l = { .part = p, .leaf = leaf, .common = common };
	struct buf header = BUF(LIMIT_HEADER);
	int rc = 0;

	p->form = PACK_BYTES;
	p->enc = ENC_BASE64;
	if (find_type(&l, f) == -1 || find_encoding(&l, f) == -1)
		return -1;
	if (write_header(&header, &l) == -1)
		rc = fail_set(f, EX_DATAERR, "%s: name or type too long",
		    TEXT_SHOW(slice_str(leaf->path)));
	p->header = arena_slice(&common->arena, buf_slice(&header));
	p->type = arena_slice(&common->arena, param_value(l.type));
	buf_free(&header);
	return rc;
}
