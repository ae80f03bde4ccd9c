/* SPDX-License-Identifier: ISC */
/*
 * mime-unpack [-0jl] [-d directory [-T] [-r | -u]] [message ...]
 * mime-unpack -p part [-0l] [-r | -u] [message ...]
 *
 * Reads messages, in one pass each, and lists their parts, saves the content
 * of all leaves in a directory, or writes the content of one part to standard
 * output.  Names come out safe; see name.h.
 */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "flaw.h"
#include "inside.h"
#include "limits.h"
#include "paths.h"
#include "read.h"
#include "sandbox.h"
#include "stop.h"
#include "text.h"
#include "unpack.h"

/* 1, 1.2, 10.1.3 */
static int
is_number(const char *s)
{
	struct slice rest = slice_str(s), digits;
	uint64_t n;
	int more = 1;

	while (more) {
		more = slice_until(&rest, '.', &digits);
		if (slice_uint(digits, 1, LIMIT_MIME_PARTS, &n) == -1 ||
		    digits.p[0] == '0')
			return 0;
	}
	return 1;
}

/* The directory of -d, or NULL. */
static const char *
take_options(struct unpack *u, int argc, char *argv[])
{
	const char *dir = NULL;
	int c;

	while ((c = getopt(argc, argv, "+0d:jlp:rTu")) != -1) {
		switch (c) {
		case '0':
			u->zero = 1;
			break;
		case 'd':
			dir = optarg;
			break;
		case 'j':
			u->json = 1;
			break;
		case 'l':
			u->listed = 1;
			break;
		case 'p':
			u->number = optarg;
			break;
		case 'r':
			u->raw = 1;
			break;
		case 'T':
			u->as_tree = 1;
			break;
		case 'u':
			u->utf8 = 1;
			break;
		default:
			cli_usage();
		}
	}
	return dir;
}

/* The same, after all was checked. */
static const char *
parse_args(struct unpack *u, int argc, char *argv[])
{
	const char *dir = take_options(u, argc, argv);
	int showing = u->number != NULL;

	if ((dir != NULL && showing) || (u->raw && u->utf8) ||
	    (showing && (u->json || (u->zero && !u->listed))) ||
	    ((u->raw || u->utf8) && dir == NULL && !showing) ||
	    (u->listed && optind < argc))
		cli_usage();
	if (showing && !is_number(u->number))
		cli_usage();
	if (u->as_tree && (dir == NULL || u->listed || argc - optind > 1))
		cli_usage();
	return dir;
}

static int
saves_files(const struct unpack *u)
{
	return u->dir.dir != -1;
}

static int
open_message(const struct unpack *u, struct fail *f)
{
	if (strcmp(u->path, "-") == 0 && u->listed)
		return fail_set(f, EX_DATAERR,
		    "standard input is the list of paths");
	return read_open(u->path, f);
}

/* Nothing more is wanted of a file after the part that was asked for; what
 * comes from a pipe is read to its end, so that its writer is not killed. */
static int
had_enough(const struct unpack *u, int fd)
{
	struct stat st;

	if (u->out.error != 0)
		return 1;
	return u->found && u->part == NULL && fstat(fd, &st) == 0 &&
	    S_ISREG(st.st_mode);
}

/* 0 at the end, 1 where the rest is of no interest, or -1. */
static int
read_message(struct unpack *u, int fd, struct inside *in, struct fail *f)
{
	static char piece[LEAF_PIECE];
	ssize_t n;

	while (!had_enough(u, fd)) {
		if (saves_files(u) && (u->stopped = stop_wait(fd)))
			return fail_set(f, EX_TEMPFAIL, "interrupted");
		if ((n = read(fd, piece, sizeof(piece))) == 0)
			return inside_end(in, f);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return fail_errno(f,
			    errno == EISDIR ? EX_NOINPUT : EX_IOERR, "read");
		u->size += (uint64_t)n;
		if (inside_push(in, (struct slice){ piece, (size_t)n },
			f) == -1)
			return -1;
	}
	return 1;
}

static mime_handler *
handler(const struct unpack *u)
{
	if (u->number != NULL)
		return unpackshow_event;
	if (u->as_tree)
		return unpacktree_event;
	return saves_files(u) ? unpacksave_event : unpacklist_event;
}

