/* SPDX-License-Identifier: ISC */
/*
 * unpacktree: a message as a tree of files: a directory for each part, called
 * by its number, with its type, name, header and content in files of their
 * own; and structure.json, which is what mime-ls prints.
 */

#include <stdlib.h>

#include "flaw.h"
#include "ls.h"
#include "mem.h"
#include "name.h"
#include "unpack.h"

enum {
	LINE = 1024, /* a type or a safe name and a line end */
};

struct unpack_tree {
	struct ls ls; /* writes structure.json */
	struct unpack_file *structure;
	struct create part;  /* the directory of the open leaf */
	struct create files; /* in that, for what was found in the content */
	struct unpack_file *raw;
};

int
unpacktree_start(struct unpack *u)
{
	struct unpack_file *structure =
	    unpackfile_open(u, &u->dir, NULL, SLICE("structure.json"));
	struct unpack_tree *t;

	if (structure == NULL)
		return -1;
	t = u->tree = mem_alloc(sizeof(*t));
	t->structure = structure;
	t->part = t->files = CREATE_NONE;
	t->ls.json = 1;
	t->ls.out = &structure->out;
	ls_init(&t->ls);
	ls_start(&t->ls, u->path);
	return 0;
}

/* "1.2"; a multipart that is all of a message has no number, but a name for
 * its header and content in IMAP (RFC 3501, 6.4.5). */
static void
directory_name(const struct mime_part *part, struct buf *out)
{
	if (part->number[0] != '\0') {
		(void)buf_adds(out, part->number);
		return;
	}
	if (part->parent != NULL)
		(void)buf_addf(out, "%s.", part->parent->number);
	(void)buf_adds(out, "TEXT");
}

static int
make_directory(struct unpack *u, const struct mime_part *part)
{
	struct buf name = BUF(sizeof(part->number) + 8);
	struct fail f;
	int rc;

	directory_name(part, &name);
	rc = create_dir(&u->dir, buf_str(&name), &u->tree->part, &f);
	u->tree->part.exact = 1;
	buf_free(&name);
	if (rc == -1) {
		create_free(&u->tree->part);
		unpackfile_failed(u, part, &f);
	}
	return rc;
}

/* What is known at its header; the flaws of its name. */
static unsigned
describe(struct unpack *u, const struct mime_part *part, struct slice header)
{
	struct buf text = BUF(LINE);
	struct create *in = &u->tree->part;
	unsigned flaws;

	(void)buf_add(&text, part->type);
	(void)buf_addc(&text, '\n');
	unpackfile_write(u, in, part, "type", buf_slice(&text));
	flaws = unpack_name(part->header, &text);
	if (text.n > 0) {
		(void)buf_addc(&text, '\n');
		unpackfile_write(u, in, part, "name", buf_slice(&text));
	}
	unpackfile_write(u, in, part, "header", header);
	buf_free(&text);
	return flaws;
}

static void
open_content(struct unpack *u, const struct mime_part *part, unsigned flaws)
{
	struct unpack_tree *t = u->tree;

	t->raw = unpackfile_open(u, &t->part, part, SLICE("raw"));
	if (t->raw != NULL)
		t->raw->type = part->type;
	if (!u->raw)
		u->file = unpackfile_open(u, &t->part, part, SLICE("body"));
	unpackmore_start(u, part);
	if (u->file == NULL)
		return;
	u->file->type = part->type;
	u->file->flaws = flaws | unpack_leaf(u, part, &u->file->out);
}

static void
start(struct unpack *u, const struct mime_part *part, struct slice header)
{
	unsigned flaws;

	if (make_directory(u, part) == -1)
		return;
	flaws = describe(u, part, header);
	if (part->kind == MIME_LEAF)
		open_content(u, part, flaws);
	else
		create_free(&u->tree->part);
}

static int
end(struct unpack *u, const struct mime_part *part, struct fail *f)
{
	struct unpack_tree *t = u->tree;
	int rc;

	(void)unpackfile_end(u, &t->raw, part);
	rc = unpacksave_leaf_end(u, part, f);
	create_free(&t->files);
	create_free(&t->part);
	return rc;
}

static int
leaf_event(struct unpack *u, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	if (event == MIME_HEADER)
		start(u, part, bytes);
	if (event == MIME_BODY && u->tree->raw != NULL)
		output_put(&u->tree->raw->out, bytes);
	if (event == MIME_BODY && u->file != NULL &&
	    leaf_put(&u->leaf, bytes, f) == -1)
		return -1;
	if (event == MIME_BODY)
		return unpackmore_put(u, bytes, f);
	if (event == MIME_END)
		return end(u, part, f);
	return 0;
}

int
unpacktree_event(void *ctx, enum mime_event event, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct unpack *u = ctx;

	if (ls_event(&u->tree->ls, event, part, bytes, f) == -1)
		return -1;
	if (part->kind == MIME_LEAF)
		return leaf_event(u, event, part, bytes, f);
	if (event == MIME_HEADER)
		start(u, part, bytes);
	if (event == MIME_END)
		flaw_warn(unpack_label(u), part, part->flaws, &u->flaws_shown);
	return 0;
}

struct create *
unpacktree_files(struct unpack *u, const struct mime_part *part)
{
	struct unpack_tree *t = u->tree;
	struct fail f;

	if (t->part.dir == -1)
		return NULL;
	if (t->files.dir == -1 &&
	    create_dir(&t->part, "files", &t->files, &f) == -1) {
		create_free(&t->files);
		unpackfile_failed(u, part, &f);
		return NULL;
	}
	return &t->files;
}

static void
free_tree(struct unpack *u)
{
	create_free(&u->tree->files);
	create_free(&u->tree->part);
	ls_free(&u->tree->ls);
	free(u->tree);
	u->tree = NULL;
}

void
unpacktree_end(struct unpack *u, int whole, const struct fail *f)
{
	struct unpack_tree *t = u->tree;
	struct fail no_room;

	unpackfile_drop_all(u, t->structure);
	t->raw = u->file = NULL;
	unpackmore_abort(u);
	t->ls.size = u->size;
	t->ls.whole = whole;
	ls_end(&t->ls, f);
	if (t->ls.tree.failed) {
		(void)fail_set(&no_room, EX_SOFTWARE,
		    "structure.json: no room for a value");
		unpackfile_failed(u, NULL, &no_room);
		unpackfile_drop(u, &t->structure);
	}
	(void)unpackfile_end(u, &t->structure, NULL);
	free_tree(u);
}

void
unpacktree_abort(struct unpack *u)
{
	if (u->tree != NULL)
		free_tree(u);
}
