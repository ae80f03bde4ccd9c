/* SPDX-License-Identifier: ISC */
/* workers: the processes of a listener; see workers.h. */

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crowd.h"
#include "deadline.h"
#include "handover.h"
#include "helpers.h"
#include "limits.h"
#include "mem.h"
#include "workers.h"

enum {
	REST = 2,    /* seconds */
	OTHERS = 80, /* descriptors beside those of workers and helpers */
};

struct worker {
	pid_t pid; /* 0: there is none in this place */
	enum { WAITS, SERVES, DISMISSED } state;
	/* On which it gets its connection, and asks for its helper; -1: it has
	 * asked, or is dismissed. */
	int channel;
};

struct workers {
	struct workers_calls calls;
	struct worker *places;
	unsigned nplaces;
	struct crowd *crowd; /* their clients, in the same places */
	struct helpers *helpers; /* NULL: none is asked for one */
	unsigned connections;
	unsigned serving;
	unsigned spare;
	size_t watched; /* channels, by the last workers_watch */
	time_t rest; /* deadline_in: until then none is made to wait */
};

/* Where this process, which is a worker, says whom it serves. */
static struct {
	struct crowd *crowd; /* NULL: it is none */
	unsigned place;
	int channel;
} seat = { .channel = -1 };

/* In a process that was forked: what leads to the others is not its. */
static void
forget_others(const struct workers *w)
{
	unsigned i;

	for (i = 0; i < w->nplaces; i++)
		if (w->places[i].pid != 0 && w->places[i].channel != -1)
			(void)close(w->places[i].channel);
}

/* The life of a helper. */
static void
help(void *ctx, int socket)
{
	const struct workers *w = ctx;

	forget_others(w);
	w->calls.help(w->calls.ctx, socket);
}

/* Each worker has a channel, which is a descriptor here, and each helper. */
static void
make_room(rlim_t descriptors)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == -1 || r.rlim_cur >= descriptors)
		return;
	r.rlim_cur = r.rlim_max < descriptors ? r.rlim_max : descriptors;
	(void)setrlimit(RLIMIT_NOFILE, &r);
}

struct workers *
workers_open(unsigned connections, const struct workers_calls *calls,
    struct fail *f)
{
	struct workers *w = mem_alloc(sizeof(*w));

	*w = (struct workers){ .calls = *calls, .connections = connections };
	/* Those that are let go leave after others came in their place. */
	w->nplaces = connections + 2 * LIMIT_SPARE;
	if ((w->crowd = crowd_open(w->nplaces, f)) == NULL) {
		free(w);
		return NULL;
	}
	w->places = mem_alloc(w->nplaces * sizeof(*w->places));
	if (calls->help != NULL)
		w->helpers = helpers_open(connections, help, w);
	make_room((rlim_t)w->nplaces + connections + OTHERS);
	return w;
}

int
workers_take(int channel, struct peer *peer)
{
	return handover_take(channel, peer, sizeof(*peer));
}

void
workers_leave(int channel)
{
	(void)shutdown(channel, SHUT_RD);
}

int
workers_channel(void)
{
	return seat.channel;
}

unsigned
workers_recount(uint64_t network)
{
	if (seat.crowd == NULL)
		return 0;
	crowd_set(seat.crowd, seat.place, network);
	return crowd_count(seat.crowd, network);
}

unsigned
workers_serving(const struct workers *w)
{
	return w->serving;
}

unsigned
workers_count(const struct workers *w, uint64_t network)
{
	return crowd_count(w->crowd, network);
}

static int
waits(const struct worker *k)
{
	return k->pid != 0 && k->state == WAITS;
}

static void
close_channel(struct worker *k)
{
	if (k->channel != -1)
		(void)close(k->channel);
	k->channel = -1;
}

/* One that waited gets no connection. */
static void
dismiss(struct workers *w, struct worker *k)
{
	close_channel(k);
	k->state = DISMISSED;
	w->spare--;
}

/* In the process that was forked for that place. */
static _Noreturn void
begin(const struct workers *w, unsigned place, int channel)
{
	forget_others(w);
	if (w->helpers != NULL)
		helpers_forget(w->helpers);
	seat.crowd = w->crowd;
	seat.place = place;
	seat.channel = channel;
	_exit(w->calls.work(w->calls.ctx, channel));
}

