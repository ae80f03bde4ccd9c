/* SPDX-License-Identifier: ISC */
/* acting: to do something with messages of the queue; see acting.h. */

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "acting.h"
#include "cli.h"
#include "conf.h"
#include "names.h"
#include "owner.h"
#include "text.h"

enum { PAUSE = 20 }; /* milliseconds between looks at a lock */

/* Opens the message where it is by now: 1; 0 where it is gone, or not written
 * yet; -1. */
static int
open_message(struct acting *a, struct spool_name *name, struct spoolfile *m,
    struct fail *f)
{
	char path[SPOOL_NAME];
	int rc;

	for (;;) {
		if (spoolfile_open(m, a->spool.dir, spool_path(path, name),
		    f) == 0)
			return 1;
		if (f->class != EX_NOINPUT)
			return -1;
		if (m->unwritten)
			return 0;
		spoolfile_close(m);
		/* It has another name, or is sent. */
		rc = spool_find(&a->spool, name->id, name, f);
		if (rc != 1 || (a->states & 1U << name->state) == 0)
			return rc == -1 ? -1 : 0;
	}
}

static void
pause_between(void)
{
	struct timespec t = { 0, PAUSE * 1000000L };

	(void)nanosleep(&t, NULL);
}

static int
is_meant(const struct acting *a, const struct spool_name *name,
    const struct spoolfile *m, int damaged)
{
	return patterns_match_id(&a->patterns, name->id) ||
	    (!damaged && patterns_match(&a->patterns, m));
}

static void
tell(struct output *out, const struct spool_name *name, const char *word)
{
	output_put(out, slice_str(name->id));
	output_putc(out, '\t');
	output_put(out, slice_str(word));
	output_putc(out, '\n');
}

/* One try: 1 where it is done with, 0 where it is locked, -1. */
static int
try_message(struct acting *a, struct spool_name *name, struct output *out,
    struct fail *f)
{
	struct spoolfile m;
	const char *word = NULL;
	int rc = open_message(a, name, &m, f);
	int damaged = rc == -1 && f->class == EX_DATAERR;

	if (rc != 0)
		patterns_saw(&a->patterns, name->id);
	if (rc == 0 || (rc == -1 && !damaged)) {
		spoolfile_close(&m);
		return rc == 0 ? 1 : -1;
	}
	rc = 1;
	if (is_meant(a, name, &m, damaged)) {
		/* What is no file at all has no lock. */
		rc = m.fd == -1 ? 1 : spoolfile_lock(&m, 0, f);
		if (rc == 1 && !damaged)
			rc = spoolfile_read(&m, f) == -1 ? -1 : 1;
		if (rc == 1) {
			word = a->act(a->ctx, &a->spool, name, &m, damaged, f);
			if (word == NULL)
				rc = -1;
			else if (word[0] != '\0')
				tell(out, name, word);
		}
		/* Nothing was to do: it was not meant after all. */
		if (word == NULL || word[0] != '\0') {
			a->found++;
			patterns_use(&a->patterns, name->id,
			    damaged ? NULL : &m);
		}
	}
	spoolfile_close(&m);
	return rc;
}

/* The status of one message. */
static int
do_message(struct acting *a, const struct spool_name *listed,
    struct output *out)
{
	struct spool_name name = *listed;
	struct fail f = { 0 };
	unsigned waited;
	int rc;

	for (waited = 0; (rc = try_message(a, &name, out, &f)) == 0 &&
	    waited < ACTING_WAIT; waited += PAUSE)
		pause_between();
	if (rc == 0)
		(void)fail_set(&f, EX_TEMPFAIL,
		    "%s: a delivery is under way", name.id);
	return rc == 1 ? 0 : cli_report(&f);
}

static int
do_all(struct acting *a, const struct names *names, struct output *out)
{
	int status = 0, missing, unused, state;
	struct fail f = { 0 };
	size_t i;

	for (i = 0; i < names->n; i++)
		if (!patterns_are_ids(&a->patterns) ||
		    patterns_match_id(&a->patterns, names->p[i].id))
			status = cli_worse(status,
			    do_message(a, &names->p[i], out));
	for (state = 0; state < SPOOL_STATES; state++)
		if (a->found > 0 && spool_sync(&a->spool,
		    (enum spool_state)state, &f) == -1)
			status = cli_worse(status, cli_report(&f));
	missing = names_missing(&a->patterns, a->none);
	unused = names_unused(&a->patterns, a->unused);
	return status != 0 ? status : missing || unused;
}

/* An option there would not be one, and be found out when all is done. */
static void
refuse_options(char *const arguments[], size_t n)
{
	struct fail f = { 0 };
	size_t i;

	for (i = 1; i < n; i++)
		if (arguments[i][0] == '-') {
			(void)fail_set(&f, EX_USAGE, "%s: options stand in "
			    "front of the patterns",
			    TEXT_SHOW(slice_str(arguments[i])));
			cli_exit(&f);
		}
}

int
acting_run(struct acting *a, int argc, char *const argv[], struct output *out)
{
	char *const *arguments = argv + optind;
	size_t n = (size_t)(argc - optind);
	struct names names = { 0 };
	struct fail f = { 0 };
	struct conf conf;
	int status;

	if (n == 0)
		cli_usage();
	if (strcmp(argv[optind - 1], "--") != 0)
		refuse_options(arguments, n);
	a->spool.dir = -1;
	if (patterns_read(&a->patterns, arguments, n, &f) == -1)
		cli_exit(&f);
	a->patterns.conf = &conf;
	if (conf_load(&conf, a->conf, &f) == -1 ||
	    spool_open(&a->spool, conf.spool, conf.user, &f) == -1 ||
	    names_read(&names, &a->spool, a->states, &a->patterns, &f) == -1) {
		owner_explain(&a->spool, &f);
		status = cli_report(&f);
	} else {
		owner_warn(&conf, &a->spool);
		status = do_all(a, &names, out);
	}
	names_free(&names);
	patterns_free(&a->patterns);
	spool_close(&a->spool);
	conf_free(&conf);
	return status;
}
