/* SPDX-License-Identifier: ISC */
/* charset: UTF-8 checked by hand, all else by iconv(3); see charset.h. */

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "charset.h"
#include "mem.h"
#include "utf8.h"

enum {
	NAME = 40,    /* the longest name that is looked up, with its NUL */
	HELD = 16,    /* the longest unfinished character */
	CHUNK = 4096, /* bytes that iconv writes at a time */
};

struct charset {
	iconv_t cd;	 /* (iconv_t)-1 for UTF-8 */
	size_t unit;	 /* bytes skipped where nothing can be converted */
	size_t nheld;
	char held[HELD]; /* the start of an unfinished character */
};

static const struct slice replacement = { "\xef\xbf\xbd", 3 };

/* What mail calls a charset and what iconv has to be asked for; NULL is
 * UTF-8.  The label of a charset is also used for its superset by Outlook
 * (Windows code pages), and by senders in China, Japan and Korea. */
static const struct {
	const char *label, *read_as;
} labels[] = {
	{ "", NULL },
	{ "us-ascii", NULL },
	{ "ascii", NULL },
	{ "ansi_x3.4-1968", NULL },
	{ "utf-8", NULL },
	{ "utf8", NULL },
	{ "unicode-1-1-utf-8", NULL },
	{ "iso-8859-1", "CP1252" },
	{ "iso8859-1", "CP1252" },
	{ "iso_8859-1", "CP1252" },
	{ "latin1", "CP1252" },
	{ "iso-8859-9", "CP1254" },
	{ "iso-8859-11", "CP874" },
	{ "tis-620", "CP874" },
	{ "gb2312", "GB18030" },
	{ "gbk", "GB18030" },
	{ "shift_jis", "CP932" },
	{ "shift-jis", "CP932" },
	{ "ks_c_5601-1987", "CP949" },
	{ "euc-kr", "CP949" },
	{ "unicode-1-1-utf-7", "UTF-7" },
};

/* A "/" would give iconv options, and other bytes have no place in a name. */
static int
name_ok(struct slice name)
{
	size_t i;

	for (i = 0; i < name.n; i++) {
		int c = slice_lower((unsigned char)name.p[i]);

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') &&
		    (c == '\0' || strchr("-_.:+", c) == NULL))
			return 0;
	}
	return name.n < NAME;
}

static int
open_iconv(struct charset *c, struct slice name)
{
	char text[NAME] = "";

	memcpy(text, name.p, name.n);
	c->cd = iconv_open("UTF-8", text);
	if (slice_casestarts(name, SLICE("utf-16")) ||
	    slice_casestarts(name, SLICE("ucs-2")))
		c->unit = 2;
	if (slice_casestarts(name, SLICE("utf-32")) ||
	    slice_casestarts(name, SLICE("ucs-4")))
		c->unit = 4;
	return c->cd == (iconv_t)-1 ? -1 : 0;
}

struct charset *
charset_open(struct slice name)
{
	struct charset new = { .cd = (iconv_t)-1, .unit = 1 }, *c;
	int native = 0;
	size_t i;

	name = slice_trim(slice_sub(name, 0, slice_find(name, '*')));
	for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		if (!slice_caseeq(name, slice_str(labels[i].label)))
			continue;
		native = labels[i].read_as == NULL;
		if (!native)
			name = slice_str(labels[i].read_as);
		break;
	}
	if (!native && (!name_ok(name) || open_iconv(&new, name) == -1))
		return NULL;
	c = mem_alloc(sizeof(*c));
	*c = new;
	return c;
}

/* 1 if the few bytes "s" may be the start of a character. */
static int
utf8_unfinished(struct slice s)
{
	char text[4];
	size_t n;
	int fill;

	if (s.n >= sizeof(text))
		return 0;
	for (n = s.n + 1; n <= sizeof(text); n++) {
		for (fill = 0x80; fill <= 0xbf; fill += 0x3f) {
			struct slice whole = { text, n };

			memset(text, fill, sizeof(text));
			memcpy(text, s.p, s.n);
			if (utf8_next(&whole) >= 0 && whole.n == 0)
				return 1;
		}
	}
	return 0;
}

static void
skip_ascii(struct slice *s)
{
	while (s->n >= 8 && utf8_ascii(slice_sub(*s, 0, 8)))
		*s = slice_sub(*s, 8, s->n);
}

