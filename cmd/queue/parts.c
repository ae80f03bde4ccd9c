/* SPDX-License-Identifier: ISC */
/* parts: what becomes of the parts of messages of a run; see parts.h. */

#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "dispose.h"
#include "numbers.h"
#include "parts.h"
#include "ticks.h"

enum {
	AT_ONCE = 256,	/* messages of a hop that need no transport */
	BUSY = 2000,	/* milliseconds until it is asked again */
	BUSY_TRIES = 2, /* again */
	LOCKED_TRIES = 1000,
};

void
parts_dispose(struct dispatch *d, struct task *task)
{
	if (dispose_task(d->runner, task) == DISPOSE_DONE)
		return;
	if (++task->locked > LOCKED_TRIES) {
		tasks_leave(&d->runner->tasks, task);
		return;
	}
	if (d->again == NULL)
		d->again_at = ticks_now() + PARTS_LOCKED;
	task->again = d->again;
	d->again = task;
}

void
parts_dispose_again(struct dispatch *d)
{
	struct task *task = d->again, *next;

	d->again = NULL;
	for (; task != NULL; task = next) {
		next = task->again;
		parts_dispose(d, task);
	}
}

void
parts_end(struct dispatch *d, struct part *part)
{
	struct task *task = part->task;

	free(part);
	if (--task->parts > 0)
		return;
	if (task->untried && !task->told && task->results.n == 0)
		tasks_drop(&d->runner->tasks, task);
	else
		parts_dispose(d, task);
}

void
parts_leave(struct dispatch *d, struct part *part)
{
	part->task->untried = 1;
	d->runner->status = cli_worse(d->runner->status, EX_TEMPFAIL);
	parts_end(d, part);
}

void
parts_settle(struct dispatch *d, struct part *part, struct spool_entry *e)
{
	struct numbers numbers;

	if (numbers_start(&numbers, slice_str(part->numbers)) == -1)
		return;
	while (numbers_next(&numbers, &e->number))
		dispose_take(d->runner, part->task, e);
}

void
parts_drain(struct dispatch *d, struct hop *hop, const char *verdict)
{
	char line[SPOOL_ENTRY];
	struct spool_entry e;
	struct part *part;
	int i;

	(void)snprintf(line, sizeof(line), "%s", verdict);
	if (spool_entry_read(slice_str(line), 0, &e) == -1)
		return;
	for (i = 0; i < AT_ONCE && (part = hops_take_any(&d->hops, hop)) !=
	    NULL; i++) {
		parts_settle(d, part, &e);
		parts_end(d, part);
	}
	hops_let_go(&d->hops, hop);
}

void
parts_judge(struct dispatch *d, struct hop *hop, const struct spool_entry *e)
{
	struct buf line = BUF(SPOOL_ENTRY);

	spool_entry_write(&line, 0, e);
	hops_judge(hop, slice_sub(buf_slice(&line), 0, line.n - 1));
	hops_prefer(&d->hops, hop);
	buf_free(&line);
}

void
parts_judge_text(struct dispatch *d, struct hop *hop, const char *text)
{
	struct spool_entry e = { .class = SPOOL_DOWN,
		.enhanced = SLICE("4.3.0"), .text = slice_str(text) };

	parts_judge(d, hop, &e);
}

void
parts_take(void *ctx, struct transport *t, struct part *part,
    const struct spool_entry *result)
{
	struct dispatch *d = ctx;
	struct spool_entry e = *result;

	t->lane->moved = t->progress;
	if (e.class == SPOOL_BUSY) {
		/* With 0 it is not there any more: so it is done with. */
		part->busy += e.number > 0;
	} else if (e.number == 0) {
		/* Where it is no message, that is seen when it is opened. */
		if (e.class != SPOOL_DOWN)
			e.class = SPOOL_DEFERRED;
		parts_settle(d, part, &e);
	} else {
		dispose_take(d->runner, part->task, &e);
	}
	if (e.class == SPOOL_DOWN) {
		e.number = 0;
		parts_judge(d, t->hop, &e);
	}
	if (part->count > 0)
		return;
	if (part->busy == part->total && part->tries < BUSY_TRIES &&
	    !d->stopping) {
		part->tries++;
		part->busy = 0;
		part->count = part->total;
		t->lane->later = ticks_now() + BUSY;
		hops_put(&d->hops, t->hop, t->lane, part);
		return;
	}
	parts_end(d, part);
}
