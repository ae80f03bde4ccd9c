/* SPDX-License-Identifier: ISC */
/* dial: from a host's name to a connected socket; see dial.h. */

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "child.h"
#include "dial.h"
#include "dns.h"
#include "ip.h"
#include "text.h"
#include "ticks.h"

enum {
	ADDRESSES = 10,	/* of one host that are tried */
	STEP = 250,	/* milliseconds (RFC 8305, 5) */
};

/* Attempts at the addresses of one host, all at once in the end. */
struct race {
	const struct addrinfo *order[ADDRESSES]; /* the runners */
	struct pollfd fds[ADDRESSES]; /* of those that started; -1: failed */
	size_t n, started;
	size_t running;
	const struct addrinfo *source;
	uint64_t end; /* of ticks_now */
	int error;    /* errno of the last that failed */
	int no_source;
};

/* By default resolv.conf(5) gives each name server that keeps silent ten
 * seconds: no more than we have, for all of them. */
static void
hurry(unsigned seconds)
{
	unsigned servers;

	if ((_res.options & RES_INIT) == 0 && res_init() == -1)
		return;
	servers = _res.nscount > 0 ? (unsigned)_res.nscount : 1;
	if ((unsigned)_res.retrans * (unsigned)_res.retry * servers <= seconds)
		return;
	_res.retry = 1;
	_res.retrans = seconds > servers ? (int)(seconds / servers) : 1;
}

static int
resolve(const struct dial_to *t, struct addrinfo **list, struct fail *f)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_ADDRCONFIG };
	int rc;

	if (ip_read(slice_str(t->host), NULL) == 0)
		hurry(t->seconds);
	rc = getaddrinfo(t->host, t->port, &hints, list);
	/* Without an address of a family, AI_ADDRCONFIG hides loopback too. */
	if (rc == EAI_NONAME || rc == EAI_ADDRFAMILY || rc == EAI_NODATA) {
		hints.ai_flags = 0;
		rc = getaddrinfo(t->host, t->port, &hints, list);
	}
	switch (rc) {
	case 0:
		return 0;
	case EAI_AGAIN:
	case EAI_MEMORY:
	case EAI_SYSTEM:
	case EAI_FAIL:
		return fail_set(f, EX_TEMPFAIL, "%s: %s",
		    TEXT_SHOW(slice_str(t->host)), gai_strerror(rc));
	default:
		return fail_set(f, EX_NOHOST, "%s: %s",
		    TEXT_SHOW(slice_str(t->host)), gai_strerror(rc));
	}
}

/* What getaddrinfo(3) would have made of addresses. */
struct given {
	struct addrinfo list[DNS_ADDRESSES];
	union dns_server to[DNS_ADDRESSES];
};

static void
give(struct given *g, const struct dns_address *a, size_t i, uint16_t port)
{
	struct addrinfo *one = &g->list[i];
	union dns_server *to = &g->to[i];

	one->ai_family = to->any.sa_family = (sa_family_t)a->family;
	one->ai_addr = &to->any;
	if (a->family == AF_INET6) {
		to->v6.sin6_port = htons(port);
		memcpy(&to->v6.sin6_addr, a->bytes, sizeof(to->v6.sin6_addr));
		one->ai_addrlen = sizeof(to->v6);
	} else {
		to->v4.sin_port = htons(port);
		memcpy(&to->v4.sin_addr, a->bytes, sizeof(to->v4.sin_addr));
		one->ai_addrlen = sizeof(to->v4);
	}
	if (i > 0)
		g->list[i - 1].ai_next = one;
}

static int
take_given(const struct dial_to *t, struct given *g, struct fail *f)
{
	uint64_t port;
	size_t i;

	memset(g, 0, sizeof(*g));
	if (slice_uint(slice_str(t->port), 1, 65535, &port) == -1)
		return fail_set(f, EX_SOFTWARE, "%s: not a port in digits",
		    TEXT_SHOW(slice_str(t->port)));
	if (t->addresses->n == 0)
		return fail_set(f, EX_NOHOST, "%s: no address",
		    TEXT_SHOW(slice_str(t->host)));
	for (i = 0; i < t->addresses->n; i++)
		give(g, &t->addresses->address[i], i, (uint16_t)port);
	return 0;
}

/* IPv6 and IPv4 by turns, beginning with the family that comes first. */
static void
interleave(struct race *r, const struct addrinfo *list)
{
	const struct addrinfo *of[2] = { list, list };
	int first = list->ai_family, turn = 0, left;

	for (left = 2; left > 0 && r->n < ADDRESSES; turn = 1 - turn) {
		while (of[turn] != NULL &&
		    (of[turn]->ai_family == first) != (turn == 0))
			of[turn] = of[turn]->ai_next;
		if (of[turn] == NULL) {
			left--;
			continue;
		}
		left = 2;
		if (r->source == NULL ||
		    r->source->ai_family == of[turn]->ai_family)
			r->order[r->n++] = of[turn];
		of[turn] = of[turn]->ai_next;
	}
}

