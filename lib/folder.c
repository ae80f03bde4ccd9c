/* SPDX-License-Identifier: ISC */
/* folder: the folders of a Maildir; see folder.h. */

#include <sys/stat.h>

#include "buf.h"
#include "folder.h"

enum {
	NAME = 200, /* what a file name may have, with room for levels below */
};

static int
is_name(struct slice name)
{
	int before = '.', c;

	if (name.n == 0 || name.n > NAME)
		return 0;
	while ((c = slice_getc(&name)) != -1) {
		if (c < ' ' || c == 127 || c == '/' ||
		    (c == '.' && before == '.'))
			return 0;
		before = c;
	}
	return before != '.';
}

const char *
folder_find(struct arena *arena, const char *maildir, struct slice name)
{
	struct buf path = BUF(4096);
	const char *found = NULL;
	struct stat st;

	if (is_name(name) && buf_adds(&path, maildir) == 0 &&
	    buf_adds(&path, "/.") == 0 && buf_add(&path, name) == 0 &&
	    stat(buf_str(&path), &st) == 0 && S_ISDIR(st.st_mode))
		found = arena_str(arena, buf_slice(&path));
	buf_free(&path);
	return found;
}
