/* SPDX-License-Identifier: ISC */
/* keywords: which keyword each letter is; see keywords.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "dotlock.h"
#include "io.h"
#include "keywords.h"

enum {
	FILE_MOST = 65536, /* bytes that are read */
	STALE = 120,	   /* seconds, as Dovecot has it */
	WAIT = STALE + 5,
};

static const char file[] = "dovecot-keywords";
static const char temporary[] = "dovecot-keywords.tmp";

static int
is_keyword(struct slice name)
{
	size_t i;

	for (i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] > '~')
			return 0;
	return name.n > 0 && name.n <= KEYWORDS_NAME;
}

/* A line of the file. */
static void
take_line(struct keywords *k, struct slice line)
{
	struct slice digits;
	uint64_t i;

	if (slice_until(&line, ' ', &digits) &&
	    slice_uint(digits, 0, KEYWORDS - 1, &i) == 0 && line.n > 0 &&
	    k->name[i].n == 0)
		k->name[i] = arena_slice(&k->arena, line);
}

/* Reads what is there, with what is to be known of the file in "st", whose
 * st_nlink is 0 where there is none. */
static int
read_file(struct keywords *k, int dir, struct stat *st, struct fail *f)
{
	int fd = openat(dir, file,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char *text = mem_alloc(FILE_MOST);
	struct slice rest = { text, 0 }, line;
	ssize_t n = -1;

	keywords_free(k);
	memset(st, 0, sizeof(*st));
	if (fd == -1 && errno == ENOENT) {
		n = 0;
	} else if (fd == -1 || fstat(fd, st) == -1 ||
	    (n = io_read(fd, text, FILE_MOST)) == -1) {
		(void)fail_errno(f, EX_TEMPFAIL, "%s", file);
	} else if (n == FILE_MOST || !S_ISREG(st->st_mode)) {
		(void)fail_set(f, EX_TEMPFAIL, "%s: it is something else",
		    file);
		n = -1;
	}
	rest.n = n > 0 ? (size_t)n : 0;
	while (rest.n > 0) {
		(void)slice_until(&rest, '\n', &line);
		take_line(k, line);
	}
	if (fd != -1)
		(void)close(fd);
	free(text);
	return n == -1 ? -1 : 0;
}

int
keywords_read(struct keywords *k, int dir, struct fail *f)
{
	struct stat st;

	return read_file(k, dir, &st, f);
}

int
keywords_find(const struct keywords *k, struct slice name)
{
	int i;

	for (i = 0; i < KEYWORDS; i++)
		if (k->name[i].n > 0 && slice_caseeq(k->name[i], name))
			return i;
	return -1;
}

/* Gives letters: how many. */
static int
assign(struct keywords *k, const struct slice *names, size_t n)
{
	int free_one = 0, given = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!is_keyword(names[i]) || keywords_find(k, names[i]) != -1)
			continue;
		while (free_one < KEYWORDS && k->name[free_one].n > 0)
			free_one++;
		if (free_one == KEYWORDS)
			break;
		k->name[free_one] = arena_slice(&k->arena, names[i]);
		given++;
	}
	return given;
}

static void
put_all(const struct keywords *k, struct buf *text)
{
	int i;

	for (i = 0; i < KEYWORDS; i++) {
		if (k->name[i].n == 0)
			continue;
		(void)buf_addf(text, "%d ", i);
		(void)buf_add(text, k->name[i]);
		(void)buf_addc(text, '\n');
	}
}

/* Dovecot takes a file for the one that it knows by its time in seconds.  Who
 * may read the old one may read the new one. */
static int
dress(int fd, const struct stat *old)
{
	struct timespec times[2] = { { 0, UTIME_OMIT }, { 0, 0 } };
	struct stat st;

	if (old->st_nlink == 0)
		return 0;
	if (fchown(fd, (uid_t)-1, old->st_gid) == 0)
		(void)fchmod(fd, old->st_mode & 0666);
	if (fstat(fd, &st) == -1)
		return -1;
	if (st.st_mtim.tv_sec > old->st_mtim.tv_sec)
		return 0;
	times[1].tv_sec = old->st_mtim.tv_sec + 1;
	return futimens(fd, times);
}

static int
replace(const struct keywords *k, struct dotlock *lock, const struct stat *old,
    struct fail *f)
{
	struct buf text = BUF((size_t)KEYWORDS * FILE_MOST);
	int fd, rc = -1;

	put_all(k, &text);
	(void)unlinkat(lock->dir, temporary, 0);
	fd = openat(lock->dir, temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1 || io_write(fd, buf_slice(&text)) == -1 ||
	    dress(fd, old) == -1 || fdatasync(fd) == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "%s: write", temporary);
	else if (!dotlock_keep(lock))
		(void)fail_set(f, EX_TEMPFAIL, "%s: lost the lock", file);
	else if (renameat(lock->dir, temporary, lock->dir, file) == -1 ||
	    fsync(lock->dir) == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "%s: replace", file);
	else
		rc = 0;
	if (fd != -1 && close(fd) == -1 && rc == 0)
		rc = fail_errno(f, EX_TEMPFAIL, "%s: close", temporary);
	if (rc == -1)
		(void)unlinkat(lock->dir, temporary, 0);
	buf_free(&text);
	return rc;
}

int
keywords_add(struct keywords *k, int dir, const struct slice *names, size_t n,
    struct fail *f)
{
	struct dotlock lock = DOTLOCK(dir, "dovecot-uidlist.lock");
	const struct dotlock_wait wait = { WAIT, STALE };
	struct fail ignored;
	struct stat old;
	int rc = dotlock_take(&lock, &wait, f);

	if (rc == 0)
		rc = fail_set(f, EX_TEMPFAIL, "%s: somebody else has the lock",
		    file);
	if (rc == 1)
		rc = read_file(k, dir, &old, f);
	if (rc == 0 && assign(k, names, n) > 0 &&
	    (rc = replace(k, &lock, &old, f)) == -1)
		(void)keywords_read(k, dir, &ignored);
	dotlock_free(&lock);
	return rc;
}

void
keywords_free(struct keywords *k)
{
	arena_free(&k->arena);
	memset(k->name, 0, sizeof(k->name));
}
