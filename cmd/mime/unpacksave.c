/* SPDX-License-Identifier: ISC */
/* unpacksave: the content of every leaf in a file of its own. */

#include <stdlib.h>
#include <unistd.h>

#include "flaw.h"
#include "json.h"
#include "name.h"
#include "text.h"
#include "unpack.h"

/* The file that is being written. */
struct unpack_file {
	struct output out;
	struct buf made; /* its name in the directory */
	struct buf path; /* and with it */
	unsigned flaws;
};

static int
start(struct unpack *u, const struct mime_part *part, struct fail *f)
{
	struct unpack_file *file = mem_alloc(sizeof(*file));
	struct buf name = BUF(NAME_ROOM);
	int fd;

	file->made = BUF(NAME_ROOM);
	file->path = BUF(1 << 16);
	file->flaws = unpack_name(part->header, &name);
	if (name.n == 0)
		name_default(slice_str(part->number), part->type, &name);
	fd = create_file(&u->dir, buf_slice(&name), &file->made, f);
	buf_free(&name);
	if (fd == -1) {
		buf_free(&file->made);
		free(file);
		return -1;
	}
	(void)buf_addf(&file->path, "%s/", u->dir.path);
	(void)buf_add(&file->path, buf_slice(&file->made));
	file->out = output_to(fd, buf_str(&file->path));
	file->flaws |= unpack_leaf(u, part, &file->out);
	u->file = file;
	u->part = part;
	return 0;
}

static void
free_file(struct unpack *u)
{
	output_free(&u->file->out);
	buf_free(&u->file->made);
	buf_free(&u->file->path);
	free(u->file);
	u->file = NULL;
	u->part = NULL;
}

static void
print_json(struct unpack *u, const struct mime_part *part, struct buf *line)
{
	struct json j = { .out = line };

	json_open(&j, '{');
	json_key(&j, "message");
	json_string(&j, slice_str(u->path));
	json_key(&j, "part");
	json_string(&j, slice_str(part->number));
	json_key(&j, "type");
	json_string(&j, part->type);
	json_key(&j, "path");
	json_string(&j, buf_slice(&u->file->path));
	json_key(&j, "size");
	json_uint(&j, u->file->out.written);
	json_key(&j, "flaws");
	flaw_json(&j, u->file->flaws);
	json_close(&j, '}');
}

/* -0 gives paths alone, as they are, for xargs -0. */
static void
print(struct unpack *u, const struct mime_part *part)
{
	struct slice path = buf_slice(&u->file->path);
	struct buf line = BUF(1 << 20);

	if (u->json) {
		print_json(u, part, &line);
	} else if (u->zero) {
		(void)buf_add(&line, path);
	} else {
		unpack_first_column(u, &line);
		(void)buf_addf(&line, "%s\t", part->number);
		(void)text_column(&line, path, u->tty);
	}
	unpack_record(u, &line);
	buf_free(&line);
}

static int
end(struct unpack *u, const struct mime_part *part, struct fail *f)
{
	struct unpack_file *file = u->file;
	unsigned flaws = 0;
	int rc = leaf_end(&u->leaf, &flaws, f);

	file->flaws |= part->flaws | FLAW_DECODER(flaws);
	if (rc == 0)
		rc = output_flush(&file->out, f);
	if (close(file->out.fd) == -1 && rc == 0)
		rc = fail_errno(f, EX_IOERR, "%s: close",
		    TEXT_SHOW(buf_slice(&file->path)));
	if (rc == -1) {
		create_undo(&u->dir, &file->made);
	} else {
		print(u, part);
		flaw_warn(unpack_label(u), part, file->flaws, &u->flaws_shown);
	}
	free_file(u);
	return rc;
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
	switch (event) {
	case MIME_HEADER:
		return start(u, part, f);
	case MIME_BODY:
		return leaf_put(&u->leaf, bytes, f);
	case MIME_END:
		return end(u, part, f);
	case MIME_GLUE:
		break;
	}
	return 0;
}

void
unpacksave_abort(struct unpack *u)
{
	if (u->file == NULL)
		return;
	(void)close(u->file->out.fd);
	create_undo(&u->dir, &u->file->made);
	free_file(u);
}
