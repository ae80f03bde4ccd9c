/* SPDX-License-Identifier: ISC */
/* vigil: a long wait for a peer that may be gone; see vigil.h. */

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/timerfd.h>
#endif

#include "ticks.h"
#include "vigil.h"

enum {
	MOST = 60000,  /* milliseconds of one wait */
	SLEPT = 2000,  /* what two clocks may differ by when read in turn */
};

uint64_t
vigil_now(void)
{
#ifdef CLOCK_BOOTTIME
	struct timespec now;

	if (clock_gettime(CLOCK_BOOTTIME, &now) == 0)
		return (uint64_t)now.tv_sec * 1000 +
		    (uint64_t)now.tv_nsec / 1000000;
#endif
	return ticks_now();
}

static int64_t
asleep(void)
{
	return (int64_t)(vigil_now() - ticks_now());
}

/* Where the kernel tells that addresses of this machine come and go. */
static int
open_links(void)
{
#ifdef __linux__
	struct sockaddr_nl all = { .nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_ROUTE);

	if (fd == -1 ||
	    bind(fd, (const struct sockaddr *)&all, sizeof(all)) == 0)
		return fd;
	(void)close(fd);
#endif
	return -1;
}

void
vigil_start(struct vigil *v)
{
	v->timer = -1;
#ifdef __linux__
	v->timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
#endif
	v->links = open_links();
	v->asleep = asleep();
}

void
vigil_end(struct vigil *v)
{
	if (v->timer != -1)
		(void)close(v->timer);
	if (v->links != -1)
		(void)close(v->links);
}

/* A timer that goes on while the machine sleeps is over when it wakes up. */
static void
set_timer(const struct vigil *v, int milliseconds)
{
#ifdef __linux__
	struct itimerspec t = { .it_value = { milliseconds / 1000,
		milliseconds % 1000 * 1000000L + 1 } };

	if (v->timer != -1)
		(void)timerfd_settime(v->timer, 0, &t, NULL);
#else
	(void)v;
	(void)milliseconds;
#endif
}

/* Takes what the kernel tells; all that matters is that it does. */
static unsigned
take_links(const struct vigil *v)
{
	char message[8192];
	unsigned what = 0;
	ssize_t n;

	while ((n = recv(v->links, message, sizeof(message),
	    MSG_DONTWAIT)) > 0 || (n == -1 && errno == ENOBUFS))
		what = VIGIL_DOUBT;
	return what;
}

static unsigned
slept(struct vigil *v)
{
	int64_t now = asleep(), was = v->asleep;

	v->asleep = now;
	return now - was >= SLEPT ? VIGIL_DOUBT : 0;
}

unsigned
vigil_wait(struct vigil *v, int fd, uint64_t until)
{
	struct pollfd p[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = STDOUT_FILENO },
		{ .fd = v->timer, .events = POLLIN },
		{ .fd = v->links, .events = POLLIN },
	};
	uint64_t now = vigil_now(), left = until > now ? until - now : 0;
	unsigned what = 0;

	if (left > MOST)
		left = MOST;
	set_timer(v, (int)left);
	if (poll(p, sizeof(p) / sizeof(p[0]), (int)left) == -1)
		return slept(v);
	if (p[0].revents != 0)
		what |= VIGIL_INPUT;
	if ((p[1].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
		what |= VIGIL_CLOSED;
	if (p[3].revents != 0)
		what |= take_links(v);
	if (vigil_now() >= until)
		what |= VIGIL_TIME;
	return what | slept(v);
}
