/* SPDX-License-Identifier: ISC */
/* transport: a process that delivers for one next hop; see transport.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "beside.h"
#include "child.h"
#include "io.h"
#include "numbers.h"
#include "ticks.h"
#include "transport.h"

enum {
	READ = 16384,
	WORDS = 16,	     /* of a command of our own */
	RESULT = TRANSPORT_LINE + SPOOL_ENTRY,
};

const char *
transport_name(const struct runner *r, const struct hop *hop)
{
	if (hop->kind == NEXTHOP_LOCAL)
		return "mail-deliver";
	return r->conf.transport != NULL ? r->conf.transport[0] : "smtp-send";
}

static void
add(char **argv, struct arena *arena, const char *word)
{
	size_t n = 0;

	while (argv[n] != NULL)
		n++;
	argv[n] = arena_str(arena, slice_str(word));
	argv[n + 1] = NULL;
}

static void
add_option(char **argv, struct arena *arena, const char *key,
    const char *value)
{
	struct buf text = BUF(BESIDE_PATH * 2);

	(void)buf_adds(&text, key);
	(void)buf_adds(&text, value);
	add(argv, arena, "-o");
	add(argv, arena, buf_str(&text));
	buf_free(&text);
}

static char **
smtp_send(const struct runner *r, const struct hop *hop, struct arena *arena)
{
	char **argv = arena_alloc(arena, WORDS * sizeof(*argv));
	char path[BESIDE_PATH];

	(void)beside_find(path, "smtp-send");
	add(argv, arena, path);
	add(argv, arena, "-Q");
	add_option(argv, arena, "helo=", r->conf.hostname);
	(void)snprintf(path, sizeof(path), "%s/hosts", r->spool.path);
	add_option(argv, arena, "hosts=", path);
	/* Who names a message wants it tried. */
	if (r->patterns.nids + r->patterns.nothers > 0)
		add_option(argv, arena, "retry=", "now");
	if (r->conf.nameserver != NULL)
		add_option(argv, arena, "nameserver=", r->conf.nameserver);
	/* Nobody vouches for a host that has an address alone. */
	if (hop->kind == NEXTHOP_ADDRESS)
		add_option(argv, arena, "tls=", "may");
	if (hop->kind == NEXTHOP_ACCOUNT)
		add(argv, arena, "-a");
	add(argv, arena, hop->target);
	return argv;
}

static char **
mail_deliver(struct arena *arena)
{
	char **argv = arena_alloc(arena, WORDS * sizeof(*argv));
	char path[BESIDE_PATH];

	(void)beside_find(path, "mail-deliver");
	add(argv, arena, path);
	add(argv, arena, "-Q");
	return argv;
}

static char **
arguments(const struct runner *r, const struct hop *hop, struct arena *arena)
{
	char *const *words = r->conf.transport;
	char **argv;
	size_t n = 0;

	if (hop->kind == NEXTHOP_LOCAL)
		return mail_deliver(arena);
	if (words == NULL)
		return smtp_send(r, hop, arena);
	while (words[n] != NULL)
		n++;
	argv = arena_alloc(arena, (n + 2) * sizeof(*argv));
	memcpy(argv, words, n * sizeof(*argv));
	argv[n] = hop->target;
	return argv;
}

/* What talks to the network is not root's. */
static pid_t
start(const struct runner *r, const struct hop *hop, const int fds[3],
    struct fail *f)
{
	struct child_fd map[] = { { fds[0], STDIN_FILENO },
		{ fds[1], STDOUT_FILENO }, { fds[2], STDERR_FILENO } };
	struct arena arena = { 0 };
	struct child_as as = { r->conf.user, arguments(r, hop, &arena), map,
		3 };
	pid_t pid;

	pid = hop->kind != NEXTHOP_LOCAL && geteuid() == 0 ?
	    child_start_as(&as, f) : child_start(as.argv, map, 3, f);
	arena_free(&arena);
	return pid;
}

/* Our ends of the pipes are never waited for. */
static int
make_pipes(struct transport *t, int theirs[3], struct fail *f)
{
	int *const ours[3] = { &t->in, &t->out, &t->err };
	int i, ends[2];

	for (i = 0; i < 3; i++) {
		if (pipe2(ends, O_CLOEXEC) == -1)
			return fail_errno(f, EX_TEMPFAIL, "pipe");
		theirs[i] = ends[i > 0];
		*ours[i] = ends[i == 0];
		if (fcntl(*ours[i], F_SETFL, O_NONBLOCK) == -1)
			return fail_errno(f, EX_TEMPFAIL, "pipe");
	}
	return 0;
}

