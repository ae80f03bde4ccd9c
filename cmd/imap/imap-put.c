/* SPDX-License-Identifier: ISC */
/*
 * imap-put: puts messages into a mailbox, on one connection, and prints the
 * uid that each has there, and its path.
 *
 *	imap-put [-0lMmrv] [-A mechanism] [-D date] [-F flags] [-o key=value]
 *	    [-P fd] [-p command] server | -a account mailbox [message ...]
 */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "options.h"
#include "paths.h"
#include "putbox.h"
#include "scratch.h"

struct command {
	struct put put;
	int listed;
	int boxes; /* each path is an mbox */
	char *const *paths;
	size_t n;
};

enum { WORDS = 1000 }; /* bytes of -F */

static void
parse_option(struct command *c, int option, const char *value)
{
	struct putletter_facts *facts = &c->put.facts;
	struct fail f = { 0 };

	switch (option) {
	case '0':
		c->put.nul = 1;
		break;
	case 'D':
		facts->dated = 1;
		if (putletter_date(slice_str(value), &facts->date,
		    &facts->zone, &f) == -1)
			cli_exit(&f);
		break;
	case 'F':
		if (putletter_flags(slice_str(value), &facts->flags, &f) == -1)
			cli_exit(&f);
		break;
	case 'l':
		c->listed = 1;
		break;
	case 'm':
		c->put.creates = 1;
		break;
	case 'M':
		facts->from_names = 1;
		break;
	case 'r':
		c->boxes = 1;
		break;
	default:
		if (!options_take(&c->put.imap, option, value))
			cli_usage();
	}
}

static void
parse(struct command *c, int argc, char *argv[])
{
	int option;

	c->put.facts.flags = BUF(WORDS);
	while ((option = getopt(argc, argv, "+" OPTIONS "0D:F:lMmr")) != -1)
		parse_option(c, option, optarg);
	c->put.mailbox = options_mailbox(&c->put.imap, argc, argv);
	c->paths = argv + optind;
	c->n = (size_t)(argc - optind);
	if ((c->listed && c->n > 0) ||
	    (c->boxes && c->put.facts.from_names))
		cli_usage();
}

static int
reads_input(const struct command *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (strcmp(c->paths[i], "-") == 0)
			return 1;
	return c->n == 0;
}

/* In the session of imap-run: who writes what we read may need that before us,
 * so all of it comes first. */
static int
keep_input(const struct command *c, struct fail *f)
{
	struct stat st;
	int fd, rc;

	if (!c->put.imap.shared || !reads_input(c) ||
	    (fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode)))
		return 0;
	if ((fd = scratch_copy(STDIN_FILENO, "standard input", f)) == -1)
		return -1;
	rc = dup2(fd, STDIN_FILENO) == -1 ?
	    fail_errno(f, EX_OSERR, "standard input") : 0;
	(void)close(fd);
	return rc;
}

static void
put_path(struct command *c, const char *path)
{
	if (c->boxes)
		putbox_put(&c->put, path);
	else
		put_message(&c->put, &(struct putsource){ .path = path });
}

static void
put_listed(struct command *c)
{
	struct put *p = &c->put;
	struct fail f = { 0 };
	struct paths paths;
	char *path;

	paths_start(&paths, STDIN_FILENO, p->nul ? '\0' : '\n');
	while ((path = paths_next(&paths, &f)) != NULL) {
		if (strcmp(path, "-") == 0) {
			(void)fail_set(&f, EX_DATAERR, "-: standard input is "
			    "the list");
			p->status = cli_worse(p->status, cli_report(&f));
			f = (struct fail){ 0 };
		} else {
			put_path(c, path);
		}
		free(path);
	}
	if (f.class != 0)
		p->status = cli_worse(p->status, cli_report(&f));
}

static void
put_all(struct command *c)
{
	size_t i;

	put_begin(&c->put);
	if (c->listed)
		put_listed(c);
	for (i = 0; i < c->n; i++)
		put_path(c, c->paths[i]);
	if (!c->listed && c->n == 0)
		put_path(c, "-");
	put_end(&c->put);
}

int
main(int argc, char *argv[])
{
	struct command c = { 0 };
	struct output out = output_to(STDOUT_FILENO, "standard output");
	struct fail f = { 0 };

	cli_start("imap-put", "[-0lMmrv] [-A mechanism] [-D date] [-F flags] "
	    "[-o key=value] [-P fd] [-p command] server | -a account mailbox "
	    "[message ...]");
	options_start(&c.put.imap);
	parse(&c, argc, argv);
	options_output(&c.put.imap, &out);
	c.put.out = &out;
	if (keep_input(&c, &f) == -1 || imap_open(&c.put.imap, &f) == -1)
		c.put.status = cli_report(&f);
	else
		put_all(&c);
	imap_close(&c.put.imap, NULL);
	put_free(&c.put);
	imap_end(&c.put.imap);
	cli_finish(&out, c.put.status);
}
