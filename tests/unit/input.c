/* SPDX-License-Identifier: ISC */
/* Tests of input: a file that can be read more than once. */

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "input.h"
#include "unit.h"

static char path[64];

static char
pattern(size_t at)
{
	return (char)(at * 7 % 253);
}

static void
write_pattern(int fd, size_t n)
{
	FILE *file = fdopen(fd, "w");

	if (file == NULL)
		abort();
	for (size_t at = 0; at < n; at++)
		(void)putc(pattern(at), file);
	(void)fclose(file);
}

static void
make_file(size_t n)
{
	int fd;

	(void)snprintf(path, sizeof(path), "/tmp/mailpipe-unit.XXXXXX");
	if ((fd = mkstemp(path)) == -1)
		abort();
	write_pattern(fd, n);
}

/* Standard input becomes "fd" for one input_open("-"), or for an input_start
 * where "max" is 0. */
static int
open_as_standard(struct input *in, int fd, uint64_t max, struct fail *f)
{
	int saved = dup(STDIN_FILENO), rc;

	(void)dup2(fd, STDIN_FILENO);
	rc = max == 0 ? input_start(in, "-", f) : input_open(in, "-", max, f);
	if (saved == -1) {
		(void)close(STDIN_FILENO);
	} else {
		(void)dup2(saved, STDIN_FILENO);
		(void)close(saved);
	}
	return rc;
}

/* The same from a pipe that a child fills. */
static int
open_pipe(struct input *in, size_t n, uint64_t max, struct fail *f)
{
	int fd[2], rc;
	pid_t pid;

	if (pipe(fd) == -1 || (pid = fork()) == -1)
		abort();
	if (pid == 0) {
		(void)close(fd[0]);
		write_pattern(fd[1], n);
		_exit(0);
	}
	(void)close(fd[1]);
	rc = open_as_standard(in, fd[0], max, f);
	(void)close(fd[0]);
	/* What was only begun is still being written. */
	if (max != 0)
		(void)waitpid(pid, NULL, 0);
	return rc;
}

/* All of it, forwards in odd pieces and then its end again; the pattern
 * begins at "first". */
static void
check_content(const struct input *in, size_t first, size_t n)
{
	static char piece[9999];
	struct fail f = { 0 };
	size_t at = 0, got, wrong = 0;

	CHECK_INT(in->size, n);
	do {
		CHECK_INT(input_read(in, at, piece, sizeof(piece), &got, &f),
		    0);
		for (size_t k = 0; k < got; k++)
			wrong += piece[k] != pattern(first + at + k);
		at += got;
	} while (got == sizeof(piece));
	CHECK_INT(at, n);
	CHECK_INT(wrong, 0);
	CHECK_INT(input_read(in, n, piece, 1, &got, &f), 0);
	CHECK_INT(got, 0);
	CHECK_INT(input_read(in, UINT64_MAX, piece, 1, &got, &f), 0);
	CHECK_INT(got, 0);
	if (n > 0) {
		CHECK_INT(input_read(in, n - 1, piece, 5, &got, &f), 0);
		CHECK_INT(got, 1);
		CHECK_INT(piece[0], pattern(first + n - 1));
	}
}

static void
files(void)
{
	static const size_t sizes[] = { 0, 1, 65536, 200000 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct fail f = { 0 };
		struct input in;

		make_file(sizes[i]);
		CHECK_INT(input_open(&in, path, UINT64_MAX, &f), 0);
		check_content(&in, 0, sizes[i]);
		input_close(&in);
		(void)unlink(path);
	}
}

/* Standard input as a file is read from where it stands. */
static void
standard_input(void)
{
	struct fail f = { 0 };
	struct input in;
	int fd;

	make_file(1000);
	fd = open(path, O_RDONLY);
	(void)lseek(fd, 300, SEEK_SET);
	CHECK_INT(open_as_standard(&in, fd, 700, &f), 0);
	check_content(&in, 300, 700);
	input_close(&in);
	CHECK_INT(lseek(fd, 2000, SEEK_SET), 2000);
	CHECK_INT(open_as_standard(&in, fd, 700, &f), 0);
	CHECK_INT(in.size, 0);
	input_close(&in);
	(void)close(fd);
	(void)unlink(path);
}

/* Around the size up to which memory holds it. */
static void
pipes(void)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 300000 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct fail f = { 0 };
		struct input in;

		CHECK_INT(open_pipe(&in, sizes[i], sizes[i] + 1, &f), 0);
		check_content(&in, 0, sizes[i]);
		CHECK(sizes[i] < 65536 || in.held == NULL);
		input_close(&in);
	}
}

static void
too_long(void)
{
	struct fail f = { 0 };
	struct input in;

	make_file(1001);
	CHECK_INT(input_open(&in, path, 1000, &f), -1);
	CHECK_INT(f.class, EX_DATAERR);
	CHECK(strstr(f.text, ": longer than 1000 bytes") != NULL);
	input_close(&in);
	(void)unlink(path);
	CHECK_INT(open_pipe(&in, 1001, 1000, &f), -1);
	CHECK_STR(f.text, "standard input: longer than 1000 bytes");
	CHECK_INT(open_pipe(&in, 200000, 199999, &f), -1);
	CHECK_STR(f.text, "standard input: longer than 199999 bytes");
}

