/* SPDX-License-Identifier: ISC */
/* program: a local program in the place of a server; see program.h. */

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "argv.h"
#include "child.h"
#include "program.h"
#include "text.h"

enum { END = 5000 /* milliseconds */ };

/* The last part of its path. */
static void
set_name(struct program *p, const char *path)
{
	const char *slash = strrchr(path, '/');

	(void)snprintf(p->name, sizeof(p->name), "%.60s",
	    TEXT_SHOW(slice_str(slash == NULL ? path : slash + 1)));
}

/* Its standard input is a socket, as from inetd(8), and its output a pipe: what
 * Dovecot logs nobody in for ends where its output is a socket and root runs
 * it. */
static int
connect_ends(int input[2], int output[2], struct fail *f)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, input) == -1)
		return fail_errno(f, EX_TEMPFAIL, "socketpair");
	if (pipe2(output, O_CLOEXEC) == 0)
		return 0;
	(void)fail_errno(f, EX_TEMPFAIL, "pipe");
	(void)close(input[0]);
	(void)close(input[1]);
	return -1;
}

static struct conn *
run(struct program *p, char *const argv[], struct fail *f)
{
	struct child_fd map[2];
	int input[2], output[2];

	if (connect_ends(input, output, f) == -1)
		return NULL;
	map[0] = (struct child_fd){ input[1], STDIN_FILENO };
	map[1] = (struct child_fd){ output[1], STDOUT_FILENO };
	p->pid = child_start_asking(argv, map, 2, f);
	(void)close(input[1]);
	(void)close(output[1]);
	if (p->pid != -1)
		return conn_new(output[0], input[0]);
	p->pid = 0;
	(void)close(input[0]);
	(void)close(output[0]);
	return NULL;
}

struct conn *
program_start(struct program *p, struct slice command, struct fail *f)
{
	struct arena arena = { 0 };
	char **argv = argv_split(command, &arena, f);
	struct conn *c = NULL;

	if (argv != NULL) {
		set_name(p, argv[0]);
		c = run(p, argv, f);
	}
	arena_free(&arena);
	return c;
}

void
program_end(struct program *p, struct fail *f)
{
	struct fail why = { 0 };
	int status = 0;
	size_t n;

	if (p->pid == 0)
		return;
	if (child_wait(p->pid, END, &status, &why) == 0 && status != 0)
		(void)fail_set(&why, EX_TEMPFAIL, "it ended with status %d",
		    status);
	p->pid = 0;
	if (f == NULL || why.class == 0)
		return;
	n = strlen(f->text);
	(void)snprintf(f->text + n, sizeof(f->text) - n, " (%s)", why.text);
}
