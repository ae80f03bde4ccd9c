/* SPDX-License-Identifier: ISC */
/* serve: how a server comes to its connections; see serve.h. */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crowd.h"
#include "limits.h"
#include "log.h"
#include "mem.h"
#include "serve.h"

enum {
	FIRST_FD = 3, /* sd_listen_fds(3) */
	MAX_LISTENERS = 64,
};

struct listener {
	const struct serve *serve;
	struct pollfd fds[MAX_LISTENERS];
	size_t nfds;
	pid_t *children;     /* as many as "connections"; 0: none */
	struct crowd *crowd; /* their clients, in the same places */
	unsigned nchildren;
};

/* Where this process, which a listener made, says whom it serves. */
static struct {
	struct crowd *crowd; /* NULL: no listener made it */
	unsigned place;
	unsigned per_address;
} seat;

static volatile sig_atomic_t stop; /* 1: told to; 2: told again */
static sigset_t while_waiting; /* the mask with our signals let through */

static void
on_signal(int number)
{
	if (number != SIGCHLD)
		stop = stop == 0 ? 1 : 2;
}

/* Signals are blocked but while somebody waits, so none comes unnoticed
 * between a look at "stop" and the wait. */
static void
catch_signals(void)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGCHLD };
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t block;
	size_t i;

	(void)sigemptyset(&block);
	(void)sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		(void)sigaddset(&block, numbers[i]);
		(void)sigaction(numbers[i], &action, NULL);
	}
	(void)sigprocmask(SIG_BLOCK, &block, &while_waiting);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		(void)sigdelset(&while_waiting, numbers[i]);
	/* A write that cannot be is an error of write(2), nothing worse. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
}

static int
serve_one(const struct serve *s, int in, int out,
    const struct peer *peer)
{
	struct conn *c;
	int on = 1, status;

	/* Fails where it is no TCP socket, which is well. */
	(void)setsockopt(out, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	c = conn_new(in, out);
	conn_stoppable(c, &stop, &while_waiting);
	status = s->session(s->ctx, c, peer);
	conn_close(&c);
	return status;
}

static void
reap(struct listener *l)
{
	pid_t pid;
	unsigned i;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (i = 0; i < l->serve->connections; i++)
			if (l->children[i] == pid) {
				crowd_set(l->crowd, i, 0);
				l->children[i] = 0;
				l->nchildren--;
				break;
			}
}

/* What counts as the peer's address; 0: it is not counted. */
static uint64_t
counts_as(const struct listener *l, const struct peer *peer)
{
	if (peer->local || (l->serve->exempt != NULL &&
	    l->serve->exempt(l->serve->ctx, peer)))
		return 0;
	return peer->network;
}

/* Why the peer is not served, or NULL. */
static const char *
refusal(const struct listener *l, uint64_t network)
{
	if (l->nchildren >= l->serve->connections ||
	    (network != 0 &&
	    crowd_count(l->crowd, network) >= l->serve->per_address))
		return "too many connections";
	return network != 0 && l->serve->refusal != NULL ?
	    l->serve->refusal(l->serve->ctx, network) : NULL;
}

static void
refuse(const struct listener *l, int fd, const struct peer *peer,
    const char *why)
{
	struct slice busy = slice_str(l->serve->busy);

	log_line("client=%s refused: %s", peer->address, why);
	(void)send(fd, busy.p, busy.n, MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)close(fd);
}

static _Noreturn void
child(const struct listener *l, unsigned place, int fd,
    const struct peer *peer)
{
	size_t i;

	seat.crowd = l->crowd;
	seat.place = place;
	seat.per_address = l->serve->per_address;
	for (i = 0; i < l->nfds; i++)
		(void)close(l->fds[i].fd);
	_exit(serve_one(l->serve, fd, fd, peer));
}

/* Without descriptors or memory accept fails at once, again and again. */
static void
pause_where_exhausted(void)
{
	static const struct timespec pause = { 0, 100000000 };

	if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
	    errno == ENOMEM)
		(void)nanosleep(&pause, NULL);
}

static void
start_child(struct listener *l, int fd, const struct peer *peer,
    uint64_t network)
{
	unsigned place = 0;
	pid_t pid;

	while (l->children[place] != 0)
		place++; /* UNSAFE: fewer are there than "connections" */
	/* Before the child can say that it serves another. */
	crowd_set(l->crowd, place, network);
	if ((pid = fork()) == -1) {
		crowd_set(l->crowd, place, 0);
		refuse(l, fd, peer, "no process can be started");
		return;
	}
	if (pid == 0)
		child(l, place, fd, peer);
	(void)close(fd);
	l->children[place] = pid;
	l->nchildren++;
}

