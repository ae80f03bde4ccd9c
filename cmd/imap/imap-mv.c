/* SPDX-License-Identifier: ISC */
/*
 * imap-mv: moves messages of a mailbox to another one, or copies them, and
 * writes the uids that they have there.
 *
 *	imap-mv [-cmv] [-A mechanism] [-o key=value] [-P fd] [-p command]
 *	    server | -a account mailbox destination [set ...]
 */

#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "options.h"
#include "namespace.h"
#include "text.h"
#include "move.h"

struct mv {
	struct imap imap;
	struct slice mailbox;
	struct move move;
	struct output out;
};

static void
put(void *ctx, struct uidset_range range)
{
	struct mv *m = ctx;
	char line[16];
	uint64_t n;

	for (n = range.first; n <= range.last; n++) {
		(void)snprintf(line, sizeof(line), "%u\n", (unsigned)n);
		output_put(&m->out, slice_str(line));
	}
}

static int
work(struct mv *m, struct fail *f)
{
	struct move *t = &m->move;

	if (imap_select(&m->imap, m->mailbox, t->copy, f) == -1)
		return -1;
	if (move_run(t, f) == 0)
		return 0;
	if (namespace_explain(&m->imap, t->to, f))
		(void)fail_at(f, TEXT_SHOW(t->to));
	else if (f->class == EX_NOINPUT && !t->make)
		(void)fail_set(f, EX_NOINPUT, "%s: there is no such mailbox; "
		    "-m makes it", TEXT_SHOW(t->to));
	else if (f->class == EX_NOINPUT)
		(void)fail_at(f, TEXT_SHOW(t->to));
	return fail_at(f, TEXT_SHOW(m->mailbox));
}

static int
run(struct mv *m)
{
	struct fail f = { 0 };
	int rc = imap_open(&m->imap, &f);

	if (rc == 0 && (rc = work(m, &f)) == -1)
		(void)fail_at(&f, imap_name(&m->imap));
	imap_close(&m->imap, rc == 0 ? NULL : &f);
	return rc == 0 ? 0 : cli_report(&f);
}

static void
parse(struct mv *m, int argc, char *argv[])
{
	struct move *t = &m->move;
	struct fail f = { 0 };
	int c;

	/* "+": behind the server nothing is an option. */
	while ((c = getopt(argc, argv, "+" OPTIONS "cm")) != -1)
		switch (c) {
		case 'c':
			t->copy = 1;
			break;
		case 'm':
			t->make = 1;
			break;
		default:
			if (options_take(&m->imap, c, optarg) != 1)
				cli_usage();
		}
	m->mailbox = slice_str(options_mailbox(&m->imap, argc, argv));
	if (optind == argc || argv[optind][0] == '\0')
		cli_usage();
	t->to = slice_str(argv[optind++]);
	t->uids = uids_open(argv + optind, (size_t)(argc - optind), 1, &f);
	if (t->uids == NULL)
		cli_exit(&f);
	options_output(&m->imap, &m->out);
}

int
main(int argc, char *argv[])
{
	struct mv m = { .out = output_to(STDOUT_FILENO, "standard output") };
	int status = 0;

	cli_start("imap-mv", "[-cmv] [-A mechanism] [-o key=value] [-P fd] "
	    "[-p command] server | -a account mailbox destination [set ...]");
	options_start(&m.imap);
	m.move = (struct move){ .imap = &m.imap, .each = put,
		.ctx = &m };
	parse(&m, argc, argv);
	if (!uids_empty(m.move.uids))
		status = run(&m);
	imap_end(&m.imap);
	uids_close(&m.move.uids);
	cli_finish(&m.out, status);
}
