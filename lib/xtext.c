/* SPDX-License-Identifier: ISC */
/* xtext: values of parameters; see xtext.h. */

#include "utf8.h"
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

static int
decode(struct slice s, int eight_bit, struct buf *out)
{
	int c;

	while ((c = slice_getc(&s)) != -1) {
		if (c <= ' ' || c > '~' || c == '=')
			return -1;
		if (c == '+')
			c = hexbyte(&s);
		if (c < ' ' || c == 0x7f || (c > '~' && !eight_bit) ||
		    buf_addc(out, c) == -1)
			return -1;
	}
	return 0;
}

int
xtext_decode(struct slice s, struct buf *out)
{
	return decode(s, 0, out);
}

int
xtext_decode_8bit(struct slice s, struct buf *out)
{
	return decode(s, 1, out);
}

/* QCHAR and what RFC 6533 calls UTF8-2 and so on. */
static int
stands_for_itself(int32_t c)
{
	return c > ' ' && c != '+' && c != '=' && c != '\\' && c != 0x7f;
}

int
xtext_encode_utf8(struct slice s, struct buf *out)
{
	int32_t c;
	int rc = 0;

	while (rc == 0 && (c = utf8_next(&s)) != -1)
		if (c < 0)
			rc = -1;
		else if (c < 0x80 && stands_for_itself(c))
			rc = buf_addc(out, c);
		else
			rc = buf_addf(out, "\\x{%02X}", (unsigned)c);
	return rc;
}

/* Behind the backslash: the character, or -1.  What needs no escape has none,
 * nor zeros in front: nothing is written in two ways. */
static int32_t
escaped(struct slice *s)
{
	struct slice hex;
	int32_t c = 0;
	size_t i;

	if (!slice_starts(*s, SLICE("x{")) || !slice_until(s, '}', &hex))
		return -1;
	hex = slice_sub(hex, 2, hex.n);
	if (hex.n < 2 || hex.n > 6 || (hex.p[0] == '0' && hex.n > 2))
		return -1;
	for (i = 0; i < hex.n; i++) {
		int digit = slice_hexdigit(hex.p[i]);

		if (digit == -1)
			return -1;
		c = c << 4 | digit;
	}
	return c < ' ' || c == 0x7f || (c < 0x80 && stands_for_itself(c)) ||
	    (c >= 0xd800 && c < 0xe000) || c > 0x10ffff ? -1 : c;
}

int
xtext_decode_utf8(struct slice s, struct buf *out)
{
	int32_t c;

	while ((c = utf8_next(&s)) != -1) {
		if (c == '\\')
			c = escaped(&s);
		else if (!stands_for_itself(c))
			return -1;
		if (c < 0 || utf8_add(out, c) == -1)
			return -1;
	}
	return 0;
}

int
xtext_decode_original(struct slice s, struct buf *out)
{
	struct slice type;

	if (!slice_until(&s, ';', &type) || buf_add(out, type) == -1 ||
	    buf_addc(out, ';') == -1)
		return -1;
	return slice_caseeq(type, SLICE("utf-8")) ?
	    xtext_decode_utf8(s, out) : xtext_decode_8bit(s, out);
}
