/* SPDX-License-Identifier: ISC */
/*
 * mailq-rm: removes messages from the queue; with -b the next mailq-run tells
 * the sender.
 *
 *	mailq-rm [-b] [-f conf] pattern ...
 */

#include <time.h>
#include <unistd.h>

#include "acting.h"
#include "cli.h"

static const char *
discard(void *ctx, const struct spool *s, const struct spool_name *name,
    struct spoolfile *m, int damaged, struct fail *f)
{
	(void)ctx;
	(void)m;
	(void)damaged;
	return spool_remove(s, name, f) == -1 ? NULL : "removed";
}

/* Fails it for all who are pending, as any other message fails: who runs the
 * queue makes the report. */
static const char *
give_back(void *ctx, const struct spool *s, const struct spool_name *name,
    struct spoolfile *m, int damaged, struct fail *f)
{
	struct spool_entry e = { .when = time(NULL), .class = SPOOL_REFUSED,
		.enhanced = SLICE(SPOOL_REMOVED),
		.text = SLICE("removed from the queue by its administrator") };
	struct spool_name to = *name;

	(void)ctx;
	if (damaged)
		return NULL;
	if (spoolfile_pending(m) > 0 && (spoolfile_append(m, &e, f) == -1 ||
	    spoolfile_sync(m, f) == -1))
		return NULL;
	to.state = SPOOL_CUR;
	to.due = e.when;
	return spool_rename(s, name, &to, f) == -1 ? NULL : "returned";
}

int
main(int argc, char *argv[])
{
	struct output out = output_of_done(STDOUT_FILENO, "standard output");
	struct acting a = { .states = (1U << SPOOL_STATES) - 1,
		.none = "there is no such message",
		.unused = "nothing in the queue matches", .act = discard };
	int c;

	cli_start("mailq-rm", "[-b] [-f conf] pattern ...");
	while ((c = getopt(argc, argv, "+bf:")) != -1)
		switch (c) {
		case 'b':
			a.act = give_back;
			break;
		case 'f':
			a.conf = optarg;
			break;
		default:
			cli_usage();
		}
	cli_finish(&out, acting_run(&a, argc, argv, &out));
}
