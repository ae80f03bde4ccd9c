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

#include "cli.h"
#include "ls.h"
#include "paths.h"
#include "read.h"
#include "text.h"

static void
parse_args(struct ls *l, int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "0jlV")) != -1) {
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

static int
open_message(const struct ls *l, const char *path, struct fail *f)
{
	if (strcmp(path, "-") == 0 && l->listed)
		return fail_set(f, EX_DATAERR,
		    "standard input is the list of paths");
	return read_open(path, f);
}

/* The message on "fd", whose path was told to ls_start. */
static int
list_open(struct ls *l, int fd, struct fail *f)
{
	struct mime *m = mime_new(ls_event, l);
	int rc = read_parts(fd, m, &l->size, f);

	l->whole = rc == 0;
	if (rc == 0 && mime_too_deep(m))
		rc = fail_set(f, EX_DATAERR,
		    "parts nested deeper than %d, taken as they are",
		    LIMIT_MIME_DEPTH);
	ls_end(l, rc == -1 ? f : NULL);
	if (rc == 0 && l->tree.failed)
		rc = fail_set(f, EX_SOFTWARE, "no room for a value");
	mime_free(&m);
	return rc;
}

/* One message; an exit status, after its line. */
static int
list(struct ls *l, const char *path)
{
	struct fail f = { 0 };
	int fd = open_message(l, path, &f), rc = -1;

	l->path = path;
	if (fd != -1) {
		ls_start(l, path);
		rc = list_open(l, fd, &f);
	}
	if (fd > STDERR_FILENO)
		(void)close(fd);
	if (rc == -1) {
		(void)fail_at(&f, TEXT_SHOW(slice_str(ls_label(l))));
		return cli_report(&f);
	}
	return l->validate && l->flawed ? EX_DATAERR : 0;
}

/* The messages that standard input lists; an exit status. */
static int
list_listed(struct ls *l)
{
	struct fail f = { 0 };
	struct paths paths;
	int status = 0;
	char *path;

	paths_start(&paths, STDIN_FILENO, l->zero ? '\0' : '\n');
	while ((path = paths_next(&paths, &f)) != NULL) {
		status = cli_worse(status, list(l, path));
		free(path);
	}
	return f.class == 0 ? status : cli_worse(status, cli_report(&f));
}

/* Those that the command line names, "n" of them; none is standard input. */
static int
list_named(struct ls *l, char *paths[], int n)
{
	int status = 0, i = 0;

	do
		status = cli_worse(status, list(l, n > 0 ? paths[i] : "-"));
	while (++i < n);
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
