/* SPDX-License-Identifier: ISC */
/* boundary: delimiters of multiparts; see boundary.h. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "boundary.h"

/* One step of an xorshift generator, which goes through every state but 0:
 * each word changes all bits of the state within a few steps. */
static void
absorb(struct boundary_hash *h, uint64_t word)
{
	uint64_t x = h->state ^ word;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	h->state = x;
}

static void
mix_byte(struct boundary_hash *h, unsigned char c)
{
	h->word |= (uint64_t)c << (8 * (h->size % sizeof(h->word)));
	if (++h->size % sizeof(h->word) != 0)
		return;
	absorb(h, h->word);
	h->word = 0;
}

/* Byte order is fixed here, so that all machines find the same boundary. */
static uint64_t
load_word(const char *p)
{
	uint64_t word = 0;

	for (unsigned i = 0; i < sizeof(word); i++)
		word |= (uint64_t)(unsigned char)p[i] << (8 * i);
	return word;
}

void
boundary_mix(struct boundary_hash *h, struct slice bytes)
{
	struct slice word;

	while (bytes.n > 0 && h->size % sizeof(h->word) != 0)
		mix_byte(h, (unsigned char)slice_getc(&bytes));
	for (; slice_take(&bytes, sizeof(h->word), &word) == 0;
	    h->size += word.n)
		absorb(h, load_word(word.p));
	while (bytes.n > 0)
		mix_byte(h, (unsigned char)slice_getc(&bytes));
}

void
boundary_mix_number(struct boundary_hash *h, uint64_t n)
{
	for (unsigned i = 0; i < sizeof(n); i++)
		mix_byte(h, (unsigned char)(n >> (8 * i)));
}

uint64_t
boundary_sum(const struct boundary_hash *h)
{
	struct boundary_hash end = *h;

	absorb(&end, end.word);
	absorb(&end, end.size);
	for (int i = 0; i < 8; i++)
		absorb(&end, 0);
	return end.state;
}

char *
boundary_text(char out[BOUNDARY_TEXT], uint64_t hash, uint64_t number)
{
	/* An odd factor: numbers that differ give products that differ. */
	hash ^= number * UINT64_C(0x9e3779b97f4a7c15);
	(void)snprintf(out, BOUNDARY_TEXT, BOUNDARY_START "%016" PRIx64, hash);
	return out;
}

struct boundary_search
boundary_search(struct slice text)
{
	return (struct boundary_search){ .text = text };
}

void
boundary_restart(struct boundary_search *s)
{
	s->matched = 0;
	s->skip = 0;
}

/* The next byte of a line all of which matched so far. */
static void
match(struct boundary_search *s, int c)
{
	const struct slice dashes = SLICE("--");
	int wanted;

	if (s->matched < dashes.n)
		wanted = dashes.p[s->matched];
	else
		wanted = s->text.p[s->matched - dashes.n];
	if (c != wanted) {
		s->matched = 0;
		s->skip = c != '\n';
	} else if (++s->matched == dashes.n + s->text.n) {
		s->found = 1;
		s->matched = 0;
		s->skip = 1;
	}
}

/* Skips to the next line that begins with "-"; most text has few of those at
 * all, and nothing is faster than memchr(3). */
static struct slice
skip_lines(struct boundary_search *s, struct slice bytes)
{
	size_t at = 0;

	while (at < bytes.n) {
		at += slice_find(slice_sub(bytes, at, bytes.n), '-');
		if (at > 0 && at < bytes.n && bytes.p[at - 1] == '\n')
			break;
		at += slice_find(slice_sub(bytes, at, bytes.n), '\n') + 1;
	}
	s->skip = at >= bytes.n && !slice_ends(bytes, SLICE("\n"));
	return slice_sub(bytes, at, bytes.n);
}

void
boundary_seek(struct boundary_search *s, struct slice bytes)
{
	while (bytes.n > 0 && !s->found) {
		if (s->skip)
			bytes = skip_lines(s, bytes);
		else
			match(s, slice_getc(&bytes));
	}
}
