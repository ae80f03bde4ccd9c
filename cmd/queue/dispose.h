/* SPDX-License-Identifier: ISC */
/* dispose: what becomes of a message after its results: it is removed, tried
 * again later, or returned. */
#ifndef DISPOSE_H
#define DISPOSE_H

#include "runner.h"
#include "spoolfile.h"

/* Takes the result of a recipient, which a transport may not have written into
 * the journal: it is written there when the task is disposed of. */
void dispose_take(struct runner *r, struct task *task,
    const struct spool_entry *e);

enum dispose_result {
	DISPOSE_DONE,  /* and with the task, which is freed or left */
	DISPOSE_LATER, /* it is locked: by a transport that has said its result
			  and not let go yet, or by another runner */
};

/* Decides over a message with all its results.  Whatever cannot be done now is
 * told, and the message stays as it is. */
enum dispose_result dispose_task(struct runner *r, struct task *task);

/* A message that nothing can be written to now, as "why" says: it is tried
 * again as after a first attempt, where no other process has it; else it is
 * left. */
void dispose_put_off(struct runner *r, struct task *task,
    const struct spoolfile *m, const struct fail *why);

/* What spoolfile_open said of a message: one that is damaged goes to failed/,
 * one that cannot be read now is left, and so is one that is not written yet;
 * one that never will be is removed. */
void dispose_unread(struct runner *r, struct task *task,
    const struct spoolfile *m, const struct fail *f);

#endif
