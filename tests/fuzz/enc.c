/* SPDX-License-Identifier: ISC */
/* Fuzz target: neither how the input is cut nor the way to do it changes
 * anything, and what was encoded comes back.  The first byte says how. */

#include <stdlib.h>

#include "base64.h"
#include "block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
decode(enum enc e, struct slice in, size_t step, struct buf *out)
{
	struct enc_decoder d;
	struct slice piece;

	enc_decoder_init(&d, e);
	for (; in.n > 0; in = slice_sub(in, step, in.n)) {
		piece = slice_sub(in, 0, step);
		if (enc_decode(&d, piece, out) == -1)
			abort();
	}
	if (enc_decode_end(&d, out) == -1)
		abort();
}

static void
encode(enum enc e, struct slice in, size_t step, struct buf *out)
{
	struct enc_encoder state;

	enc_encoder_init(&state, e, step & 1);
	for (; in.n > 0; in = slice_sub(in, step, in.n))
		if (enc_encode(&state, slice_sub(in, 0, step), out) == -1)
			abort();
	if (enc_encode_end(&state, out) == -1)
		abort();
}

/* As a whole by blocks of each way, and in pieces that are too short for one,
 * but of the same parity, which says whether it is text. */
static void
encode_both(enum enc e, struct slice in, size_t step)
{
	struct buf a = BUF(8 * in.n + 9999), b = a;

	encode(e, in, step, &a);
	encode(e, in, (in.n | 1) + 1 + step % 2, &b);
	if (!slice_eq(buf_slice(&a), buf_slice(&b)))
		abort();
	buf_free(&a);
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf a = BUF(8 * size + 9999), b = a, c = a;
	struct slice in = { (const char *)data, size };
	struct enc_encoder state;
	struct enc_scan scan;
	int how = slice_getc(&in);
	size_t step = how < 0 ? 1 : (size_t)how / 8 + 1;
	enum enc e = how & 1 ? ENC_BASE64 : ENC_QUOTED_PRINTABLE;

	(void)base64_use("plain");
	if (block_use(how & 4 ? "sse2" : NULL) == -1)
		(void)block_use(NULL);
	encode_both(e, in, step);
	decode(e, in, in.n + 1, &a);
	if (base64_use(how & 2 ? "ssse3" : NULL) == -1)
		(void)base64_use(NULL);
	decode(e, in, step, &b);
	if (!slice_eq(buf_slice(&a), buf_slice(&b)))
		abort();
	buf_clear(&a);
	enc_scan_init(&scan);
	enc_encoder_init(&state, e, 0);
	for (struct slice rest = in; rest.n > 0;
	    rest = slice_sub(rest, step, rest.n)) {
		enc_scan(&scan, slice_sub(rest, 0, step));
		if (enc_encode(&state, slice_sub(rest, 0, step), &a) == -1)
			abort();
	}
	if (enc_encode_end(&state, &a) == -1 || scan.bytes != in.n ||
	    enc_choose(&scan, how & 2) == ENC_UNKNOWN)
		abort();
	decode(e, buf_slice(&a), step, &c);
	if (!slice_eq(buf_slice(&c), in))
		abort();
	buf_free(&a);
	buf_free(&b);
	buf_free(&c);
	return 0;
}
