/* SPDX-License-Identifier: ISC */
/* spool: the directory of the message queue; see spool.h. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "addr.h"
#include "digest.h"
#include "limits.h"
#include "maildirfs.h"
#include "mem.h"
#include "spool.h"

enum {
	DUE = 10,	/* digits */
	ID_TIME = 11,	/* of an id: 55 bits of microseconds */
	SHARED = 02770, /* by the group of the user, whoever makes a file */
};

static const char digits[] = "0123456789abcdefghijklmnopqrstuv";

/* tmp is maildirfs's; hosts is that of who connects. */
static const char *const parts[] = { "new", "cur", "hold", "failed", "tmp",
	"hosts" };

enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

const char *
spool_directory(enum spool_state state)
{
	return parts[state];
}

const char *
spool_part(unsigned i)
{
	return i < PARTS ? parts[i] : NULL;
}

/* Is what is made in it for all of its group?  AT_FDCWD is no spool. */
static int
is_shared(int dir)
{
	struct stat st;

	return dir != AT_FDCWD && fstat(dir, &st) == 0 &&
	    (st.st_mode & S_ISGID) != 0;
}

/* Gives it to "user" (NULL: it stays ours) and to the group.  Somebody may have
 * put a link to somewhere else in its place meanwhile. */
static int
give_away(int dir, const char *name, const struct passwd *user)
{
	int fd = openat(dir, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int rc, error;

	if (fd == -1)
		return -1;
	rc = user == NULL || fchown(fd, user->pw_uid, user->pw_gid) == 0 ?
	    fchmod(fd, SHARED) : -1;
	error = errno;
	(void)close(fd);
	errno = error;
	return rc;
}

/* For "user", or where that is NULL for this process. */
static int
make_directory(int dir, const char *name, const struct passwd *user)
{
	if (mkdirat(dir, name, 0700) == -1)
		return errno == EEXIST ? 0 : -1;
	return user == NULL && !is_shared(dir) ? 0 :
	    give_away(dir, name, user);
}

static int
make_parts(int dir, const struct passwd *user)
{
	size_t i;

	for (i = 0; i < PARTS; i++)
		if (make_directory(dir, parts[i], user) == -1)
			return -1;
	return fsync(dir);
}

static int
is_whole(int dir)
{
	size_t i;

	for (i = 0; i < PARTS; i++)
		if (faccessat(dir, parts[i], F_OK, AT_SYMLINK_NOFOLLOW) == -1)
			return 0;
	return 1;
}

static int
unsafe(const struct spool *s, const char *name, const char *what,
    struct fail *f)
{
	return fail_set(f, EX_CONFIG, "%.300s%s%s: %s", s->path,
	    name[0] == '\0' ? "" : "/", name, what);
}

/* One directory; "" is that of the spool, which may be behind a link. */
static int
check_directory(const struct spool *s, const char *name, struct fail *f)
{
	struct stat st;

	if ((name[0] == '\0' ? fstat(s->dir, &st) :
	    fstatat(s->dir, name, &st, AT_SYMLINK_NOFOLLOW)) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s/%s", s->path, name);
	if (!S_ISDIR(st.st_mode))
		return unsafe(s, name, "no directory", f);
	if (st.st_mode & S_IWOTH)
		return unsafe(s, name, "anybody may write to this queue", f);
	return 0;
}

static int
check_safe(const struct spool *s, struct fail *f)
{
	size_t i;

	if (check_directory(s, "", f) == -1)
		return -1;
	for (i = 0; i < PARTS; i++)
		if (check_directory(s, parts[i], f) == -1)
			return -1;
	return 0;
}

int
spool_open(struct spool *s, const char *path, const char *user, struct fail *f)
{
	const struct passwd *who = NULL;

	s->path = mem_str(slice_str(path));
	s->nest = -1;
	s->added = s->nested = 0;
	s->blanks = NULL;
	s->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir != -1 && is_whole(s->dir))
		return check_safe(s, f);
	if (user != NULL && geteuid() == 0 && (who = getpwnam(user)) == NULL)
		return fail_set(f, EX_CONFIG, "%.100s: no such user", user);
	if (s->dir == -1) {
		if (make_directory(AT_FDCWD, path, who) == -1 ||
		    (s->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) ==
		    -1)
			return fail_errno(f, EX_TEMPFAIL, "%.300s: open",
			    path);
	}
	if (make_parts(s->dir, who) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s: create", path);
	return check_safe(s, f);
}

void
spool_close(struct spool *s)
{
	if (s->dir != -1)
		(void)close(s->dir);
	s->dir = -1;
	free(s->path);
	s->path = NULL;
}

static int
is_digits(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((s.p[i] < '0' || s.p[i] > '9') &&
		    (s.p[i] < 'a' || s.p[i] > 'v'))
			return 0;
	return 1;
}

int
spool_is_id(struct slice text)
{
	return text.n == SPOOL_ID - 1 && is_digits(text);
}

int
spool_name(struct slice file, enum spool_state state, struct spool_name *name)
{
	struct slice id = slice_sub(file, DUE + 1, file.n);
	uint64_t due;

	if (file.n != DUE + 1 + SPOOL_ID - 1 || file.p[DUE] != '.' ||
	    slice_uint(slice_sub(file, 0, DUE), 0, SPOOL_DUE_MOST, &due) ==
	    -1 || !spool_is_id(id))
		return -1;
	name->state = state;
	name->due = (int64_t)due;
	memcpy(name->id, id.p, id.n);
	name->id[id.n] = '\0';
	return 0;
}

int
spool_is_address(struct slice text)
{
	char with[LIMIT_LOCAL_PART + 3];
	struct fail ignored;
	struct addr a;

	if (addr_check_utf8(text, &a, &ignored) == 0)
		return 1;
	if (text.n > LIMIT_LOCAL_PART || slice_find(text, '@') < text.n)
		return 0;
	memcpy(with, text.p, text.n);
	memcpy(with + text.n, "@x", 3);
	return addr_check_utf8(slice_str(with), &a, &ignored) == 0;
}

int
spool_is_word(struct slice text)
{
	size_t i;

	for (i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] >= 0x7f)
			return 0;
	return text.n > 0;
}

int
spool_new_id(char id[SPOOL_ID], struct fail *f)
{
	unsigned char random[SPOOL_ID - 1 - ID_TIME];
	struct timespec now;
	uint64_t time;
	size_t i;

	if (digest_random(random, sizeof(random), f) == -1)
		return -1;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	time = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	for (i = ID_TIME; i-- > 0; time /= 32)
		id[i] = digits[time % 32];
	for (i = 0; i < sizeof(random); i++)
		id[ID_TIME + i] = digits[random[i] % 32];
	id[SPOOL_ID - 1] = '\0';
	return 0;
}

char *
spool_path(char out[SPOOL_NAME], const struct spool_name *name)
{
	int64_t due = name->due < 0 ? 0 : name->due;

	(void)snprintf(out, SPOOL_NAME, "%s/%0*" PRId64 ".%s",
	    parts[name->state], DUE,
	    due > SPOOL_DUE_MOST ? SPOOL_DUE_MOST : due, name->id);
	return out;
}

static DIR *
open_state(const struct spool *s, enum spool_state state, struct fail *f)
{
	int fd = openat(s->dir, parts[state],
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd == -1 ? NULL : fdopendir(fd);

	if (d == NULL) {
		(void)fail_errno(f, EX_TEMPFAIL, "%.300s/%s", s->path,
		    parts[state]);
		if (fd != -1)
			(void)close(fd);
	}
	return d;
}

struct each {
	int (*each)(void *ctx, const struct spool_name *name, struct fail *f);
	void *ctx;
};

static int
each_of(const struct spool *s, enum spool_state state, const struct each *e,
    struct fail *f)
{
	DIR *d = open_state(s, state, f);
	struct spool_name name;
	struct dirent *entry;
	int rc = 0;

	if (d == NULL)
		return -1;
	while (rc == 0 && (errno = 0, entry = readdir(d)) != NULL)
		if (spool_name(slice_str(entry->d_name), state, &name) == 0)
			rc = e->each(e->ctx, &name, f);
	if (rc == 0 && errno != 0)
		rc = fail_errno(f, EX_TEMPFAIL, "%.300s/%s", s->path,
		    parts[state]);
	(void)closedir(d);
	return rc;
}

int
spool_each(const struct spool *s, unsigned states,
    int (*each)(void *ctx, const struct spool_name *name, struct fail *f),
    void *ctx, struct fail *f)
{
	struct each e = { each, ctx };
	int state;

	for (state = 0; state < SPOOL_STATES; state++)
		if ((states & 1U << state) &&
		    each_of(s, (enum spool_state)state, &e, f) == -1)
			return -1;
	return 0;
}

struct find {
	const char *id;
	struct spool_name *name;
	int found;
};

static int
is_it(void *ctx, const struct spool_name *name, struct fail *f)
{
	struct find *find = ctx;

	(void)f;
	if (strcmp(name->id, find->id) == 0) {
		*find->name = *name;
		find->found = 1;
	}
	return 0;
}

int
spool_find(const struct spool *s, const char *id, struct spool_name *name,
    struct fail *f)
{
	struct find find = { id, name, 0 };
	int state;

	for (state = 0; state < SPOOL_STATES && !find.found; state++)
		if (spool_each(s, 1U << state, is_it, &find, f) == -1)
			return -1;
	return find.found;
}

int
spool_rename(const struct spool *s, const struct spool_name *from,
    const struct spool_name *to, struct fail *f)
{
	char a[SPOOL_NAME], b[SPOOL_NAME];

	if (renameat(s->dir, spool_path(a, from), s->dir, spool_path(b, to)) ==
	    -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s/%s: rename to %s",
		    s->path, a, b);
	return 0;
}

int
spool_remove(const struct spool *s, const struct spool_name *name,
    struct fail *f)
{
	char path[SPOOL_NAME];

	if (unlinkat(s->dir, spool_path(path, name), 0) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s/%s: remove", s->path,
		    path);
	return 0;
}

int
spool_sync(const struct spool *s, enum spool_state state, struct fail *f)
{
	if (maildirfs_sync(s->dir, parts[state]) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s/%s: sync", s->path,
		    parts[state]);
	return 0;
}
