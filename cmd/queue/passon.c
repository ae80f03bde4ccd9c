/* SPDX-License-Identifier: ISC */
/* passon: forwarded messages to the queue; see passon.h. */

#include "ask.h"
#include "limits.h"
#include "passon.h"
#include "ticks.h"

/* Some addresses in UTF-8 are too long for one (RFC 3461, 4.2); the mail goes
 * on. */
static const char *
original_of(const char *original)
{
	struct ask ask = { 0 };
	struct fail ignored;

	return original != NULL &&
	    ask_option(&ask, 'O', original, &ignored) == 0 ? original : NULL;
}

/* What mailq-add cannot do now it may do later; a message that it refuses,
 * never. */
int
passon_give(struct queueadd *a, struct fail *f)
{
	a->original = original_of(a->original);
	a->end = ticks_now() + (uint64_t)LIMIT_QUEUE_ADD * 1000;
	if (queueadd_run(a, f) == 0)
		return 0;
	f->class = f->class == EX_DATAERR || f->class == EX_UNAVAILABLE ?
	    EX_UNAVAILABLE : EX_TEMPFAIL;
	return fail_at(f, "cannot be forwarded");
}
