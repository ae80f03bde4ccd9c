/* SPDX-License-Identifier: ISC */
/* Tests of paths: lists of paths on a descriptor. */

#include <unistd.h>

#include "buf.h"
#include "paths.h"
#include "unit.h"

/* Every path of the list with a bar behind it, then what went wrong. */
static void
read_list(int fd, int end, struct buf *out)
{
	struct fail f = { 0 };
	struct paths p;
	char *path;

	paths_start(&p, fd, end);
	while ((path = paths_next(&p, &f)) != NULL) {
		(void)buf_adds(out, path);
		(void)buf_addc(out, '|');
		free(path);
	}
	if (f.class != 0)
		(void)buf_addf(out, "%d", f.class);
}

static int
pipe_with(struct slice s)
{
	int fd[2];

	if (pipe(fd) == -1 || write(fd[1], s.p, s.n) != (ssize_t)s.n)
		abort();
	(void)close(fd[1]);
	return fd[0];
}

static void
lists(void)
{
	static const struct {
		const char *name;
		int end;
		struct slice in;
		const char *want;
	} cases[] = {
		{ "empty", '\n', SLICE(""), "" },
		{ "two", '\n', SLICE("a\nb c\n"), "a|b c|" },
		{ "no end", '\n', SLICE("a\nb"), "a|b|" },
		{ "empty lines", '\n', SLICE("\n\na\n\n\nb\n\n"), "a|b|" },
		{ "only empty lines", '\n', SLICE("\n\n"), "" },
		{ "one byte", '\n', SLICE("a"), "a|" },
		{ "CR stays", '\n', SLICE("a\r\n"), "a\r|" },
		{ "NUL in a line", '\n', SLICE("a\nb\0c\nd\n"), "a|65" },
		{ "with -0", '\0', SLICE("a\nb\0c\0"), "a\nb|c|" },
		{ "with -0, no end", '\0', SLICE("a\0b"), "a|b|" },
		{ "with -0, empty", '\0', SLICE("\0\0a\0\0"), "a|" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf got = BUF(1000);
		int fd = pipe_with(cases[i].in);

		CASE(cases[i].name);
		read_list(fd, cases[i].end, &got);
		CHECK_SLICE(buf_slice(&got), slice_str(cases[i].want));
		buf_free(&got);
		(void)close(fd);
	}
}

/* A path of n bytes with others around it. */
static void
of_length(size_t n, int last, struct buf *got)
{
	char text[16384];
	size_t i = 0;
	int fd;

	memcpy(text, "first\n", 6);
	memset(text + 6, 'x', n);
	if (!last)
		i = (size_t)snprintf(text + 6 + n, 16, "\nnext\n");
	fd = pipe_with((struct slice){ text, 6 + n + i });
	read_list(fd, '\n', got);
	(void)close(fd);
}

static void
limits(void)
{
	size_t n;
	int last;

	for (last = 0; last < 2; last++)
		for (n = 4094; n < 9000; n = n < 4099 ? n + 1 : n + 511) {
			struct buf got = BUF(16384);

			of_length(n, last, &got);
			CHECK_INT(slice_eq(slice_sub(buf_slice(&got), 6,
			    got.n), SLICE("65")), n > 4096);
			if (n <= 4096)
				CHECK_INT(got.n, 6 + n + 1 + (last ? 0 : 5));
			buf_free(&got);
		}
}

/* More than the block holds, so that ends fall on its edge. */
static void
many(void)
{
	static char text[60000], want[60000];
	size_t n = 0, i;
	struct buf got = BUF(60000);
	int fd;

	for (i = 0; n < 50000; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "%zu/%.*s\n", i, (int)(i % 31),
		    "abcdefghijklmnopqrstuvwxyzabcdef");
	memcpy(want, text, n);
	for (i = 0; i < n; i++)
		want[i] = want[i] == '\n' ? '|' : want[i];
	fd = pipe_with((struct slice){ text, n });
	read_list(fd, '\n', &got);
	CHECK_SLICE(buf_slice(&got), ((struct slice){ want, n }));
	buf_free(&got);
	(void)close(fd);
}

static void
unreadable(void)
{
	struct buf got = BUF(100);

	read_list(-1, '\n', &got);
	CHECK_SLICE(buf_slice(&got), SLICE("74"));
	buf_free(&got);
}

/* Who asks for a path must know whether the answer would take long. */
static void
ready(void)
{
	struct fail f = { 0 };
	struct slice path;
	struct paths p;
	int fd[2];

	if (pipe(fd) == -1)
		abort();
	paths_start(&p, fd[0], '\n');
	CHECK_INT(paths_ready(&p), 0);
	if (write(fd[1], "a\nb\nc", 5) != 5)
		abort();
	CHECK_INT(paths_ready(&p), 1);
	free(paths_next(&p, &f));
	CHECK_INT(paths_ready(&p), 1);
	free(paths_next(&p, &f));
	CHECK_INT(paths_ready(&p), 0);
	if (write(fd[1], "d", 1) != 1)
		abort();
	CHECK_INT(paths_ready(&p), 0);
	if (write(fd[1], "\n\n\n", 3) != 3)
		abort();
	CHECK_INT(paths_ready(&p), 1);
	CHECK_INT(paths_take(&p, &path, &f), 1);
	CHECK_SLICE(path, SLICE("cd"));
	CHECK_INT(paths_ready(&p), 0);
	if (write(fd[1], "e", 1) != 1)
		abort();
	(void)close(fd[1]);
	CHECK_INT(paths_ready(&p), 1);
	free(paths_next(&p, &f));
	CHECK_INT(paths_ready(&p), 1);
	CHECK(paths_next(&p, &f) == NULL);
	CHECK_INT(f.class, 0);
	(void)close(fd[0]);
}

int
main(void)
{
	RUN(lists);
	RUN(limits);
	RUN(many);
	RUN(unreadable);
	RUN(ready);
	return unit_done();
}