/* Adds the UTF-8 at the front of "in" and leaves an unfinished character. */
static int
convert_utf8(struct slice *in, struct buf *out)
{
	struct slice rest = *in;

	while (in->n > 0) {
		int32_t c;

		while ((c = utf8_next(&rest)) >= 0)
			if (c < 0x80)
				skip_ascii(&rest);
		if (c == -1) {
			rest = *in;
			*in = slice_sub(*in, in->n, in->n);
			return buf_add(out, rest);
		}
		rest.p--, rest.n++;
		if (buf_add(out, slice_sub(*in, 0, in->n - rest.n)) == -1)
			return -1;
		*in = rest;
		if (utf8_unfinished(rest))
			return 0;
		if (buf_add(out, replacement) == -1)
			return -1;
		rest = *in = slice_sub(rest, 1, rest.n);
	}
	return 0;
}

/*
 * One call of iconv(3), whose result is checked again, as the GNU one lets code
 * points past U+10FFFF through.  0, or errno; ENOMEM is the maximum.
 */
static int
call_iconv(struct charset *c, struct slice *in, struct buf *out)
{
	/* iconv(3) takes "char **" and does not write through it. */
	char *from = (char *)(uintptr_t)(in == NULL ? NULL : in->p);
	char text[CHUNK], *to = text;
	size_t left = in == NULL ? 0 : in->n, room = sizeof(text);
	size_t rc = iconv(c->cd, in == NULL ? NULL : &from, &left, &to, &room);
	int error = rc == (size_t)-1 ? errno : 0;
	struct slice got = { text, sizeof(text) - room };

	if (convert_utf8(&got, out) == -1)
		return ENOMEM;
	if (in != NULL)
		*in = slice_sub(*in, in->n - left, in->n);
	return error;
}

/* Adds what can be converted and leaves an unfinished character. */
static int
convert(struct charset *c, struct slice *in, struct buf *out)
{
	if (c->cd == (iconv_t)-1)
		return convert_utf8(in, out);
	while (in->n > 0) {
		switch (call_iconv(c, in, out)) {
		case 0:
		case E2BIG:
			break;
		case EINVAL:
			return 0;
		case EILSEQ:
			if (buf_add(out, replacement) == -1)
				return -1;
			*in = slice_sub(*in, c->unit, in->n);
			break;
		default:
			return -1;
		}
	}
	return 0;
}

/* Ends the character that is held, byte by byte. */
static int
convert_held(struct charset *c, struct slice *in, struct buf *out)
{
	while (c->nheld > 0 && in->n > 0) {
		struct slice window;

		c->held[c->nheld++] = (char)slice_getc(in);
		window = (struct slice){ c->held, c->nheld };
		if (convert(c, &window, out) == -1)
			return -1;
		if (window.n == HELD) {
			if (buf_add(out, replacement) == -1)
				return -1;
			window.n = 0;
		}
		memmove(c->held, window.p, window.n);
		c->nheld = window.n;
	}
	return 0;
}

int
charset_convert(struct charset *c, struct slice in, struct buf *out)
{
	if (convert_held(c, &in, out) == -1 || convert(c, &in, out) == -1)
		return -1;
	while (in.n >= HELD) {
		if (buf_add(out, replacement) == -1)
			return -1;
		in = slice_sub(in, c->unit, in.n);
		if (convert(c, &in, out) == -1)
			return -1;
	}
	if (in.n > 0) {
		memcpy(c->held, in.p, in.n);
		c->nheld = in.n;
	}
	return 0;
}

int
charset_finish(struct charset *c, struct buf *out)
{
	size_t held = c->nheld;

	c->nheld = 0;
	if (c->cd != (iconv_t)-1 && call_iconv(c, NULL, out) == ENOMEM)
		return -1;
	return held == 0 ? 0 : buf_add(out, replacement);
}

void
charset_close(struct charset **c)
{
	if (*c != NULL && (*c)->cd != (iconv_t)-1)
		(void)iconv_close((*c)->cd);
	free(*c);
	*c = NULL;
}

int
charset_to_utf8(struct slice charset, struct slice in, struct buf *out)
{
	struct charset *c = charset_open(charset);
	int rc;

	if (c == NULL)
		return 1;
	rc = charset_convert(c, in, out);
	if (rc == 0)
		rc = charset_finish(c, out);
	charset_close(&c);
	return rc;
}

int
charset_guess(struct slice in, struct buf *out)
{
	if (utf8_valid(in))
		return buf_add(out, in);
	return charset_to_utf8(SLICE("windows-1252"), in, out) == -1 ? -1 : 0;
}
