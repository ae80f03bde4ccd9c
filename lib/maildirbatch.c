/* SPDX-License-Identifier: ISC */
/* maildirbatch: many messages into one Maildir; see maildirbatch.h. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "digest.h"
#include "maildir.h"
#include "maildirbatch.h"
#include "maildirfs.h"
#include "maildirname.h"
#include "maildirsize.h"
#include "mem.h"
#include "nest.h"
#include "output.h"

enum {
	PATH = MAILDIRBATCH_PATH,
	AHEAD = 8388608, /* bytes of a file, then the disk is given work */
};

struct maildirbatch {
	const char *path, *run;
	int dir; /* of "path" */
	int fd;	 /* of the message that was begun; -1: none */
	int named; /* it is in tmp/ already */
	int nest;  /* where messages are made; -1: in tmp/ */
	char nest_name[NEST_NAME];
	int kept;
	uint64_t ahead; /* bytes of it that the disk was told of */
	uint32_t flags;
	int flagged; /* some have flags */
	int dated;
	time_t date;
	struct output out;
	char host[MAILDIRFS_HOST];
	char base[MAILDIR_NAME]; /* of that message: its name in tmp/ */
	struct arena arena;	 /* of the names */
	struct message {
		const char *name;
		uint64_t size;
	} *message;
	size_t n, room;
	size_t delivered; /* the first so many of them */
	uint64_t bytes;
	pthread_t thread;
	int started; /* it runs, or has run */
	int error;   /* errno of the sync, or 0 */
};

int
maildirbatch_run(char run[MAILDIRBATCH_RUN], struct fail *f)
{
	uint64_t random;

	if (digest_random(&random, sizeof(random), f) == -1)
		return -1;
	(void)snprintf(run, MAILDIRBATCH_RUN, "%016" PRIx64, random);
	return 0;
}

struct maildirbatch *
maildirbatch_open(const char *path, const char *run, struct fail *f)
{
	int dir = maildirfs_open(path, f);
	struct maildirbatch *b;

	if (dir == -1) {
		(void)maildirfs_refused(f);
		return NULL;
	}
	b = mem_alloc(sizeof(*b));
	b->path = path;
	b->run = run;
	b->dir = dir;
	b->fd = -1;
	b->nest = -1;
	maildirfs_host(b->host);
	return b;
}

const char *
maildirbatch_tmp(char out[PATH], const char *base)
{
	int n = (int)slice_find(slice_str(base), ',');

	(void)snprintf(out, PATH, "tmp/%.*s", n, base);
	return out;
}

static int
failed(const struct maildirbatch *b, const char *what, struct fail *f)
{
	return fail_errno(f, EX_TEMPFAIL, "%.300s: %s", b->path, what);
}

/* A file for the message b->base. */
static int
create(struct maildirbatch *b)
{
	char path[PATH];
	int fd;

	if (b->n == 0 && b->nest == -1 && nest_pays(b->dir))
		b->nest = nest_make(b->dir, b->run, b->nest_name);
	fd = nest_create(b->nest);
	b->named = fd == -1;
	if (b->named)
		fd = openat(b->dir, maildirbatch_tmp(path, b->base), O_WRONLY |
		    O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return fd;
}

int
maildirbatch_begin(struct maildirbatch *b, struct fail *f)
{
	static unsigned long count;
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)snprintf(b->base, sizeof(b->base),
	    "%lld.M%06ldP%ldR%.16sQ%lu.%s", (long long)now.tv_sec,
	    now.tv_nsec / 1000, (long)getpid(), b->run, ++count, b->host);
	if ((b->fd = create(b)) == -1)
		return failed(b, "create a message", f);
	b->out.fd = b->fd;
	b->out.name = b->path;
	b->out.written = b->ahead = 0;
	b->flags = 0;
	b->dated = 0;
	return 0;
}

/* Of a large message some is written while the rest comes. */
static void
write_ahead(struct maildirbatch *b)
{
#ifdef SYNC_FILE_RANGE_WRITE
	uint64_t there = b->out.written - b->out.n;

	if (there - b->ahead < AHEAD)
		return;
	(void)sync_file_range(b->fd, (off_t)b->ahead,
	    (off_t)(there - b->ahead), SYNC_FILE_RANGE_WRITE);
	b->ahead = there;
#else
	(void)b;
#endif
}

int
maildirbatch_write(struct maildirbatch *b, struct slice bytes, struct fail *f)
{
	output_put(&b->out, bytes);
	if (b->out.error != 0) {
		errno = b->out.error;
		return failed(b, "write", f);
	}
	write_ahead(b);
	return 0;
}

void
maildirbatch_flags(struct maildirbatch *b, uint32_t flags)
{
	b->flags = flags;
}

void
maildirbatch_date(struct maildirbatch *b, time_t when)
{
	b->dated = 1;
	b->date = when;
}

const char *
maildirbatch_part(const char *name)
{
	return strchr(name, ':') != NULL ? "cur" : "new";
}

