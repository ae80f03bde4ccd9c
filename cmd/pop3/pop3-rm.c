/* SPDX-License-Identifier: ISC */
/*
 * pop3-rm: removes messages from a POP3 mailbox, by their unique-ids: of the
 * arguments, or with -l of the lines of standard input.
 *
 *	pop3-rm [-lnv] [-A mechanism] [-o key=value] [-P fd] [-p command]
 *	    server | -a account [uid ...]
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "listing.h"
#include "options.h"
#include "paths.h"
#include "text.h"

struct rm {
	struct pop pop;
	int listed;	    /* -l */
	int dry;	    /* -n */
	struct slice *uids; /* that are to go */
	size_t nuids;
	struct arena arena;
	struct listing listing;
	const struct listing_message **chosen; /* in the order asked for */
	size_t nchosen;
	size_t marked;	    /* with DELE */
	struct output out;
	int status;
};

static void
add_uid(struct rm *r, struct slice uid, size_t *room)
{
	if (r->nuids == *room) {
		*room = *room == 0 ? 64 : *room * 2;
		r->uids = mem_resize(r->uids, *room, sizeof(*r->uids));
	}
	r->uids[r->nuids++] = arena_slice(&r->arena, uid);
}

static void
report(struct rm *r, struct fail *f)
{
	(void)fail_at(f, pop_name(&r->pop));
	r->status = cli_worse(r->status, cli_report(f));
}

/* All of them before the server waits for whoever types them. */
static void
read_uids(struct rm *r, size_t *room)
{
	static struct paths in;
	struct slice uid;
	struct fail f = { 0 };

	paths_start(&in, STDIN_FILENO, '\n');
	while (paths_take(&in, &uid, &f) == 1)
		add_uid(r, uid, room);
	if (f.class != 0)
		cli_exit(&f);
}

/* Two messages that have it may be copies of each other, or not. */
static int
find(struct rm *r, struct slice uid, const struct listing_message **m,
    struct fail *f)
{
	*m = listing_find(&r->listing, uid);
	if (*m == NULL)
		return fail_set(f, 1, "%s: it is not there", TEXT_SHOW(uid));
	if (!(*m)->unique)
		return fail_set(f, EX_UNAVAILABLE,
		    "%s: more than one message has it", TEXT_SHOW(uid));
	return 0;
}

static int
by_number(const void *a, const void *b)
{
	const struct listing_message *x, *y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x->number < y->number ? -1 : x->number > y->number;
}

/* Finds out which messages they are, each once. */
static void
choose(struct rm *r)
{
	const struct listing_message *m;
	struct fail f;
	size_t i, n = 0;

	r->chosen = mem_resize(NULL, r->nuids + 1, sizeof(*r->chosen));
	for (i = 0; i < r->nuids; i++)
		if (find(r, r->uids[i], &m, &f) == -1)
			report(r, &f);
		else
			r->chosen[r->nchosen++] = m;
	qsort(r->chosen, r->nchosen, sizeof(*r->chosen), by_number);
	for (i = 0; i < r->nchosen; i++)
		if (i == 0 || r->chosen[i] != r->chosen[i - 1])
			r->chosen[n++] = r->chosen[i];
	r->nchosen = n;
}

static void
show(struct rm *r)
{
	struct buf row = BUF(8 * LISTING_UID + 64);
	size_t i;

	for (i = 0; i < r->nchosen; i++) {
		buf_clear(&row);
		(void)buf_addf(&row, "%u\t%" PRIu64 "\t",
		    r->chosen[i]->number, r->chosen[i]->size);
		(void)text_column(&row, r->chosen[i]->uid,
		    isatty(STDOUT_FILENO));
		(void)buf_addc(&row, '\n');
		output_put(&r->out, buf_slice(&row));
	}
	buf_free(&row);
}

/* Marks them; one that the server keeps does not keep the others: 0, or -1. */
static int
mark(struct rm *r, struct fail *f)
{
	size_t i, said = 0, window = pop_window(&r->pop);
	int rc;

	for (i = 0; i < r->nchosen; i++) {
		while (said < r->nchosen && said - i < window)
			pop_say(&r->pop, "DELE %u",
			    r->chosen[said++]->number);
		if ((rc = pop_reply(&r->pop, NULL, f)) == -1)
			return -1;
		r->marked += rc == 1;
		if (rc == 0) {
			(void)fail_at(f, TEXT_SHOW(r->chosen[i]->uid));
			report(r, f);
		}
	}
	return 0;
}

/* QUIT, by which they go: 0, or -1. */
static int
commit(struct rm *r, struct fail *f)
{
	int rc = pop_quit(&r->pop, f);

	if (rc == 1 || r->marked == 0)
		return 0;
	return fail_at(f, rc == 0 ? "not all is removed" :
	    "perhaps nothing is removed");
}

static int
work(struct rm *r, struct fail *f)
{
	if (listing_get(&r->listing, &r->pop, LISTING_UIDS, f) == -1)
		return -1;
	/* Without UIDL, nothing can be told by its unique-id. */
	if (r->listing.nuids == 0 && r->listing.n > 0) {
		*f = r->listing.why;
		return -1;
	}
	choose(r);
	if (r->dry)
		show(r);
	else if (mark(r, f) == -1)
		return fail_at(f, "nothing is removed");
	return commit(r, f);
}

static void
run(struct rm *r)
{
	struct fail f = { 0 };
	int rc = pop_open(&r->pop, &f);

	if (rc == 0 && (rc = work(r, &f)) == -1)
		(void)fail_at(&f, pop_name(&r->pop));
	pop_close(&r->pop, rc == 0 ? NULL : &f);
	if (rc == -1)
		r->status = cli_worse(r->status, cli_report(&f));
}

static void
parse(struct rm *r, int argc, char *argv[])
{
	size_t room = 0;
	int c;

	/* "+": behind the server nothing is an option, whatever a unique-id
	 * begins with. */
	while ((c = getopt(argc, argv, "+" OPTIONS "ln")) != -1)
		switch (c) {
		case 'l':
			r->listed = 1;
			break;
		case 'n':
			r->dry = 1;
			break;
		default:
			if (options_take(&r->pop, c, optarg) != 1)
				cli_usage();
		}
	options_server(&r->pop, argc, argv);
	if ((optind == argc) != r->listed)
		cli_usage();
	for (; optind < argc; optind++)
		add_uid(r, slice_str(argv[optind]), &room);
	if (r->listed)
		read_uids(r, &room);
}

int
main(int argc, char *argv[])
{
	struct rm r = { .out = output_to(STDOUT_FILENO, "standard output") };

	cli_start("pop3-rm", "[-lnv] [-A mechanism] [-o key=value] [-P fd] "
	    "[-p command] server | -a account [uid ...]");
	options_start(&r.pop);
	parse(&r, argc, argv);
	run(&r);
	pop_end(&r.pop);
	listing_free(&r.listing);
	arena_free(&r.arena);
	free(r.uids);
	free(r.chosen);
	cli_finish(&r.out, r.status);
}
