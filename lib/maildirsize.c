/* SPDX-License-Identifier: ISC */
/* maildirsize: the quota of a Maildir++; see maildirsize.h. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "io.h"
#include "maildircount.h"
#include "maildirsize.h"

enum {
	LONGEST = 5120,	  /* bytes of the file (Maildir++) */
	FRESH = 15 * 60,  /* seconds (Maildir++) */
	TRIES = 200,	  /* for a lock: two seconds */
	PAUSE = 10000000, /* nanoseconds between them */
};

static const char name[] = "maildirsize";

/* 0, or -1 where that is not to be had in time, or not at all.  The owner of
 * the Maildir must not be able to stop us by a lock of his own. */
static int
lock(int dir, int how)
{
	struct timespec pause = { 0, PAUSE };
	int tries = 0;

	while (flock(dir, how | LOCK_NB) == -1) {
		if ((errno != EWOULDBLOCK && errno != EINTR) ||
		    tries++ == TRIES)
			return -1;
		(void)nanosleep(&pause, NULL);
	}
	return 0;
}

static int
open_file(int dir, int flags, struct stat *st)
{
	int fd = openat(dir, name,
	    flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd == -1)
		return -1;
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		return fd;
	(void)close(fd);
	return -1;
}

/* What the file says: 1, or 0 where it says nothing. */
static int
read_file(int dir, const struct quota *q, struct usage *u, time_t *written)
{
	char text[LONGEST + 1];
	struct stat st;
	ssize_t n;
	int fd = open_file(dir, O_RDONLY, &st);

	if (fd == -1)
		return 0;
	*written = st.st_mtime;
	n = io_read(fd, text, sizeof(text));
	(void)close(fd);
	return n > 0 && n <= LONGEST &&
	    quota_sum((struct slice){ text, (size_t)n }, q, u) == 0;
}

static int
write_text(int fd, const struct quota *q, const struct usage *u)
{
	struct buf text = BUF(200);
	int rc;

	quota_format(q, &text);
	(void)buf_addf(&text, "%" PRIu64 " %" PRIu64 "\n", u->bytes,
	    u->messages);
	rc = io_write(fd, buf_slice(&text));
	buf_free(&text);
	return rc;
}

/* Writes the file anew, unless the Maildir is not any more what "stamp" says:
 * a message that came meanwhile may or may not be in the count. */
static void
write_file(int dir, const struct quota *q, const struct usage *u,
    uint64_t stamp)
{
	char tmp[80];
	struct fail ignored;
	struct timespec now;
	uint64_t after;
	int fd, rc;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)snprintf(tmp, sizeof(tmp), "tmp/%lld.M%06ldP%ld.%s",
	    (long long)now.tv_sec, now.tv_nsec / 1000, (long)getpid(), name);
	fd = openat(dir, tmp,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return;
	rc = write_text(fd, q, u);
	if (close(fd) == -1 || rc == -1 ||
	    maildircount_stamp(dir, &after, &ignored) == -1 ||
	    after != stamp || renameat(dir, tmp, dir, name) == -1)
		(void)unlinkat(dir, tmp, 0);
}

static int
count_anew(int dir, const struct quota *q, struct usage *u, struct fail *f)
{
	int locked = lock(dir, LOCK_EX) == 0;
	uint64_t stamp;

	if (maildircount_stamp(dir, &stamp, f) == -1 ||
	    maildircount_all(dir, u, f) == -1)
		return -1;
	if (locked)
		write_file(dir, q, u, stamp);
	return 0;
}

static int
is_fresh(const struct usage *u, time_t written)
{
	struct timespec now;

	/* Not time(2): it may be behind the time of a file that was just
	 * written, by a tick. */
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return u->lines == 1 && written <= now.tv_sec &&
	    now.tv_sec - written < FRESH;
}

enum maildirsize_room
maildirsize_check(const char *maildir, const struct quota *q, uint64_t bytes,
    struct fail *f)
{
	int dir = open(maildir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct usage u = { 0 };
	time_t written = 0;
	int known, rc = 0;

	if (dir == -1 && errno != ENOENT)
		return fail_errno(f, EX_TEMPFAIL, "%.300s: open", maildir);
	if (dir == -1)
		return quota_over(q, &u, bytes);
	known = read_file(dir, q, &u, &written);
	if (!known || (quota_over(q, &u, bytes) && !is_fresh(&u, written)))
		rc = count_anew(dir, q, &u, f);
	(void)close(dir);
	if (rc == -1)
		return fail_at(f, maildir);
	return quota_over(q, &u, bytes);
}

static int
begin(int at, const char *maildir)
{
	int dir = openat(at, maildir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir != -1)
		(void)lock(dir, LOCK_SH);
	return dir;
}

int
maildirsize_begin(const char *maildir)
{
	return begin(AT_FDCWD, maildir);
}

int
maildirsize_begin_in(int dir)
{
	return begin(dir, ".");
}

/* What was begun ends, with a line where there is a file. */
static void
end(int begun, const char *sign, uint64_t bytes, uint64_t messages)
{
	char line[60];
	struct stat st;
	int fd, n;

	if (begun == -1)
		return;
	if (messages > 0 &&
	    (fd = open_file(begun, O_WRONLY | O_APPEND, &st)) != -1) {
		n = snprintf(line, sizeof(line),
		    "%s%" PRIu64 " %s%" PRIu64 "\n", sign, bytes, sign,
		    messages);
		(void)io_write(fd, (struct slice){ line, (size_t)n });
		(void)close(fd);
	}
	(void)close(begun);
}

void
maildirsize_added(int begun, uint64_t bytes, unsigned messages)
{
	end(begun, "", bytes, messages);
}

void
maildirsize_removed(int begun, uint64_t bytes, uint64_t messages)
{
	end(begun, "-", bytes, messages);
}