static void
no_input(void)
{
	struct fail f = { 0 };
	struct input in;

	CHECK_INT(input_open(&in, "/nowhere/letter", 9, &f), -1);
	CHECK_INT(f.class, EX_NOINPUT);
	CHECK_STR(f.text,
	    "/nowhere/letter: open: No such file or directory");
	CHECK_INT(input_open(&in, "/", 9, &f), -1);
	CHECK_INT(f.class, EX_NOINPUT);
	CHECK_STR(f.text, "/: is a directory");
}

/* Reads all of "in" in pieces of "step" bytes: "head", then the pattern from
 * "first" on. */
static void
check_replaced(const struct input *in, struct slice head, size_t first,
    size_t step)
{
	struct fail f = { 0 };
	size_t at = 0, wrong = 0, got;
	char piece[100];

	do {
		CHECK_INT(input_read(in, at, piece, step, &got, &f), 0);
		for (size_t k = 0; k < got; k++, at++)
			wrong += piece[k] !=
			    (at < head.n ? head.p[at] :
					   pattern(first + at - head.n));
	} while (got == step);
	CHECK_INT(at, in->size);
	CHECK_INT(wrong, 0);
}

/* A head that is shorter, longer, empty, all there is; from a file and from
 * memory. */
static void
head_replaced(void)
{
	static const struct {
		uint64_t n;
		struct slice head;
	} cases[] = {
		{ 100, SLICE("short") },
		{ 3, SLICE("longer than what was there") },
		{ 20, SLICE("") },
		{ 0, SLICE("in front") },
		{ 300, SLICE("nothing behind it") },
	};

	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice head = cases[i / 2].head;
		uint64_t n = cases[i / 2].n;
		struct fail f = { 0 };
		struct input in;

		if (i % 2 == 0) {
			make_file(300);
			CHECK_INT(input_open(&in, path, 300, &f), 0);
		} else {
			CHECK_INT(open_pipe(&in, 300, 300, &f), 0);
		}
		input_replace_head(&in, n, head);
		CHECK_INT(in.size, 300 - n + head.n);
		for (size_t step = 1; step < 100; step += 7)
			check_replaced(&in, head, n, step);
		input_close(&in);
		(void)unlink(path);
	}
}

/* A FIFO by its path: one that nobody writes to is told, in time, and not
 * taken for an empty file; what comes late is read. */
static void
fifos(void)
{
	struct fail f = { 0 };
	struct input in;
	pid_t pid;

	(void)snprintf(path, sizeof(path), "/tmp/mailpipe-unit.%ld",
	    (long)getpid());
	if (mkfifo(path, 0600) == -1)
		abort();
	(void)alarm(60);
	CHECK_INT(input_open(&in, path, UINT64_MAX, &f), -1);
	CHECK_INT(f.class, EX_NOINPUT);
	CHECK(strstr(f.text, ": a FIFO that nobody writes to") != NULL);
	if ((pid = fork()) == -1)
		abort();
	if (pid == 0) {
		write_pattern(open(path, O_WRONLY), 100000);
		_exit(0);
	}
	CHECK_INT(input_open(&in, path, UINT64_MAX, &f), 0);
	check_content(&in, 0, 100000);
	input_close(&in);
	(void)waitpid(pid, NULL, 0);
	(void)alarm(0);
	(void)unlink(path);
}

/* What a shell puts in place of <(command), and /dev/stdin: pipes by a path,
 * also after the writer has gone. */
static void
pipe_by_path(void)
{
	struct fail f = { 0 };
	struct input in;
	char name[32];
	int fd[2];

	if (pipe(fd) == -1)
		abort();
	write_pattern(fd[1], 5000);
	(void)snprintf(name, sizeof(name), "/dev/fd/%d", fd[0]);
	CHECK_INT(input_open(&in, name, UINT64_MAX, &f), 0);
	check_content(&in, 0, 5000);
	input_close(&in);
	CHECK_INT(input_open(&in, name, UINT64_MAX, &f), 0);
	CHECK_INT(in.size, 0);
	input_close(&in);
	CHECK_INT(fcntl(fd[0], F_GETFL) & O_NONBLOCK, 0);
	(void)close(fd[0]);
}

/* A path in a sentence is one line without control characters. */
static void
foreign_path(void)
{
	struct fail f = { 0 };
	struct input in;

	CHECK_INT(input_open(&in, "/nowhere/\x1b[31m\nx", 9, &f), -1);
	CHECK_STR(f.text, "/nowhere/\\x1b[31m\\x0ax: open: "
	    "No such file or directory");
}

struct gathered {
	size_t n, pieces, wrong;
	size_t stop_after;
};

static int
gather(void *ctx, struct slice piece, struct fail *f)
{
	struct gathered *g = ctx;

	for (size_t k = 0; k < piece.n; k++)
		g->wrong += piece.p[k] != pattern(g->n + k);
	g->n += piece.n;
	if (++g->pieces == g->stop_after)
		return fail_set(f, EX_DATAERR, "enough");
	return 0;
}

