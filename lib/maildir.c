/* SPDX-License-Identifier: ISC */
/* maildir: durable delivery into Maildirs; see maildir.h. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "io.h"
#include "maildir.h"
#include "mem.h"
#include "output.h"

enum {
	ID = 64,   /* SECONDS.MmicrosPpidQcount */
	HOST = 96, /* cut to it; the whole name stays below MAILDIR_NAME */
};

struct maildir {
	const char *path;
	int dir; /* of "path" */
	int fd;	 /* of the file in tmp/ */
	uint64_t line_ends;
	struct output out;
	char id[ID];
	char name[MAILDIR_NAME]; /* in tmp/: id.HOST */
};

/* The host's name as a file name can hold it: no slash, no colon, and no
 * comma, behind which the sizes stand. */
static void
host_name(char host[HOST])
{
	char *p;

	if (gethostname(host, HOST) == -1)
		(void)snprintf(host, HOST, "localhost");
	host[HOST - 1] = '\0';
	for (p = host; *p != '\0'; p++)
		if (*p == '/' || *p == ':' || *p == ',' || *p <= ' ')
			*p = '_';
}

static void
new_name(struct maildir *m)
{
	static unsigned count;
	static char host[HOST];
	struct timespec now;

	if (host[0] == '\0')
		host_name(host);
	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)snprintf(m->id, sizeof(m->id), "%lld.M%06ldP%ldQ%u",
	    (long long)now.tv_sec, now.tv_nsec / 1000, (long)getpid(),
	    ++count);
	(void)snprintf(m->name, sizeof(m->name), "%s.%s", m->id, host);
}

static int
sync_dir(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd == -1)
		return -1;
	rc = fsync(fd);
	(void)close(fd);
	return rc;
}

static int
sync_parent(const char *path)
{
	char *parent = mem_str(slice_str(path));
	size_t n = strlen(parent);
	int rc;

	while (n > 1 && parent[n - 1] == '/')
		n--;
	while (n > 0 && parent[n - 1] != '/')
		n--;
	parent[n] = '\0';
	rc = sync_dir(AT_FDCWD, n == 0 ? "." : parent);
	free(parent);
	return rc;
}

