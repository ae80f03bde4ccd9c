/* SPDX-License-Identifier: ISC */
/*
 * imap-rm: removes messages of a mailbox for good, or with -t to the mailbox
 * for such; with -b mailboxes.
 *
 *	imap-rm [-tv] [-A mechanism] [-o key=value] [-P fd] [-p command]
 *	    server | -a account mailbox [set ...]
 *	imap-rm -b [-0fv] [-A mechanism] [-o key=value] [-P fd] [-p command]
 *	    server | -a account [mailbox ...]
 */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "removal.h"
#include "limits.h"
#include "options.h"
#include "namespace.h"
#include "paths.h"
#include "text.h"
#include "move.h"
#include "trash.h"

struct rm {
	struct imap imap;
	int boxes; /* -b */
	int force; /* -f */
	int end;   /* of a name in a list: -0 */
	int trash; /* -t */
	struct slice mailbox;
	struct move move;
	struct buf to;
	struct slice *names; /* of -b */
	size_t nnames, room;
	struct arena arena;
	int status;
};

static void
report(struct rm *r, struct fail *f)
{
	(void)fail_at(f, imap_name(&r->imap));
	r->status = cli_worse(r->status, cli_report(f));
}

static void
each(void *ctx, struct uidset_range range)
{
	(void)ctx;
	(void)range;
}

/* Where they are to go with -t. */
static int
find_trash(struct rm *r, struct fail *f)
{
	struct move *t = &r->move;

	if (trash_find(&r->imap, &r->to, f) == -1)
		return -1;
	t->to = buf_slice(&r->to);
	return !slice_eq(t->to, r->mailbox) ? 0 : fail_set(f, EX_USAGE,
	    "it is where things go that are thrown away: without -t they go "
	    "for good");
}

static int
remove_messages(struct rm *r, struct fail *f)
{
	if ((r->trash && find_trash(r, f) == -1) ||
	    imap_select(&r->imap, r->mailbox, 0, f) == -1)
		return fail_at(f, TEXT_SHOW(r->mailbox));
	if (move_run(&r->move, f) == 0)
		return 0;
	return fail_at(f, TEXT_SHOW(r->mailbox));
}

/* One that stays does not keep the others: 0, or -1 with i->dead. */
static int
remove_mailboxes(struct rm *r, struct fail *f)
{
	struct fail one;
	size_t n;

	for (n = 0; n < r->nnames; n++) {
		one = (struct fail){ 0 };
		if (removal_mailbox(&r->imap, r->names[n], r->force,
		    &one) == 0)
			continue;
		(void)namespace_explain(&r->imap, r->names[n], &one);
		(void)fail_at(&one, TEXT_SHOW(r->names[n]));
		if (r->imap.dead) {
			*f = one;
			return -1;
		}
		report(r, &one);
	}
	return 0;
}

static void
run(struct rm *r)
{
	struct fail f = { 0 };
	int rc = imap_open(&r->imap, &f);

	if (rc == 0) {
		rc = r->boxes ? remove_mailboxes(r, &f) :
		    remove_messages(r, &f);
		if (rc == -1)
			(void)fail_at(&f, imap_name(&r->imap));
	}
	imap_close(&r->imap, rc == 0 ? NULL : &f);
	if (rc == -1)
		r->status = cli_worse(r->status, cli_report(&f));
}

static void
add_name(struct rm *r, struct slice name)
{
	if (r->nnames == r->room) {
		r->room = r->room == 0 ? 64 : r->room * 2;
		r->names = mem_resize(r->names, r->room, sizeof(*r->names));
	}
	r->names[r->nnames++] = arena_slice(&r->arena, name);
}

/* All of them before the session, which whoever writes there may need. */
static void
read_names(struct rm *r)
{
	static struct paths in;
	struct fail f = { 0 };
	struct slice name;

	if (isatty(STDIN_FILENO))
		cli_usage();
	paths_start(&in, STDIN_FILENO, r->end);
	while (paths_take(&in, &name, &f) == 1)
		add_name(r, name);
	if (f.class != 0)
		cli_exit(&f);
}

static void
take_arguments(struct rm *r, int argc, char *argv[])
{
	struct move *t = &r->move;
	struct fail f = { 0 };

	if (r->boxes) {
		(void)options_server(&r->imap, 0, argc, argv);
		if (optind == argc)
			read_names(r);
		for (; optind < argc; optind++)
			add_name(r, slice_str(argv[optind]));
		return;
	}
	r->mailbox = slice_str(options_mailbox(&r->imap, argc, argv));
	t->uids = uids_open(argv + optind, (size_t)(argc - optind), 1, &f);
	if (t->uids == NULL)
		cli_exit(&f);
}

static void
parse(struct rm *r, int argc, char *argv[])
{
	int c;

	/* "+": behind the server nothing is an option. */
	while ((c = getopt(argc, argv, "+" OPTIONS "0bft")) != -1)
		switch (c) {
		case '0':
			r->end = '\0';
			break;
		case 'b':
			r->boxes = 1;
			break;
		case 'f':
			r->force = 1;
			break;
		case 't':
			r->trash = 1;
			break;
		default:
			if (options_take(&r->imap, c, optarg) != 1)
				cli_usage();
		}
	if (r->boxes ? r->trash : r->force || r->end == '\0')
		cli_usage();
	take_arguments(r, argc, argv);
}

int
main(int argc, char *argv[])
{
	struct output out = output_to(STDOUT_FILENO, "standard output");
	struct rm r = { .end = '\n', .to = BUF(4 * LIMIT_IMAP_TOKEN) };

	cli_start("imap-rm", "[-tv] [-A mechanism] [-o key=value] [-P fd] "
	    "[-p command] server | -a account mailbox [set ...]\n"
	    "       imap-rm -b [-0fv] [-A mechanism] [-o key=value] [-P fd] "
	    "[-p command] server | -a account [mailbox ...]");
	options_start(&r.imap);
	r.move = (struct move){ .imap = &r.imap, .each = each };
	parse(&r, argc, argv);
	if (r.boxes ? r.nnames > 0 : !uids_empty(r.move.uids))
		run(&r);
	imap_end(&r.imap);
	uids_close(&r.move.uids);
	buf_free(&r.to);
	arena_free(&r.arena);
	free(r.names);
	cli_finish(&out, r.status);
}
