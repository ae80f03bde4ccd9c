/* SPDX-License-Identifier: ISC */
/* maildircount: how much mail there is; see maildircount.h. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "maildircount.h"
#include "maildirname.h"

/* What is made of one directory with messages. */
struct walk {
	int (*visit)(struct walk *w, int dir);
	struct usage *usage;
	uint64_t stamp;
};

static int
open_dir(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
	    O_NOFOLLOW);
}

/* The same directory, to be read from its start; closedir it. */
static DIR *
read_dir(int dir)
{
	int fd = open_dir(dir, ".");
	DIR *d = fd == -1 ? NULL : fdopendir(fd);

	if (d == NULL && fd != -1)
		(void)close(fd);
	return d;
}

static void
add(struct usage *u, uint64_t bytes)
{
	if (bytes > INT64_MAX - u->bytes)
		u->bytes = INT64_MAX;
	else
		u->bytes += bytes;
	u->messages++;
}

static int
count(struct walk *w, int dir)
{
	DIR *d = read_dir(dir);
	struct dirent *e;
	struct stat st;
	uint64_t size;

	if (d == NULL)
		return -1;
	while (errno = 0, (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		if (maildirname_size(slice_str(e->d_name), 'S', &size))
			add(w->usage, size);
		else if (fstatat(dir, e->d_name, &st,
		    AT_SYMLINK_NOFOLLOW) == 0)
			add(w->usage, (uint64_t)st.st_size);
		/* else it has gone meanwhile, and does not count */
	}
	(void)closedir(d);
	return errno == 0 ? 0 : -1;
}

static int
stamp(struct walk *w, int dir)
{
	struct stat st;

	if (fstat(dir, &st) == -1)
		return -1;
	w->stamp = (w->stamp ^ (uint64_t)st.st_ino) * UINT64_C(0x100000001b3);
	w->stamp = (w->stamp ^ (uint64_t)st.st_mtim.tv_sec) *
	    UINT64_C(0x100000001b3);
	w->stamp = (w->stamp ^ (uint64_t)st.st_mtim.tv_nsec) *
	    UINT64_C(0x100000001b3);
	return 0;
}

/* new/ and cur/ of a Maildir or a folder; either need not be there. */
static int
visit_folder(struct walk *w, int folder)
{
	static const char *const names[] = { "new", "cur" };
	int rc = 0;
	size_t i;

	for (i = 0; i < 2 && rc == 0; i++) {
		int dir = open_dir(folder, names[i]);

		if (dir == -1) {
			rc = errno == ENOENT ? 0 : -1;
			continue;
		}
		rc = w->visit(w, dir);
		(void)close(dir);
	}
	return rc;
}

/* An entry of the Maildir: a folder, or something else. */
static int
visit_entry(struct walk *w, int dir, const char *name)
{
	int folder, rc;

	if (name[0] != '.' || name[1] == '\0' ||
	    (name[1] == '.' && name[2] == '\0'))
		return 0;
	if ((folder = open_dir(dir, name)) == -1)
		return errno == ENOTDIR || errno == ENOENT ||
		    errno == ELOOP ? 0 : -1;
	rc = visit_folder(w, folder);
	(void)close(folder);
	return rc;
}

static int
walk(struct walk *w, int dir, struct fail *f)
{
	DIR *d = read_dir(dir);
	struct dirent *e = NULL;
	int rc = d == NULL ? -1 : visit_folder(w, dir);

	while (rc == 0 && (errno = 0, e = readdir(d)) != NULL)
		rc = visit_entry(w, dir, e->d_name);
	if (rc == -1 || errno != 0)
		rc = fail_errno(f, EX_TEMPFAIL, "count messages");
	if (d != NULL)
		(void)closedir(d);
	return rc;
}

int
maildircount_all(int dir, struct usage *u, struct fail *f)
{
	struct walk w = { .visit = count, .usage = u };

	*u = (struct usage){ 0 };
	return walk(&w, dir, f);
}

int
maildircount_stamp(int dir, uint64_t *out, struct fail *f)
{
	struct walk w = { .visit = stamp };

	if (walk(&w, dir, f) == -1)
		return -1;
	*out = w.stamp;
	return 0;
}
