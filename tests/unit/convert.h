/* SPDX-License-Identifier: ISC */
/* convert: a whole message through a conversion, for the tests of sevenbit,
 * eightbit, storable and recode. */
#ifndef CONVERT_H
#define CONVERT_H

#include "buf.h"
#include "input.h"
#include "unit.h"

typedef int convert_put(void *ctx, struct slice bytes, struct fail *f);

static inline int
convert_collect(void *ctx, struct slice bytes, struct fail *f)
{
	(void)f;
	return buf_add(ctx, bytes);
}

/* "in" as an input, in memory of exactly its size; free(3) its held. */
static inline struct input
convert_input(struct slice in)
{
	struct slice copy = unit_exact(in);

	return (struct input){ .fd = -1, .size = in.n, .name = "test",
		.held = (char *)(uintptr_t)copy.p };
}

static inline int
convert_by(int (*how)(const struct input *, convert_put *, void *,
    struct fail *), struct slice in, struct buf *out, struct fail *f)
{
	struct input input = convert_input(in);
	int rc = how(&input, convert_collect, out, f);

	free(input.held);
	return rc;
}

#endif
