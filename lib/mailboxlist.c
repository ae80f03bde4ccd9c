/* SPDX-License-Identifier: ISC */
/* mailboxlist: the files of a Maildir as one list; see mailboxlist.h. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limits.h"
#include "maildirname.h"
#include "samefile.h"
#include "mailboxlist.h"

#ifndef CLOCK_REALTIME_COARSE
#define CLOCK_REALTIME_COARSE CLOCK_REALTIME
#endif

enum {
	PASSES = 10, /* over a Maildir that does not keep still */
};

/* How still it was during a pass. */
enum stillness {
	FAILED = -1,
	BUSY,	/* it changed */
	RECENT, /* it may have changed, as its clock is not fine enough */
	QUIET,
};

struct slice
mailboxlist_base(const struct mailboxlist *l, size_t i)
{
	return (struct slice){ l->entries[i].name, l->entries[i].shown.base };
}

void
mailboxlist_free(struct mailboxlist *l)
{
	lookup_free(&l->by_base);
	arena_free(&l->names);
	free(l->twins);
	free(l->entries);
	l->twins = NULL;
	l->entries = NULL;
	l->n = l->room = l->ntwins = l->twins_room = 0;
}

static void
set_name(struct mailboxlist *l, struct mailboxlist_entry *e,
    struct slice name)
{
	e->name = e->shown.name = arena_str(&l->names, name);
	e->shown.flags = maildirname_flags(name);
}

void
mailboxlist_rename(struct mailboxlist *l, size_t i, const char *name,
    int in_new)
{
	set_name(l, &l->entries[i], slice_str(name));
	l->entries[i].shown.in_new = in_new != 0;
}

static void
add_twin(struct mailboxlist *l, const struct mailboxlist_twin *twin)
{
	if (l->ntwins == l->twins_room) {
		l->twins_room = 2 * l->twins_room + 8;
		l->twins = mem_resize(l->twins, l->twins_room,
		    sizeof(*l->twins));
	}
	l->twins[l->ntwins++] = *twin;
}

/* The entry of this pass or an earlier one with the base, or NULL. */
static struct mailboxlist_entry *
find(const struct mailboxlist *l, struct slice base, uint64_t hash)
{
	struct lookup_cursor c = lookup_start(&l->by_base, hash);
	uint32_t i;

	while (lookup_next(&l->by_base, &c, &i))
		if (slice_eq(mailboxlist_base(l, i), base))
			return &l->entries[i];
	return NULL;
}

static int
add_entry(struct mailboxlist *l, uint64_t hash, struct slice name, int in_new)
{
	struct mailboxlist_entry *e;

	if (l->n == LIMIT_MAILBOX)
		return -1;
	if (l->n == l->room) {
		l->room = l->room == 0 ? 256 : 2 * l->room;
		l->entries = mem_resize(l->entries, l->room,
		    sizeof(*l->entries));
	}
	lookup_add(&l->by_base, hash, (uint32_t)l->n);
	e = &l->entries[l->n++];
	*e = (struct mailboxlist_entry){ .pass = l->pass, .hash = hash };
	e->shown.base = (uint16_t)maildirname_base(name).n;
	e->shown.in_new = in_new != 0;
	set_name(l, e, name);
	return 0;
}

/* A file was seen: 0, or -1 where there are too many. */
static int
see(struct mailboxlist *l, struct slice name, int in_new, int add)
{
	struct slice base = maildirname_base(name);
	uint64_t hash = lookup_hash(base);
	struct mailboxlist_entry *e = find(l, base, hash);

	if (e == NULL)
		return add ? add_entry(l, hash, name, in_new) : 0;
	if (e->pass == l->pass) {
		add_twin(l, &(struct mailboxlist_twin){
		    (uint32_t)(e - l->entries), in_new,
		    arena_str(&l->names, name) });
		return 0;
	}
	e->pass = l->pass;
	e->shown.in_new = in_new != 0;
	if (e->shown.name == NULL || strcmp(e->name, name.p) != 0)
		set_name(l, e, name);
	return 0;
}

/* No message: a directory or the like, a name that says that it is none or has
 * no base, and one that would break a line of a list. */
static int
is_other(const struct dirent *e)
{
#ifdef DT_REG
	if (e->d_type != DT_REG && e->d_type != DT_UNKNOWN)
		return 1;
#endif
	return e->d_name[0] == '.' || e->d_name[0] == ':' ||
	    strpbrk(e->d_name, "\r\n") != NULL;
}

