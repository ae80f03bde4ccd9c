/* SPDX-License-Identifier: ISC */
/* parts: what becomes of the parts of messages (hops.h) that a dispatch has,
 * and of a message when all of its parts are done. */
#ifndef PARTS_H
#define PARTS_H

#include "dispatch.h"

enum { PARTS_LOCKED = 2 }; /* milliseconds until a lock is tried again */

/* Decides over a message with all its results (dispose.h); what is in other
 * hands is tried again at d->again_at, by parts_dispose_again. */
void parts_dispose(struct dispatch *d, struct task *task);
void parts_dispose_again(struct dispatch *d);

/* Done with a part, which is freed, and maybe with its message. */
void parts_end(struct dispatch *d, struct part *part);

/* The same, and it stays due. */
void parts_leave(struct dispatch *d, struct part *part);

/* The same result for all recipients of a part: those of whom another is known
 * keep that.  *e gets their numbers. */
void parts_settle(struct dispatch *d, struct part *part,
    struct spool_entry *e);

/* "e" holds for all that waits for the hop; of class down, 4.3.0 and with
 * "text" alone. */
void parts_judge(struct dispatch *d, struct hop *hop,
    const struct spool_entry *e);
void parts_judge_text(struct dispatch *d, struct hop *hop, const char *text);

/* Gives such a verdict to some of those that wait for the hop. */
void parts_drain(struct dispatch *d, struct hop *hop, const char *verdict);

/* A transport_result, whose context is a dispatch. */
void parts_take(void *ctx, struct transport *t, struct part *part,
    const struct spool_entry *result);

#endif
