/* SPDX-License-Identifier: ISC */
/* Unit test of release: what was removed is closed soon, and by another, for
 * which nobody waits. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../cmd/queue/release.h"
#include "unit.h"

enum {
	FILES = 100,
	BATCH = 150, /* has room on the way */
	MORE = 1000, /* has none */
	SOON = 20000, /* milliseconds */
	LONG = 120000, /* the test was killed */
	ALL = -1,
};

/* Of a process that closes, whose disk is as slow as it is told here. */
static struct disk {
	pid_t test; /* is another one */
	volatile pid_t pid;
	volatile int may; /* close so many more */
	volatile int began; /* to close so many */
	volatile int highest; /* descriptor of them */
} *disk;

static void
nap(void)
{
	(void)nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

int
close(int fd)
{
	int i;

	if (disk != NULL && getpid() != disk->test) {
		disk->pid = getpid();
		if (fd > disk->highest)
			disk->highest = fd;
		disk->began++;
		for (i = 0; i < LONG && disk->may == 0; i++)
			nap();
		if (disk->may > 0)
			disk->may--;
	}
	return (int)syscall(SYS_close, fd);
}

/* "file" is open here, and with "end" one sees when it is nowhere any more. */
static void
open_one(int *file, int *end)
{
	int ends[2];

	if (pipe(ends) == -1)
		abort();
	*end = ends[0];
	*file = ends[1];
}

static int
is_closed(int end, int milliseconds)
{
	struct pollfd p = { .fd = end };

	return poll(&p, 1, milliseconds) == 1;
}

static void
closed_soon(int end)
{
	CHECK(is_closed(end, SOON));
	(void)close(end);
}

static void
starts(struct release *r, int may)
{
	disk = mmap(NULL, sizeof(*disk), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (disk == MAP_FAILED)
		abort();
	disk->test = getpid();
	disk->may = may;
	*r = (struct release){ .socket = -1 };
	release_start(r);
	CHECK(r->socket != -1);
}

/* So often the same file of so many bytes, and one of these only. */
static void
release_many(struct release *r, int file, int n, uint64_t bytes)
{
	int i, fd;

	for (i = 0; i < n; i++) {
		CHECK((fd = dup(file)) != -1);
		release_file(r, fd, bytes);
		CHECK_INT(fcntl(fd, F_GETFD), -1);
	}
}

static void
waits_until_began(int n)
{
	int i;

	for (i = 0; i < SOON && disk->began < n; i++)
		nap();
	CHECK_INT(disk->began, n);
}

/* Is it at once, without the process? */
static int
closes_here(struct release *r, uint64_t bytes)
{
	int file, end, here;

	open_one(&file, &end);
	release_file(r, file, bytes);
	here = is_closed(end, 0);
	(void)close(end);
	return here;
}

static void
many(void)
{
	int before = dup(0), file, end, other, other_end;
	struct release r;

	(void)close(before);
	open_one(&other, &other_end);
	starts(&r, ALL);
	CHECK_INT(fcntl(r.socket, F_GETFD), FD_CLOEXEC);
	/* It has nothing of this process. */
	(void)close(other);
	closed_soon(other_end);
	open_one(&file, &end);
	release_many(&r, file, FILES, 4096);
	(void)close(file);
	closed_soon(end);
	CHECK(disk->began > 0);
	/* There is one already. */
	file = r.socket;
	release_start(&r);
	CHECK_INT(r.socket, file);
	release_end(&r);
	release_end(&r);
	CHECK_INT(dup(0), before);
	(void)close(before);
	/* Nobody has to wait for it. */
	errno = 0;
	CHECK_INT(waitpid(-1, NULL, WNOHANG), -1);
	CHECK_INT(errno, ECHILD);
}

static void
none(void)
{
	struct release r = { .socket = -1 };

	CHECK(closes_here(&r, 0));
	CHECK_INT(r.socket, -1);
	release_end(&r);
}

/* Neither a file nor the end waits for the disk. */
static void
slow(void)
{
	struct release r;
	int file, end;

	open_one(&file, &end);
	starts(&r, 0);
	release_many(&r, file, FILES, 0);
	(void)close(file);
	release_end(&r);
	waits_until_began(1);
	CHECK(!is_closed(end, 0));
	disk->may = ALL;
	closed_soon(end);
}

static void
large(void)
{
	struct release r;

	starts(&r, 0);
	CHECK(!closes_here(&r, RELEASE_LARGE));
	CHECK(closes_here(&r, RELEASE_LARGE + 1));
	CHECK(r.socket != -1);
	release_end(&r);
	disk->may = ALL;
}

/* It takes rather than closes, up to so many bytes. */
static void
bytes(void)
{
	enum { MOST = RELEASE_BYTES / RELEASE_LARGE };
	struct release r;
	int file, end, i;

	open_one(&file, &end);
	starts(&r, 0);
	release_many(&r, file, 1, RELEASE_LARGE);
	for (i = 1; i <= MOST / BATCH + 1; i++) {
		waits_until_began(i);
		release_many(&r, file, BATCH, RELEASE_LARGE);
		disk->may = 1;
	}
	waits_until_began(i);
	CHECK_INT(disk->highest, STDERR_FILENO + MOST);
	CHECK(!is_closed(end, 0));
	(void)close(file);
	release_end(&r);
	disk->may = ALL;
	closed_soon(end);
	CHECK_INT(disk->highest, STDERR_FILENO + MOST);
}

static void
caught(int number)
{
	(void)number;
}

/* A signal ends it, which this process would take later; another one is
 * started. */
static void
killed(void)
{
	static const int numbers[] = { SIGKILL, SIGTERM, SIGINT, SIGHUP };
	struct sigaction take = { .sa_handler = caught };
	struct release r;
	sigset_t all, was;
	size_t i;
	int file, end;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &was);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		(void)sigaction(numbers[i], &take, NULL);
		open_one(&file, &end);
		starts(&r, 0);
		release_many(&r, file, FILES, 4096);
		(void)close(file);
		waits_until_began(1);
		CHECK(!is_closed(end, 0));
		CHECK_INT(kill(disk->pid, numbers[i]), 0);
		CHECK(is_closed(r.socket, SOON));
		closed_soon(end);
		CHECK(closes_here(&r, 4096));
		CHECK_INT(r.socket, -1);
		CHECK(closes_here(&r, 4096));
		release_start(&r);
		CHECK(!closes_here(&r, 4096));
		release_end(&r);
		disk->may = ALL;
	}
	(void)sigprocmask(SIG_SETMASK, &was, NULL);
}

/* What it has no room for, and the way has none, is closed here. */
static void
full(void)
{
	enum { MOST = 64 };
	struct rlimit least = { MOST, MOST };
	struct release r;
	int file, end;

	if (getenv("MAILPIPE_VALGRIND") != NULL)
		return; /* it lowers no limit */
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &least), 0);
	open_one(&file, &end);
	starts(&r, 0);
	release_many(&r, file, 1, 4096);
	waits_until_began(1);
	release_many(&r, file, MORE, 4096);
	CHECK(r.socket != -1);
	CHECK(closes_here(&r, 4096));
	(void)close(file);
	CHECK(!is_closed(end, 0));
	disk->may = ALL;
	closed_soon(end);
	CHECK_INT(disk->highest, MOST - 1);
	/* Then there is room again. */
	disk->may = 0;
	CHECK(!closes_here(&r, 4096));
	release_end(&r);
	disk->may = ALL;
}

int
main(void)
{
	RUN(many);
	RUN(none);
	RUN(slow);
	RUN(large);
	RUN(bytes);
	RUN(killed);
	RUN(full); /* the last: the limit stays */
	return unit_done();
}
