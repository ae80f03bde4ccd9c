/* SPDX-License-Identifier: ISC */
/* tty: foreign bytes on their way to a terminal; see tty.h. */

#include <string.h>

#include "text.h"
#include "tty.h"
#include "utf8.h"

/* How many bytes to see before what begins with "lead" is decided on. */
static size_t
length(unsigned char lead)
{
	return lead == '\r' ? 2 : utf8_size(lead);
}

/* Byte by byte, none of which is a character then. */
static void
put_escaped(struct slice bytes, struct output *out)
{
	for (; bytes.n > 0; bytes = slice_sub(bytes, 1, bytes.n))
		output_put(out, slice_str(TEXT_SHOW(slice_sub(bytes, 0, 1))));
}

/* Takes one character, or one byte that is none, off "s". */
static void
put_one(struct tty *t, struct slice *s, struct output *out)
{
	struct slice rest = *s, bytes;
	int32_t c;
	int unfit;

	if (slice_starts(*s, SLICE("\r\n"))) {
		output_put(out, SLICE("\r\n"));
		*s = slice_sub(*s, 2, s->n);
		t->run = 0;
		return;
	}
	c = utf8_next(&rest);
	unfit = utf8_unfit(c, &t->run);
	bytes = slice_sub(*s, 0, s->n - rest.n);
	*s = rest;
	if (c == '\n' || c == '\t' || !unfit)
		output_put(out, bytes);
	else
		put_escaped(bytes, out);
}

/* Puts as much of what is held as is decided; all of it with "end". */
static void
put_held(struct tty *t, int end, struct output *out)
{
	struct slice s = { t->held, t->nheld };

	while (s.n > 0 && (end || s.n >= length((unsigned char)s.p[0])))
		put_one(t, &s, out);
	memmove(t->held, s.p, s.n);
	t->nheld = s.n;
}

void
tty_put(struct tty *t, struct slice bytes, struct output *out)
{
	int c;

	while ((c = slice_getc(&bytes)) != -1) {
		t->held[t->nheld++] = (char)c;
		put_held(t, 0, out);
	}
}

void
tty_end(struct tty *t, struct output *out)
{
	put_held(t, 1, out);
}
