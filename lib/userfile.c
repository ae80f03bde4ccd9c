/* SPDX-License-Identifier: ISC */
/* userfile: the lines of a users file; see userfile.h. */

#include <string.h>

#include "userfile.h"

int
userfile_open(struct userfile *u, const char *path, struct fail *f)
{
	u->path = path;
	u->at = 0;
	u->ended = 0;
	u->text = (struct slice){ u->block, 0 };
	if (input_open(&u->in, path, UINT64_MAX, f) == -1) {
		f->class = EX_CONFIG;
		return -1;
	}
	return 0;
}

/* The next block, behind what is left of the one before: no more than a
 * line. */
static int
read_block(struct userfile *u, struct fail *f)
{
	size_t n;

	memmove(u->block, u->text.p, u->text.n);
	if (input_read(&u->in, u->at, u->block + u->text.n, USERFILE_BLOCK, &n,
	    f) == -1) {
		f->class = EX_TEMPFAIL;
		return -1;
	}
	u->at += n;
	u->text = (struct slice){ u->block, u->text.n + n };
	u->ended = n == 0;
	return 0;
}

/* A line as it stands there, without its LF, which the last one need not
 * have; results as of userfile_next. */
static int
read_line(struct userfile *u, struct slice *line, struct fail *f)
{
	size_t n;

	while ((n = slice_find(u->text, '\n')) == u->text.n && !u->ended &&
	    n <= USERFILE_LINE)
		if (read_block(u, f) == -1)
			return -1;
	if (n > USERFILE_LINE)
		return fail_set(f, EX_CONFIG,
		    "%.200s: a line longer than %d bytes", u->path,
		    USERFILE_LINE);
	if (u->text.n == 0)
		return 0;
	(void)slice_until(&u->text, '\n', line);
	return 1;
}

int
userfile_next(struct userfile *u, struct userfile_line *line, struct fail *f)
{
	struct slice rest, hash;
	int rc;

	do {
		if ((rc = read_line(u, &rest, f)) != 1)
			return rc;
	} while (rest.n == 0 || rest.p[0] == '#');
	if (!slice_until(&rest, ':', &line->domain) ||
	    !slice_until(&line->domain, '@', &line->local))
		return fail_set(f, EX_CONFIG,
		    "%.200s: a line that is not \"user@domain:...\"", u->path);
	(void)slice_until(&rest, ':', &hash);
	(void)slice_until(&rest, ':', &line->maildir);
	return 1;
}

void
userfile_close(struct userfile *u)
{
	input_close(&u->in);
}