/* Takes the message in among those that are whole. */
static void
add(struct maildirbatch *b, uint64_t crlf_size)
{
	char base[PATH], name[PATH];

	(void)snprintf(base, sizeof(base), "%s,S=%" PRIu64 ",W=%" PRIu64,
	    b->base, b->out.written, crlf_size);
	memcpy(name, base, sizeof(base));
	/* All letters have room. */
	b->flagged |= b->flags != 0;
	if (b->flags != 0)
		(void)maildirname_change(slice_str(base),
		    &(struct maildirname_change){ .add = b->flags,
		    .out = name, .room = sizeof(name) });
	if (b->n == b->room) {
		b->room = b->room * 2 + 64;
		b->message = mem_resize(b->message, b->room,
		    sizeof(*b->message));
	}
	b->message[b->n++] = (struct message){ arena_str(&b->arena,
	    slice_str(name)), b->out.written };
	b->bytes += b->out.written;
}

int
maildirbatch_end(struct maildirbatch *b, uint64_t crlf_size, struct fail *f)
{
	char path[PATH];
	int rc = 0;

	if (output_flush(&b->out, f) == -1) {
		errno = b->out.error;
		return failed(b, "write", f);
	}
	if (!b->named && maildirfs_link(b->fd, b->dir,
	    maildirbatch_tmp(path, b->base)) == -1)
		return failed(b, "create a message", f);
	b->named = 1;
	if (b->dated)
		rc = futimens(b->fd, (struct timespec[2]){
		    { .tv_nsec = UTIME_OMIT }, { .tv_sec = b->date } });
	rc |= close(b->fd);
	b->fd = -1;
	add(b, crlf_size);
	return rc == 0 ? 0 : failed(b, "write", f);
}

static void
remove_file(const struct maildirbatch *b, const char *name)
{
	char path[PATH];

	(void)unlinkat(b->dir, maildirbatch_tmp(path, name), 0);
}

void
maildirbatch_drop(struct maildirbatch *b)
{
	if (b->fd != -1) {
		(void)close(b->fd);
		b->fd = -1;
		b->out.n = 0;
		b->out.error = 0;
		if (b->named)
			remove_file(b, b->base);
	} else if (b->n > b->delivered) {
		b->n--;
		b->bytes -= b->message[b->n].size;
		remove_file(b, b->message[b->n].name);
	}
}

size_t
maildirbatch_count(const struct maildirbatch *b)
{
	return b->n;
}

uint64_t
maildirbatch_bytes(const struct maildirbatch *b)
{
	return b->bytes;
}

const char *
maildirbatch_name(const struct maildirbatch *b, size_t i)
{
	return b->message[i].name;
}

static void *
sync_thread(void *ctx)
{
	struct maildirbatch *b = ctx;

	b->error = maildirbatch_flush(b, b->dir) == 0 ? 0 : errno;
	return NULL;
}

void
maildirbatch_sync_start(struct maildirbatch *b)
{
	sigset_t all, before;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &before);
	b->started = pthread_create(&b->thread, NULL, sync_thread, b) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

int
maildirbatch_sync(struct maildirbatch *b, struct fail *f)
{
	if (b->started)
		(void)pthread_join(b->thread, NULL);
	else
		(void)sync_thread(b);
	b->started = 0;
	if (b->error == 0)
		return 0;
	errno = b->error;
	return failed(b, "sync", f);
}

void
maildirbatch_keep(struct maildirbatch *b)
{
	b->kept = 1;
}

int
maildirbatch_move(int dir, const char *name)
{
	char from[PATH], to[PATH];

	(void)snprintf(to, sizeof(to), "%s/%s", maildirbatch_part(name), name);
	return renameat(dir, maildirbatch_tmp(from, name), dir, to);
}

int
maildirbatch_deliver(struct maildirbatch *b, struct fail *f)
{
	int begun = maildirsize_begin(b->path), rc = 0;
	uint64_t bytes = 0;
	size_t first = b->delivered;

	while (b->delivered < b->n && rc == 0)
		if ((rc = maildirbatch_move(b->dir,
		    b->message[b->delivered].name)) == 0)
			bytes += b->message[b->delivered++].size;
	if (rc == 0)
		rc = maildirfs_sync(b->dir, "new");
	if (rc == 0 && b->flagged)
		rc = maildirfs_sync(b->dir, "cur");
	if (rc == -1)
		(void)failed(b, "deliver", f);
	maildirsize_added(begun, bytes, (unsigned)(b->delivered - first));
	return rc;
}

void
maildirbatch_close(struct maildirbatch **bp)
{
	struct maildirbatch *b = *bp;

	if (b == NULL)
		return;
	if (b->started)
		(void)pthread_join(b->thread, NULL);
	if (b->fd != -1)
		maildirbatch_drop(b);
	while (!b->kept && b->n > b->delivered)
		maildirbatch_drop(b);
	if (b->nest != -1) {
		(void)close(b->nest);
		nest_remove(b->dir, b->nest_name);
	}
	(void)close(b->dir);
	output_free(&b->out);
	arena_free(&b->arena);
	free(b->message);
	free(b);
	*bp = NULL;
}
