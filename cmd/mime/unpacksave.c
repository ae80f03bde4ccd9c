/* SPDX-License-Identifier: ISC */
/* unpacksave: the content of every leaf in a file of its own. */

#include "flaw.h"
#include "name.h"
#include "unpack.h"

/* A leaf whose file cannot be made is read on and forgotten. */
static void
start(struct unpack *u, const struct mime_part *part)
{
	struct buf name = BUF(NAME_ROOM);
	unsigned flaws = 0;

	if (unpackpartial_start(u, part, &flaws))
		return;
	flaws |= unpack_name(part->header, &name);
	if (name.n == 0)
		name_default(slice_str(part->number), part->type, &name);
	u->file = unpackfile_open(u, &u->dir, part, buf_slice(&name));
	buf_free(&name);
	unpackmore_start(u, part);
	if (u->file == NULL)
		return;
	u->file->type = part->type;
	u->file->flaws = flaws | unpack_leaf(u, part, &u->file->out);
}

int
unpacksave_leaf_end(struct unpack *u, const struct mime_part *part,
    struct fail *f)
{
	unsigned flaws = 0, all = part->flaws;

	if (u->partial.open != NULL)
		return unpackpartial_end(u, part, f);
	if (u->file != NULL && leaf_end(&u->leaf, &flaws, f) == -1)
		return -1;
	if (u->file != NULL)
		all = u->file->flaws |= unpack_leaf_end(u, part, flaws);
	if (unpackmore_end(u, f) == -1)
		return -1;
	(void)unpackfile_end(u, &u->file, part);
	flaw_warn(unpack_label(u), part, all, &u->flaws_shown);
	return 0;
}

static int
put(struct unpack *u, struct slice bytes, struct fail *f)
{
	if (u->partial.open != NULL)
		return leaf_put(&u->leaf, bytes, f);
	if (u->file != NULL && leaf_put(&u->leaf, bytes, f) == -1)
		return -1;
	return unpackmore_put(u, bytes, f);
}

int
unpacksave_event(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct unpack *u = ctx;

	if (part->kind != MIME_LEAF) {
		if (event == MIME_END)
			flaw_warn(unpack_label(u), part, part->flaws,
			    &u->flaws_shown);
		return 0;
	}
	if (event == MIME_HEADER)
		start(u, part);
	if (event == MIME_BODY)
		return put(u, bytes, f);
	if (event == MIME_END)
		return unpacksave_leaf_end(u, part, f);
	return 0;
}

struct unpack_file *
unpacksave_extra(struct unpack *u, const struct mime_part *part,
    struct slice foreign)
{
	struct create *in =
	    u->tree == NULL ? &u->dir : unpacktree_files(u, part);
	struct buf name = BUF(NAME_ROOM);
	struct unpack_file *file = NULL;

	name_safe(foreign, &name);
	if (name.n == 0)
		name_default(slice_str(part->number), SLICE(""), &name);
	if (in != NULL)
		file = unpackfile_open(u, in, part, buf_slice(&name));
	buf_free(&name);
	return file;
}

void
unpacksave_abort(struct unpack *u)
{
	unpackfile_drop_all(u, NULL);
	u->file = NULL;
	unpackmore_abort(u);
	unpackpartial_abort(u);
	unpacktree_abort(u);
}
