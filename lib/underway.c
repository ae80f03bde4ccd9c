/* SPDX-License-Identifier: ISC */
/* underway: what was on its way into Maildirs; see underway.h. */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "io.h"
#include "maildirbatch.h"
#include "underway.h"

/* A run that may have left files behind. */
struct underway_run {
	char id[MAILDIRBATCH_RUN];
	const char *boot, *path;
	int done;
};

/* A message that was about to be delivered. */
struct underway_pending {
	struct slice key;
	size_t run;
	const char *name;
	int64_t when;
};

/* Tells this start of the machine from others; "-" where nobody can. */
void
underway_start(struct underway *u)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? 0 : io_read(fd, u->boot, UNDERWAY_BOOT - 1);

	u->boot[n > 0 ? n : 0] = '\0';
	u->boot[strcspn(u->boot, " \t\n")] = '\0';
	if (u->boot[0] == '\0')
		memcpy(u->boot, "-", 2);
	if (fd != -1)
		(void)close(fd);
}

static int
take_run(struct underway *u, struct slice rest)
{
	struct slice id, boot;
	struct buf path = BUF(STATEFILE_LINE);
	struct underway_run *r;

	if (!slice_until(&rest, '\t', &id) ||
	    !slice_until(&rest, '\t', &boot) ||
	    id.n != MAILDIRBATCH_RUN - 1 || rest.n == 0 ||
	    statefile_decode(rest, &path) == -1) {
		buf_free(&path);
		return -1;
	}
	u->run = mem_grow(u->run, u->nruns, sizeof(*u->run));
	r = &u->run[u->nruns++];
	*r = (struct underway_run){ .boot = arena_str(&u->arena, boot),
		.path = arena_str(&u->arena, buf_slice(&path)) };
	memcpy(r->id, id.p, id.n);
	buf_free(&path);
	return 1;
}

static int
take_done(struct underway *u, struct slice id)
{
	size_t i;

	for (i = 0; i < u->nruns; i++)
		if (slice_eq(slice_str(u->run[i].id), id))
			u->run[i].done = 1;
	return 1;
}

/* The name stands behind the last TAB. */
static int
take_pending(struct underway *u, const struct statefile_line *line)
{
	struct slice key = line->rest, name;
	size_t n = key.n;

	while (n > 0 && key.p[n - 1] != '\t')
		n--;
	name = slice_sub(key, n, key.n);
	if (u->nruns == 0 || n == 0 || slice_find(name, '\0') < name.n)
		return -1;
	key = slice_sub(key, 0, n - 1);
	if (u->known(u->ctx, key) == -1)
		return -1;
	u->pending = mem_grow(u->pending, u->npending, sizeof(*u->pending));
	u->pending[u->npending++] = (struct underway_pending){
		arena_slice(&u->arena, key), u->nruns - 1,
		arena_str(&u->arena, name), line->when };
	return 1;
}

int
underway_take(struct underway *u, const struct statefile_line *line)
{
	if (slice_eq(line->word, SLICE("pending")))
		return take_pending(u, line);
	if (slice_eq(line->word, SLICE("run")))
		return take_run(u, line->rest);
	if (slice_eq(line->word, SLICE("done")))
		return take_done(u, line->rest);
	return 0;
}

static void
put_run(struct underway *u, const struct underway_run *r)
{
	struct buf *line = statefile_put(u->file, time(NULL), "run");

	(void)buf_addf(line, "%s\t%s\t", r->id, r->boot);
	statefile_encode(line, slice_str(r->path));
	(void)buf_addc(line, '\n');
}

void
underway_run(struct underway *u, const char *run, const char *path)
{
	struct underway_run r = { .boot = u->boot, .path = path };

	memcpy(r.id, run, sizeof(r.id));
	put_run(u, &r);
}

void
underway_done(struct underway *u, const char *run)
{
	(void)buf_addf(statefile_put(u->file, time(NULL), "done"), "%s\n",
	    run);
}

void
underway_pending(struct underway *u, struct slice key, const char *name)
{
	struct buf *line = statefile_put(u->file, time(NULL), "pending");

	(void)buf_add(line, key);
	(void)buf_addf(line, "\t%s\n", name);
}

void
underway_again(struct underway *u)
{
	size_t i;

	for (i = 0; i < u->nruns; i++)
		if (!u->run[i].done)
			put_run(u, &u->run[i]);
}

/* The Maildir of a run; free(3) it.  That which the file is in may have been
 * moved. */
static char *
maildir_of(const struct underway *u, const struct underway_run *r)
{
	const char *path = u->file->path, *slash = strrchr(path, '/');

	if (strcmp(r->path, ".") != 0)
		return mem_str(slice_str(r->path));
	if (slash == NULL)
		return mem_str(SLICE("."));
	return mem_str((struct slice){ path,
	    slash == path ? 1 : (size_t)(slash - path) });
}

/* One that is nowhere: has it been delivered, and moved on? */
static int
was_moved(const struct underway *u, const struct underway_pending *p,
    int64_t now)
{
	return strcmp(u->boot, "-") != 0 &&
	    strcmp(u->boot, u->run[p->run].boot) == 0 && p->when <= now &&
	    now - p->when < UNDERWAY_MOVED;
}

/* The "n" messages of "p", which are all of one run. */
static int
recover_of(struct underway *u, const struct underway_pending *p, size_t n,
    struct fail *f)
{
	char *maildir = maildir_of(u, &u->run[p->run]);
	const char **names = mem_alloc(n * sizeof(*names));
	unsigned char *found = mem_alloc(n + 1);
	size_t i;
	int there;

	for (i = 0; i < n; i++)
		names[i] = p[i].name;
	there = maildirbatch_recover(&(struct maildirbatch_noted){ maildir,
	    names, n, found }, f);
	for (i = 0; i < n && there == 1; i++)
		if (found[i] || was_moved(u, &p[i], time(NULL)))
			u->fetched(u->ctx, p[i].key);
	free(maildir);
	free(names);
	free(found);
	return there == -1 ? -1 : statefile_write(u->file, 1, f);
}

static int
sweep(struct underway *u, struct underway_run *r, struct fail *f)
{
	char *maildir = maildir_of(u, r);
	int rc = maildirbatch_sweep(maildir, r->id, f);

	free(maildir);
	if (rc == -1)
		return -1;
	r->done = 1;
	underway_done(u, r->id);
	return statefile_write(u->file, 0, f);
}

int
underway_recover(struct underway *u, struct fail *f)
{
	struct underway_pending *p = u->pending;
	size_t from = 0, to, i, n = 0;

	for (i = 0; i < u->npending; i++)
		if (!u->known(u->ctx, p[i].key))
			p[n++] = p[i];
	u->npending = n;
	for (; from < n; from = to) {
		for (to = from; to < n && p[to].run == p[from].run; to++)
			;
		if (recover_of(u, p + from, to - from, f) == -1)
			return -1;
	}
	for (i = 0; i < u->nruns; i++)
		if (!u->run[i].done && sweep(u, &u->run[i], f) == -1)
			return -1;
	return 0;
}

void
underway_free(struct underway *u)
{
	arena_free(&u->arena);
	free(u->run);
	free(u->pending);
}
