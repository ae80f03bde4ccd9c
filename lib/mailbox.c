/* SPDX-License-Identifier: ISC */
/* mailbox: a Maildir as a list of messages; see mailbox.h. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "limits.h"
#include "mailboxsizes.h"
#include "mailboxunique.h"
#include "maildirfs.h"
#include "maildirname.h"
#include "maildirsize.h"
#include "text.h"

enum {
	FINDS = 3,    /* of a message that others rename all the time */
	FEW = 1000,   /* sizes that are not worth a new file */
	SESSION = 300, /* seconds, as Dovecot has it */
	BLOCK = 65536,
};

struct mailbox {
	int dir;
	struct mailboxlist list;
	struct mailboxuids uids;
	struct mailboxunique unique;
	size_t shown; /* entries that mailbox_scan has put in order */
	struct mailboxsizes *sizes; /* NULL: nobody asked for one yet */
	struct dotlock hold;
	int touched[2]; /* cur/ and new/ are to be synced */
	int begun;	/* maildirsize_begin_in, or -1 */
	struct {
		uint64_t bytes, messages;
	} removed;
};

/* A link may lead to somebody else's. */
static int
open_part(int dir, const char *name, struct fail *f)
{
	const int how = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(dir, name, how);

	if (fd == -1 && errno == ENOENT && mkdirat(dir, name, 0700) == 0)
		fd = openat(dir, name, how);
	if (fd == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "%s/: open", name);
	return fd;
}

struct mailbox *
mailbox_open(const char *path, unsigned how, struct fail *f)
{
	struct mailbox *m = mem_alloc(sizeof(*m));

	m->list.dirs[0] = m->list.dirs[1] = m->begun = -1;
	m->dir = maildirfs_open(path, f);
	m->hold = DOTLOCK(m->dir, "dovecot-pop3-session.lock");
	m->uids.dir = m->dir;
	m->uids.make = (how & MAILBOX_UIDS) != 0;
	m->unique.list = &m->list;
	m->unique.uids = &m->uids;
	if (m->dir != -1) {
		m->list.dirs[0] = open_part(m->dir, "cur", f);
		m->list.dirs[1] = m->list.dirs[0] == -1 ? -1 :
		    open_part(m->dir, "new", f);
		if (m->list.dirs[1] == -1)
			(void)fail_at(f, path);
	}
	if (m->list.dirs[1] == -1)
		mailbox_close(&m);
	return m;
}

static void
close_fd(int fd)
{
	if (fd != -1)
		(void)close(fd);
}

/* Writes what was counted, and forgets who has gone where that is most. */
static void
close_sizes(struct mailbox *m)
{
	uint64_t ignored;
	size_t i;
	int prune;

	if (m->sizes == NULL)
		return;
	prune = mailboxsizes_count(m->sizes) > FEW + 2 * m->list.n;
	for (i = 0; i < m->list.n && prune; i++)
		(void)mailboxsizes_find(m->sizes, mailboxlist_base(&m->list, i),
		    &ignored);
	mailboxsizes_close(&m->sizes, prune);
}

static void
end_removed(struct mailbox *m)
{
	maildirsize_removed(m->begun, m->removed.bytes, m->removed.messages);
	m->begun = -1;
	m->removed.bytes = m->removed.messages = 0;
}

void
mailbox_close(struct mailbox **mp)
{
	struct mailbox *m = *mp;

	if (m == NULL)
		return;
	end_removed(m);
	close_sizes(m);
	dotlock_free(&m->hold);
	mailboxunique_free(&m->unique);
	mailboxuids_free(&m->uids);
	close_fd(m->list.dirs[0]);
	close_fd(m->list.dirs[1]);
	mailboxlist_free(&m->list);
	close_fd(m->dir);
	free(m);
	*mp = NULL;
}

int
mailbox_hold(struct mailbox *m, struct fail *f)
{
	static const struct dotlock_wait wait = { 0, SESSION };

	return m->hold.fd != -1 ? 1 : dotlock_take(&m->hold, &wait, f);
}

