/* SPDX-License-Identifier: ISC */
/* xtext: values of parameters; see xtext.h. */

#include "xtext.h"

int
xtext_encode(struct slice s, struct buf *out)
{
	int c, rc = 0;

	while (rc == 0 && (c = slice_getc(&s)) != -1)
		if (c > ' ' && c <= '~' && c != '+' && c != '=')
			rc = buf_addc(out, c);
		else
			rc = buf_addf(out, "+%02X", (unsigned)c);
	return rc;
}

/* Two digits in upper case, and no others. */
static int
hexbyte(struct slice *s)
{
	size_t i;

	for (i = 0; i < s->n && i < 2; i++)
		if (s->p[i] >= 'a' && s->p[i] <= 'f')
			return -1;
	return slice_hexbyte(s);
}

int
xtext_decode(struct slice s, struct buf *out)
{
	int c;

	while ((c = slice_getc(&s)) != -1) {
		if (c <= ' ' || c > '~' || c == '=')
			return -1;
		if (c == '+')
			c = hexbyte(&s);
		if (c < ' ' || c > '~' || buf_addc(out, c) == -1)
			return -1;
	}
	return 0;
}
