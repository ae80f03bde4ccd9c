/* SPDX-License-Identifier: ISC */
/* Unit test of interrupt: the first signal lets things come to their end. */

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "interrupt.h"
#include "ticks.h"
#include "unit.h"

static void
ends_in_good_order(void)
{
	struct sigaction now;
	struct conn_line line;
	struct fail f = { 0 };
	struct conn *c;
	int ends[2];

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	c = conn_new(ends[0], ends[0]);
	(void)signal(SIGHUP, SIG_IGN);
	interrupt_catch(c, 1);
	CHECK_INT(raise(SIGHUP), 0);
	CHECK_INT(interrupt_came(), 0);
	CHECK_INT(raise(SIGTERM), 0);
	CHECK_INT(interrupt_came(), SIGTERM);
	/* What comes within its time is read; and then nobody waits. */
	CHECK_INT(write(ends[1], "last\r\n", 6), 6);
	CHECK_INT(conn_line(c, 80, CONN_COMMAND, &line, &f),
	    CONN_LINE);
	CHECK_SLICE(line.text, SLICE("last"));
	CHECK_INT(conn_line(c, 80, CONN_COMMAND, &line, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	/* A second one is none of ours; another one still is. */
	CHECK_INT(sigaction(SIGTERM, NULL, &now), 0);
	CHECK(now.sa_handler == SIG_DFL);
	CHECK_INT(raise(SIGINT), 0);
	CHECK_INT(interrupt_came(), SIGINT);
	(void)alarm(0);
	conn_close(&c);
	(void)close(ends[1]);
}

static void
ends_without_one(void)
{
	struct conn_line line;
	struct fail f = { 0 };
	struct conn *c;
	int ends[2];

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	c = conn_new(ends[0], ends[0]);
	interrupt_catch(c, 1000);
	interrupt_by(ticks_seconds() + 1);
	CHECK_INT(conn_line(c, 80, CONN_COMMAND, &line, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	/* A signal gives no time that was not there. */
	interrupt_by(ticks_seconds() + 1);
	CHECK_INT(raise(SIGTERM), 0);
	CHECK_INT(conn_line(c, 80, CONN_COMMAND, &line, &f), -1);
	(void)alarm(0);
	conn_close(&c);
	(void)close(ends[1]);
}

int
main(void)
{
	RUN(ends_in_good_order);
	RUN(ends_without_one);
	return unit_done();
}
