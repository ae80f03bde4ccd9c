/* SPDX-License-Identifier: ISC */
/* Unit test of vigil: input, time, a reader that is gone, a machine that
 * slept. */

#include <fcntl.h>
#include <unistd.h>

#include "../../cmd/imap/vigil.h"
#include "unit.h"

static struct vigil v;

static void
input(void)
{
	int p[2];

	CHECK_INT(pipe(p), 0);
	CHECK_INT(vigil_wait(&v, p[0], vigil_now() + 10), VIGIL_TIME);
	CHECK_INT(write(p[1], "x", 1), 1);
	CHECK_INT(vigil_wait(&v, p[0], vigil_now() + 60000), VIGIL_INPUT);
	CHECK_INT(vigil_wait(&v, p[0], vigil_now()), VIGIL_INPUT | VIGIL_TIME);
	(void)close(p[0]);
	(void)close(p[1]);
}

static void
nobody_reads(void)
{
	int p[2], out = dup(STDOUT_FILENO);
	unsigned what;

	CHECK_INT(pipe(p), 0);
	(void)fflush(stdout);
	CHECK_INT(dup2(p[1], STDOUT_FILENO), STDOUT_FILENO);
	(void)close(p[1]);
	(void)close(p[0]);
	what = vigil_wait(&v, -1, vigil_now() + 60000);
	(void)dup2(out, STDOUT_FILENO);
	(void)close(out);
	CHECK_INT(what, VIGIL_CLOSED);
}

/* Once for each sleep, and not for what two readings differ by. */
static void
slept(void)
{
	v.asleep -= 5000;
	CHECK_INT(vigil_wait(&v, -1, vigil_now()), VIGIL_DOUBT | VIGIL_TIME);
	CHECK_INT(vigil_wait(&v, -1, vigil_now()), VIGIL_TIME);
	v.asleep -= 500;
	CHECK_INT(vigil_wait(&v, -1, vigil_now()), VIGIL_TIME);
}

int
main(void)
{
	vigil_start(&v);
	/* Addresses that come and go on this machine are no part of it. */
	if (v.links != -1)
		(void)close(v.links);
	v.links = -1;
	RUN(input);
	RUN(nobody_reads);
	RUN(slept);
	vigil_end(&v);
	return unit_done();
}
