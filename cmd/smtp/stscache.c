/* SPDX-License-Identifier: ISC */
/* stscache: policies that were fetched; see stscache.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "above.h"
#include "buf.h"
#include "io.h"
#include "mem.h"
#include "stscache.h"
#include "text.h"

enum {
	HEAD = 1024, /* bytes of the lines before the policy */
	LABEL = 63,
	DOMAIN = 253 - 8, /* "mta-sts." stands before it (RFC 8461, 3.3) */
};

int
stscache_is_domain(struct slice name)
{
	struct slice label;
	size_t i;
	int more;

	if (name.n > DOMAIN)
		return 0;
	do {
		more = slice_until(&name, '.', &label);
		if (label.n == 0 || label.n > LABEL || label.p[0] == '-')
			return 0;
		for (i = 0; i < label.n; i++)
			if (label.p[i] == '\0' || strchr("abcdefghijklmnopqrst"
			    "uvwxyz0123456789-_", label.p[i]) == NULL)
				return 0;
	} while (more);
	return 1;
}

/* NULL, or why what is open may be somebody else's words. */
static const char *
distrust(int fd, mode_t kind)
{
	struct stat st;

	if (fstat(fd, &st) == -1 || (st.st_mode & S_IFMT) != kind)
		return kind == S_IFDIR ? "not a directory" : "not a file";
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return "another user's, and not used";
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return "others may write to it, and it is not used";
	return NULL;
}

int
stscache_open(const char *path, int make, unsigned mode, struct fail *f)
{
	const char *bad;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1 && errno == ENOENT && make) {
		above_make(path, mode);
		(void)mkdir(path, mode);
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd == -1)
		return fail_errno(f, EX_CONFIG, "%s",
		    TEXT_SHOW(slice_str(path)));
	if ((bad = distrust(fd, S_IFDIR)) == NULL)
		return fd;
	(void)close(fd);
	return fail_set(f, EX_CONFIG, "%s: %s", TEXT_SHOW(slice_str(path)),
	    bad);
}

/* The value of the next line, which has to be that key's.  The space before an
 * empty one is not there any more where somebody had the file in an editor. */
static int
take_line(struct slice *s, struct slice key, struct slice *value)
{
	if (!slice_until(s, '\n', value) || !slice_starts(*value, key))
		return -1;
	*value = slice_sub(*value, key.n, value->n);
	if (key.n > 0 && slice_peek(*value) == ' ')
		(void)slice_getc(value);
	return 0;
}

static int
take_number(struct slice *s, struct slice key, int64_t *number)
{
	struct slice value;
	uint64_t n;

	if (take_line(s, key, &value) == -1 ||
	    slice_uint(value, 0, INT64_MAX / 2, &n) == -1)
		return -1;
	*number = (int64_t)n;
	return 0;
}

static int
take_text(struct slice *s, struct slice key, char *to, size_t room)
{
	struct slice value;

	if (take_line(s, key, &value) == -1 || value.n >= room)
		return -1;
	memcpy(to, value.p, value.n);
	to[value.n] = '\0';
	return 0;
}

/* 1 where the file is whole, and of a version that we know; else 0. */
static int
parse(struct slice s, struct stscache_entry *e)
{
	struct fail ignored;
	struct slice empty;
	int64_t size;

	if (take_text(&s, SLICE("Id:"), e->id, sizeof(e->id)) == -1 ||
	    take_number(&s, SLICE("Fetched:"), &e->fetched) == -1 ||
	    take_number(&s, SLICE("Expires:"), &e->expires) == -1 ||
	    take_number(&s, SLICE("Tried:"), &e->tried) == -1 ||
	    take_text(&s, SLICE("Why:"), e->why, sizeof(e->why)) == -1 ||
	    take_number(&s, SLICE("Size:"), &size) == -1 ||
	    take_line(&s, SLICE(""), &empty) == -1 || empty.n > 0 ||
	    s.n > sizeof(e->text) || (int64_t)s.n != size)
		return 0;
	/* Nothing counts for longer than it may, whatever the file says. */
	if (e->expires > e->fetched + STSPOLICY_AGE)
		e->expires = e->fetched + STSPOLICY_AGE;
	e->n = s.n;
	if (s.n == 0)
		return e->fetched == 0 && e->expires == 0;
	memcpy(e->text, s.p, s.n);
	return stspolicy_parse((struct slice){ e->text, e->n }, &e->policy,
	    &ignored) == 0;
}

static int
load(int fd, struct stscache_entry *e)
{
	enum { ALL = HEAD + STSPOLICY_TEXT };
	char *text = mem_alloc(ALL + 1);
	ssize_t n = io_read(fd, text, ALL + 1);
	int rc = n > 0 && n <= ALL &&
	    parse((struct slice){ text, (size_t)n }, e);

	free(text);
	return rc;
}

int
stscache_load(int dir, const char *domain, struct stscache_entry *e,
    struct fail *f)
{
	int fd = openat(dir, domain, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC), rc = 0;
	const char *bad;

	memset(e, 0, sizeof(*e));
	if (fd == -1)
		return 0;
	if ((bad = distrust(fd, S_IFREG)) != NULL)
		(void)fail_set(f, EX_CONFIG, "file %s of the cache: %s",
		    domain, bad);
	else
		rc = load(fd, e);
	(void)close(fd);
	return rc;
}

static int
write_entry(int fd, const struct stscache_entry *e)
{
	struct buf text = BUF(HEAD + STSPOLICY_TEXT);
	int rc;

	rc = buf_addf(&text, "Id: %s\nFetched: %lld\nExpires: %lld\n"
	    "Tried: %lld\nWhy: %s\nSize: %zu\n\n", e->id,
	    (long long)e->fetched, (long long)e->expires,
	    (long long)e->tried, e->why, e->n) == -1 ||
	    buf_add(&text, (struct slice){ e->text, e->n }) == -1 ||
	    io_write(fd, buf_slice(&text)) == -1 || fsync(fd) == -1 ? -1 : 0;
	buf_free(&text);
	return rc;
}

int
stscache_save(int dir, const char *domain, const struct stscache_entry *e,
    struct fail *f)
{
	char temporary[40]; /* no domain begins with a dot */
	int fd, written;

	(void)snprintf(temporary, sizeof(temporary), ".%ld", (long)getpid());
	(void)unlinkat(dir, temporary, 0);
	fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0644);
	if (fd == -1)
		return fail_errno(f, EX_CANTCREAT, "file %s of the cache",
		    domain);
	written = write_entry(fd, e);
	if (close(fd) == -1 || written == -1 ||
	    renameat(dir, temporary, dir, domain) == -1) {
		(void)fail_errno(f, EX_CANTCREAT, "file %s of the cache",
		    domain);
		(void)unlinkat(dir, temporary, 0);
		return -1;
	}
	return 0;
}
