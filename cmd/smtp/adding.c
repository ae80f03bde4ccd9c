/* SPDX-License-Identifier: ISC */
/* adding: gives a message to mailq-add(1); see adding.h. */

#include <string.h>
#include <unistd.h>

#include "adding.h"
#include "mem.h"
#include "queueadd.h"
#include "scratch.h"
#include "ticks.h"

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

int
adding_commit(struct adding *a, const struct adding_order *order,
    char id[SPOOL_ID], struct fail *f)
{
	struct arena arena = { 0 };
	struct slice *addresses = arena_alloc(&arena,
	    order->n * sizeof(*addresses));
	struct queueadd add = { .message = a->fd, .sender = a->sender,
		.addresses = addresses, .n = order->n, .end = ticks_now() +
		    (uint64_t)order->conf->filter_timeout * 1000 };
	size_t i;
	int rc = -1;

	for (i = 0; i < order->n; i++)
		addresses[i] = order->to[i].address;
	if (output_flush(&a->out, f) == 0)
		rc = queueadd_run(&add, f);
	memcpy(id, add.id, sizeof(add.id));
	arena_free(&arena);
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
