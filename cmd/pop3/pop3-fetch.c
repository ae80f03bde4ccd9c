/* SPDX-License-Identifier: ISC */
/*
 * pop3-fetch: gets what is new in a mailbox of a POP3 server, into a Maildir,
 * to a program, or to standard output; and remembers it, so that nothing comes
 * twice.
 *
 *	pop3-fetch [-dknv] [-A mechanism] [-K days] [-m maildir | -x command]
 *	    [-o key=value] [-P fd] [-p command] [-s state]
 *	    [-] server | -a account [uid ...]
 */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "argv.h"
#include "cli.h"
#include "fetch.h"
#include "maildirfs.h"
#include "options.h"
#include "statepath.h"

enum {
	DAYS_MOST = 36500,
	PATH = 4096,
};

struct command {
	struct fetch fetch;
	const char *maildir;
	const char *program;
	const char *state; /* NULL: as statepath.h has it */
	char *state_path;
	char box[PATH];
	int out; /* to standard output */
	int dry;
	struct arena arena;
};

static void
parse_days(struct fetch *f, const char *value)
{
	uint64_t n;

	if (slice_uint(slice_str(value), 0, DAYS_MOST, &n) == -1)
		cli_usage();
	f->removal = FETCH_AGED;
	f->days = (unsigned)n;
}

/* -o max-size=BYTES: 1, or 0 where it is another key. */
static int
parse_most(struct fetch *f, const char *text)
{
	int rc = client_most(text, &f->most);

	if (rc == -1)
		cli_usage();
	return rc;
}

static void
parse_option(struct command *c, int option, const char *value)
{
	switch (option) {
	case 'd':
		c->fetch.removal = FETCH_DELETE;
		break;
	case 'K':
		parse_days(&c->fetch, value);
		break;
	case 'k':
		c->fetch.removal = FETCH_KEEP;
		break;
	case 'm':
		c->maildir = value;
		break;
	case 'n':
		c->dry = 1;
		break;
	case 's':
		c->state = value;
		break;
	case 'x':
		c->program = value;
		break;
	default:
		if ((option != 'o' || !parse_most(&c->fetch, value)) &&
		    !options_take(&c->fetch.pop, option, value))
			cli_usage();
	}
}

static void
parse(struct command *c, int argc, char *argv[])
{
	int option;

	while ((option = getopt(argc, argv, "+" OPTIONS "dK:km:ns:x:")) != -1)
		parse_option(c, option, optarg);
	if (optind < argc && strcmp(argv[optind], "-") == 0) {
		c->out = 1;
		optind++;
	}
	if (c->out + (c->maildir != NULL) + (c->program != NULL) > 1)
		cli_usage();
	options_server(&c->fetch.pop, argc, argv);
	c->fetch.uids = argv + optind;
	c->fetch.nuids = (size_t)(argc - optind);
}

/* -m, or what is said of it elsewhere. */
static const char *
find_maildir(struct command *c, struct fail *f)
{
	const char *home;

	if (c->maildir != NULL)
		return c->maildir;
	if (c->fetch.pop.client.target.a.maildir != NULL)
		return c->fetch.pop.client.target.a.maildir;
	if ((home = getenv("MAILDIR")) != NULL && home[0] != '\0')
		return home;
	if ((home = getenv("HOME")) == NULL || home[0] == '\0' ||
	    strlen(home) + sizeof("/Maildir") > sizeof(c->box)) {
		(void)fail_set(f, EX_CONFIG, "HOME is not set: where is the "
		    "Maildir?");
		return NULL;
	}
	memcpy(c->box, home, strlen(home));
	memcpy(c->box + strlen(home), "/Maildir", sizeof("/Maildir"));
	return c->box;
}

