/* SPDX-License-Identifier: ISC */
/* slice: borrowed bytes and a cursor over them; see slice.h. */

#include "slice.h"

int
slice_hexbyte(struct slice *s)
{
	int high, low;

	if (s->n < 2 || (high = slice_hexdigit(s->p[0])) == -1 ||
	    (low = slice_hexdigit(s->p[1])) == -1)
		return -1;
	*s = slice_sub(*s, 2, s->n);
	return high << 4 | low;
}

int
slice_caseeq(struct slice a, struct slice b)
{
	size_t i;

	if (a.n != b.n)
		return 0;
	for (i = 0; i < a.n; i++)
		if (slice_lower((unsigned char)a.p[i]) !=
		    slice_lower((unsigned char)b.p[i]))
			return 0;
	return 1;
}

uint64_t
slice_hash(struct slice s)
{
	uint64_t h = UINT64_C(14695981039346656037);
	size_t i;

	for (i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
	return h ^ h >> 32;
}

int
slice_casestarts(struct slice s, struct slice part)
{
	return s.n >= part.n && slice_caseeq(slice_sub(s, 0, part.n), part);
}

static int
is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice
slice_trim(struct slice s)
{
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	while (s.n > 0 && is_blank(s.p[0]))
		s.p++, s.n--;
	return s;
}

int
slice_take(struct slice *s, size_t n, struct slice *out)
{
	if (s->n < n)
		return -1;
	*out = slice_sub(*s, 0, n);
	*s = slice_sub(*s, n, s->n);
	return 0;
}

int
slice_until(struct slice *s, int c, struct slice *out)
{
	size_t at = slice_find(*s, c);
	int found = at < s->n;

	*out = slice_sub(*s, 0, at);
	*s = slice_sub(*s, at + (size_t)found, s->n);
	return found;
}

int
slice_word(struct slice *s, struct slice *out)
{
	size_t n = 0;

	while (slice_peek(*s) == ' ' || slice_peek(*s) == '\t')
		(void)slice_getc(s);
	while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
		n++;
	if (n == 0)
		return 0;
	return slice_take(s, n, out) == 0;
}

int
slice_has_word(struct slice s, struct slice word)
{
	struct slice one;

	while (slice_word(&s, &one))
		if (slice_caseeq(one, word))
			return 1;
	return 0;
}

int
slice_uint(struct slice s, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	size_t i;

	if (s.n == 0)
		return -1;
	for (i = 0; i < s.n; i++) {
		unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';

		if (digit > 9 || v > (UINT64_MAX - digit) / 10)
			return -1;
		v = v * 10 + digit;
	}
	if (v < min || v > max)
		return -1;
	*out = v;
	return 0;
}

int
slice_size(struct slice s, uint64_t max, uint64_t *out)
{
	unsigned shift = 0;
	uint64_t n;

	switch (s.n == 0 ? 0 : s.p[s.n - 1]) {
	case 'G':
		shift += 10;
		/* FALLTHROUGH */
	case 'M':
		shift += 10;
		/* FALLTHROUGH */
	case 'K':
		shift += 10;
		s.n--;
	}
	if (slice_uint(s, 0, max >> shift, &n) == -1)
		return -1;
	*out = n << shift;
	return 0;
}

size_t
slice_line_number(struct slice s, const char *at)
{
	struct slice before = { s.p, (size_t)(at - s.p) }, line;
	size_t n = 1;

	while (slice_until(&before, '\n', &line))
		n++;
	return n;
}

int
slice_hexdigit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = slice_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
