/* SPDX-License-Identifier: ISC */
/* mutf7: names of mailboxes in modified UTF-7; see mutf7.h. */

#include "mutf7.h"
#include "utf8.h"

/* Base64, but with a comma, as a slash is in names. */
static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

struct bits { /* on their way into base64, or out of it */
	uint32_t value;
	unsigned n;
};

/* What stands for itself. */
static int
is_plain(int32_t c)
{
	return c >= ' ' && c <= '~';
}

static int
add_unit(struct buf *out, struct bits *b, uint32_t unit)
{
	b->value = b->value << 16 | unit;
	for (b->n += 16; b->n >= 6; b->n -= 6)
		if (buf_addc(out, alphabet[b->value >> (b->n - 6) & 63]) == -1)
			return -1;
	return 0;
}

/* In UTF-16: two units beyond the first 65536 characters. */
static int
add_shifted(struct buf *out, struct bits *b, int32_t c)
{
	uint32_t u = (uint32_t)c;

	if (u < 0x10000)
		return add_unit(out, b, u);
	u -= 0x10000;
	return add_unit(out, b, 0xd800 + (u >> 10)) == -1 ? -1 :
	    add_unit(out, b, 0xdc00 + (u & 0x3ff));
}

/* The bits that are left, and the end of base64. */
static int
end_shift(struct buf *out, const struct bits *b)
{
	if (b->n > 0 && buf_addc(out, alphabet[b->value << (6 - b->n) &
	    63]) == -1)
		return -1;
	return buf_addc(out, '-');
}

/* The characters up to the next plain one, of which "c" is the first. */
static int
add_run(struct buf *out, struct slice *name, int32_t c)
{
	struct bits bits = { 0, 0 };

	if (buf_addc(out, '&') == -1)
		return -1;
	for (;;) {
		if (c < 0 || add_shifted(out, &bits, c) == -1)
			return -1;
		if (name->n == 0 || is_plain(slice_peek(*name)))
			return end_shift(out, &bits);
		c = utf8_next(name);
	}
}

static int
encode(struct buf *out, struct slice name)
{
	int32_t c;
	int rc;

	while (name.n > 0) {
		c = utf8_next(&name);
		if (c == '&')
			rc = buf_adds(out, "&-");
		else if (is_plain(c))
			rc = buf_addc(out, (int)c);
		else
			rc = add_run(out, &name, c);
		if (rc == -1)
			return -1;
	}
	return 0;
}

int
mutf7_encode(struct buf *out, struct slice name)
{
	size_t before = out->n;

	if (encode(out, name) == 0)
		return 0;
	out->n = before;
	return -1;
}

/* One unit of UTF-16, "high" being the surrogate before it, or 0. */
static int
take_unit(struct buf *out, uint32_t *high, uint32_t unit)
{
	int is_high = unit >= 0xd800 && unit <= 0xdbff;
	int is_low = unit >= 0xdc00 && unit <= 0xdfff;

	if (is_low != (*high != 0))
		return -1;
	if (is_low)
		unit = 0x10000 + ((*high - 0xd800) << 10) + (unit - 0xdc00);
	*high = is_high ? unit : 0;
	return is_high ? 0 : utf8_add(out, (int32_t)unit);
}

/* What stands between "&" and "-".  Bits that are left over, and what need not
 * be here, are found by who compares. */
static int
add_unshifted(struct buf *out, struct slice text)
{
	struct bits bits = { 0, 0 };
	uint32_t high = 0;
	const char *at;
	int c;

	if (text.n == 0)
		return buf_addc(out, '&');
	while ((c = slice_getc(&text)) != -1) {
		if ((at = memchr(alphabet, c, sizeof(alphabet) - 1)) == NULL)
			return -1;
		bits.value = bits.value << 6 | (uint32_t)(at - alphabet);
		bits.n += 6;
		if (bits.n < 16)
			continue;
		bits.n -= 16;
		if (take_unit(out, &high, bits.value >> bits.n & 0xffff) == -1)
			return -1;
	}
	return high == 0 ? 0 : -1;
}

static int
decode(struct buf *out, struct slice name)
{
	struct slice part;
	int rc = 0;

	while (rc == 0 && name.n > 0) {
		int shift = slice_until(&name, '&', &part);

		rc = buf_add(out, part);
		if (rc == 0 && shift)
			rc = slice_until(&name, '-', &part) ?
			    add_unshifted(out, part) : -1;
	}
	return rc;
}

/* There is one way to write a name: what would be written otherwise is no good,
 * as two names could be one, or the name could hold what nobody looks for in it
 * ("&AC8-" a slash). */
static int
is_canonical(struct slice decoded, struct slice name)
{
	struct buf again = BUF(name.n);
	int same = encode(&again, decoded) == 0 &&
	    slice_eq(buf_slice(&again), name);

	buf_free(&again);
	return same;
}

int
mutf7_decode(struct buf *out, struct slice name)
{
	size_t before = out->n;

	if (decode(out, name) == 0 &&
	    is_canonical(slice_sub(buf_slice(out), before, out->n), name))
		return 0;
	out->n = before;
	return -1;
}
