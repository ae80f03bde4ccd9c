/* SPDX-License-Identifier: ISC */
/* passon: forwarded messages to the queue; see passon.h. */

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "ask.h"
#include "beside.h"
#include "child.h"
#include "filter.h"
#include "io.h"
#include "limits.h"
#include "mem.h"
#include "passon.h"
#include "text.h"
#include "ticks.h"

#define QUEUE "mailq-add"

enum {
	OPTIONS = 11, /* the words that are no address, and the NULL */
	MOST = 4096, /* bytes of ids; a pipe takes as many unread */
};

/* An option, where it has a value. */
static void
add_option(char **argv, size_t *n, const char *option, const char *value)
{
	if (value == NULL)
		return;
	/* Nobody writes to them. */
	argv[(*n)++] = (char *)(uintptr_t)option;
	argv[(*n)++] = (char *)(uintptr_t)value;
}

/* Some addresses in UTF-8 are too long for one (RFC 3461, 4.2); the mail goes
 * on. */
static const char *
original_of(const struct passon *p)
{
	struct ask ask = { 0 };
	struct fail ignored;

	return p->original != NULL && ask_option(&ask, 'O', p->original,
	    &ignored) == 0 ? p->original : NULL;
}

static char **
make_command(const struct passon *p, struct arena *arena)
{
	char **argv = arena_alloc(arena, (p->n + OPTIONS) * sizeof(*argv));
	char path[BESIDE_PATH];
	size_t i, n = 0;

	(void)beside_find(path, QUEUE);
	argv[n++] = arena_str(arena, slice_str(path));
	add_option(argv, &n, "-N", p->notify);
	add_option(argv, &n, "-O", original_of(p));
	add_option(argv, &n, "-R", p->ret);
	add_option(argv, &n, "-f", p->sender[0] != '\0' ? p->sender : "<>");
	argv[n++] = arena_str(arena, SLICE("--"));
	for (i = 0; i < p->n; i++)
		argv[n++] = arena_str(arena, p->addresses[i]);
	return argv;
}

/* What it cannot do now it may do later; a message that it refuses, never. */
static int
judge(const struct filter *filter, int status, struct fail *f)
{
	struct slice said = slice_str(filter->said);
	int refused = status == EX_DATAERR || status == EX_UNAVAILABLE;

	if (status == 0)
		return 0;
	return fail_set(f, refused ? EX_UNAVAILABLE : EX_TEMPFAIL,
	    "cannot be forwarded: " QUEUE " ended with status %d%s%s", status,
	    said.n > 0 ? ": " : "", TEXT_SHOW(said));
}

/* The first line that it wrote to "fd". */
static void
read_id(struct passon *p, int fd)
{
	char line[SPOOL_ID];

	if (io_read(fd, line, sizeof(line)) != SPOOL_ID ||
	    line[SPOOL_ID - 1] != '\n')
		return;
	line[SPOOL_ID - 1] = '\0';
	if (spool_is_id(slice_str(line)))
		memcpy(p->id, line, sizeof(line));
}

/* No file: a full disk is no reason to forward once more what the queue has. */
int
passon_give(struct passon *p, struct fail *f)
{
	struct filter filter = { .in = p->message, .most = MOST,
		.end = ticks_now() + (uint64_t)LIMIT_QUEUE_ADD * 1000 };
	struct arena arena = { 0 };
	int status = 0, rc, ids[2];

	p->id[0] = '\0';
	if (pipe2(ids, O_CLOEXEC) == -1)
		return fail_errno(f, EX_TEMPFAIL, "a pipe");
	filter.argv = make_command(p, &arena);
	filter.out = ids[1];
	if (filter_run(&filter, &status, f) == -1)
		rc = fail_at(f, "cannot be forwarded");
	else
		rc = judge(&filter, status, f);
	(void)close(ids[1]);
	if (rc == 0)
		read_id(p, ids[0]);
	(void)close(ids[0]);
	arena_free(&arena);
	return rc;
}
