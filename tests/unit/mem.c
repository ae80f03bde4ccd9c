/* SPDX-License-Identifier: ISC */
/* Tests of mem: allocation that cannot fail, and arenas. */

#include <stdalign.h>
#include <stdint.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "mem.h"
#include "unit.h"

static void
allocation(void)
{
	char *p = mem_alloc(100), *s;
	int set = 0;

	for (int i = 0; i < 100; i++)
		set += p[i] != 0;
	CHECK_INT(set, 0);
	memset(p, 'x', 100);
	p = mem_resize(p, 300, 10);
	CHECK(p[0] == 'x' && p[99] == 'x');
	free(p);
	p = mem_alloc(0);
	CHECK(p != NULL);
	p = mem_resize(p, 0, 8);
	CHECK(p != NULL);
	free(p);
	s = mem_str(SLICE("a\0b"));
	CHECK(memcmp(s, "a\0b", 4) == 0);
	free(s);
	s = mem_str((struct slice){ NULL, 0 });
	CHECK_STR(s, "");
	free(s);
}

/* Room for one more (ASan sees where there is none), and for more than one. */
static void
growing(void)
{
	size_t *p = NULL, n, wrong = 0, moved = 0;

	for (n = 0; n < 1000; n++) {
		size_t *before = p;

		p = mem_grow(p, n, sizeof(*p));
		moved += p != before;
		p[n] = n;
	}
	for (n = 0; n < 1000; n++)
		wrong += p[n] != n;
	CHECK_INT(wrong, 0);
	CHECK(moved <= 11);
	/* It may be begun again. */
	for (n = 0; n < 1000; n++) {
		p = mem_grow(p, n, sizeof(*p));
		p[n] = n;
	}
	free(p);
}

static void
no_room_to_grow(void)
{
	(void)mem_grow(NULL, SIZE_MAX / 2 + 1, 1);
}

static void
overflow(void)
{
	(void)mem_resize(NULL, SIZE_MAX / 4 + 2, 4);
}

static void
too_much_for_arena(void)
{
	struct arena a = { NULL };

	(void)arena_alloc(&a, SIZE_MAX - 8);
}

/* Runs "function" in a child; its status, and what it said. */
static int
in_child(void (*function)(void), char *said, size_t room)
{
	int fd[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe(fd) == -1 || (pid = fork()) == -1)
		abort();
	if (pid == 0) {
		(void)dup2(fd[1], STDERR_FILENO);
		function();
		_exit(0);
	}
	(void)close(fd[1]);
	n = read(fd[0], said, room - 1);
	said[n < 0 ? 0 : n] = '\0';
	(void)close(fd[0]);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/* Mail can be tried again: one line and 75, never a null pointer. */
static void
running_out(void)
{
	char said[200];

	CHECK_INT(in_child(overflow, said, sizeof(said)), EX_TEMPFAIL);
	CHECK_STR(said, "mailpipe: out of memory\n");
	CHECK_INT(in_child(no_room_to_grow, said, sizeof(said)), EX_TEMPFAIL);
	CHECK_STR(said, "mailpipe: out of memory\n");
	CHECK_INT(in_child(too_much_for_arena, said, sizeof(said)),
	    EX_TEMPFAIL);
	CHECK_STR(said, "mailpipe: out of memory\n");
}

enum { PIECES = 500 };

/* What an arena gave never moves, whatever is asked for later. */
static void
arenas(void)
{
	struct arena a = { NULL };
	char *p[PIECES];
	int wrong = 0;

	for (int i = 0; i < PIECES; i++) {
		size_t n = i % 100 == 99 ? 10000 : (size_t)i % 50;

		p[i] = arena_alloc(&a, n + 1);
		wrong += (uintptr_t)p[i] % alignof(max_align_t) != 0;
		wrong += p[i][0] != 0 || p[i][n] != 0;
		memset(p[i], i % 128, n + 1);
	}
	for (int i = 0; i < PIECES; i++)
		wrong += p[i][0] != i % 128;
	CHECK_INT(wrong, 0);
	CHECK_STR(arena_str(&a, SLICE("abc")), "abc");
	CHECK_SLICE(arena_slice(&a, SLICE("a\0b")), SLICE("a\0b"));
	arena_free(&a);
	CHECK(a.last == NULL);
	arena_free(&a);
}

/* What is given after a reset is zero again, whether memory was kept or not. */
static void
arena_resets(void)
{
	struct arena a = { NULL };
	char *p;
	int wrong = 0;

	arena_reset(&a);
	CHECK(a.last == NULL);
	for (size_t n = 1; n < 20000; n += n / 3 + 1) {
		for (int i = 0; i < 3; i++) {
			p = arena_alloc(&a, n);
			for (size_t k = 0; k < n; k++)
				wrong += p[k] != 0;
			memset(p, 'x', n);
		}
		arena_reset(&a);
	}
	CHECK_INT(wrong, 0);
	p = arena_alloc(&a, 10);
	arena_reset(&a);
	CHECK(arena_alloc(&a, 10) == p);
	arena_free(&a);
}

int
main(void)
{
	RUN(allocation);
	RUN(growing);
	RUN(running_out);
	RUN(arenas);
	RUN(arena_resets);
	return unit_done();
}