static int
open_dir(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int
maildir_make(const char *path, struct fail *f)
{
	static const char *const parts[] = { "cur", "new", "tmp" };
	int dir, rc = -1, made = mkdir(path, 0700) == 0;
	size_t i;

	if ((!made && errno != EEXIST) || (dir = open_dir(path)) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s: create", path);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (mkdirat(dir, parts[i], 0700) == -1 && errno != EEXIST)
			goto out;
	if (fsync(dir) == 0 && (!made || sync_parent(path) == 0))
		rc = 0;
out:
	if (rc == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "%.300s: create", path);
	(void)close(dir);
	return rc;
}

/* The directory "name" below "dir" is there: 0, or -1 with errno. */
static int
has_part(int dir, const char *name)
{
	return faccessat(dir, name, F_OK, 0);
}

/* Opens the new file in tmp/: 0, or -1 with errno. */
static int
create(struct maildir *m)
{
	int dir, tries;

	if (has_part(m->dir, "new") == -1)
		return -1;
	dir = openat(m->dir, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir == -1)
		return -1;
	for (tries = 0; tries < 100; tries++) {
		new_name(m);
		m->fd = openat(dir, m->name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0600);
		if (m->fd != -1 || errno != EEXIST)
			break;
	}
	(void)close(dir);
	return m->fd == -1 ? -1 : 0;
}

struct maildir *
maildir_begin(const char *path, struct fail *f)
{
	struct maildir *m = mem_alloc(sizeof(*m));

	m->path = path;
	m->fd = -1;
	m->dir = open_dir(path);
	if (m->dir == -1 && errno == ENOENT && maildir_make(path, f) == 0)
		m->dir = open_dir(path);
	if (m->dir != -1 && create(m) == -1 && errno == ENOENT &&
	    maildir_make(path, f) == 0)
		(void)create(m);
	if (m->fd == -1) {
		(void)fail_errno(f, EX_TEMPFAIL, "%.300s: create a message",
		    path);
		maildir_abort(&m);
		return NULL;
	}
	m->out = output_to(m->fd, path);
	return m;
}

const char *
maildir_id(const struct maildir *m)
{
	return m->id;
}

void
maildir_write(struct maildir *m, struct slice s)
{
	struct slice rest = s, line;

	output_put(&m->out, s);
	while (slice_until(&rest, '\n', &line))
		m->line_ends++;
}

int
maildir_failed(const struct maildir *m)
{
	return m->out.error != 0;
}

static void
tmp_path(char out[MAILDIR_NAME + 8], const struct maildir *m)
{
	(void)snprintf(out, MAILDIR_NAME + 8, "tmp/%s", m->name);
}

/* Another Maildir that gets the message. */
struct copy {
	const char *path;
	int dir;
	int in_tmp; /* its link in tmp/ is there */
};

static int
copy_bytes(int from, int to)
{
	char block[16384];
	ssize_t n;

	while ((n = io_read(from, block, sizeof(block))) > 0)
		if (io_write(to, (struct slice){ block, (size_t)n }) == -1)
			return -1;
	return n == -1 ? -1 : fsync(to);
}

/* The file of "m" as a file of its own in another file system. */
static int
copy_across(const struct maildir *m, const char *tmp, int dir)
{
	int rc = -1, from, to;

	if ((from = openat(m->dir, tmp, O_RDONLY | O_CLOEXEC)) == -1)
		return -1;
	to = openat(dir, tmp,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to != -1) {
		rc = copy_bytes(from, to);
		if (close(to) == -1)
			rc = -1;
		if (rc == -1)
			(void)unlinkat(dir, tmp, 0);
	}
	(void)close(from);
	return rc;
}

/* Puts the message into tmp/ of another Maildir, which is where most that can
 * fail does fail. */
static int
copy_prepare(const struct maildir *m, struct copy *c, struct fail *f)
{
	char tmp[MAILDIR_NAME + 8];
	int rc;

	tmp_path(tmp, m);
	if ((c->dir = open_dir(c->path)) == -1 ||
	    has_part(c->dir, "tmp") == -1 || has_part(c->dir, "new") == -1) {
		if (maildir_make(c->path, f) == -1)
			return -1;
		if (c->dir == -1)
			c->dir = open_dir(c->path);
	}
	rc = linkat(m->dir, tmp, c->dir, tmp, 0);
	if (rc == -1 && (errno == EXDEV || errno == EPERM || errno == EMLINK))
		rc = copy_across(m, tmp, c->dir);
	if (rc == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s: create a message",
		    c->path);
	c->in_tmp = 1;
	return 0;
}

/* Moves the message from tmp/ to new/. */
static int
publish(const struct maildir *m, int dir, const char *path, struct fail *f)
{
	char tmp[MAILDIR_NAME + 8], to[MAILDIR_NAME + 64];

	tmp_path(tmp, m);
	(void)snprintf(to, sizeof(to), "new/%s,S=%" PRIu64 ",W=%" PRIu64,
	    m->name, m->out.written, m->out.written + m->line_ends);
	if (renameat(dir, tmp, dir, to) == -1 || sync_dir(dir, "new") == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s: deliver", path);
	return 0;
}

/* Writes what is held back and syncs the file. */
static int
finish_file(struct maildir *m, struct fail *f)
{
	int fd = m->fd;

	if (output_flush(&m->out, f) == -1) {
		f->class = EX_TEMPFAIL;
		return -1;
	}
	if (fsync(fd) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s: sync", m->path);
	m->fd = -1;
	if (close(fd) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s: close", m->path);
	return 0;
}

static int
publish_all(struct maildir *m, struct copy *copies, size_t n, struct fail *f)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (copy_prepare(m, &copies[i], f) == -1)
			return -1;
	for (i = 0; i < n; i++) {
		if (publish(m, copies[i].dir, copies[i].path, f) == -1)
			return -1;
		copies[i].in_tmp = 0;
	}
	if (publish(m, m->dir, m->path, f) == -1)
		return -1;
	m->name[0] = '\0'; /* nothing is in tmp/ any more */
	return 0;
}

int
maildir_commit(struct maildir **mp, const char *const *others, size_t nothers,
    struct fail *f)
{
	struct maildir *m = *mp;
	struct copy *copies = mem_alloc(nothers * sizeof(*copies));
	char tmp[MAILDIR_NAME + 8];
	size_t i;
	int rc;

	for (i = 0; i < nothers; i++)
		copies[i] = (struct copy){ .path = others[i], .dir = -1 };
	rc = finish_file(m, f);
	if (rc == 0)
		rc = publish_all(m, copies, nothers, f);
	tmp_path(tmp, m);
	for (i = 0; i < nothers; i++) {
		if (copies[i].in_tmp)
			(void)unlinkat(copies[i].dir, tmp, 0);
		if (copies[i].dir != -1)
			(void)close(copies[i].dir);
	}
	free(copies);
	maildir_abort(mp);
	return rc;
}

void
maildir_abort(struct maildir **mp)
{
	struct maildir *m = *mp;
	char tmp[MAILDIR_NAME + 8];

	if (m == NULL)
		return;
	/* Gone already where the message was delivered. */
	tmp_path(tmp, m);
	if (m->dir != -1 && m->name[0] != '\0')
		(void)unlinkat(m->dir, tmp, 0);
	if (m->fd != -1)
		(void)close(m->fd);
	if (m->dir != -1)
		(void)close(m->dir);
	output_free(&m->out);
	free(m);
	*mp = NULL;
}
