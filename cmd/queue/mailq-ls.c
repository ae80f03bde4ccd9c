/* SPDX-License-Identifier: ISC */
/*
 * mailq-ls: lists the messages of the queue, or those that are meant, as
 * columns or JSON; or what waits for each domain.
 *
 *	mailq-ls [-0js] [-f conf] [pattern ...]
 */

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "conf.h"
#include "listing.h"
#include "owner.h"
#include "showing.h"
#include "summary.h"

struct options {
	const char *conf;
	int summary;
	struct showing showing;
	struct patterns patterns;
};

static void
parse_arguments(struct options *o, int argc, char *argv[])
{
	struct fail f = { 0 };
	int c;

	while ((c = getopt(argc, argv, "+0f:js")) != -1)
		switch (c) {
		case '0':
			o->showing.end = '\0';
			break;
		case 'f':
			o->conf = optarg;
			break;
		case 'j':
			o->showing.json = 1;
			break;
		case 's':
			o->summary = 1;
			break;
		default:
			cli_usage();
		}
	if (patterns_read(&o->patterns, argv + optind,
	    (size_t)(argc - optind), &f) == -1)
		cli_exit(&f);
}

static void
report(const struct fail *f)
{
	(void)cli_report(f);
}

static int
show(void *ctx, const struct spool_name *name, const struct spoolfile *m,
    struct buf *out, struct fail *f)
{
	return showing_message(ctx, name, m, out, f);
}

struct counting {
	pthread_mutex_t mutex;
	struct summary summary;
};

static int
count(void *ctx, const struct spool_name *name, const struct spoolfile *m,
    struct buf *out, struct fail *f)
{
	struct counting *c = ctx;

	(void)name;
	(void)out;
	(void)f;
	(void)pthread_mutex_lock(&c->mutex);
	summary_add(&c->summary, m);
	(void)pthread_mutex_unlock(&c->mutex);
	return 0;
}

/* What is listed: 0, or where patterns meant nothing 1, or what was wrong. */
static int
list(struct options *o, struct listing *l, struct output *out)
{
	struct counting c = { .mutex = PTHREAD_MUTEX_INITIALIZER };
	struct buf lines = BUF(SIZE_MAX / 2);
	int missing;

	l->show = o->summary ? count : show;
	l->ctx = o->summary ? (void *)&c : (void *)&o->showing;
	listing_run(l, out);
	if (o->summary) {
		summary_show(&c.summary, &o->showing, &lines);
		output_put(out, buf_slice(&lines));
	}
	summary_free(&c.summary);
	buf_free(&lines);
	missing = names_missing(&o->patterns, "there is no such message") ||
	    (l->found == 0 && o->patterns.nids + o->patterns.nothers > 0);
	return l->status != 0 ? l->status : missing;
}

int
main(int argc, char *argv[])
{
	struct options o = { .showing = { .now = time(NULL), .end = '\n',
		.tty = isatty(STDOUT_FILENO) } };
	struct output out = output_of_done(STDOUT_FILENO, "standard output");
	struct names names = { 0 };
	struct spool spool = { .dir = -1 };
	struct listing l = { .spool = &spool, .patterns = &o.patterns,
		.names = &names, .failed = report };
	struct fail f = { 0 };
	struct conf conf;
	int status;

	cli_start("mailq-ls", "[-0js] [-f conf] [pattern ...]");
	parse_arguments(&o, argc, argv);
	o.patterns.conf = &conf;
	if (conf_load(&conf, o.conf, &f) == -1 ||
	    spool_open(&spool, conf.spool, conf.user, &f) == -1 ||
	    names_read(&names, &spool, (1U << SPOOL_STATES) - 1, &o.patterns,
	    &f) == -1) {
		owner_explain(&spool, &f);
		status = cli_report(&f);
	} else {
		owner_warn(&conf, &spool);
		status = list(&o, &l, &out);
	}
	names_free(&names);
	patterns_free(&o.patterns);
	spool_close(&spool);
	conf_free(&conf);
	cli_finish(&out, status);
}
