/* SPDX-License-Identifier: ISC */
/* base64word: base64 in protocols; see base64word.h. */

#include "base64word.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int
base64word_encode(struct slice in, struct buf *out)
{
	size_t n = in.n / 3 * 4 + (in.n % 3 == 0 ? 0 : 4);
	char *to = buf_room(out, n);

	if (to == NULL)
		return -1;
	out->n += n;
	/* UNSAFE: four characters for each three bytes, as counted above. */
	while (in.n > 0) {
		size_t here = in.n < 3 ? in.n : 3, i;
		uint32_t bits = 0;

		for (i = 0; i < here; i++)
			bits |= (uint32_t)slice_getc(&in) << (16 - 8 * i);
		for (i = 0; i < 4; i++, bits <<= 6)
			*to++ = i <= here ? alphabet[bits >> 18 & 63] : '=';
	}
	return 0;
}

/* 0..63, or -1. */
static int
value_of(int c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The 24 bits of a group of four, of which "padding" at the end are "="; -1
 * where it is none, or has bits that no byte takes. */
static int32_t
group_bits(struct slice group, size_t padding)
{
	uint32_t bits = 0;
	size_t i;

	for (i = 0; i < 4; i++) {
		int v = i < 4 - padding ? value_of(group.p[i]) : 0;

		if (v == -1)
			return -1;
		bits = bits << 6 | (uint32_t)v;
	}
	return (bits & ((1U << 8 * padding) - 1)) == 0 ? (int32_t)bits : -1;
}

/* How many of the last four characters are padding, 0 to 2. */
static size_t
padding_of(struct slice word)
{
	if (word.n == 0 || word.p[word.n - 1] != '=')
		return 0;
	return word.p[word.n - 2] == '=' ? 2 : 1;
}

int
base64word_decode(struct slice word, struct buf *out)
{
	struct slice group;
	size_t padding, n;
	char *to;

	if (word.n % 4 != 0)
		return -1;
	padding = padding_of(word);
	n = word.n / 4 * 3 - padding;
	if ((to = buf_room(out, n)) == NULL)
		return -1;
	/* UNSAFE: three bytes for each four characters, less the padding. */
	while (slice_take(&word, 4, &group) == 0) {
		size_t here = word.n == 0 ? padding : 0;
		int32_t bits = group_bits(group, here);

		if (bits == -1)
			return -1;
		*to++ = (char)(bits >> 16);
		if (here < 2)
			*to++ = (char)(bits >> 8);
		if (here < 1)
			*to++ = (char)bits;
	}
	out->n += n;
	return 0;
}
