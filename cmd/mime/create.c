/* SPDX-License-Identifier: ISC */
/* create: new files in one directory; see create.h. */

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "create.h"
#include "name.h"
#include "text.h"

enum {
	VARIANTS = 1000000, /* files of one name, earlier runs included */
	PATH = 1 << 16,	    /* bytes; the system takes fewer */
};

/* A name that was given, in lower case, and the number of the variant to try
 * next, so that many parts of one name take no search. */
struct taken {
	struct slice name;
	unsigned next;
};

/* Another run would write all parts again, under other names: a disk that is
 * full is no reason to try again later. */
static int
cannot(const char *directory, const char *name, const char *action,
    struct fail *f)
{
	(void)fail_errno(f, EX_CANTCREAT, "%s%s%s: %s",
	    TEXT_SHOW(slice_str(directory)), name[0] == '\0' ? "" : "/",
	    TEXT_SHOW(slice_str(name)), action);
	if (fail_is_full(f))
		f->class = EX_IOERR;
	return -1;
}

int
create_in(struct create *c, const char *path, struct fail *f)
{
	*c = CREATE_NONE;
	c->path = path;
	if (mkdir(path, 0777) == -1 && errno != EEXIST)
		return cannot(path, "", "mkdir", f);
	c->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return c->dir == -1 ? cannot(path, "", "open", f) : 0;
}

int
create_dir(const struct create *c, const char *name, struct create *made,
    struct fail *f)
{
	struct buf path = BUF(PATH);

	*made = CREATE_NONE;
	(void)buf_addf(&path, "%s/%s", c->path, name);
	made->path = arena_str(&made->names, buf_slice(&path));
	buf_free(&path);
	if (mkdirat(c->dir, name, 0777) == -1)
		return cannot(c->path, name, "mkdir", f);
	made->dir = openat(c->dir, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return made->dir == -1 ? cannot(c->path, name, "open", f) : 0;
}

static int
compare(const void *a, const void *b)
{
	struct slice x = ((const struct taken *)a)->name;
	struct slice y = ((const struct taken *)b)->name;
	int order = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);

	if (order == 0)
		order = (x.n > y.n) - (x.n < y.n);
	return order;
}

/* The entry of "name", and whether it is a new one. */
static struct taken *
take(struct create *c, struct slice name, int *is_new)
{
	struct taken *entry = arena_alloc(&c->names, sizeof(*entry));
	char *folded = arena_str(&c->names, name);
	struct taken **found;
	size_t i;

	for (i = 0; i < name.n; i++)
		folded[i] = (char)slice_lower(folded[i]);
	*entry = (struct taken){ { folded, name.n }, 1 };
	if ((found = tsearch(entry, &c->taken, compare)) == NULL)
		return NULL;
	*is_new = *found == entry;
	return *found;
}

/* The descriptor of the new file, which can be read as well; -1 where the name
 * is in use (errno EEXIST) or it cannot be. */
static int
create_one(struct create *c, struct buf *made)
{
	return openat(c->dir, buf_str(made),
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
}

/* The same under another name, where "name" is in use. */
static int
create_variant(struct create *c, struct taken *entry, struct slice name,
    struct buf *made)
{
	int fd = -1, is_new;

	while (fd == -1 && errno == EEXIST && entry->next < VARIANTS) {
		name_variant(name, entry->next++, made);
		if (take(c, buf_slice(made), &is_new) == NULL)
			errno = ENOMEM;
		else if (is_new)
			fd = create_one(c, made);
	}
	return fd;
}

int
create_file(struct create *c, struct slice name, struct buf *made,
    struct fail *f)
{
	struct taken *entry = NULL;
	int fd = -1, is_new = 1;

	if (!c->exact)
		entry = take(c, name, &is_new);
	buf_clear(made);
	(void)buf_add(made, name);
	errno = EEXIST;
	if (is_new)
		fd = create_one(c, made);
	if (fd == -1 && entry != NULL)
		fd = create_variant(c, entry, name, made);
	return fd == -1 ? cannot(c->path, buf_str(made), "create", f) : fd;
}

void
create_undo(struct create *c, struct buf *made)
{
	(void)unlinkat(c->dir, buf_str(made), 0);
}

static void
nothing(void *entry)
{
	(void)entry;
}

void
create_free(struct create *c)
{
	if (c->dir != -1)
		(void)close(c->dir);
	tdestroy(c->taken, nothing);
	arena_free(&c->names);
	*c = CREATE_NONE;
}
