/* SPDX-License-Identifier: ISC */
/*
 * mailq-run: the runner of the queue.  Reads the messages that are due, has
 * smtp-send and mail-deliver send them, and decides what becomes of them.
 *
 *	mailq-run [-jnvw] [-C per-hop] [-c processes] [-f conf] [-t seconds]
 *	    [pattern ...]
 */

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "log.h"
#include "names.h"
#include "owner.h"
#include "runconf.h"
#include "schedule.h"
#include "text.h"

enum {
	PROCESSES = 20,
	PER_HOP = 2,
	PATIENCE = 1800, /* more than a slow server may take for one message */
	MOST = 1000,
	DAY = 86400,
};

/* The value of the option "c". */
static unsigned
number(int c, const char *text, unsigned most)
{
	struct fail f = { 0 };
	uint64_t n;

	if (slice_uint(slice_str(text), 1, most, &n) == -1) {
		(void)fail_set(&f, EX_USAGE,
		    "-%c: expected a number from 1 to %u", c, most);
		cli_exit(&f);
	}
	return (unsigned)n;
}

static void
parse_arguments(struct options *o, int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "+C:c:f:jnt:vw")) != -1)
		switch (c) {
		case 'C':
			o->per_hop = number(c, optarg, MOST);
			break;
		case 'c':
			o->processes = number(c, optarg, MOST);
			break;
		case 'f':
			o->conf = optarg;
			break;
		case 'j':
			o->json = 1;
			break;
		case 'n':
			o->dry = 1;
			break;
		case 't':
			o->patience = number(c, optarg, DAY);
			break;
		case 'v':
			o->verbose = 1;
			break;
		case 'w':
			o->wait = 1;
			break;
		default:
			cli_usage();
		}
	o->operands = argv + optind;
	o->noperands = (size_t)(argc - optind);
	if (o->wait && (o->noperands > 0 || o->dry))
		cli_usage();
}

static int
run(struct runner *r, struct fail *f)
{
	if (patterns_read(&r->patterns, r->options->operands,
	    r->options->noperands, f) == -1 ||
	    runconf_open(&r->conf, &r->spool, r->options->conf, f) == -1)
		return -1;
	owner_warn(&r->conf, &r->spool);
	r->patterns.conf = &r->conf;
	return r->options->dry ? schedule_plan(r, f) : schedule_run(r, f);
}

/* The same program from its start.  The signals that it catches stay blocked
 * until it does so again, and none is lost. */
static int
begin_anew(struct output *out, char *argv[])
{
	struct fail f = { 0 };

	if (output_flush(out, &f) == 0) {
		(void)execvp(argv[0], argv);
		(void)fail_errno(&f, EX_TEMPFAIL, "%s: begin anew", argv[0]);
	}
	return cli_report(&f);
}

int
main(int argc, char *argv[])
{
	struct options o = { .processes = PROCESSES, .per_hop = PER_HOP,
		.patience = PATIENCE };
	struct runner r = { .options = &o, .spool = { .dir = -1 },
		.release = { .socket = -1 },
		.out = output_of_done(STDOUT_FILENO, "standard output") };
	struct fail f = { 0 };

	cli_start("mailq-run", "[-jnvw] [-C per-hop] [-c processes] "
	    "[-f conf] [-t seconds] [pattern ...]");
	parse_arguments(&o, argc, argv);
	if (o.verbose)
		log_start(cli_name(), 0);
	else
		log_system(cli_name());
	(void)umask(077);
	tzset();
	if (run(&r, &f) == -1)
		r.status = cli_worse(cli_report(&f), r.status);
	else if (names_missing(&r.patterns, "there is no such message, or it "
	    "is held or failed") || (o.noperands > 0 && r.chosen == 0))
		r.status = r.status == 0 ? 1 : r.status;
	release_end(&r.release);
	tasks_free(&r.tasks);
	patterns_free(&r.patterns);
	spool_close(&r.spool);
	conf_free(&r.conf);
	if (r.anew)
		r.status = begin_anew(&r.out, argv);
	cli_finish(&r.out, r.status);
}
