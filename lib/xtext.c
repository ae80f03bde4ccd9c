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
