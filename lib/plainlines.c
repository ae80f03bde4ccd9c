/* SPDX-License-Identifier: ISC */
/* plainlines: lines that nothing is wrong with; see plainlines.h. */

#include <string.h>

#include "plainlines.h"

struct plainlines
plainlines_take(char *text, size_t n, size_t most)
{
	const char *p = text, *end = text + n;
	struct plainlines l = { 0 };

	while (p < end && *p != '.') {
		const char *cr = memchr(p, '\r', (size_t)(end - p));
		size_t length;

		if (cr == NULL || cr + 1 == end || cr[1] != '\n')
			break;
		length = (size_t)(cr - p);
		if (length > most || memchr(p, '\n', length) != NULL ||
		    memchr(p, '\0', length) != NULL)
			break;
		/* UNSAFE: it goes to where a line was read, or to before. */
		memmove(text + l.n, p, length);
		l.n += length;
		text[l.n++] = '\n';
		l.lines++;
		p = cr + 2;
	}
	l.taken = (size_t)(p - text);
	return l;
}
