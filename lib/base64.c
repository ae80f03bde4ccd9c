/* SPDX-License-Identifier: ISC */
/* base64: see base64.h.  Here is the plain way, a group of four characters and
 * a row of 57 bytes at a time, and what stands between the ways and a stream:
 * pieces, junk, padding and ends. */

#include <endian.h>
#include <string.h>

#include "base64.h"
#include "processor.h"

enum {
	ROW = BASE64_ROW,
	PAIR = 12, /* bits of two characters */
};

static const uint32_t BAD = UINT32_C(1) << 31;
static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The bits of a character at each of the four places in its group, or BAD;
 * the two characters for each 12 bits.  Filled by base64_init. */
static uint32_t bits[4][256];
static char pairs[1 << PAIR][2];

static void
fill_tables(void)
{
	unsigned i, place;

	for (place = 0; place < 4; place++) {
		for (i = 0; i < 256; i++)
			bits[place][i] = BAD;
		for (i = 0; i < 64; i++)
			bits[place][(unsigned char)alphabet[i]] =
			    i << (18 - 6 * place);
	}
	for (i = 0; i < 1 << PAIR; i++) {
		pairs[i][0] = alphabet[i >> 6];
		pairs[i][1] = alphabet[i & 63];
	}
}

static uint32_t
group_bits(const unsigned char *p)
{
	return bits[0][p[0]] | bits[1][p[1]] | bits[2][p[2]] | bits[3][p[3]];
}

/* Decodes groups off the front of "in" while they are of the alphabet. */
static char *
decode_groups(struct slice *in, char *to)
{
	const unsigned char *p = (const unsigned char *)in->p;
	const unsigned char *end = p + in->n;

	/* UNSAFE: of each 8 bytes written 6 count; the room has 8 more. */
	while (end - p >= 8) {
		uint32_t first = group_bits(p), second = group_bits(p + 4);
		uint64_t bytes;

		if ((first | second) & BAD)
			break;
		bytes = htobe64((uint64_t)first << 40 | (uint64_t)second << 16);
		memcpy(to, &bytes, sizeof(bytes));
		p += 8;
		to += 6;
	}
	if (end - p >= 4 && !(group_bits(p) & BAD)) {
		uint32_t bytes = htobe32(group_bits(p) << 8);

		memcpy(to, &bytes, sizeof(bytes));
		p += 4;
		to += 3;
	}
	*in = (struct slice){ (const char *)p, (size_t)(end - p) };
	return to;
}

static char *
put_pair(uint64_t pair, char *to)
{
	memcpy(to, pairs[pair & ((1 << PAIR) - 1)], 2);
	return to + 2;
}

/* Encodes the first 24 of the 32 bits that begin at "p". */
static char *
encode_group(uint32_t bytes, char *to)
{
	to = put_pair(bytes >> 20, to);
	return put_pair(bytes >> 8, to);
}

/* Encodes the ROW bytes at "p". */
static char *
encode_row(const char *p, char *to)
{
	uint64_t bytes;
	int i;

	/* UNSAFE: the last of the 9 reads ends with the 56th byte. */
	for (i = 0; i < 9; i++, p += 6) {
		memcpy(&bytes, p, sizeof(bytes));
		bytes = be64toh(bytes);
		to = put_pair(bytes >> 52, to);
		to = put_pair(bytes >> 40, to);
		to = put_pair(bytes >> 28, to);
		to = put_pair(bytes >> 16, to);
	}
	to = encode_group((uint32_t)(unsigned char)p[0] << 24 |
	    (uint32_t)(unsigned char)p[1] << 16 |
	    (uint32_t)(unsigned char)p[2] << 8, to);
	*to++ = '\n';
	return to;
}

static char *
encode_rows(struct slice *in, char *to)
{
	for (; in->n >= ROW; *in = slice_sub(*in, ROW, in->n))
		to = encode_row(in->p, to);
	return to;
}

/* The best comes first. */
static const struct way {
	const char *name;
	base64_bulk *decode, *encode;
} ways[] = {
#ifdef __x86_64__
	{ "avx2", base64_avx2_decode, base64_avx2_encode },
	{ "ssse3", base64_ssse3_decode, base64_ssse3_encode },
#endif
	{ "plain", decode_groups, encode_rows },
}, *way;