/* A socket whose connect(2) is under way or done, or -1 with errno. */
static int
begin(struct race *r, const struct addrinfo *a)
{
	int fd, on = 1, error;

	fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    a->ai_protocol);
	if (fd == -1)
		return -1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (r->source != NULL && bind(fd, r->source->ai_addr,
	    r->source->ai_addrlen) == -1)
		r->no_source = 1;
	else if (connect(fd, a->ai_addr, a->ai_addrlen) == 0 ||
	    errno == EINPROGRESS)
		return fd;
	error = errno;
	(void)close(fd);
	errno = error;
	return -1;
}

/* Starts the next runner, and those behind it where that fails at once. */
static void
start_next(struct race *r)
{
	int fd = -1;

	while (fd == -1 && r->started < r->n && !r->no_source) {
		fd = begin(r, r->order[r->started]);
		if (fd == -1)
			r->error = errno;
		r->fds[r->started++] = (struct pollfd){ .fd = fd,
			.events = POLLOUT };
	}
	r->running += fd != -1;
}

/* The socket of a runner that has arrived, or -1. */
static int
look(struct race *r)
{
	socklen_t size = sizeof(r->error);
	size_t i;
	int fd, error;

	for (i = 0; i < r->started; i++) {
		fd = r->fds[i].fd;
		if (fd == -1 || r->fds[i].revents == 0)
			continue;
		if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == -1)
			error = errno;
		r->fds[i].fd = -1;
		if (error == 0)
			return fd;
		r->error = error;
		r->running--;
		(void)close(fd);
	}
	return -1;
}

/* The first that arrives, or -1. */
static int
run(struct race *r)
{
	uint64_t now = ticks_now(), next = now;
	size_t before;
	int fd = -1;

	while (fd == -1 && now < r->end) {
		if (now >= next || r->running == 0) {
			start_next(r);
			next = r->started < r->n ? now + STEP : r->end;
		}
		if (r->running == 0 && (r->started == r->n || r->no_source))
			return -1;
		if (next > r->end)
			next = r->end;
		before = r->running;
		if (poll(r->fds, (nfds_t)r->started,
		    now < next ? (int)(next - now) : 0) > 0)
			fd = look(r);
		now = ticks_now();
		/* Where one has failed, the next need not wait. */
		if (r->running < before)
			next = now;
	}
	if (fd == -1)
		r->error = ETIMEDOUT;
	return fd;
}

static int
race(const struct dial_to *t, const struct addrinfo *list,
    const struct addrinfo *source, struct fail *f)
{
	struct race r = { .source = source,
		.end = ticks_now() + 1000 * (uint64_t)t->seconds };
	size_t i;
	int fd;

	interleave(&r, list);
	if (r.n == 0)
		return fail_set(f, EX_NOHOST, "%s: no address that %s can "
		    "reach", TEXT_SHOW(slice_str(t->host)),
		    TEXT_SHOW(slice_str(t->source)));
	fd = run(&r);
	for (i = 0; i < r.started; i++)
		if (r.fds[i].fd != -1)
			(void)close(r.fds[i].fd);
	errno = r.error;
	if (fd == -1 && r.no_source)
		return fail_errno(f, EX_CONFIG, "source %s",
		    TEXT_SHOW(slice_str(t->source)));
	if (fd == -1)
		return fail_errno(f, EX_TEMPFAIL, "%s port %s: connect",
		    TEXT_SHOW(slice_str(t->host)),
		    TEXT_SHOW(slice_str(t->port)));
	return fd;
}

static struct addrinfo *
numeric(const char *address)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST }, *a;

	return getaddrinfo(address, NULL, &hints, &a) == 0 ? a : NULL;
}

struct conn *
dial_to(const struct dial_to *t, struct fail *f)
{
	struct addrinfo *list, *source = NULL;
	struct given given;
	int fd = -1;

	if (t->source != NULL && (source = numeric(t->source)) == NULL) {
		(void)fail_set(f, EX_CONFIG, "source %s: not an address",
		    TEXT_SHOW(slice_str(t->source)));
		return NULL;
	}
	if (t->addresses != NULL) {
		if (take_given(t, &given, f) == 0)
			fd = race(t, given.list, source, f);
	} else if (resolve(t, &list, f) == 0) {
		fd = race(t, list, source, f);
		freeaddrinfo(list);
	}
	if (source != NULL)
		freeaddrinfo(source);
	return fd == -1 ? NULL : conn_new(fd, fd);
}

struct conn *
dial(const char *host, const char *port, unsigned seconds, struct fail *f)
{
	struct dial_to t = { host, port, NULL, seconds, NULL };

	return dial_to(&t, f);
}

char *
dial_local(char out[DIAL_ADDRESS], int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} a;
	socklen_t n = sizeof(a);
	char text[INET6_ADDRSTRLEN] = "127.0.0.1";
	const char *tag = "";

	memset(&a, 0, sizeof(a));
	if (getsockname(fd, &a.any, &n) == 0) {
		if (a.any.sa_family == AF_INET)
			(void)inet_ntop(AF_INET, &a.v4.sin_addr, text,
			    sizeof(text));
		if (a.any.sa_family == AF_INET6 &&
		    inet_ntop(AF_INET6, &a.v6.sin6_addr, text,
			sizeof(text)) != NULL)
			tag = "IPv6:";
	}
	(void)snprintf(out, DIAL_ADDRESS, "[%s%s]", tag, text);
	return out;
}
