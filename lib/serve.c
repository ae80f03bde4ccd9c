/* SPDX-License-Identifier: ISC */
/* serve: how a server comes to its connections; see serve.h. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "io.h"
#include "limits.h"
#include "listenfds.h"
#include "log.h"
#include "mem.h"
#include "serve.h"
#include "workers.h"

struct listener {
	const struct serve *serve;
	struct pollfd *fds; /* and behind them what workers_watch puts there */
	size_t nfds;
	struct workers *workers;
};

static unsigned per_address; /* of the listener that made this process */

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
serve_ready(const struct serve *s, void *ready, struct conn *c,
    const struct peer *peer)
{
	int status;

	conn_stoppable(c, &stop, &while_waiting);
	status = s->session(s->ctx, ready, c, peer);
	conn_close(&c);
	return status;
}

static void *
get_ready(const struct serve *s)
{
	return s->ready != NULL ? s->ready(s->ctx) : NULL;
}

static int
serve_one(const struct serve *s, int in, int out,
    const struct peer *peer)
{
	peer_watch(out);
	return serve_ready(s, get_ready(s), conn_new(in, out), peer);
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
	if (workers_serving(l->workers) >= l->serve->connections ||
	    (network != 0 &&
	    workers_count(l->workers, network) >= l->serve->per_address))
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

/* One that is not ready tells a client so if there is one now, and does not
 * wait for others, who may find one that is. */
static int
is_needed(int channel)
{
	struct pollfd p = { .fd = channel, .events = POLLIN };

	return poll(&p, 1, 1000) == 1;
}

static void
stop_listening(const struct listener *l)
{
	size_t i;

	for (i = 0; i < l->nfds; i++)
		(void)close(l->fds[i].fd);
}

/* Waits for a connection, once all is ready for it, and serves it. */
static int
work(void *ctx, int channel)
{
	const struct listener *l = ctx;
	struct peer peer;
	void *ready;
	int fd;

	stop_listening(l);
	per_address = l->serve->per_address;
	ready = get_ready(l->serve);
	if (l->serve->ready != NULL && ready == NULL && !is_needed(channel))
		workers_leave(channel);
	if ((fd = workers_take(channel, &peer)) == -1)
		return 0;
	return serve_ready(l->serve, ready, conn_new(fd, fd), &peer);
}

/* The life of a helper. */
static void
help(void *ctx, int socket)
{
	const struct listener *l = ctx;

	stop_listening(l);
	l->serve->help(l->serve->ctx, socket);
}

static int
outdated(void *ctx)
{
	const struct listener *l = ctx;

	return l->serve->outdated(l->serve->ctx);
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
	(void)workers_reap(l->workers);
	network = counts_as(l, &peer);
	if ((why = refusal(l, network)) != NULL) {
		refuse(l, fd, &peer, why);
		return;
	}
	if (l->serve->refresh != NULL && l->serve->refresh(l->serve->ctx) == 1)
		workers_dismiss(l->workers);
	if (workers_give(l->workers, fd, &peer, network) == 0)
		(void)close(fd);
	else
		refuse(l, fd, &peer, "no process can be started");
}

/* ppoll(2), and what it says of workers is done. */
static int
wait_for_events(struct listener *l, const struct timespec *limit)
{
	size_t watched = workers_watch(l->workers, l->fds + l->nfds);
	int n = ppoll(l->fds, l->nfds + watched, limit, &while_waiting);

	if (n > 0)
		workers_help(l->workers, l->fds + l->nfds, watched);
	return n;
}

/* After a signal: what is in hand comes to its end, in time or at a second
 * signal by force. */
static void
finish_sessions(struct listener *l)
{
	unsigned waited;

	stop_listening(l);
	l->nfds = 0;
	workers_dismiss(l->workers);
	workers_signal(l->workers, SIGTERM);
	for (waited = 0; workers_serving(l->workers) > 0;
	    (void)workers_reap(l->workers)) {
		if (wait_for_events(l, &(struct timespec){ 1, 0 }) == 0)
			waited++;
		if (waited >= LIMIT_STOP || stop == 2)
			workers_signal(l->workers, SIGKILL);
	}
}

/* Helpers clear away what they had ready; who started this process may kill
 * all that is left when it ends. */
static void
finish_helpers(struct listener *l)
{
	unsigned waited = 0;

	workers_dismiss(l->workers);
	while (workers_reap(l->workers) && waited < LIMIT_TIDY && stop < 2)
		if (ppoll(NULL, 0, &(struct timespec){ 1, 0 },
		    &while_waiting) == 0)
			waited++;
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
	const struct workers_calls calls = { .work = work,
		.help = l->serve->help != NULL ? help : NULL,
		.outdated = l->serve->outdated != NULL ? outdated : NULL,
		.ctx = l };
	size_t i;

	l->workers = workers_open(l->serve->connections, &calls, f);
	if (l->workers == NULL)
		return f->class;
	while (!stop) {
		int n;

		workers_stock(l->workers);
		n = wait_for_events(l, NULL);
		if (n == -1)
			(void)workers_reap(l->workers);
		for (i = 0; n > 0 && i < l->nfds; i++)
			if (l->fds[i].revents != 0)
				take(l, l->fds[i].fd);
		if (n > 0)
			let_signals_through();
	}
	finish_sessions(l);
	finish_helpers(l);
	workers_close(&l->workers);
	return 0;
}

int
serve_is_handed(void)
{
	return listenfds_count() != 0;
}

void
serve_refuse(const char *reply)
{
	if (serve_is_handed())
		return;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)io_write(STDOUT_FILENO, slice_str(reply));
}

