/* SPDX-License-Identifier: ISC */
/* statefile: any bytes as text without spaces; see statefile.h. */

#include "statefile.h"

static int
is_plain(unsigned char c)
{
	return c > ' ' && c < 127 && c != '%';
}

void
statefile_encode(struct buf *out, struct slice s)
{
	size_t n;

	while (s.n > 0) {
		for (n = 0; n < s.n && is_plain((unsigned char)s.p[n]); n++)
			;
		(void)buf_add(out, slice_sub(s, 0, n));
		s = slice_sub(s, n, s.n);
		if (s.n > 0)
			(void)buf_addf(out, "%%%02X", slice_getc(&s));
	}
}

int
statefile_decode(struct slice s, struct buf *out)
{
	int c;

	while ((c = slice_getc(&s)) != -1) {
		if (c == '%' && (c = slice_hexbyte(&s)) == -1)
			return -1;
		if (c == 0 || buf_addc(out, c) == -1)
			return -1;
	}
	return 0;
}
