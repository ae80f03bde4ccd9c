/* SPDX-License-Identifier: ISC */
/* spoolresult: what a transport says of recipients; see spoolresult.h. */

#include "spoolresult.h"
#include "text.h"

void
spoolresult_put(struct output *out, const char *path,
    const struct spool_entry *e)
{
	struct buf line = BUF(SPOOL_ENTRY);

	output_put(out, slice_str(path));
	output_putc(out, '\t');
	spool_entry_write(&line, 0, e);
	output_put(out, buf_slice(&line));
	buf_free(&line);
}

void
spoolresult_unopened(struct output *out, const char *path,
    const struct fail *f)
{
	struct spool_entry e = { .text = slice_str(f->text) };

	e.class = f->class == EX_DATAERR ? SPOOL_REFUSED :
	    f->class == EX_NOINPUT ? SPOOL_BUSY : SPOOL_DEFERRED;
	spoolresult_put(out, path, &e);
}

void
spoolresult_untried(struct output *out, const char *path, size_t number,
    const char *why)
{
	struct spool_entry e = { .number = number, .class = SPOOL_BUSY,
		.text = slice_str(why) };

	spoolresult_put(out, path, &e);
}

void
spoolresult_settled(struct output *out, const struct spoolfile *file,
    size_t number)
{
	char line[SPOOL_ENTRY];
	struct spool_entry e;
	struct fail f = { 0 };

	if (spoolfile_last(file, number, line, &e, &f) != 1) {
		spoolresult_untried(out, file->path, number, f.text);
		return;
	}
	e.number = number;
	spoolresult_put(out, file->path, &e);
}

int
spoolresult_bad_line(const char *line, struct fail *f)
{
	return fail_set(f, EX_USAGE, "standard input: not a path and "
	    "numbers: %s", TEXT_SHOW(slice_str(line)));
}