int
mailbox_scan(struct mailbox *m, struct fail *f)
{
	if (mailboxuids_read(&m->uids, f) == -1 ||
	    mailboxlist_look(&m->list, 1, f) == -1 ||
	    mailboxuids_assign(&m->uids, &m->list, m->shown, f) == -1)
		return -1;
	mailboxlist_sort(&m->list, m->shown);
	m->shown = m->list.n;
	return 0;
}

size_t
mailbox_left_out(const struct mailbox *m)
{
	return m->uids.left_out;
}

size_t
mailbox_count(const struct mailbox *m)
{
	return m->shown;
}

const struct mailbox_message *
mailbox_get(const struct mailbox *m, size_t i)
{
	return &m->list.entries[i].shown;
}

const char *
mailbox_unique(struct mailbox *m, size_t i, char text[MAILBOX_UNIQUE])
{
	return mailboxunique_text(&m->unique, i, text);
}

static int
gone(struct fail *f)
{
	(void)fail_set(f, EX_NOINPUT, "the message is not there any more");
	f->error = ENOENT;
	return -1;
}

/*
 * Does something with the file of a message, by its name; where there is none
 * it is found again.  What that returned; or -1 with EX_NOINPUT where it is
 * gone, or EX_TEMPFAIL with errno of what went wrong.
 */
static int
on_file(struct mailbox *m, size_t i,
    int (*action)(struct mailbox *, struct mailboxlist_entry *),
    struct fail *f)
{
	struct mailboxlist_entry *e = &m->list.entries[i];
	int tries, rc;

	for (tries = 0; tries < FINDS && e->shown.name != NULL; tries++) {
		if ((rc = action(m, e)) != -1)
			return rc;
		if (errno != ENOENT)
			return fail_errno(f, errno == ELOOP ? EX_NOINPUT :
			    EX_TEMPFAIL, "%s",
			    TEXT_SHOW(slice_str(e->shown.name)));
		if (mailboxlist_find(&m->list, i, f) == -1)
			return -1;
	}
	return gone(f);
}

