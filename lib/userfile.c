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

int
userfile_raw(struct userfile *u, struct slice *raw, struct fail *f)
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
	(void)slice_until(&u->text, '\n', raw);
	return 1;
}

int
userfile_split(struct slice raw, struct userfile_line *line)
{
	if (raw.n == 0 || raw.p[0] == '#')
		return 0;
	if (!slice_until(&raw, ':', &line->domain) ||
	    !slice_until(&line->domain, '@', &line->local))
		return -1;
	(void)slice_until(&raw, ':', &line->hash);
	(void)slice_until(&raw, ':', &line->maildir);
	(void)slice_until(&raw, ':', &line->quota);
	(void)slice_until(&raw, ':', &line->verifier);
	return 1;
}

int
userfile_next(struct userfile *u, struct userfile_line *line, struct fail *f)
{
	struct slice raw;
	int rc;

	do {
		if ((rc = userfile_raw(u, &raw, f)) != 1)
			return rc;
	} while ((rc = userfile_split(raw, line)) == 0);
	return rc == 1 ? 1 : fail_set(f, EX_CONFIG,
	    "%.200s: a line that is not \"user@domain:...\"", u->path);
}

void
userfile_close(struct userfile *u)
{
	input_close(&u->in);
}
