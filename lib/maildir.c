/* SPDX-License-Identifier: ISC */
/* maildir: durable delivery into Maildirs; see maildir.h. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "maildir.h"
#include "maildirfs.h"
#include "mem.h"
#include "output.h"

enum {
	ID = 64,   /* SECONDS.MmicrosPpidQcount */
};

struct maildir {
	const char *path;
	int dir; /* of "path" */
	int fd;	 /* of the file */
	int named; /* it is in tmp/ */
	int synced;
	uint64_t line_ends;
	struct output out;
	char id[ID];
	char name[MAILDIR_NAME]; /* id.HOST */
};

static void
new_name(struct maildir *m)
{
	static unsigned count;
	static char host[MAILDIRFS_HOST];
	struct timespec now;

	if (host[0] == '\0')
		maildirfs_host(host);
	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)snprintf(m->id, sizeof(m->id), "%lld.M%06ldP%ldQ%u",
	    (long long)now.tv_sec, now.tv_nsec / 1000, (long)getpid(),
	    ++count);
	(void)snprintf(m->name, sizeof(m->name), "%s.%s", m->id, host);
}

struct maildir *
maildir_begin(const char *path, struct fail *f)
{
	struct maildir *m = mem_alloc(sizeof(*m));
	int tries;

	m->path = path;
	m->fd = -1;
	if ((m->dir = maildirfs_open(path, f)) == -1) {
		maildir_abort(&m);
		return NULL;
	}
	for (tries = 0; tries < 100; tries++) {
		new_name(m);
		m->fd = maildirfs_create(m->dir, m->name, &m->named);
		if (m->fd != -1 || errno != EEXIST)
			break;
	}
	if (m->fd == -1) {
		(void)fail_errno(f, EX_TEMPFAIL, "%.300s: create a message",
		    path);
		m->named = 0;
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

	m->synced = 0;
	output_put(&m->out, s);
	while (slice_until(&rest, '\n', &line))
		m->line_ends++;
}

uint64_t
maildir_size(const struct maildir *m)
{
	return m->out.written;
}

static void
tmp_path(char out[MAILDIR_NAME + 8], const struct maildir *m)
{
	(void)snprintf(out, MAILDIR_NAME + 8, "tmp/%s", m->name);
}

static void
new_path(char out[MAILDIR_NAME + 64], const struct maildir *m)
{
	(void)snprintf(out, MAILDIR_NAME + 64,
	    "new/%s,S=%" PRIu64 ",W=%" PRIu64, m->name, m->out.written,
	    m->out.written + m->line_ends);
}

/* Another Maildir that gets the message. */
struct copy {
	const char *path;
	int in_tmp; /* its link in tmp/ is there */
};

/* Puts the message into tmp/ of another Maildir, which is where most that can
 * fail does fail. */
static int
copy_prepare(const struct maildir *m, struct copy *c, struct fail *f)
{
	char tmp[MAILDIR_NAME + 8];
	int dir = maildirfs_open(c->path, f);

	if (dir == -1)
		return -1;
	tmp_path(tmp, m);
	c->in_tmp = maildirfs_link(m->fd, dir, tmp) == 0;
	if (!c->in_tmp)
		(void)fail_errno(f, EX_TEMPFAIL, "%.300s: create a message",
		    c->path);
	(void)close(dir);
	return c->in_tmp ? 0 : -1;
}

/* Moves it from there to new/; or, without "deliver", away. */
static int
copy_finish(const struct maildir *m, struct copy *c, int deliver,
    struct fail *f)
{
	char tmp[MAILDIR_NAME + 8], to[MAILDIR_NAME + 64];
	int dir, rc;

	if (!c->in_tmp || (dir = maildirfs_open(c->path, f)) == -1)
		return -1;
	tmp_path(tmp, m);
	new_path(to, m);
	if (!deliver) {
		rc = unlinkat(dir, tmp, 0);
	} else if ((rc = renameat(dir, tmp, dir, to)) == 0) {
		c->in_tmp = 0;
		rc = maildirfs_sync(dir, "new");
	}
	if (rc == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "%.300s: deliver", c->path);
	(void)close(dir);
	return rc;
}

int
maildir_sync(struct maildir *m, struct fail *f)
{
	if (m->synced)
		return 0;
	if (output_flush(&m->out, f) == -1) {
		f->class = EX_TEMPFAIL;
		return -1;
	}
	if (fsync(m->fd) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s: sync", m->path);
	m->synced = 1;
	return 0;
}

/* Moves the message to new/ of its own Maildir. */
static int
deliver(struct maildir *m, struct fail *f)
{
	char tmp[MAILDIR_NAME + 8], to[MAILDIR_NAME + 64];
	int rc;

	tmp_path(tmp, m);
	new_path(to, m);
	if (m->named)
		rc = renameat(m->dir, tmp, m->dir, to);
	else
		rc = maildirfs_link(m->fd, m->dir, to);
	if (rc == 0)
		m->named = 0; /* nothing is in tmp/ any more */
	if (rc == -1 || maildirfs_sync(m->dir, "new") == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s: deliver", m->path);
	return 0;
}

static int
deliver_all(struct maildir *m, struct copy *copies, size_t n, struct fail *f)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (copy_prepare(m, &copies[i], f) == -1)
			return -1;
	for (i = 0; i < n; i++)
		if (copy_finish(m, &copies[i], 1, f) == -1)
			return -1;
	return deliver(m, f);
}

int
maildir_commit(struct maildir **mp, const char *const *others, size_t nothers,
    struct fail *f)
{
	struct maildir *m = *mp;
	struct copy *copies = mem_alloc(nothers * sizeof(*copies));
	struct fail ignored;
	size_t i;
	int rc;

	for (i = 0; i < nothers; i++)
		copies[i].path = others[i];
	rc = maildir_sync(m, f);
	if (rc == 0)
		rc = deliver_all(m, copies, nothers, f);
	for (i = 0; i < nothers && rc == -1; i++)
		(void)copy_finish(m, &copies[i], 0, &ignored);
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
	tmp_path(tmp, m);
	if (m->named)
		(void)unlinkat(m->dir, tmp, 0);
	if (m->fd != -1)
		(void)close(m->fd);
	if (m->dir != -1)
		(void)close(m->dir);
	output_free(&m->out);
	free(m);
	*mp = NULL;
}
