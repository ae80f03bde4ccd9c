/* SPDX-License-Identifier: ISC */
/* Tests of program: a command as a peer, and how it ended. */

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "program.h"
#include "unit.h"

static void
talks(void)
{
	struct program p = { 0 };
	struct fail f = { 0 };
	struct conn_line line;
	struct conn *c = program_start(&p, SLICE("/bin/sh -c 'read a; "
	    "printf \"%s+\\r\\n\" \"$a\"'"), &f);

	CHECK(c != NULL);
	if (c == NULL)
		return;
	CHECK_STR(p.name, "sh");
	(void)buf_adds(conn_out(c), "hi\n");
	CHECK_INT(conn_line(c, 100, CONN_COMMAND, &line, &f), CONN_LINE);
	CHECK_SLICE(line.text, SLICE("hi+"));
	CHECK_INT(conn_line(c, 100, CONN_COMMAND, &line, &f), CONN_CLOSED);
	conn_close(&c);
	(void)fail_set(&f, EX_TEMPFAIL, "lost");
	program_end(&p, &f);
	CHECK_STR(f.text, "lost");
	CHECK_INT(p.pid, 0);
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

static void
ends_badly(void)
{
	struct program p = { 0 };
	struct fail f = { 0 };
	struct conn_line line;
	struct conn *c = program_start(&p, SLICE("sh -c 'exit 7'"), &f);

	CHECK(c != NULL);
	CHECK_INT(conn_line(c, 100, CONN_COMMAND, &line, &f), CONN_CLOSED);
	conn_close(&c);
	(void)fail_set(&f, EX_TEMPFAIL, "lost");
	program_end(&p, &f);
	CHECK_STR(f.text, "lost (it ended with status 7)");
	CHECK_INT(f.class, EX_TEMPFAIL);
	program_end(&p, &f); /* again: nothing */
	CHECK_STR(f.text, "lost (it ended with status 7)");
}

/* A server that asks who is at its output ends where root runs it, and
 * somebody is there. */
static void
has_no_peer(void)
{
	struct program p = { 0 };
	struct fail f = { 0 };
	struct conn_line line;
	struct conn *c = program_start(&p, SLICE("sh -c "
	    "'test -S /dev/stdin && test ! -S /dev/stdout && "
	    "printf \"ok\\r\\n\"'"), &f);

	CHECK(c != NULL);
	CHECK_INT(conn_line(c, 100, CONN_COMMAND, &line, &f), CONN_LINE);
	CHECK_SLICE(line.text, SLICE("ok"));
	conn_close(&c);
	program_end(&p, &f);
	CHECK_INT(p.pid, 0);
}

static void
cannot_run(void)
{
	struct program p = { 0 };
	struct fail f = { 0 };

	CHECK(program_start(&p, SLICE("/nowhere/x y"), &f) == NULL);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK_INT(p.pid, 0);
	CHECK(program_start(&p, SLICE(" "), &f) == NULL);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK(program_start(&p, SLICE("'x"), &f) == NULL);
	CHECK_INT(f.class, EX_CONFIG);
	program_end(&p, NULL);
}

int
main(void)
{
	RUN(talks);
	RUN(ends_badly);
	RUN(has_no_peer);
	RUN(cannot_run);
	return unit_done();
}
