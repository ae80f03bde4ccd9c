/* SPDX-License-Identifier: ISC */
/* Unit test of workers: processes that wait for connections, and get them. */

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "limits.h"
#include "unit.h"
#include "workers.h"

static int ready[2]; /* a byte of each worker, once it waits */

/* Says who the peer is and how many there are of its network, until that has
 * heard enough. */
static int
work(void *ctx, int channel)
{
	struct peer peer;
	char text[100];
	int fd, n;

	(void)ctx;
	if (write(ready[1], "r", 1) != 1 ||
	    (fd = workers_take(channel, &peer)) == -1)
		return 0;
	n = snprintf(text, sizeof(text), "%s %u\n", peer.address,
	    peer.network == 0 ? 0 : workers_recount(peer.network));
	(void)!write(fd, text, (size_t)n);
	(void)!read(fd, text, 1);
	return 0;
}

static struct workers *
start(unsigned connections)
{
	struct fail f = { 0 };
	struct workers *w;

	CHECK_INT(pipe(ready), 0);
	w = workers_open(connections, work, NULL, &f);
	CHECK(w != NULL);
	return w;
}

static void
stop(struct workers **w)
{
	workers_close(w);
	CHECK(*w == NULL);
	(void)close(ready[0]);
	(void)close(ready[1]);
}

/* So many come to wait, and no more. */
static void
check_waiting(int want)
{
	char byte;
	int n;

	for (n = 0; n < want; n++)
		CHECK_INT(read(ready[0], &byte, 1), 1);
	CHECK_INT(poll(&(struct pollfd){ .fd = ready[0], .events = POLLIN }, 1,
	    0), 0);
}

/* The client's end of a connection of that network, and what it is told. */
static int
connect_to(struct workers *w, uint64_t network, const char *want)
{
	struct peer peer = { .address = "192.0.2.1", .network = network };
	char text[100] = "";
	int pair[2];

	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	CHECK_INT(workers_give(w, pair[1], &peer, network), 0);
	(void)close(pair[1]);
	CHECK(read(pair[0], text, sizeof(text) - 1) > 0);
	CHECK_STR(text, want);
	return pair[0];
}

/* Workers that were made since have copies of the client's end. */
static void
hang_up(int fd)
{
	(void)shutdown(fd, SHUT_RDWR);
	(void)close(fd);
}

static void
wait_for(struct workers *w, unsigned serving)
{
	while (workers_serving(w) != serving) {
		(void)poll(NULL, 0, 1);
		workers_reap(w);
	}
}

static void
stocked(void)
{
	struct workers *w = start(100);
	int a, b;

	workers_stock(w);
	check_waiting(LIMIT_SPARE);
	workers_stock(w);
	check_waiting(0);
	CHECK_INT(workers_serving(w), 0);
	a = connect_to(w, 7, "192.0.2.1 1\n");
	b = connect_to(w, 7, "192.0.2.1 2\n");
	check_waiting(0);
	CHECK_INT(workers_serving(w), 2);
	CHECK_INT(workers_count(w, 7), 2);
	CHECK_INT(workers_count(w, 8), 0);
	workers_stock(w);
	check_waiting(2);
	hang_up(a);
	wait_for(w, 1);
	CHECK_INT(workers_count(w, 7), 1);
	hang_up(b);
	wait_for(w, 0);
	stop(&w);
}

/* None is made that could not be given anything. */
static void
few(void)
{
	struct workers *w = start(1);
	int fd;

	fd = connect_to(w, 0, "192.0.2.1 0\n"); /* though nobody waited */
	check_waiting(1);
	workers_stock(w);
	check_waiting(0);
	hang_up(fd);
	wait_for(w, 0);
	workers_stock(w);
	check_waiting(1);
	stop(&w);
}

static void
dismissed(void)
{
	struct workers *w = start(100);
	int fd;

	workers_stock(w);
	check_waiting(LIMIT_SPARE);
	workers_dismiss(w);
	fd = connect_to(w, 7, "192.0.2.1 1\n");
	check_waiting(1); /* by a new one */
	hang_up(fd);
	wait_for(w, 0);
	stop(&w);
}

/* Those that are killed, whether they wait or serve, are in nobody's way. */
static void
killed(void)
{
	struct workers *w = start(100);
	int a, b;

	workers_stock(w);
	check_waiting(LIMIT_SPARE);
	a = connect_to(w, 7, "192.0.2.1 1\n");
	workers_signal(w, SIGKILL);
	wait_for(w, 0);
	CHECK_INT(workers_count(w, 7), 0);
	b = connect_to(w, 7, "192.0.2.1 1\n");
	hang_up(a);
	hang_up(b);
	wait_for(w, 0);
	stop(&w);
}

static void
no_worker(void)
{
	CHECK_INT(workers_recount(7), 0);
}

int
main(void)
{
	(void)alarm(60);
	RUN(stocked);
	RUN(few);
	RUN(dismissed);
	RUN(killed);
	RUN(no_worker);
	return unit_done();
}
