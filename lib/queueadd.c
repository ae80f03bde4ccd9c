/* SPDX-License-Identifier: ISC */
/* queueadd: a message given to the queue by mailq-add; see queueadd.h. */

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "beside.h"
#include "filter.h"
#include "io.h"
#include "mem.h"
#include "queueadd.h"
#include "text.h"

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

/* Behind "--" nothing is an option, whatever an address begins with. */
static char **
make_command(const struct queueadd *a, struct arena *arena)
{
	char **argv = arena_alloc(arena, (a->n + OPTIONS) * sizeof(*argv));
	char path[BESIDE_PATH];
	size_t i, n = 0;

	(void)beside_find(path, QUEUE);
	argv[n++] = arena_str(arena, slice_str(path));
	add_option(argv, &n, "-N", a->notify);
	add_option(argv, &n, "-O", a->original);
	add_option(argv, &n, "-R", a->ret);
	add_option(argv, &n, "-f", a->sender[0] != '\0' ? a->sender : "<>");
	argv[n++] = arena_str(arena, SLICE("--"));
	for (i = 0; i < a->n; i++)
		argv[n++] = arena_str(arena, a->addresses[i]);
	argv[n] = NULL;
	return argv;
}

/* The first line that it wrote to "fd". */
static void
read_id(struct queueadd *a, int fd)
{
	char line[SPOOL_ID];

	if (io_read(fd, line, sizeof(line)) != SPOOL_ID ||
	    line[SPOOL_ID - 1] != '\n')
		return;
	line[SPOOL_ID - 1] = '\0';
	if (spool_is_id(slice_str(line)))
		memcpy(a->id, line, sizeof(line));
}

static int
run(const struct queueadd *a, int out, struct fail *f)
{
	struct filter filter = { .in = a->message, .out = out, .most = MOST,
		.end = a->end };
	struct arena arena = { 0 };
	int status = 0, rc;

	filter.argv = make_command(a, &arena);
	rc = filter_run(&filter, &status, f);
	if (rc == 0 && status != 0)
		rc = filter.said[0] != '\0' ? fail_set(f, status, "%s",
		    TEXT_SHOW(slice_str(filter.said))) : fail_set(f, status,
		    QUEUE " ended with status %d", status);
	arena_free(&arena);
	return rc;
}

/* The ids go to a pipe, not to a file: a full disk is no reason to have it add
 * once more what the queue has. */
int
queueadd_run(struct queueadd *a, struct fail *f)
{
	int ids[2], rc;

	a->id[0] = '\0';
	if (pipe2(ids, O_CLOEXEC) == -1)
		return fail_errno(f, EX_TEMPFAIL, "pipe");
	rc = run(a, ids[1], f);
	(void)close(ids[1]);
	if (rc == 0)
		read_id(a, ids[0]);
	(void)close(ids[0]);
	return rc;
}
