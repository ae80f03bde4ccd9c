/* SPDX-License-Identifier: ISC */
/*
 * powercut: a disk that keeps what was synced, and nothing else.  Loaded with
 * LD_PRELOAD, it notes under $POWERCUT what each fsync(2) and fdatasync(2)
 * promises, and syncs nothing: of a file its bytes, of a directory its names.
 * tests/peer/powercut.py, which sets it up, makes of it what a machine would
 * find after the power failed.
 *
 *	$POWERCUT/files/KEY	the bytes of the file KEY, its inode and the
 *				time at which that was made
 *	$POWERCUT/dirs/PATH	the names of a directory, "/" of its path as
 *				"%": lines KEY, type, name
 *	$POWERCUT/ever		the KEYs that once were in one of these
 *
 * What cannot be noted ends the process: a test must not go on without it.
 * There is no Landlock and no seccomp, which would stop the notes.
 *
 * $POWERCUT_FORGETS, "files" or "directories", is a disk that does not keep its
 * word: it shows that a test sees what is lost.
 */

#define _GNU_SOURCE

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PATH = 8192, KEY = 64 };

static void
give_up(const char *what)
{
	(void)dprintf(2, "powercut: %s\n", what);
	_exit(99);
}

static const char *
place(void)
{
	const char *to = getenv("POWERCUT");

	if (to == NULL)
		give_up("no POWERCUT");
	return to;
}

static void
key_of(int dir, const char *name, char key[KEY])
{
	struct statx st;

	if (statx(dir, name, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW,
	    STATX_INO | STATX_BTIME, &st) == -1 ||
	    (st.stx_mask & STATX_BTIME) == 0)
		give_up("statx");
	(void)snprintf(key, KEY, "%llu-%lld.%u",
	    (unsigned long long)st.stx_ino, (long long)st.stx_btime.tv_sec,
	    st.stx_btime.tv_nsec);
}

/* One at a time, so that what is noted last was seen last. */
static int
lock(void)
{
	char path[PATH];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/lock", place());
	if ((fd = open(path, O_RDWR | O_CLOEXEC)) == -1 ||
	    flock(fd, LOCK_EX) == -1)
		give_up(path);
	return fd;
}

static FILE *
begin(char path[PATH])
{
	FILE *out;

	(void)snprintf(path, PATH, "%s/new.%ld", place(), (long)getpid());
	if ((out = fopen(path, "w")) == NULL)
		give_up(path);
	return out;
}

static FILE *
remember(void)
{
	char path[PATH];
	FILE *out;

	(void)snprintf(path, PATH, "%s/ever", place());
	if ((out = fopen(path, "a")) == NULL)
		give_up(path);
	return out;
}

static void
end(FILE *out, const char *path, const char *kind, const char *name)
{
	char to[PATH];

	(void)snprintf(to, sizeof(to), "%s/%s/%s", place(), kind, name);
	if (fclose(out) != 0 || rename(path, to) == -1)
		give_up(to);
}

static void
note_file(int fd)
{
	char path[PATH], key[KEY], block[65536];
	FILE *out = begin(path);
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, block, sizeof(block), at)) > 0) {
		(void)fwrite(block, 1, (size_t)n, out);
		at += n;
	}
	if (n == -1)
		give_up("a file that cannot be read");
	key_of(fd, "", key);
	end(out, path, "files", key);
}

static void
note_directory(int fd)
{
	char path[PATH], key[KEY], link[64], name[4096];
	FILE *out = begin(path), *ever = remember();
	struct dirent *e;
	ssize_t n;
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY);
	DIR *d = again == -1 ? NULL : fdopendir(again);
	char *p;

	if (d == NULL)
		give_up("a directory that cannot be read");
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		key_of(again, e->d_name, key);
		(void)fprintf(out, "%s\t%c\t%s\n", key,
		    e->d_type == DT_DIR ? 'd' : 'f', e->d_name);
		(void)fprintf(ever, "%s\n", key);
	}
	(void)fclose(ever);
	(void)closedir(d);
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if ((n = readlink(link, name, sizeof(name) - 1)) == -1)
		give_up("a directory without a path");
	name[n] = '\0';
	for (p = name; *p != '\0'; p++)
		if (*p == '/')
			*p = '%';
	end(out, path, "dirs", name);
}

static int
forgets(const char *what)
{
	const char *forgotten = getenv("POWERCUT_FORGETS");

	return forgotten != NULL && strcmp(forgotten, what) == 0;
}

static int
note(int fd)
{
	struct stat st;
	int held;

	if (fstat(fd, &st) == -1)
		return -1;
	held = lock();
	if (S_ISREG(st.st_mode) && !forgets("files"))
		note_file(fd);
	else if (S_ISDIR(st.st_mode) && !forgets("directories"))
		note_directory(fd);
	(void)close(held);
	return 0;
}

int
fsync(int fd)
{
	return note(fd);
}

int
fdatasync(int fd)
{
	return note(fd);
}

int
syncfs(int fd)
{
	(void)fd;
	give_up("syncfs is not simulated");
	return -1;
}

void
sync(void)
{
	give_up("sync is not simulated");
}

static int
forbidden(long number)
{
	return number == SYS_seccomp || (number >= 444 && number <= 446);
}

/* Landlock's calls have the same numbers everywhere. */
long
syscall(long number, ...)
{
	static long (*real)(long number, ...);
	va_list more;
	long a[6];
	int i;

	if (forbidden(number)) {
		errno = ENOSYS;
		return -1;
	}
	if (real == NULL) /* UNSAFE: POSIX has functions in void pointers */
		*(void **)&real = dlsym(RTLD_NEXT, "syscall");
	va_start(more, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(more, long);
	va_end(more);
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
