/* SPDX-License-Identifier: ISC */
/* release: the files of messages that were removed; see release.h. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "handover.h"
#include "log.h"
#include "release.h"
#include "sandbox.h"

enum {
	OURS = STDERR_FILENO + 1, /* descriptors that are no such files */
	NAP = 5,		  /* milliseconds */
	NAPS = 40,
};

/* In the process: what it has.  The last one is closed first, so that few pages
 * are ever used. */
static struct {
	struct file {
		int fd;
		uint64_t bytes;
	} files[RELEASE_FILES];
	size_t n, most;
	uint64_t bytes;
} held;

/* How many may be open. */
static size_t
make_room(void)
{
	const rlim_t want = RELEASE_FILES + OURS;
	struct rlimit r = { 0 };

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < want) {
		r.rlim_cur = r.rlim_max < want ? r.rlim_max : want;
		(void)setrlimit(RLIMIT_NOFILE, &r);
		(void)getrlimit(RLIMIT_NOFILE, &r);
	}
	return r.rlim_cur >= want ? RELEASE_FILES :
	    r.rlim_cur > OURS ? (size_t)r.rlim_cur - OURS : 1;
}

/* A signal ends it, as there is nothing to finish.  The socket is all that it
 * has, also as standard output and error: who waits for the end of a pipe does
 * not wait for it, and no lock is its.  Nor does it need a right, but where
 * they cannot be given up it goes on. */
static void
begin(int socket)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP };
	struct fail ignored;
	sigset_t none;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		(void)signal(numbers[i], SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	log_forget();
	for (i = 0; i < OURS; i++)
		if (dup2(socket, (int)i) == -1)
			_exit(0);
	closefrom(OURS);
	held.most = make_room();
	(void)sandbox_closed(&ignored);
}

/* 0, or -1 where no more come. */
static int
take(void)
{
	struct file *file = &held.files[held.n];

	file->fd = handover_take(STDIN_FILENO, &file->bytes,
	    sizeof(file->bytes));
	if (file->fd == -1)
		return -1;
	held.n++;
	held.bytes += file->bytes;
	return 0;
}

static void
close_one(void)
{
	if (held.n == 0)
		return;
	(void)close(held.files[--held.n].fd);
	held.bytes -= held.files[held.n].bytes;
}

static int
is_full(void)
{
	return held.n == held.most || held.bytes >= RELEASE_BYTES;
}

static _Noreturn void
serve(int socket)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };

	begin(socket);
	for (;;)
		if (is_full() || poll(&p, 1, held.n > 0 ? 0 : -1) != 1)
			close_one();
		else if (take() == -1)
			break;
	while (held.n > 0)
		close_one();
	_exit(0);
}

void
release_start(struct release *r)
{
	int pair[2];
	pid_t pid;

	if (r->socket != -1 || socketpair(AF_UNIX,
	    SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return;
	if ((pid = fork()) == 0)
		serve(pair[1]);
	(void)close(pair[1]);
	r->socket = pair[0];
	r->pid = pid > 0 ? pid : 0;
}

void
release_file(struct release *r, int fd, uint64_t bytes)
{
	struct slice size = { (const char *)&bytes, sizeof(bytes) };

	if (r->socket != -1 && bytes <= RELEASE_LARGE &&
	    handover_give(r->socket, fd, size) == -1 &&
	    errno != EAGAIN && errno != ETOOMANYREFS)
		release_end(r); /* it was killed */
	(void)close(fd);
}

void
release_end(struct release *r)
{
	const struct timespec nap = { .tv_nsec = NAP * 1000000L };
	int i;

	if (r->socket != -1)
		(void)close(r->socket);
	r->socket = -1;
	/* Who would wait for it when this process is gone may be nobody, as in
	 * a container. */
	for (i = 0; r->pid > 0 && i < NAPS &&
	    waitpid(r->pid, NULL, WNOHANG) == 0; i++)
		(void)nanosleep(&nap, NULL);
	r->pid = 0;
}
