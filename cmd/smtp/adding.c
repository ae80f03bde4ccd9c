/* SPDX-License-Identifier: ISC */
/* adding: gives a message to mailq-add(1); see adding.h. */

#include <string.h>
#include <unistd.h>

#include "adding.h"
#include "beside.h"
#include "filter.h"
#include "io.h"
#include "limits.h"
#include "scratch.h"
#include "text.h"
#include "ticks.h"

enum { WORDS = 5 }; /* of its arguments, with the NULL */

int
adding_begin(struct adding *a, struct slice sender, struct fail *f)
{
	if ((a->fd = scratch_open(f)) == -1)
		return -1;
	a->out = output_to(a->fd, "temporary file");
	memcpy(a->sender, sender.p, sender.n);
	a->sender[sender.n] = '\0';
	return 0;
}

void
adding_write(struct adding *a, struct slice bytes)
{
	output_put(&a->out, bytes);
}

/* Behind "--" nothing is an option, whatever the address begins with; and the
 * null sender is "". */
static char **
arguments(struct adding *a, const struct adding_order *order, char *path,
    struct arena *arena)
{
	char **argv = arena_alloc(arena, (order->n + WORDS) * sizeof(*argv));
	char **end = argv;
	size_t i;

	*end++ = path;
	*end++ = arena_str(arena, SLICE("-f"));
	*end++ = a->sender;
	*end++ = arena_str(arena, SLICE("--"));
	for (i = 0; i < order->n; i++)
		*end++ = arena_str(arena, order->to[i].address);
	*end = NULL;
	return argv;
}

/* The line that it wrote to "fd". */
static int
read_id(int fd, char id[SPOOL_ID], struct fail *f)
{
	char line[SPOOL_ID];

	if (lseek(fd, 0, SEEK_SET) == -1 ||
	    io_read(fd, line, SPOOL_ID) != SPOOL_ID ||
	    line[SPOOL_ID - 1] != '\n')
		return fail_set(f, EX_TEMPFAIL, "mailq-add wrote no id");
	memcpy(id, line, SPOOL_ID - 1);
	id[SPOOL_ID - 1] = '\0';
	return 0;
}

static int
run(struct adding *a, const struct adding_order *order, struct filter *filter,
    struct fail *f)
{
	char path[BESIDE_PATH];
	struct arena arena = { 0 };
	int rc, status;

	(void)beside_find(path, "mailq-add");
	filter->argv = arguments(a, order, path, &arena);
	rc = filter_run(filter, &status, f);
	if (rc == 0 && status != 0)
		rc = fail_set(f, status, "%s",
		    TEXT_SHOW(slice_str(filter->said)));
	arena_free(&arena);
	return rc;
}

int
adding_commit(struct adding *a, const struct adding_order *order,
    char id[SPOOL_ID], struct fail *f)
{
	struct filter filter = { .in = a->fd, .most = SPOOL_ID,
		.end = ticks_now() +
		    (uint64_t)order->conf->filter_timeout * 1000 };
	int rc = -1;

	if (output_flush(&a->out, f) == 0 &&
	    (filter.out = scratch_open(f)) != -1) {
		if (run(a, order, &filter, f) == 0)
			rc = read_id(filter.out, id, f);
		(void)close(filter.out);
	}
	adding_abort(a);
	return rc;
}

void
adding_abort(struct adding *a)
{
	if (a->fd == -1)
		return;
	output_free(&a->out);
	(void)close(a->fd);
	a->fd = -1;
}