static int
read_dir(struct mailboxlist *l, int in_new, int add, struct fail *f)
{
	int fd = openat(l->dirs[in_new], ".",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
	DIR *d = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (d == NULL && fd != -1)
		(void)close(fd);
	while (d != NULL && rc == 0 && (errno = 0, e = readdir(d)) != NULL)
		if (!is_other(e))
			rc = see(l, slice_str(e->d_name), in_new, add);
	if (rc == -1)
		(void)fail_set(f, EX_UNAVAILABLE,
		    "more than %d messages", LIMIT_MAILBOX);
	else if (errno != 0)
		rc = fail_errno(f, EX_TEMPFAIL, "read %s/",
		    in_new ? "new" : "cur");
	if (d != NULL)
		(void)closedir(d);
	return rc;
}

static int
times(const struct mailboxlist *l, struct timespec changed[2])
{
	struct stat st;
	int i;

	for (i = 0; i < 2; i++) {
		if (fstat(l->dirs[i], &st) == -1)
			return -1;
		changed[i] = st.st_mtim;
	}
	return 0;
}

static int
is_before(const struct timespec *a, const struct timespec *b)
{
	if (a->tv_sec != b->tv_sec)
		return a->tv_sec < b->tv_sec;
	/* Without a fraction the file system knows whole seconds alone. */
	return a->tv_nsec != 0 && a->tv_nsec < b->tv_nsec;
}

static int
is_same(const struct timespec a[2], const struct timespec b[2])
{
	return a[0].tv_sec == b[0].tv_sec && a[0].tv_nsec == b[0].tv_nsec &&
	    a[1].tv_sec == b[1].tv_sec && a[1].tv_nsec == b[1].tv_nsec;
}

/* Reads both directories once. */
static enum stillness
pass(struct mailboxlist *l, int add, struct fail *f)
{
	struct timespec start, before[2];

	l->pass++;
	l->ntwins = 0;
	(void)clock_gettime(CLOCK_REALTIME_COARSE, &start);
	if (times(l, before) == -1)
		return (enum stillness)fail_errno(f, EX_TEMPFAIL, "stat");
	if (read_dir(l, 1, add, f) == -1 || read_dir(l, 0, add, f) == -1)
		return FAILED;
	if (times(l, l->changed) == -1)
		return (enum stillness)fail_errno(f, EX_TEMPFAIL, "stat");
	if (!is_same(before, l->changed))
		return BUSY;
	return is_before(&before[0], &start) && is_before(&before[1], &start) ?
	    QUIET : RECENT;
}

/* Gives a file whose base another one has a base of its own, behind that. */
static int
part(struct mailboxlist *l, const struct mailboxlist_twin *twin)
{
	static unsigned count;
	struct slice name = slice_str(twin->name);
	struct slice unique = maildirname_unique(name);
	char to[NAME_MAX + 1];
	struct timespec now;
	int n;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	n = snprintf(to, sizeof(to), "%.*s_%lld.M%06ldP%ldQ%u%s",
	    unique.n > 100 ? 0 : (int)unique.n, unique.p,
	    (long long)now.tv_sec, now.tv_nsec / 1000, (long)getpid(),
	    ++count, twin->name + unique.n);
	return n > 0 && (size_t)n < sizeof(to) &&
	    renameat(l->dirs[twin->in_new], twin->name,
	    l->dirs[twin->in_new], to) == 0;
}

/* Two names of one base: a file that is being renamed, or two files.  1 where
 * one of these was renamed, so that it is to be looked again. */
static int
settle(struct mailboxlist *l, const struct mailboxlist_twin *twin)
{
	struct mailboxlist_entry *e = &l->entries[twin->entry];
	struct stat a, b;

	if (fstatat(l->dirs[twin->in_new], twin->name, &b,
	    AT_SYMLINK_NOFOLLOW) == -1)
		return 0;
	if (fstatat(l->dirs[e->shown.in_new], e->name, &a,
	    AT_SYMLINK_NOFOLLOW) == 0 &&
	    !samefile(&a, &b))
		return part(l, twin);
	e->shown.in_new = twin->in_new != 0;
	set_name(l, e, slice_str(twin->name));
	return 0;
}

static int
settle_all(struct mailboxlist *l)
{
	int renamed = 0;
	size_t i;

	for (i = 0; i < l->ntwins; i++)
		renamed |= settle(l, &l->twins[i]);
	return renamed;
}

/* Those that the last pass has not seen are gone. */
static void
forget(struct mailboxlist *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->entries[i].pass != l->pass)
			l->entries[i].shown.name = NULL;
}

int
mailboxlist_look(struct mailboxlist *l, int add, struct fail *f)
{
	enum stillness now = BUSY, before;
	int tries;

	for (tries = 0; tries < PASSES; tries++) {
		before = now;
		if ((now = pass(l, add, f)) == FAILED)
			return -1;
		if (now != QUIET && (now == BUSY || before != RECENT))
			continue;
		if (!settle_all(l))
			break;
		now = BUSY;
	}
	l->quiet = now == QUIET;
	if (now == QUIET)
		forget(l);
	return 0;
}

int
mailboxlist_changed(const struct mailboxlist *l)
{
	struct timespec now[2];

	return !l->quiet || times(l, now) == -1 || !is_same(now, l->changed);
}

int
mailboxlist_find(struct mailboxlist *l, size_t i, struct fail *f)
{
	if (!mailboxlist_changed(l))
		l->entries[i].shown.name = NULL;
	else if (mailboxlist_look(l, 0, f) == -1)
		return -1;
	return l->entries[i].shown.name != NULL;
}