static void
close_one(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

int
transport_start(struct transport *t, const struct runner *r, struct hop *hop,
    struct fail *f)
{
	int theirs[3] = { -1, -1, -1 }, i;

	memset(t, 0, sizeof(*t));
	t->in = t->out = t->err = -1;
	t->unsent = BUF(TRANSPORT_AHEAD * TRANSPORT_LINE);
	t->line = BUF(RESULT + READ);
	t->hop = hop;
	t->progress = ticks_now();
	if (make_pipes(t, theirs, f) == 0)
		t->pid = start(r, hop, theirs, f);
	for (i = 0; i < 3; i++)
		close_one(&theirs[i]);
	if (t->pid > 0) {
		hop->running++;
		return 0;
	}
	close_one(&t->in);
	close_one(&t->out);
	close_one(&t->err);
	t->pid = 0;
	return -1;
}

void
transport_give(struct transport *t, const struct runner *r, struct part *part)
{
	char path[SPOOL_NAME];

	if (t->nflight == 0)
		t->progress = ticks_now();
	t->flight[t->nflight++] = part;
	t->given++;
	if (t->sent > 0) {
		/* UNSAFE: no more was sent than is in there. */
		memmove(t->unsent.p, t->unsent.p + t->sent,
		    t->unsent.n - t->sent);
		t->unsent.n -= t->sent;
		t->sent = 0;
	}
	(void)buf_addf(&t->unsent, "%s/%s\t%s\n", r->spool.path,
	    spool_path(path, &part->task->name), part->numbers);
}

void
transport_write(struct transport *t)
{
	ssize_t n;

	while (t->in != -1 && t->sent < t->unsent.n) {
		n = write(t->in, t->unsent.p + t->sent, t->unsent.n - t->sent);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN)
			return;
		if (n == -1) {
			close_one(&t->in);
			return;
		}
		t->sent += (size_t)n;
	}
	buf_clear(&t->unsent);
	t->sent = 0;
}

void
transport_finish(struct transport *t)
{
	if (t->sent == t->unsent.n)
		close_one(&t->in);
}

/* The part that a result is for; NULL where it is for none. */
static size_t
find(const struct transport *t, const struct runner *r, struct slice path,
    size_t number)
{
	char name[SPOOL_NAME];
	size_t i, n = strlen(r->spool.path);

	if (path.n <= n || path.p[n] != '/' ||
	    !slice_starts(path, (struct slice){ r->spool.path, n }))
		return t->nflight;
	path = slice_sub(path, n + 1, path.n);
	for (i = 0; i < t->nflight; i++) {
		const struct part *part = t->flight[i];

		if (slice_eq(path, slice_str(spool_path(name,
		    &part->task->name))) && (number == 0 ||
		    numbers_has(slice_str(part->numbers), number)))
			break;
	}
	return i;
}

static int
take_line(struct transport *t, const struct runner *r, struct slice line,
    transport_result *result, void *ctx)
{
	struct spool_entry e;
	struct slice path;
	struct part *part;
	size_t i;

	if (!slice_until(&line, '\t', &path) ||
	    spool_entry_read(line, 0, &e) == -1 ||
	    (i = find(t, r, path, e.number)) == t->nflight)
		return -1;
	part = t->flight[i];
	part->count = e.number == 0 ? 0 : part->count - 1;
	if (part->count == 0)
		memmove(&t->flight[i], &t->flight[i + 1],
		    (--t->nflight - i) * sizeof(t->flight[0]));
	t->results++;
	result(ctx, t, part, &e);
	return 0;
}

static int
take_lines(struct transport *t, const struct runner *r,
    transport_result *result, void *ctx)
{
	struct slice text = buf_slice(&t->line), line;
	size_t n;

	while ((n = slice_find(text, '\n')) < text.n) {
		(void)slice_take(&text, n + 1, &line);
		if (take_line(t, r, slice_sub(line, 0, n), result, ctx) == -1)
			return -1;
	}
	/* UNSAFE: text is the end of what is in t->line. */
	memmove(t->line.p, text.p, text.n);
	t->line.n = text.n;
	return text.n > RESULT ? -1 : 1;
}

int
transport_read(struct transport *t, const struct runner *r,
    transport_result *result, void *ctx)
{
	char *to = buf_room(&t->line, READ);
	ssize_t n = to == NULL ? 0 : read(t->out, to, READ);

	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return 1;
	if (n <= 0)
		return 0;
	t->line.n += (size_t)n;
	t->progress = ticks_now();
	return take_lines(t, r, result, ctx);
}

void
transport_hear(struct transport *t)
{
	char block[4096];
	struct slice bytes;
	ssize_t n;

	while (t->err != -1) {
		n = read(t->err, block, sizeof(block));
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN)
			return;
		if (n <= 0) {
			close_one(&t->err);
			return;
		}
		bytes = (struct slice){ block, (size_t)n };
		(void)io_write(STDERR_FILENO, bytes);
		lastline_take(&t->said, bytes);
	}
}

void
transport_signal(struct transport *t, unsigned kill_after)
{
	uint64_t now = ticks_now();

	if (t->signalled == 0) {
		t->signalled = now;
		(void)kill(-t->pid, SIGTERM);
	} else if (now - t->signalled >= kill_after) {
		(void)kill(-t->pid, SIGKILL);
	}
}

int
transport_end(struct transport *t)
{
	struct fail ignored;
	int status = 128 + SIGKILL;

	close_one(&t->in);
	close_one(&t->out);
	transport_hear(t);
	(void)child_wait(t->pid, TRANSPORT_KILL, &status, &ignored);
	transport_hear(t);
	close_one(&t->err);
	lastline_end(&t->said);
	buf_free(&t->unsent);
	buf_free(&t->line);
	t->pid = 0;
	t->hop->running--;
	return status;
}