/* Whether this processor (and the system, for its registers) has it. */
static int
is_here(const struct way *w)
{
#ifdef __x86_64__
	if (w->decode == base64_avx2_decode)
		return PROCESSOR_HAS(AVX2);
	if (w->decode == base64_ssse3_decode)
		return PROCESSOR_HAS(SSSE3);
#endif
	return w->decode == decode_groups;
}

int
base64_use(const char *name)
{
	size_t i;

	if (way == NULL)
		fill_tables();
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (name != NULL && strcmp(name, ways[i].name) != 0)
			continue;
		if (is_here(&ways[i])) {
			way = &ways[i];
			return 0;
		}
	}
	return -1;
}

void
base64_init(void)
{
	if (way == NULL)
		(void)base64_use(NULL);
}

/* Ends a group that has less than four characters. */
static char *
decode_rest(struct enc_decoder *d, char *to)
{
	uint32_t bytes = d->group << (24 - 6 * d->ngroup);

	if (d->ngroup == 1)
		d->flaws |= ENC_FLAW_SHORT;
	if (d->ngroup >= 2)
		*to++ = (char)(bytes >> 16);
	if (d->ngroup == 3)
		*to++ = (char)(bytes >> 8);
	d->group = 0;
	d->ngroup = 0;
	return to;
}

static char *
decode_other(struct enc_decoder *d, int c, char *to)
{
	if (c == '=' && d->ngroup > 0) {
		d->padded = 1;
		return decode_rest(d, to);
	}
	if (c != '\n' && c != '\r' && c != ' ' && c != '\t' &&
	    (c != '=' || !d->padded))
		d->flaws |= ENC_FLAW_JUNK;
	return to;
}

static char *
decode_byte(struct enc_decoder *d, int c, char *to)
{
	if (bits[3][c] & BAD)
		return decode_other(d, c, to);
	if (d->padded)
		d->flaws |= ENC_FLAW_PAD;
	d->padded = 0;
	d->group = d->group << 6 | bits[3][c];
	if (++d->ngroup < 4)
		return to;
	*to++ = (char)(d->group >> 16);
	*to++ = (char)(d->group >> 8);
	*to++ = (char)d->group;
	d->group = 0;
	d->ngroup = 0;
	return to;
}

char *
base64_decode(struct enc_decoder *d, struct slice in, char *to)
{
	while (in.n > 0) {
		if (d->ngroup == 0 && !d->padded) {
			to = way->decode(&in, to);
			to = decode_groups(&in, to); /* of what was short */
		}
		if (in.n > 0)
			to = decode_byte(d, slice_getc(&in), to);
	}
	return to;
}

char *
base64_decode_end(struct enc_decoder *d, char *to)
{
	if (d->ngroup > 0)
		d->flaws |= ENC_FLAW_SHORT;
	return decode_rest(d, to);
}

/* Moves bytes from "in" into the unfinished row. */
static void
hold(struct enc_encoder *e, struct slice *in)
{
	size_t n = ROW - e->nheld < in->n ? ROW - e->nheld : in->n;

	if (n > 0)
		memcpy(e->held + e->nheld, in->p, n);
	e->nheld += n;
	*in = slice_sub(*in, n, in->n);
}

char *
base64_encode(struct enc_encoder *e, struct slice in, char *to)
{
	if (e->nheld > 0) {
		hold(e, &in);
		if (e->nheld < ROW)
			return to;
		to = encode_row(e->held, to);
		e->nheld = 0;
	}
	to = way->encode(&in, to);
	hold(e, &in);
	/* What "encode" gives is never of "in". */
	/* cppcheck-suppress returnDanglingLifetime */
	return to;
}

char *
base64_encode_end(struct enc_encoder *e, char *to)
{
	struct slice rest = { e->held, e->nheld };

	if (rest.n == 0)
		return to;
	while (rest.n > 0) {
		size_t i, n = rest.n < 3 ? rest.n : 3;
		uint32_t bytes = 0;

		for (i = 0; i < n; i++)
			bytes |= (uint32_t)slice_getc(&rest) << (24 - 8 * i);
		to = encode_group(bytes, to);
		if (n < 3)
			to[-1] = '=';
		if (n < 2)
			to[-2] = '=';
	}
	*to++ = '\n';
	e->nheld = 0;
	return to;
}