/* A client that goes away between poll and accept must not hold us up, so
 * the listening sockets, which are ours alone, do not wait.  What is accepted
 * has the options of these. */
static int
prepare(struct listener *l, int n, struct fail *f)
{
	int i;

	l->fds = mem_alloc((LISTENFDS_MOST + 2 * l->serve->connections) *
	    sizeof(*l->fds));
	for (i = 0; i < n; i++) {
		int fd = LISTENFDS_FIRST + i, flags = fcntl(fd, F_GETFL);

		if (!listenfds_listens(fd))
			return fail_set(f, EX_CONFIG,
			    "LISTEN_FDS: descriptor %d does not listen", fd);
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
		peer_watch(fd);
		l->fds[i] = (struct pollfd){ .fd = fd, .events = POLLIN };
	}
	l->nfds = (size_t)n;
	return 0;
}

int
serve_recount(const struct peer *peer)
{
	return peer->network == 0 ||
	    workers_recount(peer->network) <= per_address;
}

int
serve_run(const struct serve *s, struct fail *f)
{
	struct listener l = { .serve = s };
	struct peer peer;
	int n = listenfds_count(), status;

	catch_signals();
	if (n == -1) {
		(void)fail_set(f, EX_CONFIG, "LISTEN_FDS: not 1 to %d",
		    LISTENFDS_MOST);
		return EX_CONFIG;
	}
	if (n == 0) {
		peer_from_fd(&peer, STDIN_FILENO);
		return serve_one(s, STDIN_FILENO, STDOUT_FILENO, &peer);
	}
	listenfds_forget();
	if (n == 1 && !listenfds_listens(LISTENFDS_FIRST)) { /* Accept=yes */
		peer_from_fd(&peer, LISTENFDS_FIRST);
		return serve_one(s, LISTENFDS_FIRST, LISTENFDS_FIRST, &peer);
	}
	if (prepare(&l, n, f) == -1 ||
	    (s->prepare != NULL && s->prepare(s->ctx, f) == -1))
		status = f->class;
	else
		status = listen_loop(&l, f);
	free(l.fds);
	return status;
}
