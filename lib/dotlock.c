/* SPDX-License-Identifier: ISC */
/* dotlock: a lock that is a file; see dotlock.h. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dotlock.h"
#include "filelock.h"
#include "io.h"
#include "samefile.h"
#include "ticks.h"

enum {
	TEXT = 512,   /* bytes of a lock that are read */
	PATH = 400,   /* of a file in tmp/ */
	TOUCH = 10,   /* seconds */
	FIRST = 1,    /* milliseconds between two tries, and later */
	LAST = 200,
};

/* What was seen of somebody else's lock, and when it changed. */
struct seen {
	struct stat st;
	time_t changed;
};

/* The process that it names, where it is one of this host; 0 where not.  *ours
 * is set where it was made here. */
static pid_t
holder(int fd, int *ours)
{
	char text[TEXT + 1], host[256];
	struct slice rest = { text, 0 }, digits;
	ssize_t n = io_read(fd, text, TEXT);
	uint64_t pid;

	*ours = 0;
	if (n <= 0 || gethostname(host, sizeof(host)) == -1)
		return 0;
	host[sizeof(host) - 1] = '\0';
	rest.n = (size_t)n;
	*ours = text[n - 1] == '\n';
	rest.n -= (size_t)*ours;
	if (!slice_until(&rest, ':', &digits) ||
	    !slice_eq(rest, slice_str(host)) ||
	    slice_uint(digits, 1, INT32_MAX, &pid) == -1) {
		*ours = 0;
		return 0;
	}
	return (pid_t)pid;
}

/* Is the file a lock that nobody holds any more?  Where it is, it is locked. */
static int
is_dead(int fd)
{
	int ours;
	pid_t pid = holder(fd, &ours);

	if (pid == 0)
		return 0;
	if (ours)
		return filelock_take(fd, 0, 0) == 0;
	return kill(pid, 0) == -1 && errno == ESRCH &&
	    filelock_take(fd, 0, 0) == 0;
}

/* Looks whether it changed.  What is seen first has changed when the file
 * says, by the clock of the file system. */
static void
look(struct seen *seen, const struct stat *st)
{
	time_t age = 0, last = st->st_mtime > st->st_ctime ? st->st_mtime :
	    st->st_ctime;

	if (samefile_unwritten(st, &seen->st))
		return;
	if (seen->st.st_ino == 0 && last < time(NULL))
		age = time(NULL) - last;
	seen->st = *st;
	seen->changed = ticks_seconds() - age;
}

/* Removes somebody else's lock where it is stale, and was not replaced
 * meanwhile.  1 where it may be tried again at once. */
static int
remove_stale(const struct dotlock *l, struct seen *seen, unsigned stale)
{
	int fd = openat(l->dir, l->name,
	    O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st, now;
	int gone = 0;

	if (fd == -1)
		return errno == ENOENT;
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		goto out;
	look(seen, &st);
	if (!is_dead(fd) && (ticks_seconds() - seen->changed <= (time_t)stale ||
	    filelock_take(fd, 0, 0) == -1))
		goto out;
	gone = fstatat(l->dir, l->name, &now, AT_SYMLINK_NOFOLLOW) == 0 ?
	    samefile(&st, &now) && unlinkat(l->dir, l->name, 0) == 0 :
	    errno == ENOENT;
out:
	(void)close(fd);
	return gone;
}

/* Where the disk is full the lock names nobody, and is one as long as it is
 * held: who has no room for mail must be able to delete some. */
static int
write_holder(int fd, struct slice text)
{
	if (io_write(fd, text) == 0 || errno == ENOSPC || errno == EDQUOT)
		return 0;
	return -1;
}

/* A file in tmp/ that is a lock but for its name. */
static int
prepare(const struct dotlock *l, char path[PATH])
{
	static unsigned count;
	char host[256], text[TEXT];
	struct timespec now;
	int fd, n;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (gethostname(host, sizeof(host)) == -1)
		return -1;
	host[sizeof(host) - 1] = '\0';
	(void)snprintf(path, PATH, "tmp/%lld.M%06ldP%ldQ%u.lock",
	    (long long)now.tv_sec, now.tv_nsec / 1000, (long)getpid(),
	    ++count);
	fd = openat(l->dir, path,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return -1;
	n = snprintf(text, sizeof(text), "%ld:%s\n", (long)getpid(), host);
	if (write_holder(fd, (struct slice){ text, (size_t)n }) == 0 &&
	    filelock_take(fd, 0, 0) == 0)
		return fd;
	(void)close(fd);
	(void)unlinkat(l->dir, path, 0);
	return -1;
}

/*
 * Gives the lock its name: 1, 0 where it is taken, or -1.  Where there are no
 * links the name is there first and renamed over: a crash between the two
 * leaves a lock that names nobody.
 */
static int
place(const struct dotlock *l, const char *path)
{
	int fd;

	if (linkat(l->dir, path, l->dir, l->name, 0) == 0)
		return 1;
	if (errno == EEXIST)
		return 0;
	if (errno != EPERM && errno != EXDEV && errno != EACCES &&
	    errno != EMLINK && errno != EOPNOTSUPP && errno != ENOSYS)
		return -1;
	fd = openat(l->dir, l->name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return errno == EEXIST ? 0 : -1;
	(void)close(fd);
	if (renameat(l->dir, path, l->dir, l->name) == 0)
		return 1;
	(void)unlinkat(l->dir, l->name, 0);
	return -1;
}

/* Tries once: 1, 0 where it is taken, or -1. */
static int
try(struct dotlock *l, struct fail *f)
{
	char path[PATH];
	struct stat st;
	int fd = prepare(l, path), rc;

	if (fd == -1)
		return fail_errno(f, EX_TEMPFAIL, "%s: create", l->name);
	rc = fstat(fd, &st) == -1 ? -1 : place(l, path);
	if (rc == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "%s: create", l->name);
	(void)unlinkat(l->dir, path, 0);
	if (rc != 1) {
		(void)close(fd);
		return rc;
	}
	l->fd = fd;
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	l->touched = ticks_seconds();
	return 1;
}

int
dotlock_take(struct dotlock *l, const struct dotlock_wait *wait,
    struct fail *f)
{
	struct seen seen = { .changed = 0 };
	time_t until = ticks_seconds() + (time_t)wait->seconds;
	struct timespec pause = { 0, FIRST * 1000000L };
	struct stat st;
	int rc = 0;

	while (fstatat(l->dir, l->name, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
	    (rc = try(l, f)) == 0) {
		if (remove_stale(l, &seen, wait->stale))
			continue;
		if (ticks_seconds() >= until)
			return 0;
		(void)nanosleep(&pause, NULL);
		if (pause.tv_nsec < LAST * 1000000L)
			pause.tv_nsec *= 2;
	}
	return rc;
}

int
dotlock_keep(struct dotlock *l)
{
	struct stat st;
	time_t now = ticks_seconds();

	if (l->fd == -1 ||
	    fstatat(l->dir, l->name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    st.st_dev != l->dev || st.st_ino != l->ino)
		return 0;
	if (now - l->touched >= TOUCH) {
		(void)futimens(l->fd, NULL);
		l->touched = now;
	}
	return 1;
}

void
dotlock_free(struct dotlock *l)
{
	if (l->fd == -1)
		return;
	if (dotlock_keep(l))
		(void)unlinkat(l->dir, l->name, 0);
	(void)close(l->fd);
	l->fd = -1;
}