static int
open_file(struct mailbox *m, struct mailboxlist_entry *e)
{
	return openat(m->list.dirs[e->shown.in_new], e->shown.name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

int
mailbox_fd(struct mailbox *m, size_t i, struct fail *f)
{
	struct stat st;
	int fd = on_file(m, i, open_file, f);

	if (fd == -1 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
		return fd;
	(void)close(fd);
	return fail_set(f, EX_NOINPUT, "the message is no file");
}

/* Reads a message to count its octets, of which crlf.h makes the same. */
static int
count(int fd, uint64_t *octets)
{
	char block[BLOCK];
	int last = '\n'; /* of what was before */
	ssize_t n;

	*octets = 0;
	while ((n = io_read(fd, block, sizeof(block))) > 0) {
		struct slice rest = { block, (size_t)n }, line;

		*octets += rest.n;
		while (slice_until(&rest, '\n', &line)) {
			if (line.n > 0)
				last = line.p[line.n - 1];
			*octets += last != '\r';
			last = '\n';
		}
		if (line.n > 0)
			last = line.p[line.n - 1];
	}
	*octets += last == '\n' ? 0 : 2;
	return n == -1 ? -1 : 0;
}

/* One that cannot be read has its bytes: it is listed, so that the others can
 * be had, and refused to who wants it. */
static int
take_bytes(const struct mailbox *m, size_t i, uint64_t *octets)
{
	const struct mailbox_message *e = mailbox_get(m, i);
	struct stat st;

	if (e->name == NULL || fstatat(m->list.dirs[e->in_new], e->name, &st,
	    AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	*octets = (uint64_t)st.st_size;
	return *octets > LIMIT_OCTETS ? -1 : 0;
}

static int
count_file(struct mailbox *m, size_t i, uint64_t *octets, struct fail *f)
{
	struct slice base = mailboxlist_base(&m->list, i);
	int fd = mailbox_fd(m, i, f), rc;

	if (fd == -1)
		return f->error == EACCES ? take_bytes(m, i, octets) : -1;
	if ((rc = count(fd, octets)) == 0)
		mailboxsizes_add(m->sizes, base, *octets);
	else if ((rc = take_bytes(m, i, octets)) == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "read a message");
	(void)close(fd);
	return rc;
}

int
mailbox_size(struct mailbox *m, size_t i, uint64_t *octets, struct fail *f)
{
	const struct mailboxlist_entry *e = &m->list.entries[i];
	struct slice base = mailboxlist_base(&m->list, i), value;

	if (maildirname_size(base, 'W', octets) &&
	    maildirname_fits(base, *octets))
		return 0;
	if (e->record != 0 &&
	    uidlist_value(&m->uids.list, e->record - 1, 'W', &value) &&
	    slice_uint(value, 0, LIMIT_OCTETS, octets) == 0 &&
	    maildirname_fits(base, *octets))
		return 0;
	if (m->sizes == NULL)
		m->sizes = mailboxsizes_open(m->dir);
	if (mailboxsizes_find(m->sizes, base, octets))
		return 0;
	return count_file(m, i, octets, f);
}

static int
remove_file(struct mailbox *m, struct mailboxlist_entry *e)
{
	int dir = m->list.dirs[e->shown.in_new];
	struct slice name = slice_str(e->shown.name);
	uint64_t bytes;
	struct stat st;

	if (m->begun == -1)
		m->begun = maildirsize_begin_in(m->dir);
	if (!maildirname_size(name, 'S', &bytes))
		bytes = fstatat(dir, name.p, &st, AT_SYMLINK_NOFOLLOW) == 0 ?
		    (uint64_t)st.st_size : 0;
	if (unlinkat(dir, name.p, 0) == -1)
		return -1;
	m->removed.bytes += bytes;
	m->removed.messages++;
	m->touched[e->shown.in_new] = 1;
	e->shown.name = NULL;
	return 0;
}

int
mailbox_remove(struct mailbox *m, size_t i, struct fail *f)
{
	if (on_file(m, i, remove_file, f) == 0)
		return 0;
	return f->class == EX_NOINPUT && f->error == ENOENT ? 0 : -1;
}

/* Renames a file that has no other under its new name. */
static int
rename_file(int from_dir, const char *from, int to_dir, const char *to)
{
#ifdef RENAME_NOREPLACE
	if (renameat2(from_dir, from, to_dir, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
#endif
	return renameat(from_dir, from, to_dir, to);
}

static int
see_file(struct mailbox *m, struct mailboxlist_entry *e)
{
	char to[NAME_MAX + 1];
	struct maildirname_change seen = { .add = MAILDIRNAME_SEEN, .out = to,
		.room = sizeof(to) };

	if (!e->shown.in_new && (e->shown.flags & seen.add) != 0)
		return 0;
	if (maildirname_change(slice_str(e->shown.name), &seen) == -1) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (rename_file(m->list.dirs[e->shown.in_new], e->shown.name,
	    m->list.dirs[0], to) == -1)
		return -1;
	m->touched[0] = 1;
	m->touched[e->shown.in_new] = 1;
	mailboxlist_rename(&m->list, (size_t)(e - m->list.entries), to, 0);
	return 0;
}

int
mailbox_seen(struct mailbox *m, size_t i, struct fail *f)
{
	return on_file(m, i, see_file, f);
}

int
mailbox_sync(struct mailbox *m, struct fail *f)
{
	int i, rc = 0;

	end_removed(m);
	for (i = 0; i < 2; i++) {
		if (m->touched[i] && fsync(m->list.dirs[i]) == -1)
			rc = fail_errno(f, EX_TEMPFAIL, "sync %s/",
			    i == 0 ? "cur" : "new");
		else
			m->touched[i] = 0;
	}
	return rc;
}
