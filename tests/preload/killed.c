/* SPDX-License-Identifier: ISC */
/*
 * killed: a process that ends at one of its system calls.  Loaded with
 * LD_PRELOAD, it ends $KILLED_PERCENT of the processes by SIGKILL, at a call
 * that chance picks, before it or behind it: early ones as often as late ones.
 * $KILLED_LOG gets a line for each, "COMMAND CALL before|behind".  With
 * $KILLED_AT it is that call of every process, from 1, half of them before it.
 *
 * Calls are those of files, of sockets and of locks; every other process counts
 * only those that change a file or tell somebody something.
 *
 * With $KILLED_ERROR, a number, the process lives on: the call that is
 * $KILLED_AT fails with that error, and where this is odd all that come later,
 * too, of those that need room on a disk.
 */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pid_t chosen_for; /* a child that was forked has a chance of its own */
static long left;	 /* calls until the last one; 0: there is none */
static int behind;
static int changes; /* count these alone */
static int error;   /* of those that need room; 0: none fails */
static int fails;   /* they do from now on */

static unsigned
chance(unsigned below)
{
	unsigned value;

	if (getrandom(&value, sizeof(value), 0) != sizeof(value))
		_exit(99);
	return value % below;
}

static void
choose(void)
{
	const char *percent = getenv("KILLED_PERCENT");
	const char *at = getenv("KILLED_AT");
	const char *number = getenv("KILLED_ERROR");

	chosen_for = getpid();
	left = 0;
	behind = (int)chance(2);
	changes = (int)chance(2);
	error = number != NULL ? (int)strtol(number, NULL, 10) : 0;
	fails = 0;
	if (at != NULL) {
		left = (long)strtoul(at, NULL, 10);
		behind = (int)(left % 2);
		if (error == 0)
			left = (left + 1) / 2;
		changes = 0;
		return;
	}
	if (percent != NULL && chance(100) < strtoul(percent, NULL, 10))
		left = 1 + (long)chance(1U << chance(changes ? 6 : 12));
}

static void
note(const char *call, const char *what)
{
	const char *path = getenv("KILLED_LOG");
	char line[200];
	int fd, n;

	n = snprintf(line, sizeof(line), "%s %s %s\n",
	    program_invocation_short_name, call, what);
	fd = (int)syscall(SYS_openat, AT_FDCWD, path == NULL ? "/" : path,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (fd == -1 || syscall(SYS_write, fd, line, n) != n)
		(void)dprintf(2, "killed: no KILLED_LOG\n");
	if (fd != -1)
		(void)syscall(SYS_close, fd);
}

static void
end(const char *call)
{
	note(call, behind ? "behind" : "before");
	(void)kill(getpid(), SIGKILL);
}

static int
is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* Does it take room on a disk? */
static int
needs_room(long number, const long a[6])
{
	switch (number) {
	case SYS_fdatasync:
	case SYS_fsync:
	case SYS_linkat:
	case SYS_mkdirat:
	case SYS_renameat2:
	case SYS_syncfs:
		return 1;
	case SYS_openat:
		return (a[2] & O_CREAT) != 0 ||
		    (a[2] & O_TMPFILE) == O_TMPFILE;
	case SYS_pwrite64:
	case SYS_write:
	case SYS_writev:
		return is_file((int)a[0]);
	default:
		return 0;
	}
}

static int
counts(long number, const long a[6])
{
	if (error != 0)
		return needs_room(number, a);
	switch (number) {
	case SYS_read:
	case SYS_recvfrom:
	case SYS_close:
	case SYS_openat:
	case SYS_fcntl:
		return !changes;
	default:
		return 1;
	}
}

static long
fail(const char *name)
{
	note(name, "failed");
	fails = behind;
	errno = error;
	return -1;
}

/* A call of the program's. */
static long
call(const char *name, long number, const long a[6])
{
	int last = 0, was;
	long rc;

	if (chosen_for != getpid())
		choose();
	if (left > 0 && counts(number, a))
		last = --left == 0;
	if (error != 0 && (last || (fails && needs_room(number, a))))
		return fail(name);
	if (last && !behind)
		end(name);
	rc = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	was = errno;
	if (last)
		end(name);
	errno = was;
	return rc;
}

#define ARGS(...) ((const long[6]){ __VA_ARGS__ })
#define P(pointer) ((long)(intptr_t)(pointer))

ssize_t
read(int fd, void *to, size_t n)
{
	return call("read", SYS_read, ARGS(fd, P(to), (long)n));
}

ssize_t
write(int fd, const void *from, size_t n)
{
	return call("write", SYS_write, ARGS(fd, P(from), (long)n));
}

ssize_t
writev(int fd, const struct iovec *v, int n)
{
	return call("writev", SYS_writev, ARGS(fd, P(v), n));
}

ssize_t
pwrite(int fd, const void *from, size_t n, off_t at)
{
	return call("pwrite", SYS_pwrite64, ARGS(fd, P(from), (long)n, at));
}

ssize_t
recv(int fd, void *to, size_t n, int flags)
{
	return call("recv", SYS_recvfrom, ARGS(fd, P(to), (long)n, flags));
}

ssize_t
send(int fd, const void *from, size_t n, int flags)
{
	return call("send", SYS_sendto, ARGS(fd, P(from), (long)n, flags));
}

ssize_t
sendmsg(int fd, const struct msghdr *m, int flags)
{
	return call("sendmsg", SYS_sendmsg, ARGS(fd, P(m), flags));
}

int
fsync(int fd)
{
	return (int)call("fsync", SYS_fsync, ARGS(fd));
}

int
fdatasync(int fd)
{
	return (int)call("fdatasync", SYS_fdatasync, ARGS(fd));
}

int
syncfs(int fd)
{
	return (int)call("syncfs", SYS_syncfs, ARGS(fd));
}

int
linkat(int from, const char *path, int to, const char *name, int flags)
{
	return (int)call("linkat", SYS_linkat,
	    ARGS(from, P(path), to, P(name), flags));
}

int
renameat(int from, const char *path, int to, const char *name)
{
	return (int)call("renameat", SYS_renameat2,
	    ARGS(from, P(path), to, P(name)));
}

int
mkdirat(int dir, const char *path, mode_t mode)
{
	return (int)call("mkdirat", SYS_mkdirat, ARGS(dir, P(path),
	    (long)mode));
}

int
unlinkat(int dir, const char *path, int flags)
{
	return (int)call("unlinkat", SYS_unlinkat, ARGS(dir, P(path), flags));
}

int
close(int fd)
{
	return (int)call("close", SYS_close, ARGS(fd));
}

int
fcntl(int fd, int what, ...)
{
	va_list more;
	long arg;

	va_start(more, what);
	arg = va_arg(more, long);
	va_end(more);
	return (int)call("fcntl", SYS_fcntl, ARGS(fd, what, arg));
}

int
openat(int dir, const char *path, int flags, ...)
{
	va_list more;
	int mode;

	va_start(more, flags);
	mode = va_arg(more, int);
	va_end(more);
	return (int)call("openat", SYS_openat, ARGS(dir, P(path), flags, mode));
}

/* Under the names that they have where the offsets of files are long. */
ssize_t pwrite64(int fd, const void *from, size_t n, off_t at)
    __attribute__((alias("pwrite")));
int fcntl64(int fd, int what, ...) __attribute__((alias("fcntl")));
int openat64(int dir, const char *path, int flags, ...)
    __attribute__((alias("openat")));