/* Who takes the messages. */
static int
choose_taker(struct command *c, struct fail *f)
{
	struct taker *t = &c->fetch.taker;

	t->kind = TAKER_MAILDIR;
	if (c->out)
		t->kind = c->fetch.nuids == 1 ? TAKER_MESSAGE : TAKER_MBOX;
	if (c->program != NULL) {
		t->kind = TAKER_PROGRAM;
		t->argv = argv_split(slice_str(c->program), &c->arena, f);
		if (t->argv == NULL)
			return fail_at(f, "-x");
	}
	if (t->kind == TAKER_MAILDIR &&
	    (t->maildir = find_maildir(c, f)) == NULL)
		return -1;
	return 0;
}

/* Where the state is unless -s says: in a Maildir, which is made for it, unless
 * nothing is to be changed. */
static int
find_state(struct command *c, struct fail *f)
{
	struct taker *t = &c->fetch.taker;
	int dir;

	t->inside = t->kind == TAKER_MAILDIR;
	if (t->inside && !c->dry) {
		if ((dir = maildirfs_open(t->maildir, f)) == -1)
			return maildirfs_refused(f);
		(void)close(dir);
	}
	c->state = c->state_path = statepath_of(&(struct statepath){
	    .client = &c->fetch.pop.client, .kind = "pop3" }, t->maildir, f);
	return c->state == NULL ? -1 : 0;
}

/* Who only looks makes no file, and changes none; and what is shown on standard
 * output because somebody asked for it by name is not fetched by that. */
static int
open_state(struct command *c, struct fail *f)
{
	struct popstate *s;

	if (c->out && c->fetch.nuids > 0)
		return 0;
	if (c->state == NULL && find_state(c, f) == -1)
		return -1;
	if (c->dry && access(c->state, F_OK) == -1)
		return 0;
	if ((s = popstate_open(c->state, f)) == NULL)
		return -1;
	c->fetch.state = c->fetch.taker.state = s;
	if (popstate_bad(s) > 0)
		cli_warn("%s: %zu lines that are no good", c->state,
		    popstate_bad(s));
	return c->dry ? 0 : popstate_recover(s, f);
}

static int
work(struct command *c, struct output *out, struct fail *f)
{
	struct fetch *fetch = &c->fetch;

	if (choose_taker(c, f) == -1 || open_state(c, f) == -1 ||
	    (!c->dry && taker_open(&fetch->taker, f) == -1) ||
	    pop_open(&fetch->pop, f) == -1)
		return -1;
	if (listing_get(&fetch->list, &fetch->pop, LISTING_UIDS, f) == -1)
		return fail_at(f, pop_name(&fetch->pop));
	if (fetch_plan(fetch, c->dry, f) == -1)
		return -1;
	if (!c->dry) {
		fetch_run(fetch);
		return 0;
	}
	fetch_show(fetch, out);
	(void)pop_quit(&fetch->pop, f);
	return 0;
}

int
main(int argc, char *argv[])
{
	struct command c = { .fetch = { .removal = FETCH_KEEP,
		.taker.draft = -1 } };
	struct output out = output_to(STDOUT_FILENO, "standard output");
	struct fail f = { 0 };

	cli_start("pop3-fetch", "[-dknv] [-A mechanism] [-K days] "
	    "[-m maildir | -x command] [-o key=value] [-P fd] [-p command] "
	    "[-s state] [-] server | -a account [uid ...]");
	options_start(&c.fetch.pop);
	parse(&c, argc, argv);
	(void)signal(SIGPIPE, SIG_IGN);
	if (work(&c, &out, &f) == -1)
		c.fetch.status = cli_worse(c.fetch.status, cli_report(&f));
	taker_close(&c.fetch.taker);
	fetch_end(&c.fetch);
	if (c.fetch.state != NULL)
		popstate_close(&c.fetch.state);
	pop_close(&c.fetch.pop, NULL);
	listing_free(&c.fetch.list);
	pop_end(&c.fetch.pop);
	free(c.state_path);
	arena_free(&c.arena);
	cli_finish(&out, c.fetch.status);
}
