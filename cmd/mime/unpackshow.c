/* SPDX-License-Identifier: ISC */
/* unpackshow: one part of a message on standard output. */

#include <string.h>

#include "flaw.h"
#include "unpack.h"

/* The content of a container is what stands between its header and its end:
 * all events of all parts in it. */
static void
start(struct unpack *u, const struct mime_part *part)
{
	unsigned flaws = 0;

	u->part = part;
	u->found = 1;
	if (part->kind == MIME_LEAF)
		flaws = unpack_leaf(u, part, &u->out);
	else
		leaf_start(&u->leaf, ENC_BINARY, NULL, &u->out);
	flaw_warn(unpack_label(u), part, flaws, &u->flaws_shown);
}

static int
end(struct unpack *u, const struct mime_part *part, struct fail *f)
{
	unsigned flaws;

	if (leaf_end(&u->leaf, &flaws, f) == -1)
		return -1;
	u->part = NULL;
	flaw_warn(unpack_label(u), part, unpack_leaf_end(u, part, flaws),
	    &u->flaws_shown);
	return 0;
}

int
unpackshow_event(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct unpack *u = ctx;

	if (u->part != NULL && event == MIME_END && part == u->part)
		return end(u, part, f);
	if (u->part != NULL)
		return leaf_put(&u->leaf, bytes, f);
	if (event == MIME_HEADER && !u->found &&
	    strcmp(part->number, u->number) == 0)
		start(u, part);
	return 0;
}
