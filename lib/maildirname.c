/* SPDX-License-Identifier: ISC */
/* maildirname: the names of files in a Maildir; see maildirname.h. */

#include "limits.h"
#include "maildirname.h"

enum { MICROSECONDS = 20 }; /* bits of the order */

static const char known[] = "DFPRST"; /* the bits from 26 on */

static uint32_t
flag_of(int c)
{
	const char *at;

	if (c >= 'a' && c <= 'z')
		return UINT32_C(1) << (c - 'a');
	if (c == '\0' || (at = strchr(known, c)) == NULL)
		return 0;
	return UINT32_C(1) << (26 + (at - known));
}

struct slice
maildirname_base(struct slice name)
{
	return slice_sub(name, 0, slice_find(name, ':'));
}

struct slice
maildirname_unique(struct slice name)
{
	struct slice base = maildirname_base(name);

	return slice_sub(base, 0, slice_find(base, ','));
}

int
maildirname_size(struct slice name, int key, uint64_t *size)
{
	struct slice rest = maildirname_base(name), part;

	(void)slice_until(&rest, ',', &part);
	while (rest.n > 0) {
		(void)slice_until(&rest, ',', &part);
		if (part.n > 2 && part.p[0] == key && part.p[1] == '=')
			return slice_uint(slice_sub(part, 2, part.n), 0,
			    INT64_MAX, size) == 0;
	}
	return 0;
}

int
maildirname_fits(struct slice name, uint64_t octets)
{
	uint64_t bytes;

	if (octets > LIMIT_OCTETS)
		return 0;
	return !maildirname_size(name, 'S', &bytes) ||
	    (octets >= bytes && (octets - bytes <= 2 ||
	    octets - bytes - 2 <= bytes));
}

/* The digits that "s" begins with, which are taken; "most" where they are
 * more. */
static uint64_t
number(struct slice *s, uint64_t most)
{
	uint64_t n = 0;
	int c;

	while ((c = slice_peek(*s)) >= '0' && c <= '9') {
		n = n * 10 + (uint64_t)(c - '0');
		if (n > most)
			n = most;
		(void)slice_getc(s);
	}
	return n;
}

uint64_t
maildirname_order(struct slice name)
{
	struct slice rest = maildirname_base(name);
	uint64_t seconds = number(&rest, (UINT64_C(1) << 43) - 1);
	uint64_t micro = 0;

	if (slice_starts(rest, SLICE(".M"))) {
		rest = slice_sub(rest, 2, rest.n);
		micro = number(&rest, (1 << MICROSECONDS) - 1);
	}
	return seconds << MICROSECONDS | micro;
}

/* What is behind ":2," up to another comma; all of "name" from there on is put
 * into *rest.  Empty where there is no such. */
static struct slice
letters(struct slice name, struct slice *rest)
{
	size_t at = slice_find(name, ':');
	struct slice info = slice_sub(name, at, name.n);

	*rest = slice_sub(name, name.n, name.n);
	if (!slice_starts(info, SLICE(":2,")))
		return *rest;
	info = slice_sub(info, 3, info.n);
	at = slice_find(info, ',');
	*rest = slice_sub(info, at, info.n);
	return slice_sub(info, 0, at);
}

uint32_t
maildirname_flags(struct slice name)
{
	struct slice rest, flags = letters(name, &rest);
	uint32_t bits = 0;
	int c;

	while ((c = slice_getc(&flags)) != -1)
		bits |= flag_of(c);
	return bits;
}

int
maildirname_change(struct slice name, const struct maildirname_change *change)
{
	struct slice base = maildirname_base(name);
	struct slice rest, flags = letters(name, &rest);
	uint32_t bits = maildirname_flags(name);
	char text[257];
	size_t n = 0;
	int c;

	bits = (bits | change->add) & ~change->clear;
	for (c = 1; c <= 255; c++) {
		uint32_t bit = flag_of(c);

		if (bit != 0 ? (bits & bit) != 0 :
		    slice_find(flags, c) < flags.n)
			text[n++] = (char)c;
	}
	if (base.n + 3 + n + rest.n >= change->room)
		return -1;
	memcpy(change->out, base.p, base.n);
	memcpy(change->out + base.n, ":2,", 3);
	memcpy(change->out + base.n + 3, text, n);
	if (rest.n > 0)
		memcpy(change->out + base.n + 3 + n, rest.p, rest.n);
	change->out[base.n + 3 + n + rest.n] = '\0';
	return 0;
}