/* One more that waits for a connection: 0, or -1. */
static int
start(struct workers *w)
{
	unsigned place = 0;
	int pair[2];
	pid_t pid;

	while (place < w->nplaces && w->places[place].pid != 0)
		place++;
	if (place == w->nplaces || socketpair(AF_UNIX,
	    SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	if ((pid = fork()) == 0) {
		(void)close(pair[0]);
		begin(w, place, pair[1]);
	}
	(void)close(pair[1]);
	if (pid == -1) {
		(void)close(pair[0]);
		return -1;
	}
	w->places[place] = (struct worker){ pid, WAITS, pair[0] };
	w->spare++;
	return 0;
}

/* One that waits, else one that is made; NULL where there is none. */
static struct worker *
find_waiting(struct workers *w)
{
	unsigned i;

	if (w->spare == 0 && start(w) == -1)
		return NULL;
	for (i = 0; i < w->nplaces; i++)
		if (waits(&w->places[i]))
			return &w->places[i];
	return NULL;
}

int
workers_give(struct workers *w, int fd, const struct peer *peer,
    uint64_t network)
{
	struct worker *k;

	while ((k = find_waiting(w)) != NULL) {
		unsigned place = (unsigned)(k - w->places);

		/* Before it can say that it serves another. */
		crowd_set(w->crowd, place, network);
		if (handover_give(k->channel, fd,
		    (struct slice){ (const char *)peer, sizeof(*peer) }) == 0) {
			k->state = SERVES;
			w->spare--;
			w->serving++;
			return 0;
		}
		/* It died, or had enough of waiting. */
		crowd_set(w->crowd, place, 0);
		dismiss(w, k);
	}
	return -1;
}

void
workers_stock(struct workers *w)
{
	if (w->rest > deadline_in(0))
		return;
	while (w->spare < LIMIT_SPARE &&
	    w->serving + w->spare < w->connections)
		if (start(w) == -1)
			break;
}

void
workers_dismiss(struct workers *w)
{
	unsigned i;

	for (i = 0; i < w->nplaces; i++)
		if (waits(&w->places[i]))
			dismiss(w, &w->places[i]);
	if (w->helpers != NULL)
		helpers_dismiss(w->helpers);
}

/* Those who may ask for a helper. */
static size_t
watch_channels(const struct workers *w, struct pollfd *fds)
{
	size_t n = 0;
	unsigned i;

	for (i = 0; i < w->nplaces; i++)
		if (w->places[i].pid != 0 && w->places[i].state == SERVES &&
		    w->places[i].channel != -1)
			fds[n++] = (struct pollfd){ .events = POLLIN,
				.fd = w->places[i].channel };
	return n;
}

size_t
workers_watch(struct workers *w, struct pollfd *fds)
{
	w->watched = watch_channels(w, fds);
	return w->helpers == NULL ? w->watched :
	    w->watched + helpers_watch(w->helpers, fds + w->watched);
}

/* By one who is still there. */
static int
asks(const struct pollfd *fd)
{
	return (fd->revents & (POLLIN | POLLHUP)) == POLLIN;
}

static int
any_asks(const struct pollfd *fds, size_t n)
{
	while (n > 0 && !asks(&fds[n - 1]))
		n--;
	return n > 0;
}

static void
help_those(struct workers *w, const struct pollfd *fds, size_t n)
{
	unsigned i, place = 0;

	if (w->calls.outdated != NULL && any_asks(fds, n) &&
	    helpers_wait(w->helpers) && w->calls.outdated(w->calls.ctx))
		helpers_dismiss(w->helpers);
	for (i = 0; i < n; i++) {
		/* In the order of the places, of which no other came since. */
		while (w->places[place].pid == 0 ||
		    w->places[place].channel != fds[i].fd)
			place++;
		if (fds[i].revents == 0)
			continue;
		/* Where there can be no helper the worker sees the end. */
		if (asks(&fds[i]) && w->helpers != NULL)
			(void)helpers_give(w->helpers, fds[i].fd);
		close_channel(&w->places[place]);
	}
}

void
workers_help(struct workers *w, const struct pollfd *fds, size_t n)
{
	/* Who comes free can serve those who ask now. */
	if (w->helpers != NULL)
		helpers_hear(w->helpers, fds + w->watched, n - w->watched);
	help_those(w, fds, w->watched);
	if (w->helpers != NULL)
		helpers_keep_room(w->helpers);
}

static void
bury(struct workers *w, struct worker *k)
{
	/* Those in its place might not live longer. */
	if (waits(k)) {
		dismiss(w, k);
		w->rest = deadline_in(REST);
	} else if (k->state == SERVES) {
		w->serving--;
	}
	close_channel(k);
	k->pid = 0;
	crowd_set(w->crowd, (unsigned)(k - w->places), 0);
}

int
workers_reap(struct workers *w)
{
	pid_t pid;
	unsigned i;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (i = 0; i < w->nplaces; i++)
			if (w->places[i].pid == pid) {
				bury(w, &w->places[i]);
				break;
			}
	return pid == 0;
}

void
workers_signal(const struct workers *w, int number)
{
	unsigned i;

	for (i = 0; i < w->nplaces; i++)
		if (w->places[i].pid != 0)
			(void)kill(w->places[i].pid, number);
}

void
workers_close(struct workers **w)
{
	workers_dismiss(*w);
	if ((*w)->helpers != NULL)
		helpers_close(&(*w)->helpers);
	crowd_close(&(*w)->crowd);
	free((*w)->places);
	free(*w);
	*w = NULL;
}
