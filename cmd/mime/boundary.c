/* SPDX-License-Identifier: ISC */
/* boundary: delimiters of multiparts; see boundary.h. */

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "boundary.h"

enum {
	WORD = sizeof(uint64_t),
	STATES = 4,
	ROW = STATES * WORD,
};

/* One step of an xorshift generator, which goes through every state but 0:
 * each word changes all bits of the state within a few steps. */
static uint64_t
absorb(uint64_t state, uint64_t word)
{
	uint64_t x = state ^ word;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

/* Where the next word goes. */
static uint64_t *
next_state(struct boundary_hash *h)
{
	return &h->state[h->size / WORD % STATES];
}

static void
mix_byte(struct boundary_hash *h, unsigned char c)
{
	uint64_t *state = next_state(h);

	h->word |= (uint64_t)c << (8 * (h->size % WORD));
	if (++h->size % WORD != 0)
		return;
	*state = absorb(*state, h->word);
	h->word = 0;
}

/* Byte order is fixed here, so that all machines find the same boundary. */
static uint64_t
load_word(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return le64toh(word);
}

/* Takes rows of as many words as there are states off "bytes". */
static void
mix_rows(struct boundary_hash *h, struct slice *bytes)
{
	uint64_t one = h->state[0], two = h->state[1];
	uint64_t three = h->state[2], four = h->state[3];

	for (; bytes->n >= ROW; *bytes = slice_sub(*bytes, ROW, bytes->n)) {
		one = absorb(one, load_word(bytes->p));
		two = absorb(two, load_word(bytes->p + WORD));
		three = absorb(three, load_word(bytes->p + 2 * WORD));
		four = absorb(four, load_word(bytes->p + 3 * WORD));
		h->size += ROW;
	}
	h->state[0] = one;
	h->state[1] = two;
	h->state[2] = three;
	h->state[3] = four;
}

void
boundary_mix(struct boundary_hash *h, struct slice bytes)
{
	while (bytes.n > 0 && h->size % ROW != 0)
		mix_byte(h, (unsigned char)slice_getc(&bytes));
	mix_rows(h, &bytes);
	while (bytes.n > 0)
		mix_byte(h, (unsigned char)slice_getc(&bytes));
}

void
boundary_mix_number(struct boundary_hash *h, uint64_t n)
{
	for (unsigned i = 0; i < sizeof(n); i++)
		mix_byte(h, (unsigned char)(n >> (8 * i)));
}

static uint64_t
rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

/* Each state is turned by another number of bits: else a word would count as
 * one does that the next state took a step later. */
uint64_t
boundary_sum(const struct boundary_hash *h)
{
	uint64_t sum = absorb(h->word, h->size);

	for (int i = 0; i < STATES; i++)
		sum = absorb(sum, rotate(h->state[i], 11 * (i + 1)));
	for (int i = 0; i < 8; i++)
		sum = absorb(sum, 0);
	return sum;
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
