/* SPDX-License-Identifier: ISC */
/* Unit test of mboxrd: what of a message is quoted, however it is cut. */

#include <unistd.h>

#include "io.h"
#include "mboxrd.h"
#include "unit.h"

#define FROM "From MAILER-DAEMON Mon Nov 23 02:53:26 2026\n"

static const struct {
	const char *in, *want;
} cases[] = {
	{ "", FROM "\n" },
	{ "a: b\n\nc\n", FROM "a: b\n\nc\n\n" },
	{ "a: b\n\nc", FROM "a: b\n\nc\n\n" },
	{ "From x\n>From x\n>>>>From \n", FROM
	    ">From x\n>>From x\n>>>>>From \n\n" },
	{ "From\nFrom", FROM "From\nFrom\n\n" },
	{ "from x\n From x\n>from\n", FROM "from x\n From x\n>from\n\n" },
	{ ">Fro>From x\nFrFrom x\nxFrom \n", FROM
	    ">Fro>From x\nFrFrom x\nxFrom \n\n" },
	{ ">\n\nFrom ", FROM ">\n\n>From \n\n" },
	{ ">>", FROM ">>\n\n" },
	{ "Fro\n\n", FROM "Fro\n\n\n" },
};

static void
check(size_t i, size_t cut)
{
	char got[300] = "";
	struct slice in = slice_str(cases[i].in);
	struct output out;
	struct mboxrd m = { .out = &out };
	struct fail f;
	int pipes[2];

	if (pipe(pipes) == -1)
		abort();
	out = output_to(pipes[1], "pipe");
	mboxrd_begin(&m, 1795402406);
	mboxrd_put(&m, slice_sub(in, 0, cut));
	mboxrd_put(&m, slice_sub(in, cut, in.n));
	mboxrd_end(&m);
	CHECK_INT(output_flush(&out, &f), 0);
	(void)close(pipes[1]);
	CHECK(io_read(pipes[0], got, sizeof(got) - 1) > 0);
	(void)close(pipes[0]);
	output_free(&out);
	CHECK_STR(got, cases[i].want);
}

static void
quoted(void)
{
	size_t i, cut;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].in);
		for (cut = 0; cut <= strlen(cases[i].in); cut++)
			check(i, cut);
	}
}

int
main(void)
{
	RUN(quoted);
	return unit_done();
}
