/* SPDX-License-Identifier: ISC */
/* name: a foreign name made safe for a file; see name.h. */

#include <string.h>

#include "name.h"
#include "utf8.h"

enum {
	EXTENSION = 32, /* a longer one is none and may be cut */
};

static struct slice
base_name(struct slice s)
{
	size_t n = s.n;

	while (n > 0 && s.p[n - 1] != '/' && s.p[n - 1] != '\\')
		n--;
	return slice_sub(s, n, s.n);
}

/* Where the extension of "name" begins, at its dot, or name.n. */
static size_t
extension(struct slice name)
{
	size_t n = name.n;

	while (n > 1 && name.n - n < EXTENSION)
		if (name.p[--n] == '.')
			return n;
	return name.n;
}

/* Whether "c" is refused by some file system or expanded by some shell. */
static int
is_special(int32_t c)
{
	return c > 0 && c < 128 && strchr(":*?\"<>|", c) != NULL;
}

/* Adds "name" to "out" in at most "max" bytes, none of them half a character
 * and none unsafe. */
static void
add_safe(struct buf *out, struct slice name, size_t max)
{
	while (name.n > 0) {
		struct slice rest = name, bytes;
		int32_t c = utf8_next(&rest);

		bytes = slice_sub(name, 0, name.n - rest.n);
		if (c < 0 || utf8_unsafe(c) || is_special(c))
			bytes = SLICE("_");
		if (bytes.n > max)
			return;
		max -= bytes.n;
		(void)buf_add(out, bytes);
		name = rest;
	}
}

/* A name that shared file systems take for a device, whatever extension it
 * has. */
static int
is_device(struct slice name)
{
	static const char *const plain[] = { "con", "prn", "aux", "nul",
		"conin$", "conout$", "clock$" };
	static const char *const numbered[] = { "com", "lpt" };
	struct slice stem = slice_sub(name, 0, slice_find(name, '.')), digit;
	size_t i;

	stem = slice_trim(stem);
	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (slice_caseeq(stem, slice_str(plain[i])))
			return 1;
	for (i = 0; i < sizeof(numbered) / sizeof(numbered[0]); i++) {
		if (!slice_casestarts(stem, slice_str(numbered[i])))
			continue;
		digit = slice_sub(stem, 3, stem.n);
		if (slice_eq(digit, SLICE("\u00b9")) ||
		    slice_eq(digit, SLICE("\u00b2")) ||
		    slice_eq(digit, SLICE("\u00b3")) ||
		    (digit.n == 1 && digit.p[0] >= '0' && digit.p[0] <= '9'))
			return 1;
	}
	return 0;
}

static int
only_dots(struct slice s)
{
	while (slice_peek(s) == '.')
		(void)slice_getc(&s);
	return s.n == 0;
}

void
name_safe(struct slice foreign, struct buf *out)
{
	struct slice name = slice_trim(base_name(foreign));
	size_t at = extension(name), n;
	struct buf end = BUF(LIMIT_FILE_NAME);

	buf_clear(out);
	if (only_dots(name))
		return;
	add_safe(&end, slice_sub(name, at, name.n), LIMIT_FILE_NAME / 2);
	if (is_device(name))
		(void)buf_addc(out, '_');
	n = out->n + end.n;
	add_safe(out, slice_sub(name, 0, at), LIMIT_FILE_NAME - n);
	(void)buf_add(out, buf_slice(&end));
	buf_free(&end);
	if (out->p[0] == '.' || out->p[0] == '-')
		out->p[0] = '_';
	while (out->p[out->n - 1] == ' ')
		out->n--;
	if (out->p[out->n - 1] == '.')
		out->p[out->n - 1] = '_';
}

static const struct {
	const char *type, *extension;
} extensions[] = {
	/* the first that "type" begins with */
	{ "text/html", ".html" },
	{ "text/calendar", ".ics" },
	{ "text/csv", ".csv" },
	{ "text/", ".txt" },
	{ "message/delivery-status", ".txt" },
	{ "message/", ".eml" },
	{ "image/jpeg", ".jpg" },
	{ "image/png", ".png" },
	{ "image/gif", ".gif" },
	{ "application/pdf", ".pdf" },
	{ "", ".bin" },
};

void
name_default(struct slice number, struct slice type, struct buf *out)
{
	size_t i = 0, n;

	while (!slice_starts(type, slice_str(extensions[i].type)))
		i++;
	buf_clear(out);
	(void)buf_adds(out, "part-");
	n = out->n + strlen(extensions[i].extension);
	(void)buf_add(out, slice_sub(number, 0, LIMIT_FILE_NAME - n));
	(void)buf_adds(out, extensions[i].extension);
}

void
name_variant(struct slice name, unsigned n, struct buf *out)
{
	size_t at = extension(name);

	buf_clear(out);
	(void)buf_add(out, slice_sub(name, 0, at));
	(void)buf_addf(out, "~%u", n);
	(void)buf_add(out, slice_sub(name, at, name.n));
}
