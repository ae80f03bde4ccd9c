/* SPDX-License-Identifier: ISC */
/* dial: from a host's name to a connected socket; see dial.h. */

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dial.h"
#include "text.h"

/* Waits for a connect(2) under way: 0, or -1 with errno. */
static int
finish_connect(int fd, unsigned seconds)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int error, n;
	socklen_t size = sizeof(error);

	do
		n = poll(&p, 1, (int)seconds * 1000);
	while (n == -1 && errno == EINTR);
	if (n == 0)
		errno = ETIMEDOUT;
	if (n != 1)
		return -1;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == -1)
		return -1;
	errno = error;
	return error == 0 ? 0 : -1;
}

/* One address: a socket, or -1 with errno. */
static int
connect_to(const struct addrinfo *a, unsigned seconds)
{
	int fd, on = 1, error;

	fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    a->ai_protocol);
	if (fd == -1)
		return -1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, a->ai_addr, a->ai_addrlen) == 0 ||
	    (errno == EINPROGRESS && finish_connect(fd, seconds) == 0))
		return fd;
	error = errno;
	(void)close(fd);
	errno = error;
	return -1;
}

static int
resolve(const char *host, const char *port, struct addrinfo **list,
    struct fail *f)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_ADDRCONFIG };
	int rc = getaddrinfo(host, port, &hints, list);

	/* Without an address of a family, AI_ADDRCONFIG hides loopback too. */
	if (rc == EAI_NONAME || rc == EAI_ADDRFAMILY || rc == EAI_NODATA) {
		hints.ai_flags = 0;
		rc = getaddrinfo(host, port, &hints, list);
	}
	switch (rc) {
	case 0:
		return 0;
	case EAI_AGAIN:
	case EAI_MEMORY:
	case EAI_SYSTEM:
	case EAI_FAIL:
		return fail_set(f, EX_TEMPFAIL, "%s: %s",
		    TEXT_SHOW(slice_str(host)), gai_strerror(rc));
	default:
		return fail_set(f, EX_NOHOST, "%s: %s",
		    TEXT_SHOW(slice_str(host)), gai_strerror(rc));
	}
}

struct conn *
dial(const char *host, const char *port, unsigned seconds, struct fail *f)
{
	struct addrinfo *list, *a;
	int fd = -1;

	if (resolve(host, port, &list, f) == -1)
		return NULL;
	for (a = list; a != NULL && fd == -1; a = a->ai_next)
		fd = connect_to(a, seconds);
	if (fd == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "%s port %s: connect",
		    TEXT_SHOW(slice_str(host)), TEXT_SHOW(slice_str(port)));
	freeaddrinfo(list);
	return fd == -1 ? NULL : conn_new(fd, fd);
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
