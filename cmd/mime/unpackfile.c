/* SPDX-License-Identifier: ISC */
/* unpackfile: the files that mime-unpack writes; see unpackfile.h. */

#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "flaw.h"
#include "json.h"
#include "name.h"
#include "text.h"
#include "unpack.h"

enum {
	PATH = 1 << 16,	  /* bytes; the system takes fewer */
	RECORD = 1 << 20, /* bytes; all columns are shorter */
};

void
unpackfile_failed(struct unpack *u, const struct mime_part *part,
    const struct fail *f)
{
	flaw_line(unpack_label(u), part, f->text, &u->flaws_shown);
	u->status = cli_worse(u->status, f->class);
}

struct unpack_file *
unpackfile_open(struct unpack *u, struct create *in,
    const struct mime_part *part, struct slice name)
{
	struct unpack_file *file = mem_alloc(sizeof(*file));
	struct fail f;
	int fd;

	file->in = in;
	file->type = SLICE("");
	file->made = BUF(NAME_ROOM);
	file->path = BUF(PATH);
	fd = create_file(in, name, &file->made, &f);
	if (fd == -1) {
		unpackfile_failed(u, part, &f);
		buf_free(&file->made);
		free(file);
		return NULL;
	}
	(void)buf_addf(&file->path, "%s/", in->path);
	(void)buf_add(&file->path, buf_slice(&file->made));
	file->out = output_to(fd, buf_str(&file->path));
	file->next = u->open;
	u->open = file;
	return file;
}

static void
free_file(struct unpack *u, struct unpack_file **file)
{
	struct unpack_file **at = &u->open;

	while (*at != *file)
		at = &(*at)->next;
	*at = (*file)->next;
	output_free(&(*file)->out);
	buf_free(&(*file)->made);
	buf_free(&(*file)->path);
	free(*file);
	*file = NULL;
}

static void
print_json(struct unpack *u, const struct unpack_file *file,
    const struct mime_part *part, struct buf *line)
{
	struct json j = { .out = line };

	json_open(&j, '{');
	json_key(&j, "message");
	json_string(&j, slice_str(u->path));
	json_string_or_null(&j, "part",
	    slice_str(part == NULL ? "" : part->number));
	json_string_or_null(&j, "type", file->type);
	json_key(&j, "path");
	json_string(&j, buf_slice(&file->path));
	json_key(&j, "size");
	json_uint(&j, file->out.written);
	json_key(&j, "flaws");
	flaw_json(&j, file->flaws);
	json_close(&j, '}');
}

/* -0 gives paths alone, as they are, for xargs -0. */
static void
print(struct unpack *u, const struct unpack_file *file,
    const struct mime_part *part)
{
	struct slice path = buf_slice(&file->path);
	struct buf line = BUF(RECORD);

	if (u->json) {
		print_json(u, file, part, &line);
	} else if (u->zero) {
		(void)buf_add(&line, path);
	} else {
		unpack_first_column(u, &line);
		(void)buf_addf(&line, "%s\t",
		    part == NULL || part->number[0] == '\0' ? "-" :
							      part->number);
		(void)text_column(&line, path, u->tty);
	}
	unpack_record(u, &line);
	buf_free(&line);
}

/* Another run would write all parts again, under other names: a disk that is
 * full is no reason to try again later. */
static int
complete(struct unpack_file *file, struct fail *f)
{
	int rc = output_flush(&file->out, f);

	if (close(file->out.fd) == -1 && rc == 0)
		rc = fail_errno(f, EX_IOERR, "%s: close",
		    TEXT_SHOW(buf_slice(&file->path)));
	if (rc == -1 && fail_is_full(f))
		f->class = EX_IOERR;
	return rc;
}

int
unpackfile_end(struct unpack *u, struct unpack_file **file,
    const struct mime_part *part)
{
	struct fail f;
	int rc;

	if (*file == NULL)
		return -1;
	if ((rc = complete(*file, &f)) == -1) {
		create_undo((*file)->in, &(*file)->made);
		unpackfile_failed(u, part, &f);
	} else {
		print(u, *file, part);
	}
	free_file(u, file);
	return rc;
}

void
unpackfile_write(struct unpack *u, struct create *in,
    const struct mime_part *part, const char *name, struct slice bytes)
{
	struct unpack_file *file =
	    unpackfile_open(u, in, part, slice_str(name));

	if (file == NULL)
		return;
	output_put(&file->out, bytes);
	(void)unpackfile_end(u, &file, part);
}

void
unpackfile_drop(struct unpack *u, struct unpack_file **file)
{
	if (*file == NULL)
		return;
	output_free(&(*file)->out); /* ends its use of the descriptor */
	(void)close((*file)->out.fd);
	create_undo((*file)->in, &(*file)->made);
	free_file(u, file);
}

void
unpackfile_drop_all(struct unpack *u, const struct unpack_file *file)
{
	struct unpack_file *at, *next;

	for (at = u->open; at != NULL; at = next) {
		next = at->next;
		if (at != file)
			unpackfile_drop(u, &at);
	}
}