/* All that can be done for the message "u->path", given what "fd" is. */
static int
unpack_open(struct unpack *u, int fd, struct fail *f)
{
	struct inside *in;
	int rc, whole;

	if (u->as_tree && unpacktree_start(u) == -1)
		return 0;
	in = inside_new(handler(u), u);
	if (u->raw)
		inside_leave(in, u->number);
	rc = read_message(u, fd, in, f);
	whole = rc == 0;
	if (whole)
		rc = inside_check(in, f);
	if (u->as_tree && !u->stopped)
		unpacktree_end(u, whole, rc == -1 ? f : NULL);
	inside_free(&in);
	return rc == -1 ? -1 : 0;
}

/* The same into files; where a signal ends it, no file is left in part, and
 * those that are whole were told of. */
static int
unpack_files(struct unpack *u, int fd, struct fail *f)
{
	struct fail told_later;
	int rc;

	stop_catch();
	rc = unpack_open(u, fd, f);
	unpacksave_abort(u);
	(void)output_flush(&u->out, &told_later);
	stop_release();
	return rc;
}

/* One message; an exit status, after its line. */
static int
unpack_one(struct unpack *u)
{
	struct fail f = { 0 };
	int fd = open_message(u, &f), rc = -1;

	u->found = u->status = 0;
	u->size = 0;
	u->part = NULL;
	u->flaws_shown = u->more.files = 0;
	if (fd != -1)
		rc = (saves_files(u) ? unpack_files : unpack_open)(u, fd, &f);
	if (fd > STDERR_FILENO)
		(void)close(fd);
	if (u->number == NULL && !saves_files(u) && fd != -1)
		unpacklist_end(u, rc == -1 ? &f : NULL);
	flaw_rest(unpack_label(u), u->flaws_shown);
	if (rc == -1) {
		(void)fail_at(&f, TEXT_SHOW(slice_str(unpack_label(u))));
		return cli_worse(u->status, cli_report(&f));
	}
	if (u->number != NULL && !u->found) {
		cli_warn("%s: no part %.100s",
		    TEXT_SHOW(slice_str(unpack_label(u))), u->number);
		return 1;
	}
	return u->status;
}

/* The same, and the messages that its fragments complete. */
static int
unpack(struct unpack *u)
{
	int status = unpack_one(u);

	return cli_worse(status, unpackpartial_join(u));
}

/* The directory of -d; after this files are written in it alone, and in the
 * temporary file that several messages may need. */
static int
open_directory(struct unpack *u, const char *path, struct fail *f)
{
	if (create_in(&u->dir, path, f) == -1)
		return -1;
	if (u->several && !u->raw)
		unpackpartial_open(u);
	u->dir.exact = u->as_tree;
	return sandbox_writes_in(u->dir.dir, f);
}

/* The messages that standard input lists; an exit status. */
static int
unpack_listed(struct unpack *u)
{
	struct fail f = { 0 };
	struct paths paths;
	int status = 0;
	char *path;

	paths_start(&paths, STDIN_FILENO, u->zero ? '\0' : '\n');
	while ((path = paths_next(&paths, &f)) != NULL) {
		u->path = path;
		status = cli_worse(status, unpack(u));
		free(path);
	}
	return f.class == 0 ? status : cli_worse(status, cli_report(&f));
}

/* Those that the command line names, "n" of them; none is standard input. */
static int
unpack_named(struct unpack *u, char *paths[], int n)
{
	int status = 0, i = 0;

	do {
		u->path = n > 0 ? paths[i] : "-";
		status = cli_worse(status, unpack(u));
	} while (++i < n);
	return status;
}

int
main(int argc, char *argv[])
{
	struct unpack u = { .dir = CREATE_NONE };
	struct fail f = { 0 };
	const char *dir;
	int status, n;

	cli_start("mime-unpack",
	    "[-0jl] [-d directory [-T] [-r | -u]] [message ...]\n"
	    "       mime-unpack -p part [-0l] [-r | -u] [message ...]");
	dir = parse_args(&u, argc, argv);
	n = argc - optind;
	/* A file that grows too long is a failed write, and is removed. */
	(void)signal(SIGXFSZ, SIG_IGN);
	u.out = output_to(STDOUT_FILENO, "standard output");
	u.tty = isatty(STDOUT_FILENO);
	u.leaf.to_tty = u.tty && u.number != NULL;
	u.several = u.listed || n > 1;
	if (dir != NULL && open_directory(&u, dir, &f) == -1)
		cli_exit(&f);
	status = u.listed ? unpack_listed(&u)
			  : unpack_named(&u, argv + optind, n);
	status = cli_worse(status, unpackpartial_close(&u));
	create_free(&u.dir);
	leaf_free(&u.leaf);
	cli_finish(&u.out, status);
}
