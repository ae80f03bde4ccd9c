/* SPDX-License-Identifier: ISC */
/*
 * mime-ls [-0jlV] [message ...]
 *
 * Reads messages, in one pass each, and writes what their parts are and at
 * which offsets they stand: a line for each, a tree in JSON for each message,
 * or nothing but what is wrong.
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ahead.h"
#include "cli.h"
#include "ls.h"
#include "paths.h"
#include "read.h"
#include "text.h"

static void
parse_args(struct ls *l, int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "+0jlV")) != -1) {
		switch (c) {
		case '0':
			l->zero = 1;
			break;
		case 'j':
			l->json = 1;
			break;
		case 'l':
			l->listed = 1;
			break;
		case 'V':
			l->validate = 1;
			break;
		default:
			cli_usage();
		}
	}
	if (l->listed && optind < argc)
		cli_usage();
}

/* What "fd" gives. */
static int
read_message(struct ls *l, int fd, struct fail *f)
{
	return read_parts(fd, l->parser, &l->size, f);
}

/* What was read before its turn. */
static int
push_message(struct ls *l, struct slice bytes, struct fail *f)
{
	l->size = bytes.n;
	if (mime_push(l->parser, bytes, f) == -1)
		return -1;
	return mime_end(l->parser, f);
}

/* The message "m", whose path was told to ls_start, or what "fd" gives of it
 * where that is not -1. */
static int
list_open(struct ls *l, int fd, const struct ahead_message *m, struct fail *f)
{
	int rc;

	mime_restart(l->parser);
	rc = fd != -1 ? read_message(l, fd, f) : push_message(l, m->bytes, f);
	l->whole = rc == 0;
	if (rc == 0)
		rc = mime_check(l->parser, f);
	ls_end(l, rc == -1 ? f : NULL);
	if (rc == 0 && l->tree.failed)
		rc = fail_set(f, EX_SOFTWARE, "no room for a value");
	return rc;
}

/* Opens what was not read before its turn: 0, with *fd -1 where it was. */
static int
open_message(const struct ls *l, const struct ahead_message *m, int *fd,
    struct fail *f)
{
	*fd = -1;
	if (strcmp(m->path, "-") == 0 && l->listed)
		return fail_set(f, EX_DATAERR,
		    "standard input is the list of paths");
	if (m->got == AHEAD_ALL)
		return 0;
	*fd = read_open(m->path, f);
	return *fd == -1 ? -1 : 0;
}

/* One message; an exit status, after its line. */
static int
list(struct ls *l, const struct ahead_message *m)
{
	struct fail f = { 0 };
	int fd, rc = open_message(l, m, &fd, &f);

	l->path = m->path;
	if (rc == 0) {
		ls_start(l, m->path);
		rc = list_open(l, fd, m, &f);
	}
	if (fd > STDERR_FILENO)
		(void)close(fd);
	if (rc == -1) {
		(void)fail_at(&f, TEXT_SHOW(slice_str(ls_label(l))));
		return cli_report(&f);
	}
	return l->validate && l->flawed ? EX_DATAERR : 0;
}

/* The messages that standard input lists; an exit status.  What is done is
 * written before there is a wait for more of the list. */
static int
list_listed(struct ls *l)
{
	struct fail f = { 0 }, told_later;
	const struct ahead_message *m;
	struct ahead *ahead;
	struct paths paths;
	int status = 0;

	paths_start(&paths, STDIN_FILENO, l->zero ? '\0' : '\n');
	ahead = ahead_start(&paths);
	while ((m = ahead_next(ahead, &f)) != NULL) {
		status = cli_worse(status, list(l, m));
		if (!ahead_ready(ahead))
			(void)output_flush(l->out, &told_later);
		if (l->out->error != 0)
			break;
	}
	ahead_free(&ahead);
	return f.class == 0 ? status : cli_worse(status, cli_report(&f));
}

/* Those that the command line names, "n" of them; none is standard input. */
static int
list_named(struct ls *l, char *paths[], int n)
{
	struct ahead_message m = { .path = "-" };
	int status = 0, i = 0;

	do {
		if (n > 0)
			m.path = paths[i];
		status = cli_worse(status, list(l, &m));
	} while (++i < n);
	return status;
}

int
main(int argc, char *argv[])
{
	static struct ls l;
	struct output out = output_to(STDOUT_FILENO, "standard output");
	int status, n;

	cli_start("mime-ls", "[-0jlV] [message ...]");
	parse_args(&l, argc, argv);
	n = argc - optind;
	l.out = &out;
	l.tty = isatty(STDOUT_FILENO);
	l.several = l.listed || n > 1;
	ls_init(&l);
	status = l.listed ? list_listed(&l) : list_named(&l, argv + optind, n);
	ls_free(&l);
	cli_finish(&out, status);
}
