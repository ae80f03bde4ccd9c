/* SPDX-License-Identifier: ISC */
/* Tests of tty: what a terminal gets does not depend on where pieces end. */

#include <fcntl.h>
#include <unistd.h>

#include "../../cmd/mime/tty.h"
#include "unit.h"

#define MARK "\xcc\x81"
#define SHOWN "\\xcc\\x81"
#define FOUR(s) s s s s

/* Through a pipe, which holds more than any of them is long. */
static void
put_cut(struct slice in, size_t step, struct slice want)
{
	struct tty t = { .nheld = 0 };
	struct fail f = { 0 };
	struct output out;
	char got[1000];
	ssize_t n;
	int fd[2];

	if (pipe(fd) == -1)
		abort();
	out = output_to(fd[1], "pipe");
	for (size_t i = 0; i < in.n; i += step)
		tty_put(&t, slice_sub(in, i, i + step), &out);
	tty_end(&t, &out);
	CHECK_INT(output_flush(&out, &f), 0);
	output_free(&out);
	(void)close(fd[1]);
	n = read(fd[0], got, sizeof(got));
	CHECK_SLICE(((struct slice){ got, n > 0 ? (size_t)n : 0 }), want);
	(void)close(fd[0]);
}

static void
pieces(void)
{
	static const struct {
		struct slice in, want;
	} cases[] = {
		{ SLICE(""), SLICE("") },
		{ SLICE("a\tb\r\nc\rd\n"), SLICE("a\tb\r\nc\\x0dd\n") },
		{ SLICE("\x1b[m\xc2\x9b\xc3\xbc\xff\xc3"),
		    SLICE("\\x1b[m\\xc2\\x9b\xc3\xbc\\xff\\xc3") },
		{ SLICE("a" FOUR(MARK) FOUR(MARK) "b" MARK),
		    SLICE("a" FOUR(MARK) FOUR(MARK) "b" MARK) },
		{ SLICE("a" FOUR(MARK) FOUR(MARK) MARK MARK "b" MARK),
		    SLICE("a" FOUR(MARK) FOUR(MARK) SHOWN SHOWN "b" MARK) },
		{ SLICE(FOUR(MARK) "\n" FOUR(MARK) FOUR(MARK) MARK "\r\n" MARK),
		    SLICE(FOUR(MARK) "\n" FOUR(MARK) FOUR(MARK) SHOWN "\r\n"
			MARK) },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t step = 1; step <= cases[i].in.n + 1; step++)
			put_cut(cases[i].in, step, cases[i].want);
}

int
main(void)
{
	RUN(pieces);
	return unit_done();
}
