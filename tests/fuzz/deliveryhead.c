/* SPDX-License-Identifier: ISC */
/* Fuzz target: a message as it is given away at final delivery: nothing is
 * lost but what is meant to be, and no Return-Path is left. */

#include <stdlib.h>

#include "../../cmd/queue/deliveryhead.h"
#include "hdr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
add(void *ctx, struct slice piece, struct fail *f)
{
	(void)f;
	return buf_add(ctx, piece);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size > 0 ? size : 1);
	struct input in = { .fd = -1, .held = bytes, .size = size };
	struct buf out = BUF(size + 1);
	struct deliveryhead h;
	struct fail f;
	struct addr a;

	if (bytes == NULL)
		return 0;
	memcpy(bytes, data, size);
	if (deliveryhead_read(&h, &in, "a@b", &f) == 0) {
		if (deliveryhead_each(&h, SLICE(""), add, &out, &f) == -1 ||
		    (!h.crlf && out.n != deliveryhead_size(&h)) ||
		    hdr_count(buf_slice(&h.fields), "Return-Path") > 0 ||
		    (h.sender[0] != '\0' && addr_check_utf8(
		    slice_str(h.sender), &a, &f) == -1))
			abort();
	}
	deliveryhead_free(&h);
	buf_free(&out);
	free(bytes);
	return 0;
}