static void
take(struct listener *l, int listening)
{
	const char *why;
	uint64_t network;
	struct peer peer;
	union peer_address a;
	socklen_t n = sizeof(a);
	int fd;

	memset(&a, 0, sizeof(a));
	if ((fd = accept4(listening, &a.any, &n, SOCK_CLOEXEC)) == -1) {
		pause_where_exhausted();
		return;
	}
	peer_from_address(&peer, &a);
	reap(l);
	network = counts_as(l, &peer);
	if ((why = refusal(l, network)) != NULL) {
		refuse(l, fd, &peer, why);
		return;
	}
	if (l->serve->refresh != NULL)
		l->serve->refresh(l->serve->ctx);
	start_child(l, fd, &peer, network);
}

static void
signal_children(const struct listener *l, int number)
{
	unsigned i;

	for (i = 0; i < l->serve->connections; i++)
		if (l->children[i] != 0)
			(void)kill(l->children[i], number);
}

/* After a signal: what is in hand comes to its end, in time or at a second
 * signal by force. */
static void
finish(struct listener *l)
{
	struct timespec second = { 1, 0 };
	unsigned waited;
	size_t i;

	for (i = 0; i < l->nfds; i++)
		(void)close(l->fds[i].fd);
	signal_children(l, SIGTERM);
	for (waited = 0; l->nchildren > 0; reap(l)) {
		if (ppoll(NULL, 0, &second, &while_waiting) == 0)
			waited++;
		if (waited >= LIMIT_STOP || stop == 2)
			signal_children(l, SIGKILL);
	}
}

/* While connections come without a pause ppoll has no need to wait, and lets
 * no signal through.  That a child ended is for ppoll to say: who is told here
 * would wait for the next connection before it is reaped. */
static void
let_signals_through(void)
{
	sigset_t told = while_waiting, blocked;

	(void)sigaddset(&told, SIGCHLD);
	(void)sigprocmask(SIG_SETMASK, &told, &blocked);
	(void)sigprocmask(SIG_SETMASK, &blocked, NULL);
}

static int
listen_loop(struct listener *l, struct fail *f)
{
	size_t i;

	if ((l->crowd = crowd_open(l->serve->connections, f)) == NULL)
		return f->class;
	l->children = mem_alloc(l->serve->connections *
	    sizeof(*l->children));
	while (!stop) {
		int n = ppoll(l->fds, l->nfds, NULL, &while_waiting);

		if (n == -1)
			reap(l);
		for (i = 0; n > 0 && i < l->nfds; i++)
			if (l->fds[i].revents != 0)
				take(l, l->fds[i].fd);
		if (n > 0)
			let_signals_through();
	}
	finish(l);
	free(l->children);
	crowd_close(&l->crowd);
	return 0;
}

/* How many descriptors were handed over (sd_listen_fds(3)); -1: nonsense. */
static int
handed_over(void)
{
	const char *fds = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");
	uint64_t n = 0, owner = 0;

	if (fds == NULL)
		return 0;
	if (pid != NULL &&
	    (slice_uint(slice_str(pid), 1, INT32_MAX, &owner) == -1 ||
	    owner != (uint64_t)getpid()))
		return 0;
	if (slice_uint(slice_str(fds), 1, MAX_LISTENERS, &n) == -1)
		return -1;
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDNAMES");
	return (int)n;
}

static int
is_listening(int fd)
{
	int yes = 0;
	socklen_t n = sizeof(yes);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &n) == 0 && yes;
}

/* A client that goes away between poll and accept must not hold us up, so
 * the listening sockets, which are ours alone, do not wait. */
static int
prepare(struct listener *l, int n, struct fail *f)
{
	int i;

	for (i = 0; i < n; i++) {
		int fd = FIRST_FD + i, flags = fcntl(fd, F_GETFL);

		if (!is_listening(fd))
			return fail_set(f, EX_CONFIG,
			    "LISTEN_FDS: descriptor %d does not listen", fd);
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
		l->fds[i] = (struct pollfd){ .fd = fd, .events = POLLIN };
	}
	l->nfds = (size_t)n;
	return 0;
}

int
serve_recount(const struct peer *peer)
{
	if (seat.crowd == NULL || peer->network == 0)
		return 1;
	crowd_set(seat.crowd, seat.place, peer->network);
	return crowd_count(seat.crowd, peer->network) <= seat.per_address;
}

int
serve_run(const struct serve *s, struct fail *f)
{
	struct listener l = { .serve = s };
	struct peer peer;
	int n = handed_over();

	catch_signals();
	if (n == -1) {
		(void)fail_set(f, EX_CONFIG, "LISTEN_FDS: not 1 to %d",
		    MAX_LISTENERS);
		return EX_CONFIG;
	}
	if (n == 0) {
		peer_from_fd(&peer, STDIN_FILENO);
		return serve_one(s, STDIN_FILENO, STDOUT_FILENO, &peer);
	}
	if (n == 1 && !is_listening(FIRST_FD)) { /* Accept=yes */
		peer_from_fd(&peer, FIRST_FD);
		return serve_one(s, FIRST_FD, FIRST_FD, &peer);
	}
	if (prepare(&l, n, f) == -1)
		return EX_CONFIG;
	if (s->prepare != NULL && s->prepare(s->ctx, f) == -1)
		return f->class;
	return listen_loop(&l, f);
}
