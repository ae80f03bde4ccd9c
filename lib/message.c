/* SPDX-License-Identifier: ISC */
/* message: a message named by its path; see message.h. */

#include <dirent.h>
#include <errno.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "message.h"

enum { LONGEST = 4096 };

/* What stays the same when flags and sizes change. */
static struct slice
unique_part(struct slice name)
{
	size_t colon = slice_find(name, ':'), comma = slice_find(name, ',');

	return slice_sub(name, 0, colon < comma ? colon : comma);
}

/* The file in "dir" with that unique part, as a path; NULL: none. */
static char *
find_in(struct slice maildir, const char *dir, struct slice unique)
{
	struct buf path = BUF(LONGEST);
	struct dirent *entry;
	char *found = NULL;
	DIR *d = NULL;

	if (buf_add(&path, maildir) == 0 && buf_adds(&path, dir) == 0)
		d = opendir(buf_str(&path));
	while (d != NULL && found == NULL && (entry = readdir(d)) != NULL) {
		struct slice name = slice_str(entry->d_name);

		if (slice_eq(unique_part(name), unique) &&
		    buf_addc(&path, '/') == 0 && buf_add(&path, name) == 0)
			found = mem_str(buf_slice(&path));
	}
	if (d != NULL)
		(void)closedir(d);
	buf_free(&path);
	return found;
}

char *
message_path(const char *path)
{
	struct slice whole = slice_str(path), maildir = whole, unique;
	char *found = NULL;

	if (access(path, F_OK) == 0 || errno != ENOENT)
		return mem_str(whole);
	while (maildir.n > 0 && maildir.p[maildir.n - 1] != '/')
		maildir.n--;
	unique = unique_part(slice_sub(whole, maildir.n, whole.n));
	if (unique.n > 0 && (slice_ends(maildir, SLICE("/cur/")) ||
	    slice_ends(maildir, SLICE("/new/")) ||
	    slice_eq(maildir, SLICE("cur/")) ||
	    slice_eq(maildir, SLICE("new/")))) {
		maildir.n -= 4;
		found = find_in(maildir, "cur", unique);
		if (found == NULL)
			found = find_in(maildir, "new", unique);
	}
	return found != NULL ? found : mem_str(whole);
}
