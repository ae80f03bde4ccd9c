/* SPDX-License-Identifier: ISC */
/* Unit test of workers: processes that wait for connections, and get them. */

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deadline.h"
#include "helpers.h"
#include "limits.h"
#include "unit.h"
#include "workers.h"

static int ready[2]; /* the pid of each worker, once it waits */
static pid_t waiting[LIMIT_SPARE]; /* those whom check_waiting saw */
static int leaving;  /* it waits no more, though it is still there */
static int other;    /* what helpers know is not so any more */

/* Says who the peer is and how many there are of its network, until that has
 * heard enough. */
static int
work(void *ctx, int channel)
{
	struct peer peer;
	char text[100];
	pid_t pid = getpid();
	int fd, n;

	(void)ctx;
	if (leaving)
		workers_leave(channel);
	if (write(ready[1], &pid, sizeof(pid)) != sizeof(pid) ||
	    (leaving && pause() == -1) ||
	    workers_channel() != channel ||
	    (fd = workers_take(channel, &peer)) == -1)
		return 0;
	n = snprintf(text, sizeof(text), "%s %u\n", peer.address,
	    peer.network == 0 ? 0 : workers_recount(peer.network));
	(void)!write(fd, text, (size_t)n);
	/* What the client says the helper is told, and what that says the
	 * client is. */
	while ((n = (int)read(fd, text, sizeof(text))) > 0 &&
	    write(channel, text, (size_t)n) == n &&
	    (n = (int)read(channel, text, sizeof(text))) > 0)
		(void)!write(fd, text, (size_t)n);
	return 0;
}

/* Says which process it is, and whose child. */
static void
help(void *ctx, int socket)
{
	time_t until = deadline_in(60);
	char text[100];
	int channel, n;

	(void)ctx;
	while ((channel = helpers_take(socket, until)) != -1) {
		while (read(channel, text, sizeof(text)) > 0) {
			n = snprintf(text, sizeof(text), "%ld %ld\n",
			    (long)getpid(), (long)getppid());
			(void)!write(channel, text, (size_t)n);
		}
		(void)close(channel);
		helpers_done(socket);
	}
}

static int
outdated(void *ctx)
{
	(void)ctx;
	return other;
}

