/* SPDX-License-Identifier: ISC */
/* usersedit: changes of the users file; see usersedit.h. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "above.h"
#include "addr.h"
#include "mem.h"
#include "output.h"
#include "samefile.h"
#include "text.h"
#include "userfile.h"
#include "usersedit.h"

enum {
	LOCK_TRIES = 200, /* for another to be done: ten seconds */
	LOCK_NAP = 50,	  /* milliseconds between them */
};

struct edit {
	const struct usersedit_user *user;
	const char *hash;      /* NULL: the user is to go */
	struct slice verifier;
	char *path;	       /* without symbolic links */
	int lock;	       /* the file as it is, locked */
	struct stat st;	       /* of it */
	struct output out;     /* to the new one */
	unsigned found;
};

/* A file that others may read has passwords that others may try. */
static int
check_mode(const char *path, const struct stat *st, struct fail *f)
{
	if (!S_ISREG(st->st_mode))
		return fail_set(f, EX_CONFIG, "%s: not a file",
		    TEXT_SHOW(slice_str(path)));
	if ((st->st_mode & 07) != 0)
		return fail_set(f, EX_CONFIG,
		    "%s: others may read it (mode %03o): chmod o= it",
		    TEXT_SHOW(slice_str(path)),
		    (unsigned)st->st_mode & 0777);
	return 0;
}

int
usersedit_check(const char *path, struct fail *f)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return fail_errno(f, EX_CONFIG, "%s",
		    TEXT_SHOW(slice_str(path)));
	return check_mode(path, &st, f);
}

/* 1 with the lock of the file that has the name; 0 where that was replaced
 * meanwhile; -1. */
