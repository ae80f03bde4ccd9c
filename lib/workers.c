/* SPDX-License-Identifier: ISC */
/* workers: the processes of a listener; see workers.h. */

#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crowd.h"
#include "deadline.h"
#include "handover.h"
#include "limits.h"
#include "mem.h"
#include "workers.h"

/* What a worker has for a channel when it does not wait for a connection. */
enum { SERVING = -1, DISMISSED = -2 };

enum { REST = 2 }; /* seconds */

struct worker {
	pid_t pid;   /* 0: there is none in this place */
	int channel; /* on which it gets its connection */
};

struct workers {
	int (*work)(void *ctx, int channel);
	void *ctx;
	struct worker *places;
	unsigned nplaces;
	struct crowd *crowd; /* their clients, in the same places */
	unsigned connections;
	unsigned serving;
	unsigned spare;
	time_t rest; /* deadline_in: until then none is made to wait */
};

/* Where this process, which is a worker, says whom it serves. */
static struct {
	struct crowd *crowd; /* NULL: it is none */
	unsigned place;
} seat;

struct workers *
workers_open(unsigned connections, int (*work)(void *ctx, int channel),
    void *ctx, struct fail *f)
{
	struct workers *w = mem_alloc(sizeof(*w));

	*w = (struct workers){ .work = work, .ctx = ctx,
		.connections = connections };
	/* Those that are let go leave after others came in their place. */
	w->nplaces = connections + 2 * LIMIT_SPARE;
	if ((w->crowd = crowd_open(w->nplaces, f)) == NULL) {
		free(w);
		return NULL;
	}
	w->places = mem_alloc(w->nplaces * sizeof(*w->places));
	return w;
}

int
workers_take(int channel, struct peer *peer)
{
	int fd = handover_take(channel, peer, sizeof(*peer));

	(void)close(channel);
	return fd;
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
	return k->pid != 0 && k->channel >= 0;
}

/* One that waits has a connection now, or gets none. */
static void
close_channel(struct workers *w, struct worker *k, int now)
{
	(void)close(k->channel);
	k->channel = now;
	w->spare--;
	w->serving += now == SERVING;
}

/* In the process that was forked for that place. */
static _Noreturn void
begin(const struct workers *w, unsigned place, int channel)
{
	unsigned i;

	for (i = 0; i < w->nplaces; i++)
		if (waits(&w->places[i]))
			(void)close(w->places[i].channel);
	seat.crowd = w->crowd;
	seat.place = place;
	_exit(w->work(w->ctx, channel));
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
	w->places[place] = (struct worker){ pid, pair[0] };
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
			close_channel(w, k, SERVING);
			return 0;
		}
		/* It died. */
		crowd_set(w->crowd, place, 0);
		close_channel(w, k, DISMISSED);
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
			close_channel(w, &w->places[i], DISMISSED);
}

static void
bury(struct workers *w, struct worker *k)
{
	/* Those in its place might not live longer. */
	if (waits(k)) {
		close_channel(w, k, DISMISSED);
		w->rest = deadline_in(REST);
	} else if (k->channel == SERVING) {
		w->serving--;
	}
	k->pid = 0;
	crowd_set(w->crowd, (unsigned)(k - w->places), 0);
}

void
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
	crowd_close(&(*w)->crowd);
	free((*w)->places);
	free(*w);
	*w = NULL;
}
