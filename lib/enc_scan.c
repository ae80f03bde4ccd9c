/* SPDX-License-Identifier: ISC */
/* enc_scan: what content consists of, and the encoding it needs; see enc.h. */

#include <string.h>

#include "block.h"
#include "enc.h"
#include "limits.h"

void
enc_scan_init(struct enc_scan *s)
{
	*s = (struct enc_scan){ .last = -1 };
}

static uint64_t
count(uint64_t set)
{
	return set == 0 ? 0 : (uint64_t)__builtin_popcountll(set);
}

/* "crs" are those of the block that "rest" begins with; whether one is bare is
 * not known of the last byte that came. */
static void
scan_crs(struct enc_scan *s, uint64_t crs, struct slice rest)
{
	for (; crs != 0; crs &= crs - 1) {
		size_t at = block_first(crs) + 1;
		int next = slice_peek(slice_sub(rest, at, rest.n));

		s->crlf |= next == '\n';
		s->bare_cr |= next != '\n' && next != -1;
		s->escapes -= next == '\n';
	}
}

/* The first bytes of a line that comes in pieces. */
static void
scan_start(struct enc_scan *s, struct slice part)
{
	struct slice from = SLICE("From ");
	size_t i;

	if (s->line >= from.n)
		return;
	for (i = 0; i < part.n && s->line + i < from.n; i++)
		s->start[s->line + i] = part.p[i];
	if (s->line + i == from.n && memcmp(s->start, from.p, from.n) == 0)
		s->from_line = 1;
}

/* Looks at the next bytes of the line that is unfinished. */
static void
scan_line(struct enc_scan *s, struct slice part, int ended)
{
	size_t n;

	scan_start(s, part);
	s->line += part.n;
	n = s->line;
	if (part.n > 0 ? part.p[part.n - 1] == '\r' : s->last == '\r')
		n -= n > 0;
	if (n > s->longest)
		s->longest = n;
	if (ended) {
		s->lines++;
		s->line = 0;
	}
}

/* Counts what is in the block that "rest" begins with; the unfinished line
 * begins at "line": where it begins then. */
static const char *
scan_block(struct enc_scan *s, const struct block_scan *sets,
    struct slice rest, const char *line)
{
	uint64_t lfs = sets->lf;

	s->eight_bit += count(sets->eight_bit);
	s->escapes += count(sets->escapes);
	s->nul |= sets->nul != 0;
	scan_crs(s, sets->cr, rest);
	for (; lfs != 0; lfs &= lfs - 1) {
		const char *end = rest.p + block_first(lfs);

		scan_line(s, (struct slice){ line, (size_t)(end - line) }, 1);
		line = end + 1;
	}
	return line;
}

void
enc_scan(struct enc_scan *s, struct slice in)
{
	const char *line = in.p;
	struct slice rest = in;
	struct block_scan sets;
	char last[BLOCK];

	if (in.n == 0)
		return;
	if (s->last == '\r' && in.p[0] == '\n') {
		s->crlf = 1;
		s->escapes--;
	} else if (s->last == '\r') {
		s->bare_cr = 1;
	}
	s->bytes += in.n;
	for (; rest.n >= BLOCK; rest = slice_sub(rest, BLOCK, rest.n)) {
		block_way()->scan(rest.p, &sets);
		line = scan_block(s, &sets, rest, line);
	}
	/* Letters, which nothing is counted of. */
	memset(last, 'a', sizeof(last));
	memcpy(last, rest.p, rest.n);
	block_way()->scan(last, &sets);
	line = scan_block(s, &sets, rest, line);
	scan_line(s, slice_sub(in, (size_t)(line - in.p), in.n), 0);
	s->last = (unsigned char)in.p[in.n - 1];
}

int
enc_scan_piece(void *scan, struct slice in, struct fail *f)
{
	(void)f;
	enc_scan(scan, in);
	return 0;
}

enum enc
enc_choose(const struct enc_scan *s, int eight)
{
	uint64_t plain = s->bytes + 2 * s->escapes;
	uint64_t quoted = plain + plain / 75 * 2;
	uint64_t base64 = s->bytes / 57 * 77 + s->bytes % 57 * 4 / 3;
	int clean = !s->nul && !s->bare_cr && !s->crlf && s->last != '\r' &&
	    !s->from_line && s->longest <= LIMIT_LINE_HARD;

	if (clean && s->eight_bit == 0)
		return ENC_7BIT;
	if (clean && eight)
		return ENC_8BIT;
	return quoted <= base64 ? ENC_QUOTED_PRINTABLE : ENC_BASE64;
}
