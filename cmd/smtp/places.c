/* SPDX-License-Identifier: ISC */
/* places: where the process that keeps mail has to write; see places.h. */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "places.h"
#include "samefile.h"
#include "sandbox.h"
#include "userfile.h"

enum {
	ABI_MOVES = 2, /* Landlock lets files be moved and linked */
};

/* The directory that "path" is in: 0, or -1 where that is too much. */
static int
add_parent(struct places *p, struct slice path)
{
	size_t i;

	while (path.n > 0 && path.p[path.n - 1] != '/')
		path.n--;
	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	for (i = 0; i < p->n; i++)
		if (slice_eq(path, slice_str(p->paths[i])))
			return 0;
	if (path.n == 0 || p->n == PLACES_MOST)
		return -1;
	p->paths[p->n++] = arena_str(&p->arena, path);
	return 0;
}

static int
add_maildir(struct places *p, struct slice path)
{
	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	return add_parent(p, path);
}

static int
add_pattern(struct places *p, const char *pattern)
{
	struct slice rest = slice_str(pattern), head;

	return slice_until(&rest, '%', &head) ? add_parent(p, head) :
	    add_maildir(p, head);
}

static int
add_users(struct places *p, const char *path)
{
	struct userfile_line line;
	struct userfile file;
	struct fail ignored; /* it is told to who asks for a user */
	int more;

	if (userfile_open(&file, path, &ignored) == -1)
		return -1;
	while ((more = userfile_next(&file, &line, &ignored)) == 1)
		if (line.maildir.n > 0 &&
		    (more = add_maildir(p, line.maildir)) == -1)
			break;
	userfile_close(&file);
	return more;
}

/* 0 where they are all that is written to. */
static int
find(const struct conf *conf, int queue, struct places *p)
{
	const char *temporary = getenv("TMPDIR");

	if (conf->users == NULL || conf->checkpassword != NULL ||
	    (conf->maildirs != NULL && add_pattern(p, conf->maildirs) == -1) ||
	    add_users(p, conf->users) == -1 || p->n + 2 > PLACES_MOST)
		return -1;
	if (queue)
		p->paths[p->n++] = conf->spool;
	p->paths[p->n++] = temporary == NULL || temporary[0] == '\0' ?
	    "/tmp" : temporary;
	return 0;
}

/* What is not there yet may be made where this process could not. */
static int
confine(const struct places *p, struct fail *f)
{
	int dirs[PLACES_MOST], rc = 0;
	size_t n;

	for (n = 0; n < p->n; n++)
		if ((dirs[n] = open(p->paths[n], O_PATH | O_DIRECTORY |
		    O_CLOEXEC)) == -1)
			break;
	if (n == p->n)
		rc = sandbox_writes_beneath(dirs, n, f);
	while (n > 0)
		(void)close(dirs[--n]);
	return rc;
}

int
places_confine(const struct conf *conf, int queue, struct fail *f)
{
	struct places p = { .n = 0 };
	int rc = 0;

	if (sandbox_abi() >= ABI_MOVES && find(conf, queue, &p) == 0)
		rc = confine(&p, f);
	arena_free(&p.arena);
	return rc;
}

static int
is_other(const struct stat *a, const struct stat *b)
{
	return !samefile(a, b) || a->st_uid != b->st_uid ||
	    a->st_gid != b->st_gid;
}

/* What is there; all zero where nothing is. */
static struct stat
look(const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1)
		memset(&st, 0, sizeof(st));
	return st;
}

int
places_changed(struct places_seen *s, const struct conf *conf, int queue)
{
	struct stat now;
	int changed;
	size_t i;

	if (conf->users == NULL)
		return 0;
	now = look(conf->users);
	changed = !samefile_unwritten(&now, &s->users) || queue != s->queue;
	if (changed) {
		s->users = now;
		s->queue = queue;
		places_forget(s);
		if (find(conf, queue, &s->places) == -1)
			s->places.n = 0;
	}
	for (i = 0; i < s->places.n; i++) {
		now = look(s->places.paths[i]);
		changed |= is_other(&now, &s->at[i]);
		s->at[i] = now;
	}
	return changed;
}

void
places_forget(struct places_seen *s)
{
	arena_free(&s->places.arena);
	s->places.n = 0;
}
