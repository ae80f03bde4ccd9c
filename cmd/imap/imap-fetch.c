/* SPDX-License-Identifier: ISC */
/*
 * imap-fetch: gets messages of a mailbox by their uids: into a Maildir, with
 * flags, keywords and date; or messages, headers, one part, or structures to
 * standard output.
 *
 *	imap-fetch [-0dHijuv] [-A mechanism] [-m maildir] [-o key=value]
 *	    [-P fd] [-p part | command] [-s state]
 *	    server | -a account mailbox [uid ...]
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "fetch.h"
#include "limits.h"
#include "maildirfs.h"
#include "options.h"
#include "statepath.h"

struct command {
	struct fetch fetch;
	struct fetchbox box;
	struct fetchout out;
	struct output standard;
	const char *state;
	char *state_path;
	int nul, json, incremental;
};

/* The number of a part, as 2.1: a command that tells the password, which is
 * what -p has with others, is none. */
static int
is_part(const char *text)
{
	struct slice rest = slice_str(text), word;
	uint64_t n;
	size_t depth = 0;
	int more;

	do {
		more = slice_until(&rest, '.', &word);
		if (slice_uint(word, 1, UINT32_MAX, &n) == -1)
			return 0;
	} while (more && ++depth < LIMIT_MIME_DEPTH);
	return !more;
}

static void
parse_what(struct command *c, enum fetch_what what)
{
	if (c->fetch.what != FETCH_MESSAGE && c->fetch.what != what)
		cli_usage();
	c->fetch.what = what;
}

static void
parse_part(struct command *c, const char *value)
{
	if (!is_part(value)) {
		if (!options_take(&c->fetch.imap, 'p', value))
			cli_usage();
		return;
	}
	parse_what(c, FETCH_PART);
	c->fetch.part = value;
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
	case '0':
		c->nul = 1;
		break;
	case 'd':
		c->fetch.deletes = 1;
		break;
	case 'H':
		parse_what(c, FETCH_HEADER);
		break;
	case 'i':
		c->incremental = 1;
		break;
	case 'j':
		parse_what(c, FETCH_STRUCTURE);
		break;
	case 'm':
		c->box.maildir = value;
		break;
	case 'o':
		if (!parse_most(&c->fetch, value) &&
		    !options_take(&c->fetch.imap, option, value))
			cli_usage();
		break;
	case 'p':
		parse_part(c, value);
		break;
	case 's':
		c->state = value;
		c->incremental = 1;
		break;
	case 'u':
		c->fetch.sees = 1;
		break;
	default:
		if (!options_take(&c->fetch.imap, option, value))
			cli_usage();
	}
}

/* What goes to standard output, and how several of it stand there. */
static enum fetchout_form
form_of(const struct command *c, char *const *uids, size_t n)
{
	uint64_t uid;

	if (c->nul)
		return FETCHOUT_NUL;
	if (c->fetch.what == FETCH_PART || c->fetch.what == FETCH_STRUCTURE ||
	    (n == 1 &&
	    slice_uint(slice_str(uids[0]), 1, UINT32_MAX, &uid) == 0))
		return FETCHOUT_PLAIN;
	return FETCHOUT_MBOX;
}

static void
parse(struct command *c, int argc, char *argv[])
{
	struct fetch *f = &c->fetch;
	struct fail why = { 0 };
	int option, box;

	while ((option = getopt(argc, argv, "+" OPTIONS "0dHijm:s:u")) != -1)
		parse_option(c, option, optarg);
	box = c->box.maildir != NULL;
	if ((box && f->what != FETCH_MESSAGE) ||
	    (!box && (f->deletes || c->incremental)))
		cli_usage();
	f->mailbox = options_mailbox(&f->imap, argc, argv);
	c->out.form = form_of(c, argv + optind, (size_t)(argc - optind));
	f->uids = uids_open(argv + optind, (size_t)(argc - optind),
	    f->imap.shared, &why);
	if (f->uids == NULL)
		cli_exit(&why);
}

/* Where the state is unless -s says: in the Maildir, which is made for it. */
static int
open_state(struct command *c, struct fail *f)
{
	struct fetchstate *s;

	if (c->state == NULL) {
		c->state = c->state_path = statepath_of(&(struct statepath){
		    .client = &c->fetch.imap.client, .kind = "imap",
		    .mailbox = c->fetch.mailbox }, c->box.maildir, f);
		if (c->state == NULL)
			return -1;
	}
	if ((s = fetchstate_open(c->state, f)) == NULL)
		return -1;
	c->fetch.state = s;
	fetchbox_remember(&c->box, s, c->state_path != NULL);
	if (fetchstate_bad(s) > 0)
		cli_warn("%s: %zu lines that are no good", c->state,
		    fetchstate_bad(s));
	return fetchstate_recover(s, f);
}

static int
work(struct command *c, struct fail *f)
{
	struct fetch *fetch = &c->fetch;

	fetch->out = &c->out;
	c->out.out = c->box.out = &c->standard;
	c->box.nul = c->nul;
	c->box.counts = fetch->deletes;
	if (c->box.maildir != NULL) {
		fetch->box = &c->box;
		if (fetchbox_open(&c->box, f) == -1 ||
		    (c->incremental && open_state(c, f) == -1))
			return -1;
	}
	options_output(&fetch->imap, &c->standard);
	if (imap_open(&fetch->imap, f) == -1)
		return -1;
	fetch_run(fetch);
	return 0;
}

int
main(int argc, char *argv[])
{
	struct command c = { .box.dir = -1 };
	struct fail f = { 0 };

	cli_start("imap-fetch", "[-0dHijuv] [-A mechanism] [-m maildir] "
	    "[-o key=value] [-P fd] [-p part | command] [-s state] "
	    "server | -a account mailbox [uid ...]");
	c.standard = output_to(STDOUT_FILENO, "standard output");
	options_start(&c.fetch.imap);
	parse(&c, argc, argv);
	if (work(&c, &f) == -1)
		c.fetch.status = cli_worse(c.fetch.status, cli_report(&f));
	if (c.box.maildir != NULL)
		fetchbox_close(&c.box);
	fetchstate_close(&c.fetch.state);
	imap_close(&c.fetch.imap, NULL);
	fetch_end(&c.fetch);
	fetchout_free(&c.out);
	imap_end(&c.fetch.imap);
	free(c.state_path);
	cli_finish(&c.standard, c.fetch.status);
}