static void
each_piece(void)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 300000 };
	struct gathered g = { .stop_after = 2 };
	struct fail f = { 0 };
	struct input in;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct gathered all = { .n = 0 };

		CHECK_INT(open_pipe(&in, sizes[i], sizes[i] + 1, &f), 0);
		CHECK_INT(input_each(&in, gather, &all, &f), 0);
		CHECK_INT(all.n, sizes[i]);
		CHECK_INT(all.wrong, 0);
		CHECK_INT(all.pieces, (sizes[i] + INPUT_BLOCK - 1) /
		    INPUT_BLOCK);
		input_close(&in);
	}
	make_file(200000);
	CHECK_INT(input_open(&in, path, UINT64_MAX, &f), 0);
	CHECK_INT(input_each(&in, gather, &g, &f), -1);
	CHECK_STR(f.text, "enough");
	CHECK_INT(g.pieces, 2);
	CHECK_INT(truncate(path, 100000), 0);
	g = (struct gathered){ .n = 0 };
	CHECK_INT(input_each(&in, gather, &g, &f), -1);
	CHECK_INT(f.class, EX_IOERR);
	input_close(&in);
	(void)unlink(path);
}

/* A pipe of which only the beginning was read: that alone as often as one
 * likes, then all of it in one go, with no room for a temporary file. */
static void
started(void)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 300000 };

	(void)setenv("TMPDIR", "/nowhere", 1);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t begun = sizes[i] < INPUT_BLOCK ? sizes[i] : INPUT_BLOCK;
		struct gathered all = { .n = 0 };
		struct fail f = { 0 };
		struct input in;

		CHECK_INT(open_pipe(&in, sizes[i], 0, &f), 0);
		CHECK_INT(in.more, sizes[i] >= INPUT_BLOCK);
		check_content(&in, 0, begun);
		check_content(&in, 0, begun);
		CHECK_INT(input_each(&in, gather, &all, &f), 0);
		CHECK_INT(all.n, sizes[i]);
		CHECK_INT(all.wrong, 0);
		input_close(&in);
		(void)wait(NULL);
	}
	(void)unsetenv("TMPDIR");
}

/* Whoever started may still want to read it twice. */
static void
started_then_kept(void)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 300000 };
	struct fail f = { 0 };
	struct input in;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		CHECK_INT(open_pipe(&in, sizes[i], 0, &f), 0);
		CHECK_INT(input_keep(&in, sizes[i], &f), 0);
		CHECK_INT(in.more, 0);
		check_content(&in, 0, sizes[i]);
		input_close(&in);
		(void)wait(NULL);
	}
	CHECK_INT(open_pipe(&in, 70000, 0, &f), 0);
	CHECK_INT(input_keep(&in, 69999, &f), -1);
	CHECK_INT(f.class, EX_DATAERR);
	input_close(&in);
	(void)wait(NULL);
	make_file(1000);
	CHECK_INT(input_start(&in, path, &f), 0);
	CHECK_INT(in.more, 0);
	check_content(&in, 0, 1000);
	input_close(&in);
	(void)unlink(path);
}

/* Files that say they are empty and are not. */
static void
file_of_proc(void)
{
	struct fail f = { 0 };
	struct input in;

	CHECK_INT(input_open(&in, "/proc/self/status", 65536, &f), 0);
	CHECK(in.size > 0);
	input_close(&in);
}

/* What is gone meanwhile is an error, not an early end. */
static void
became_shorter(void)
{
	struct fail f = { 0 };
	struct input in;
	char bytes[100];
	size_t got;

	make_file(100);
	CHECK_INT(input_open(&in, path, 100, &f), 0);
	CHECK_INT(truncate(path, 50), 0);
	CHECK_INT(input_read(&in, 0, bytes, 50, &got, &f), 0);
	CHECK_INT(input_read(&in, 40, bytes, 20, &got, &f), -1);
	CHECK_INT(f.class, EX_IOERR);
	input_close(&in);
	(void)unlink(path);
}

static void
no_temporary_file(void)
{
	struct fail f = { 0 };
	struct input in;

	(void)setenv("TMPDIR", "/nowhere", 1);
	CHECK_INT(open_pipe(&in, 1000, 1000, &f), 0);
	input_close(&in);
	CHECK_INT(open_pipe(&in, 65536, 65536, &f), -1);
	CHECK_INT(f.class, EX_CANTCREAT);
	(void)unsetenv("TMPDIR");
}

int
main(void)
{
	RUN(files);
	RUN(standard_input);
	RUN(pipes);
	RUN(too_long);
	RUN(no_input);
	RUN(head_replaced);
	RUN(fifos);
	RUN(pipe_by_path);
	RUN(foreign_path);
	RUN(each_piece);
	RUN(started);
	RUN(started_then_kept);
	RUN(file_of_proc);
	RUN(became_shorter);
	RUN(no_temporary_file);
	return unit_done();
}