static struct workers *
start(unsigned connections)
{
	const struct workers_calls calls = { .work = work,
		.help = help, .outdated = outdated };
	struct fail f = { 0 };
	struct workers *w;

	CHECK_INT(pipe(ready), 0);
	w = workers_open(connections, &calls, &f);
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
	int n;

	for (n = 0; n < want; n++)
		CHECK_INT(read(ready[0], &waiting[n], sizeof(pid_t)),
		    sizeof(pid_t));
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

/* As many as there may be, though each is a descriptor here. */
static void
many(void)
{
	const struct rlimit low = { 20, 1024 };
	struct workers *w;
	int fds[40], i;

	CHECK_INT(setrlimit(RLIMIT_NOFILE, &low), 0);
	w = start(100);
	for (i = 0; i < 40; i++)
		fds[i] = connect_to(w, 0, "192.0.2.1 0\n");
	while (i > 0)
		hang_up(fds[--i]);
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

/* A client is for one that waits, not for those who have had enough. */
static void
left(void)
{
	struct workers *w;
	int fd;

	leaving = 1;
	w = start(100);
	workers_stock(w);
	check_waiting(LIMIT_SPARE);
	leaving = 0;
	fd = connect_to(w, 7, "192.0.2.1 1\n");
	workers_signal(w, SIGKILL);
	hang_up(fd);
	wait_for(w, 0);
	stop(&w);
}

/* Those that are killed, whether they wait or serve, are in nobody's way. */
static void
killed(void)
{
	struct workers *w = start(100);
	siginfo_t ended;
	int a, b, i;

	workers_stock(w);
	check_waiting(LIMIT_SPARE);
	a = connect_to(w, 7, "192.0.2.1 1\n");
	workers_signal(w, SIGKILL);
	/* One that is not dead yet could be given the connection. */
	for (i = 0; i < LIMIT_SPARE; i++)
		CHECK_INT(waitid(P_PID, (id_t)waiting[i], &ended,
		    WEXITED | WNOWAIT), 0);
	wait_for(w, 0);
	CHECK_INT(workers_count(w, 7), 0);
	b = connect_to(w, 7, "192.0.2.1 1\n");
	hang_up(a);
	hang_up(b);
	wait_for(w, 0);
	stop(&w);
}

/* What the client hears behind "x". */
static void
ask_helper(int fd, char *text, size_t size)
{
	ssize_t n;

	CHECK_INT(write(fd, "x", 1), 1);
	n = read(fd, text, size - 1);
	text[n > 0 ? n : 0] = '\0';
}

/* So many workers, and no more, wait for a helper that asked for one. */
static void
help_one(struct workers *w, size_t watched, size_t asking)
{
	struct pollfd fds[10];

	CHECK_INT(workers_watch(w, fds), watched);
	CHECK_INT(poll(fds, watched, asking == 0 ? 0 : -1), asking);
	workers_help(w, fds, watched);
}

/* A worker's helper is there when it is asked for, is a child of who gave it
 * the connection, and there is one; and then it may be the next one's. */
static void
helped(void)
{
	struct workers *w = start(100);
	char said[100] = "", again[100] = "";
	long parent = 0;
	int a, b;

	workers_stock(w);
	help_one(w, 0, 0);
	a = connect_to(w, 7, "192.0.2.1 1\n");
	b = connect_to(w, 8, "192.0.2.1 1\n");
	help_one(w, 2, 0);
	CHECK_INT(write(b, "x", 1), 1);
	help_one(w, 2, 1);
	CHECK(read(b, said, sizeof(said) - 1) > 0);
	CHECK_INT(sscanf(said, "%*d %ld", &parent), 1);
	CHECK_INT(parent, getpid());
	ask_helper(b, again, sizeof(again));
	CHECK_STR(again, said);
	help_one(w, 2, 0); /* the other worker, and the helper */
	hang_up(b);
	wait_for(w, 1);
	help_one(w, 2, 1);
	CHECK_INT(write(a, "x", 1), 1);
	help_one(w, 2, 1);
	memset(again, 0, sizeof(again));
	CHECK(read(a, again, sizeof(again) - 1) > 0);
	CHECK_STR(again, said);
	CASE("dismissed");
	workers_dismiss(w);
	help_one(w, 0, 0);
	ask_helper(a, again, sizeof(again));
	CHECK_STR(again, said);
	hang_up(a);
	wait_for(w, 0);
	help_one(w, 0, 0);
	stop(&w);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

/* The helper of each of these; the last one's is another, as that was outdated
 * before. */
static void
is_outdated(void)
{
	struct workers *w = start(100);
	char said[2][100] = { "", "" };
	int fd, i;

	for (i = 0; i < 2; i++) {
		fd = connect_to(w, 7, "192.0.2.1 1\n");
		other = i == 1;
		CHECK_INT(write(fd, "x", 1), 1);
		help_one(w, i == 0 ? 1 : 2, 1);
		other = 0;
		CHECK(read(fd, said[i], sizeof(said[i]) - 1) > 0);
		help_one(w, 1, 0);
		hang_up(fd);
		wait_for(w, 0);
		help_one(w, 1, 1);
	}
	CHECK(strcmp(said[0], said[1]) != 0);
	stop(&w);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

/* One that ends without it is of no interest any more. */
static void
not_helped(void)
{
	struct workers *w = start(100);
	int fd = connect_to(w, 7, "192.0.2.1 1\n");

	hang_up(fd);
	help_one(w, 1, 1); /* which starts none, since it is gone */
	help_one(w, 0, 0);
	wait_for(w, 0);
	CHECK_INT(waitpid(-1, NULL, 0), -1);
	stop(&w);
}

static void
no_worker(void)
{
	CHECK_INT(workers_recount(7), 0);
	CHECK_INT(workers_channel(), -1);
}

int
main(void)
{
	(void)alarm(60);
	RUN(stocked);
	RUN(many);
	RUN(few);
	RUN(dismissed);
	RUN(left);
	RUN(killed);
	RUN(helped);
	RUN(is_outdated);
	RUN(not_helped);
	RUN(no_worker);
	return unit_done();
}
