/* SPDX-License-Identifier: ISC */
/* text: foreign bytes made fit to be shown; see text.h. */

#include <string.h>

#include "text.h"
#include "utf8.h"

static const char hex[] = "0123456789abcdef";

/* Adds the bytes of "s" as \xNN. */
static int
add_hex(struct buf *out, struct slice s)
{
	int c;

	while ((c = slice_getc(&s)) != -1) {
		char escape[] = { '\\', 'x', hex[c >> 4], hex[c & 15] };

		if (buf_add(out, (struct slice){ escape, 4 }) == -1)
			return -1;
	}
	return 0;
}

char *
text_show(char out[TEXT_SHOWN], struct slice s)
{
	unsigned run = 0;
	size_t n = 0;

	while (s.n > 0) {
		struct slice rest = s, bytes;
		int32_t c = utf8_next(&rest);
		size_t i, width = s.n - rest.n;

		bytes = slice_sub(s, 0, width);
		if (!utf8_unfit(c, &run)) {
			if (n + width >= TEXT_SHOWN)
				break;
			memcpy(out + n, bytes.p, width);
			n += width;
		} else {
			if (n + 4 * width >= TEXT_SHOWN)
				break;
			for (i = 0; i < width; i++) {
				unsigned char b = (unsigned char)bytes.p[i];

				out[n++] = '\\';
				out[n++] = 'x';
				out[n++] = hex[b >> 4];
				out[n++] = hex[b & 15];
			}
		}
		s = rest;
	}
	out[n] = '\0';
	return out;
}

/* The letter behind the backslash for "c", or 0 where it is not escaped. */
static int
column_escape(int32_t c)
{
	switch (c) {
	case '\t':
		return 't';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\0':
		return '0';
	case '\\':
		return '\\';
	default:
		return 0;
	}
}

/* How many bytes at the front stay as they are, on a terminal too: nearly
 * always all. */
static size_t
plain_bytes(struct slice s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= ' ' && s.p[n] <= '~' && s.p[n] != '\\')
		n++;
	return n;
}

/* Adds one character, or one byte that is none, and takes it off "s"; to a
 * file where "run", the count of utf8_unfit, is NULL. */
static int
add_char(struct buf *out, struct slice *s, unsigned *run)
{
	struct slice rest = *s, bytes;
	int32_t c = utf8_next(&rest);
	int letter = column_escape(c);
	int unfit = run != NULL && utf8_unfit(c, run);

	bytes = slice_sub(*s, 0, s->n - rest.n);
	*s = rest;
	if (letter != 0) {
		char escape[] = { '\\', (char)letter };

		return buf_add(out, (struct slice){ escape, 2 });
	}
	if (unfit)
		return add_hex(out, bytes);
	return buf_add(out, bytes);
}

int
text_column(struct buf *out, struct slice s, int tty)
{
	unsigned run = 0;

	while (s.n > 0) {
		size_t n = plain_bytes(s);

		if (buf_add(out, slice_sub(s, 0, n)) == -1)
			return -1;
		if (n > 0)
			run = 0;
		s = slice_sub(s, n, s.n);
		if (s.n > 0 && add_char(out, &s, tty ? &run : NULL) == -1)
			return -1;
	}
	return 0;
}
