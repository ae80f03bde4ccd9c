/* SPDX-License-Identifier: ISC */
/*
 * imap-flag: sets and clears flags of messages of a mailbox.
 *
 *	imap-flag [-v] [-A mechanism] [-o key=value] [-P fd] [-p command]
 *	    server | -a account mailbox +flag | -flag | =flag ... [set ...]
 */

#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "flagname.h"
#include "limits.h"
#include "options.h"
#include "star.h"
#include "text.h"
#include "uids.h"

enum {
	FLAGS = LIMIT_IMAP_LINE / 4, /* names of one kind: a set is beside
					them */
	KINDS = 3,
};

static const char signs[KINDS] = { '+', '-', '=' };

struct flag {
	struct imap imap;
	struct slice mailbox;
	struct buf names[KINDS]; /* by sign, as they are said, with spaces */
	int given[KINDS];
	struct uids *uids;
	struct output out;
};

static int
kind_of(int sign)
{
	int kind;

	for (kind = 0; kind < KINDS; kind++)
		if (signs[kind] == sign)
			return kind;
	return -1;
}

/* "=" alone is: no flags. */
static int
take_flag(struct flag *g, int kind, struct slice word, struct fail *f)
{
	struct slice name;

	g->given[kind] = 1;
	if (word.n == 0 && signs[kind] == '=')
		return 0;
	if (flagname_read(word, &name) == -1)
		return fail_set(f, EX_USAGE, "%c%s: expected a flag, such as "
		    "seen or $Junk", signs[kind], TEXT_SHOW(word));
	if (buf_add_word(&g->names[kind], name) == -1)
		return fail_set(f, EX_USAGE, "too many flags");
	return 0;
}

/* Whether the mailbox keeps all of them (RFC 9051, 7.1: PERMANENTFLAGS). */
static int
check_kept(const struct flag *g, struct slice names, struct fail *f)
{
	const struct imap_box *box = &g->imap.box;
	struct slice name;

	while (box->flags.n > 0 && slice_word(&names, &name)) {
		if (slice_has_word(buf_slice(&box->flags), name))
			continue;
		if (flagname_is_system(name))
			return fail_set(f, EX_UNAVAILABLE, "the server does "
			    "not keep %s here", TEXT_SHOW(name));
		if (!box->keywords)
			return fail_set(f, EX_UNAVAILABLE, "the server takes "
			    "no new keyword here, and %s is none of those "
			    "that are there", TEXT_SHOW(name));
	}
	return 0;
}

static int
check(const struct flag *g, struct fail *f)
{
	if (g->imap.box.readonly)
		return fail_set(f, EX_UNAVAILABLE, "it can only be read");
	if (check_kept(g, buf_slice(&g->names[0]), f) == -1)
		return -1;
	return check_kept(g, buf_slice(&g->names[2]), f);
}

/* Says what is to be done with a set: how many commands. */
static unsigned
say(struct flag *g, struct slice set)
{
	static const char *const items[KINDS] = { "+FLAGS", "-FLAGS", "FLAGS" };
	unsigned said = 0;
	int kind;

	for (kind = 0; kind < KINDS; kind++) {
		struct slice names = buf_slice(&g->names[kind]);

		if (!g->given[kind])
			continue;
		(void)imap_say(&g->imap, "UID STORE %.*s %s.SILENT (%.*s)",
		    SLICE_ARG(set), items[kind], SLICE_ARG(names));
		imap_said(&g->imap);
		said++;
	}
	return said;
}

/* The next answer: 0; -1 with the first reason why not, till all are there. */
static int
take_answer(struct flag *g, unsigned *under_way, struct fail *first)
{
	struct imap_response r;
	struct fail f = { 0 };
	enum imap_result rc = imap_next(&g->imap, &r, &f);

	if (rc == IMAP_DATA)
		return 0;
	if (rc == IMAP_OK && imap_is_cut(&r, &f))
		rc = IMAP_NO;
	if (rc != IMAP_OK && (first->class == 0 || rc == IMAP_LOST))
		*first = f;
	*under_way = rc == IMAP_LOST ? 0 : *under_way - 1;
	return rc == IMAP_OK ? 0 : -1;
}

/* Many at once; after what the server does not do nothing more. */
static int
store(struct flag *g, struct fail *f)
{
	struct slice set;
	unsigned under_way = 0;
	int rc = 1, failed = 0;

	while (rc == 1 || under_way > 0) {
		/* Two kinds at most. */
		while (rc == 1 && !failed && (under_way == 0 ||
		    imap_room(&g->imap) >= 2) &&
		    (rc = uids_next(g->uids, g->imap.limit, &set, f)) == 1)
			under_way += say(g, set);
		if (under_way > 0 && take_answer(g, &under_way, f) == -1)
			failed = 1;
		if (failed || rc == -1)
			rc = 0;
	}
	return f->class == 0 ? 0 : -1;
}

static int
work(struct flag *g, struct fail *f)
{
	int rc;

	if (imap_select(&g->imap, g->mailbox, 0, f) == -1)
		return -1;
	rc = check(g, f) == -1 ? -1 : star_settle(&g->imap, g->uids, f);
	if (rc == 1)
		rc = store(g, f);
	return rc == -1 ? fail_at(f, TEXT_SHOW(g->mailbox)) : 0;
}

static int
run(struct flag *g)
{
	struct fail f = { 0 };
	int rc = imap_open(&g->imap, &f);

	if (rc == 0 && (rc = work(g, &f)) == -1)
		(void)fail_at(&f, imap_name(&g->imap));
	imap_close(&g->imap, rc == 0 ? NULL : &f);
	return rc == 0 ? 0 : cli_report(&f);
}

static void
parse(struct flag *g, int argc, char *argv[])
{
	struct fail f = { 0 };
	int c, kind;

	/* "+": behind the server nothing is an option. */
	while ((c = getopt(argc, argv, "+" OPTIONS)) != -1)
		if (options_take(&g->imap, c, optarg) != 1)
			cli_usage();
	g->mailbox = slice_str(options_mailbox(&g->imap, argc, argv));
	for (; optind < argc && (kind = kind_of(argv[optind][0])) != -1;
	    optind++)
		if (take_flag(g, kind, slice_str(argv[optind] + 1), &f) == -1)
			cli_exit(&f);
	if (!g->given[0] && !g->given[1] && !g->given[2])
		cli_usage();
	if (g->given[2] && (g->given[0] || g->given[1])) {
		(void)fail_set(&f, EX_USAGE, "=flag is all that a message is "
		    "to have: nothing to + and -");
		cli_exit(&f);
	}
	g->uids = uids_open(argv + optind, (size_t)(argc - optind), 1, &f);
	if (g->uids == NULL)
		cli_exit(&f);
}

int
main(int argc, char *argv[])
{
	struct flag g = { .out = output_to(STDOUT_FILENO, "standard output") };
	int kind, status = 0;

	cli_start("imap-flag", "[-v] [-A mechanism] [-o key=value] [-P fd] "
	    "[-p command] server | -a account mailbox "
	    "+flag | -flag | =flag ... [set ...]");
	for (kind = 0; kind < KINDS; kind++)
		g.names[kind] = BUF(FLAGS);
	options_start(&g.imap);
	parse(&g, argc, argv);
	if (!uids_empty(g.uids))
		status = run(&g);
	imap_end(&g.imap);
	uids_close(&g.uids);
	for (kind = 0; kind < KINDS; kind++)
		buf_free(&g.names[kind]);
	cli_finish(&g.out, status);
}
