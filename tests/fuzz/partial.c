/* SPDX-License-Identifier: ISC */
/* Fuzz target: fragments, their ends marked by NUL, come out once: all bodies
 * in the message that a set makes, or each as it was. */

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../cmd/mime/partial.h"
#include "hdr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
collect(void *ctx, struct slice piece, struct fail *f)
{
	(void)f;
	return buf_add(ctx, piece);
}

static void
hold(struct partials *p, struct slice message)
{
	struct slice header = message;
	struct partial_fragment *one;
	struct hdr_field field;
	struct fail f;

	while (hdr_next(&header, &field))
		;
	if (partial_hold(p, slice_sub(message, 0, message.n - header.n), &one,
		&f) != 1)
		return;
	if (header.n % 5 == 4) {
		partial_drop(p, one);
		return;
	}
	if (write(p->fd, header.p, header.n) != (ssize_t)header.n)
		abort();
	partial_held(p, one, header.n);
}

/* What is joined has all numbers, and no more than was given. */
static void
join(const struct partials *p, struct partial_set *set, size_t size)
{
	struct buf out = BUF(2 * size + 4096);
	const struct partial_fragment *one;
	uint64_t n = 0, bytes = 0;
	struct fail f;

	for (one = set->first; one != NULL; one = one->next) {
		if (one->number != ++n)
			abort();
		bytes += one->end - one->header + 4;
	}
	if (n != set->total || n != set->given ||
	    partial_join(p, set, collect, &out, &f) == -1 || out.n > bytes + 4)
		abort();
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = { (const char *)data, size }, message;
	struct partials p = { .fd = memfd_create("fuzz", 0) };
	struct buf out = BUF(size);
	struct partial_set *set;
	struct fail f;

	if (p.fd == -1)
		abort();
	while (rest.n > 0) {
		(void)slice_until(&rest, '\0', &message);
		hold(&p, message);
		if ((set = partial_complete(&p)) != NULL)
			join(&p, set, size);
		partial_free(&set);
	}
	while ((set = partial_take(&p)) != NULL) {
		if (set->given == set->total ||
		    partial_each(&p, set->first, collect, &out, &f) == -1)
			abort();
		partial_free(&set);
	}
	if (p.held != 0)
		abort();
	buf_free(&out);
	(void)close(p.fd);
	return 0;
}
