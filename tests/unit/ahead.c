/* SPDX-License-Identifier: ISC */
/* Tests of ahead: messages come in order, and as they are, with threads that
 * read them and without. */

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../cmd/mime/ahead.h"
#include "buf.h"
#include "unit.h"

enum {
	FILES = 40,
	ASKED = 100,
	MESSAGES = 3000,
};

static char dir[] = "/tmp/mailpipe-unit.XXXXXX";
static cpu_set_t all;

static void
write_file(const char *path, const char *text, size_t n)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);

	if (fd == -1 || write(fd, text, n) != (ssize_t)n || close(fd) == -1)
		abort();
}

/* File "i" holds 10 * i bytes of one letter. */
static size_t
content(unsigned i, char text[10 * FILES])
{
	memset(text, 'a' + (int)(i % 26), 10 * (size_t)i);
	return 10 * (size_t)i;
}

static void
path_of(unsigned i, char path[32])
{
	(void)snprintf(path, 32, "%c/%u", "ab"[i % 2], i);
}

static void
make_files(void)
{
	char text[10 * FILES], path[32];

	if (mkdtemp(dir) == NULL || chdir(dir) == -1 ||
	    mkdir("a", 0700) == -1 || mkdir("b", 0700) == -1)
		abort();
	for (unsigned i = 0; i < FILES; i++) {
		path_of(i, path);
		write_file(path, text, content(i, text));
	}
	write_file("-", "no", 2);
}

static void
remove_files(void)
{
	char path[32];

	for (unsigned i = 0; i < FILES; i++) {
		path_of(i, path);
		(void)unlink(path);
	}
	(void)unlink("-");
	if (rmdir("a") == -1 || rmdir("b") == -1 || chdir("/") == -1 ||
	    rmdir(dir) == -1)
		abort();
}

/* A descriptor that gives the list. */
static int
list_of(const char *text, size_t n)
{
	int fd = open(dir, O_TMPFILE | O_RDWR, 0600);

	if (fd == -1 || write(fd, text, n) != (ssize_t)n ||
	    lseek(fd, 0, SEEK_SET) == -1)
		abort();
	return fd;
}

/* What is the next path of a list made by chance: a file, or something that
 * is left to others. */
static unsigned
path_by_chance(unsigned *seed, char path[32])
{
	static const char *const others[] = { "-", "a", "none", "a/none",
		"/dev/null/x", "a/1", "b/" };
	unsigned x = *seed = *seed * 1103515245u + 12345u, i = x >> 16;

	if (i % 11 < 7 && i % 23 < 3) {
		(void)snprintf(path, 32, "%s", others[i % 11]);
		return FILES;
	}
	i = i / 7 % FILES;
	path_of(i, path);
	return i;
}

static void
check_message(const struct ahead_message *m, unsigned file)
{
	char text[10 * FILES];
	size_t n = file == FILES ? 0 : content(file, text), most = ASKED;

	CASE(m->path);
	if (file == FILES) {
		CHECK_INT(m->got, AHEAD_NOTHING);
		return;
	}
	CHECK_INT(m->got, n < most ? AHEAD_ALL : AHEAD_BEGINNING);
	CHECK_SLICE(m->bytes,
	    ((struct slice){ text, n < most ? n : most }));
}

static void
one_list(unsigned seed)
{
	struct buf text = BUF(MESSAGES * 32);
	unsigned again = seed, file;
	const struct ahead_message *m;
	struct fail f = { 0 };
	struct paths paths;
	struct ahead *a;
	char path[32];
	int fd, n = 0;

	while (n++ < MESSAGES) {
		(void)path_by_chance(&seed, path);
		(void)buf_adds(&text, path);
		(void)buf_addc(&text, '\n');
	}
	fd = list_of(text.p, text.n);
	paths_start(&paths, fd, '\n');
	a = ahead_start(&paths);
	ahead_ask(a, ASKED);
	for (n = 0; (m = ahead_next(a, &f)) != NULL; n++) {
		file = path_by_chance(&again, path);
		CHECK_STR(m->path, path);
		check_message(m, file);
		CHECK_INT(ahead_ready(a), 1);
		CHECK_STR(m->path, path);
	}
	CHECK_INT(n, MESSAGES);
	CHECK_INT(f.class, 0);
	CHECK(ahead_next(a, &f) == NULL);
	ahead_free(&a);
	CHECK(a == NULL);
	(void)close(fd);
	buf_free(&text);
}

static void
long_lists(void)
{
	for (unsigned seed = 1; seed < 20; seed++)
		one_list(seed);
}

static void
one_processor(void)
{
	cpu_set_t one;
	int cpu = 0;

	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one) == -1)
		abort();
	long_lists();
	if (sched_setaffinity(0, sizeof(all), &all) == -1)
		abort();
}

