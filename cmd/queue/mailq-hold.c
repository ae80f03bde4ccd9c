/* SPDX-License-Identifier: ISC */
/*
 * mailq-hold: keeps messages of the queue from being tried, or with -r has them
 * tried again: at once, or at their first time where that is still to come.
 *
 *	mailq-hold [-r] [-f conf] pattern ...
 */

#include <time.h>
#include <unistd.h>

#include "acting.h"
#include "cli.h"

/* It keeps its due time, for people to see. */
static const char *
hold(void *ctx, const struct spool *s, const struct spool_name *name,
    struct spoolfile *m, int damaged, struct fail *f)
{
	struct spool_name to = *name;

	(void)ctx;
	(void)m;
	(void)damaged;
	to.state = SPOOL_HOLD;
	return spool_rename(s, name, &to, f) == -1 ? NULL : "held";
}

static int
was_tried(const struct spoolfile *m)
{
	size_t i;

	for (i = 0; i < m->nto; i++)
		if (m->to[i].at > 0)
			return 1;
	return 0;
}

/* Who failed is pending again. */
static int
begin_again(struct spoolfile *m, struct fail *f)
{
	const struct spool_entry e = { .when = time(NULL),
		.class = SPOOL_AGAIN };

	return spoolfile_append(m, &e, f) == -1 ? -1 : spoolfile_sync(m, f);
}

/* What failed for good is tried again by its id alone, not by a pattern that
 * happens to mean it. */
static const char *
release(void *ctx, const struct spool *s, const struct spool_name *name,
    struct spoolfile *m, int damaged, struct fail *f)
{
	struct acting *a = ctx;
	struct spool_name to = *name;

	if (name->state == SPOOL_FAILED &&
	    !patterns_name_id(&a->patterns, name->id))
		return "";
	if (damaged || (name->state == SPOOL_FAILED && begin_again(m, f) == -1))
		return NULL;
	to.state = was_tried(m) ? SPOOL_CUR : SPOOL_NEW;
	to.due = time(NULL);
	if (to.state == SPOOL_NEW && m->envelope.hold > to.due)
		to.due = m->envelope.hold;
	return spool_rename(s, name, &to, f) == -1 ? NULL : "released";
}

int
main(int argc, char *argv[])
{
	struct output out = output_of_done(STDOUT_FILENO, "standard output");
	struct acting a = { .states = 1U << SPOOL_NEW | 1U << SPOOL_CUR,
		.none = "there is no such message, or it is held or failed",
		.unused = "nothing in the queue matches that is not held or "
		    "failed",
		.act = hold };
	int c;

	cli_start("mailq-hold", "[-r] [-f conf] pattern ...");
	a.ctx = &a;
	while ((c = getopt(argc, argv, "+f:r")) != -1)
		switch (c) {
		case 'f':
			a.conf = optarg;
			break;
		case 'r':
			a.states = 1U << SPOOL_HOLD | 1U << SPOOL_FAILED;
			a.none = "there is no such message that is held or "
			    "failed";
			a.unused = "nothing that is held matches";
			a.act = release;
			break;
		default:
			cli_usage();
		}
	cli_finish(&out, acting_run(&a, argc, argv, &out));
}