static int
try_lock(struct edit *e, struct fail *f)
{
	struct stat now;
	int tries = 0;

	e->lock = open(e->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (e->lock == -1 || fstat(e->lock, &e->st) == -1)
		return fail_errno(f, EX_CONFIG, "%s",
		    TEXT_SHOW(slice_str(e->path)));
	while (flock(e->lock, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail_errno(f, EX_TEMPFAIL, "%s: lock",
			    TEXT_SHOW(slice_str(e->path)));
		if (++tries == LOCK_TRIES)
			return fail_set(f, EX_TEMPFAIL, "%s: another process "
			    "is changing it", TEXT_SHOW(slice_str(e->path)));
		(void)poll(NULL, 0, LOCK_NAP);
	}
	return stat(e->path, &now) == 0 && samefile(&now, &e->st);
}

static int
lock_file(struct edit *e, const char *path, struct fail *f)
{
	int rc;

	if ((e->path = realpath(path, NULL)) == NULL)
		return fail_errno(f, EX_CONFIG, "%s",
		    TEXT_SHOW(slice_str(path)));
	while ((rc = try_lock(e, f)) == 0)
		(void)close(e->lock);
	return rc == -1 ? -1 : check_mode(e->path, &e->st, f);
}

static void
put(struct edit *e, struct slice s)
{
	output_put(&e->out, s);
}

/* The line with the new hash and verifier; what is behind the latter stays. */
static int
put_changed(struct edit *e, struct slice raw,
    const struct userfile_line *line, struct fail *f)
{
	uint64_t before = e->out.written;
	size_t end = (size_t)(line->verifier.p + line->verifier.n - raw.p);

	put(e, slice_sub(raw, 0, slice_find(raw, ':')));
	put(e, SLICE(":"));
	put(e, slice_str(e->hash));
	put(e, SLICE(":"));
	put(e, line->maildir);
	put(e, SLICE(":"));
	put(e, line->quota);
	put(e, SLICE(":"));
	put(e, e->verifier);
	put(e, slice_sub(raw, end, raw.n));
	put(e, SLICE("\n"));
	return e->out.written - before <= USERFILE_LINE + 1 ? 0 :
	    fail_set(f, EX_CONFIG, "%s: a line longer than %d bytes",
	    TEXT_SHOW(slice_str(e->path)), USERFILE_LINE);
}

static int
put_line(struct edit *e, struct slice raw, struct fail *f)
{
	struct userfile_line line;
	int is_user = userfile_split(raw, &line) == 1 &&
	    slice_caseeq(line.local, e->user->local) &&
	    addr_same_domain(line.domain, e->user->domain);

	if (is_user)
		e->found++;
	if (is_user && e->hash == NULL)
		return 0;
	if (is_user && e->found == 1)
		return put_changed(e, raw, &line, f);
	put(e, raw);
	put(e, SLICE("\n"));
	return 0;
}

static void
put_new(struct edit *e)
{
	put(e, e->user->local);
	put(e, SLICE("@"));
	put(e, e->user->domain);
	put(e, SLICE(":"));
	put(e, slice_str(e->hash));
	put(e, SLICE(":::"));
	put(e, e->verifier);
	put(e, SLICE("\n"));
}

static int
put_all(struct edit *e, struct fail *f)
{
	struct userfile file;
	struct slice raw;
	int rc;

	if (userfile_open(&file, e->path, f) == -1)
		return -1;
	while ((rc = userfile_raw(&file, &raw, f)) == 1 &&
	    (rc = put_line(e, raw, f)) == 0)
		;
	userfile_close(&file);
	if (rc == -1)
		return -1;
	if (e->found == 0 && e->hash == NULL)
		return fail_set(f, EX_NOUSER, "no such user");
	if (e->found == 0)
		put_new(e);
	return output_flush(&e->out, f);
}

/* As the file that it replaces, before there is anything in it. */
static int
set_owner(int fd, const struct stat *st, struct fail *f)
{
	struct stat now;

	if (fstat(fd, &now) == -1 ||
	    ((now.st_uid != st->st_uid || now.st_gid != st->st_gid) &&
	    fchown(fd, st->st_uid, st->st_gid) == -1) ||
	    fchmod(fd, st->st_mode & 07777) == -1)
		return fail_errno(f, EX_CANTCREAT, "owner and mode");
	return 0;
}

/* Writes the new file and lets it take the old one's place. */
static int
replace(struct edit *e, const char *name, int fd, struct fail *f)
{
	int rc = -1;

	e->out = output_to(fd, name);
	if (set_owner(fd, &e->st, f) == 0 && put_all(e, f) == 0)
		rc = fsync(fd) == -1 ? fail_errno(f, EX_IOERR, "sync") : 0;
	output_free(&e->out);
	if (close(fd) == -1 && rc == 0)
		rc = fail_errno(f, EX_IOERR, "close");
	if (rc == 0 && rename(name, e->path) == -1)
		rc = fail_errno(f, EX_IOERR, "rename");
	if (rc == -1) {
		(void)unlink(name);
		if (fail_is_full(f))
			f->class = EX_TEMPFAIL;
		return -1;
	}
	return above_sync(e->path) == 0 ? 0 :
	    fail_errno(f, EX_IOERR, "sync of the directory");
}

/* No signal leaves a half-made file behind. */
static int
replace_undisturbed(struct edit *e, struct fail *f)
{
	size_t n = strlen(e->path) + sizeof(".XXXXXX");
	char *name = mem_alloc(n);
	sigset_t all, before;
	int fd, rc;

	(void)snprintf(name, n, "%s.XXXXXX", e->path);
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, &before);
	if ((fd = mkostemp(name, O_CLOEXEC)) == -1)
		rc = fail_errno(f, EX_CANTCREAT, "%s: create",
		    TEXT_SHOW(slice_str(name)));
	else
		rc = replace(e, name, fd, f);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	free(name);
	return rc;
}

static int
change(struct edit *e, const char *path, struct fail *f)
{
	int rc = -1;

	e->lock = -1;
	if (lock_file(e, path, f) == 0)
		rc = replace_undisturbed(e, f);
	if (e->lock != -1)
		(void)close(e->lock);
	free(e->path);
	return rc;
}

int
usersedit_set(const char *path, const struct usersedit_user *user,
    const char *hash, struct slice verifier, struct fail *f)
{
	struct edit e = { .user = user, .hash = hash, .verifier = verifier };

	return change(&e, path, f);
}

int
usersedit_remove(const char *path, const struct usersedit_user *user,
    struct fail *f)
{
	struct edit e = { .user = user };

	return change(&e, path, f);
}
