/* SPDX-License-Identifier: ISC */
/* param_write: a parameter in the form that its value needs; see param.h. */

#include <string.h>

#include "hdr.h"
#include "limits.h"
#include "param.h"
#include "utf8.h"

enum {
	LINE = LIMIT_LINE_SOFT - 1, /* the next parameter's ";" follows */
	SUFFIX = 12,		    /* the longest ".suffix" that is kept */
};

/* 1 for what may stand in an extended value (RFC 2231, 7). */
static int
is_extended_letter(int c)
{
	char byte = (char)c;

	return param_is_token((struct slice){ &byte, 1 }) &&
	    strchr("*'%", c) == NULL;
}

static int
is_quoted_letter(int32_t c)
{
	return c >= ' ' && c < 0x7f;
}

/* "value" is ASCII without controls. */
static int
write_plain(struct buf *out, const char *name, struct slice value)
{
	if (buf_addf(out, ";\n\t%s=", name) == -1)
		return -1;
	if (param_is_token(value))
		return buf_add(out, value);
	return hdr_quote(value, out);
}

/* 1 if "value" can be written as it is, on one line with the name. */
static int
is_plain(const char *name, struct slice value)
{
	size_t n = strlen("\t=\"\"") + strlen(name) + value.n;
	int c;

	while ((c = slice_getc(&value)) != -1) {
		if (!is_quoted_letter(c))
			return 0;
		n += c == '"' || c == '\\';
	}
	return n <= LINE;
}

static int
write_fallback(struct buf *out, const char *name, struct slice value)
{
	size_t used = strlen("\t=\"\"") + strlen(name);
	size_t most = used < LINE ? LINE - used : 0;
	struct buf text = BUF(value.n), cut = BUF(LINE);
	struct slice all, suffix;
	int32_t c;
	int rc;

	while ((c = utf8_next(&value)) != -1)
		(void)buf_addc(&text, is_quoted_letter(c) && c != '"' &&
		    c != '\\' ? c : '_');
	all = suffix = buf_slice(&text);
	while (suffix.n > SUFFIX || (suffix.n > 0 && suffix.p[0] != '.'))
		suffix = slice_sub(suffix, 1, suffix.n);
	if (all.n > most && most > suffix.n) {
		(void)buf_add(&cut, slice_sub(all, 0, most - suffix.n));
		(void)buf_add(&cut, suffix);
		all = buf_slice(&cut);
	}
	rc = write_plain(out, name, slice_sub(all, 0, most));
	buf_free(&cut);
	buf_free(&text);
	return rc;
}

/* The length of "s" in an extended value. */
static size_t
extended_length(struct slice s)
{
	size_t n = 0;
	int c;

	while ((c = slice_getc(&s)) != -1)
		n += is_extended_letter(c) ? 1 : 3;
	return n;
}

static int
write_extended(struct buf *out, struct slice s)
{
	int c, rc = 0;

	while (rc == 0 && (c = slice_getc(&s)) != -1) {
		if (is_extended_letter(c))
			rc = buf_addc(out, c);
		else
			rc = buf_addf(out, "%%%02X", (unsigned)c);
	}
	return rc;
}

/* Takes as many characters off "value" as fit behind "used" bytes of a line;
 * one at least. */
static struct slice
take_fitting(struct slice *value, size_t used)
{
	struct slice rest = *value, part;
	size_t n = 0, end;

	while (rest.n > 0) {
		(void)utf8_next(&rest);
		end = value->n - rest.n;
		used += extended_length(slice_sub(*value, n, end));
		if (used > LINE && n > 0)
			break;
		n = end;
	}
	(void)slice_take(value, n, &part);
	return part;
}

/* "name*0*=", "name*1*=", ..., or "name*=" where it fits into one line. */
static int
write_segments(struct buf *out, const char *name, struct slice value)
{
	size_t used = strlen("\t*=UTF-8''") + strlen(name);
	unsigned i;

	if (used + extended_length(value) <= LINE) {
		if (buf_addf(out, ";\n\t%s*=UTF-8''", name) == -1)
			return -1;
		return write_extended(out, value);
	}
	for (i = 0; value.n > 0; i++) {
		size_t start = out->n + strlen(";\n");

		if (buf_addf(out, ";\n\t%s*%u*=%s", name, i,
			i == 0 ? "UTF-8''" : "") == -1 ||
		    write_extended(out,
			take_fitting(&value, out->n - start)) == -1)
			return -1;
	}
	return 0;
}

int
param_write(struct buf *out, const char *name, struct slice value,
    int fallback)
{
	if (is_plain(name, value))
		return write_plain(out, name, value);
	/* In this order, as Python's email package takes the first form. */
	if (write_segments(out, name, value) == -1)
		return -1;
	return fallback ? write_fallback(out, name, value) : 0;
}