static void
put_list(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
}

/* Nothing waits for more of the list than it needs; and a directory may be
 * another after a wait. */
static void
slow_list(void)
{
	const struct ahead_message *m;
	struct fail f = { 0 };
	struct paths paths;
	struct ahead *a;
	int fd[2];

	if (pipe(fd) == -1)
		abort();
	paths_start(&paths, fd[0], '\n');
	a = ahead_start(&paths);
	CHECK_INT(ahead_ready(a), 0);
	put_list(fd[1], "a/2\na/4\na/6\nb/");
	for (int i = 2; i <= 6; i += 2) {
		CHECK_INT(ahead_ready(a), 1);
		m = ahead_next(a, &f);
		CHECK_INT(m->bytes.n, 10 * i);
	}
	CHECK_INT(ahead_ready(a), 0);
	if (rename("a", "c") == -1 || mkdir("a", 0700) == -1)
		abort();
	write_file("a/2", "new", 3);
	put_list(fd[1], "1\na/2\n");
	CHECK_STR(ahead_next(a, &f)->path, "b/1");
	CHECK_SLICE(ahead_next(a, &f)->bytes, SLICE("new"));
	(void)close(fd[1]);
	CHECK(ahead_next(a, &f) == NULL);
	CHECK_INT(f.class, 0);
	ahead_free(&a);
	(void)close(fd[0]);
	(void)unlink("a/2");
	if (rmdir("a") == -1 || rename("c", "a") == -1)
		abort();
}

/* What is wrong with the list is said after all that was right. */
static void
bad_list(void)
{
	char text[8192];
	struct fail f = { 0 };
	struct paths paths;
	struct ahead *a;
	size_t n = 0;
	int fd, i;

	while (n < 500)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "a/2\n");
	memset(text + n, 'x', 5000);
	fd = list_of(text, n + 5000);
	paths_start(&paths, fd, '\n');
	a = ahead_start(&paths);
	for (i = 0; ahead_next(a, &f) != NULL; i++)
		CHECK_INT(f.class, 0);
	CHECK_INT(i, n / 4);
	CHECK_INT(f.class, EX_DATAERR);
	ahead_free(&a);
	(void)close(fd);
}

static int
open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return n;
}

/* A FIFO keeps what is in it, and stays open as long as it is its turn. */
static void
fifos(void)
{
	char text[4000], got[8] = "";
	const struct ahead_message *m;
	struct fail f = { 0 };
	struct paths paths;
	struct ahead *a;
	size_t n = 0, seen = 0;
	int fd, fifo, before = open_files();

	if (mkfifo("fifo", 0600) == -1 ||
	    (fifo = open("fifo", O_RDWR | O_NONBLOCK)) == -1)
		abort();
	put_list(fifo, "data");
	for (int i = 0; i < 200; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\n",
		    i % 7 == 3 || i % 7 == 5 ? "fifo" : "a/2");
	fd = list_of(text, n);
	paths_start(&paths, fd, '\n');
	a = ahead_start(&paths);
	while ((m = ahead_next(a, &f)) != NULL) {
		int is_fifo = strcmp(m->path, "fifo") == 0;

		seen += (size_t)is_fifo;
		CHECK_INT(m->got, is_fifo ? AHEAD_NOTHING : AHEAD_ALL);
	}
	CHECK_INT(seen, 57);
	CHECK_INT(read(fifo, got, sizeof(got)), 4);
	ahead_free(&a);
	(void)close(fd);
	(void)close(fifo);
	CHECK_INT(open_files(), before);
	(void)unlink("fifo");
}

/* It may end before the list does, at any place. */
static void
early_end(void)
{
	char text[4000];
	int before = open_files();

	for (size_t i = 0; i < sizeof(text); i += 4)
		memcpy(text + i, "a/2\n", 4);
	for (int n = 0; n < 300; n += 7) {
		int fd = list_of(text, sizeof(text));
		struct fail f = { 0 };
		struct paths paths;
		struct ahead *a;

		paths_start(&paths, fd, '\n');
		a = ahead_start(&paths);
		for (int i = 0; i < n; i++)
			CHECK_INT(ahead_next(a, &f)->bytes.n, 20);
		ahead_free(&a);
		(void)close(fd);
	}
	CHECK_INT(open_files(), before);
}

int
main(void)
{
	if (sched_getaffinity(0, sizeof(all), &all) == -1)
		abort();
	make_files();
	RUN(long_lists);
	RUN(one_processor);
	RUN(slow_list);
	RUN(bad_list);
	RUN(fifos);
	RUN(early_end);
	remove_files();
	return unit_done();
}
