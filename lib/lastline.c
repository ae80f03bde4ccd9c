/* SPDX-License-Identifier: ISC */
/* lastline: the last line that a program says; see lastline.h. */

#include <string.h>

#include "lastline.h"

void
lastline_end(struct lastline *l)
{
	l->line[l->n] = '\0';
	if (l->n > 0)
		memcpy(l->text, l->line, l->n + 1);
	l->n = 0;
}

void
lastline_take(struct lastline *l, struct slice bytes)
{
	int c;

	while ((c = slice_getc(&bytes)) != -1)
		if (c == '\n')
			lastline_end(l);
		else if (l->n < LASTLINE - 1 && c != '\0' && c != '\r')
			l->line[l->n++] = (char)c;
}
