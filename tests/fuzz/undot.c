/* SPDX-License-Identifier: ISC */
/* Fuzz target: however a text off the wire is cut, and with however little
 * room, the same comes of it; what dot makes, undot takes apart. */

#include <stdlib.h>

#include "dot.h"
#include "undot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How much of "in" is the text, with what it is in "out". */
static size_t
decode(struct undot *u, struct slice in, size_t piece, struct buf *out)
{
	size_t at = 0;

	while (at < in.n) {
		struct slice part = slice_sub(in, at, at + piece);
		struct buf room = BUF(piece % 50 + 2);
		int rc = undot_take(u, &part, &room);

		at = (size_t)(part.p - in.p);
		if (buf_add(out, buf_slice(&room)) == -1)
			abort();
		buf_free(&room);
		if (rc == UNDOT_END)
			break;
	}
	return at;
}

static void
there_and_back(struct slice in)
{
	struct dot d = { 0 };
	struct undot u = { 0 };
	struct buf wire = BUF(2 * in.n + 32), back = BUF(in.n + 2),
		again = BUF(2 * in.n + 32);

	if (dot_encode(&d, in, &wire) == -1 || dot_end(&d, &wire) == -1 ||
	    decode(&u, buf_slice(&wire), 999, &back) != wire.n ||
	    u.octets != d.n || u.crlf_size != d.n)
		abort();
	d = (struct dot){ 0 };
	if (dot_encode(&d, buf_slice(&back), &again) == -1 ||
	    dot_end(&d, &again) == -1 ||
	    !slice_eq(buf_slice(&again), buf_slice(&wire)))
		abort();
	buf_free(&wire);
	buf_free(&back);
	buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct undot u = { 0 }, v = { 0 };
	struct buf whole = BUF(size + 1), pieces = BUF(size + 1);
	size_t all = decode(&u, in, size + 60, &whole);

	if (decode(&v, in, size > 0 ? data[0] % 7 + 1 : 1, &pieces) != all ||
	    !slice_eq(buf_slice(&whole), buf_slice(&pieces)) ||
	    u.octets != v.octets || u.crlf_size != v.crlf_size ||
	    u.size != whole.n || u.octets > size)
		abort();
	there_and_back(in);
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}
