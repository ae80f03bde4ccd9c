/* SPDX-License-Identifier: ISC */
/* helpers: processes that do what workers may not; see helpers.h. */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "handover.h"
#include "helpers.h"
#include "limits.h"
#include "mem.h"
#include "ticks.h"

enum {
	ROOM = 2,
	HOUR = 3600, /* seconds; of one poll(2) */
};

struct helper {
	int socket; /* on which it gets channels, and says that it is done */
	int waits;
};

struct helpers {
	void (*life)(void *ctx, int socket);
	void *ctx;
	struct helper *known;
	unsigned most, n, waiting;
	int room[ROOM]; /* descriptors of nothing; -1: in use */
};

struct helpers *
helpers_open(unsigned most, void (*life)(void *ctx, int socket), void *ctx)
{
	struct helpers *h = mem_alloc(sizeof(*h));

	*h = (struct helpers){ .life = life, .ctx = ctx, .most = most };
	h->known = mem_alloc(most * sizeof(*h->known));
	h->room[0] = h->room[1] = -1;
	helpers_keep_room(h);
	return h;
}

static void
close_room(const struct helpers *h)
{
	int i;

	for (i = 0; i < ROOM; i++)
		if (h->room[i] != -1)
			(void)close(h->room[i]);
}

void
helpers_keep_room(struct helpers *h)
{
	int i;

	for (i = 0; i < ROOM; i++)
		if (h->room[i] == -1)
			h->room[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* It ends when it has nothing more to do. */
static void
drop(struct helpers *h, unsigned i)
{
	(void)close(h->known[i].socket);
	h->waiting -= h->known[i].waits ? 1 : 0;
	h->known[i] = h->known[--h->n];
}

void
helpers_dismiss(struct helpers *h)
{
	while (h->n > 0)
		drop(h, h->n - 1);
}

void
helpers_close(struct helpers **h)
{
	helpers_dismiss(*h);
	close_room(*h);
	free((*h)->known);
	free(*h);
	*h = NULL;
}

void
helpers_forget(const struct helpers *h)
{
	unsigned i;

	close_room(h);
	for (i = 0; i < h->n; i++)
		(void)close(h->known[i].socket);
}

int
helpers_wait(const struct helpers *h)
{
	return h->waiting > 0;
}

static int
hand_over(int socket, int channel)
{
	return handover_give(socket, channel, SLICE("\n"));
}

/* One that has that channel.  Where too many are known it is not: this is its
 * only session then. */
static int
start(struct helpers *h, int channel)
{
	int pair[2];
	pid_t pid = -1;

	close_room(h);
	h->room[0] = h->room[1] = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	if (hand_over(pair[0], channel) == 0 && (pid = fork()) == 0) {
		(void)close(pair[0]);
		helpers_forget(h);
		h->life(h->ctx, pair[1]);
		_exit(0);
	}
	(void)close(pair[1]);
	if (pid == -1 || h->n == h->most)
		(void)close(pair[0]);
	else
		h->known[h->n++] = (struct helper){ pair[0], 0 };
	return pid == -1 ? -1 : 0;
}

int
helpers_give(struct helpers *h, int channel)
{
	unsigned i = h->n;

	while (h->waiting > 0 && i-- > 0) {
		if (!h->known[i].waits)
			continue;
		if (hand_over(h->known[i].socket, channel) == 0) {
			h->known[i].waits = 0;
			h->waiting--;
			return 0;
		}
		drop(h, i); /* it has had enough */
	}
	return start(h, channel);
}

size_t
helpers_watch(const struct helpers *h, struct pollfd *fds)
{
	unsigned i;

	for (i = 0; i < h->n; i++)
		fds[i] = (struct pollfd){ .fd = h->known[i].socket,
			.events = POLLIN };
	return h->n;
}

void
helpers_hear(struct helpers *h, const struct pollfd *fds, size_t n)
{
	char done;

	/* From the last on, whose place another one may take. */
	while (n-- > 0) {
		if (fds[n].revents == 0)
			continue;
		if (recv(fds[n].fd, &done, 1, MSG_DONTWAIT) == 1 &&
		    !h->known[n].waits && h->waiting < LIMIT_HELPERS) {
			h->known[n].waits = 1;
			h->waiting++;
		} else {
			drop(h, (unsigned)n);
		}
	}
}

int
helpers_comes(int socket, time_t until)
{
	struct pollfd p = { .fd = socket, .events = POLLIN };
	time_t left;
	int rc;

	do {
		left = until - ticks_seconds();
		left = left < 0 ? 0 : left < HOUR ? left : HOUR;
		rc = poll(&p, 1, (int)left * 1000);
	} while (rc != 1 && left > 0);
	return rc == 1;
}

int
helpers_take(int socket, time_t until)
{
	char ignored;

	/* What was given before that is still there. */
	if (!helpers_comes(socket, until))
		(void)shutdown(socket, SHUT_RD);
	return handover_take(socket, &ignored, sizeof(ignored));
}

void
helpers_done(int socket)
{
	(void)send(socket, "\n", 1, MSG_NOSIGNAL);
}
