/* SPDX-License-Identifier: ISC */
/* Tests of dial: names and ports of this machine. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dial.h"
#include "dns.h"
#include "unit.h"

/* A socket that listens on loopback, its port in "port"; -1 where there is no
 * such family. */
static int
listen_on(int family, int backlog, char port[8])
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	socklen_t n = family == AF_INET ? sizeof(v4) : sizeof(v6);
	struct sockaddr *a = family == AF_INET ? (struct sockaddr *)&v4 :
	    (struct sockaddr *)&v6;
	int fd = socket(family, SOCK_STREAM, 0);

	v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	v6.sin6_addr = in6addr_loopback;
	if (fd == -1 || bind(fd, a, n) == -1 ||
	    (backlog >= 0 && listen(fd, backlog) == -1) ||
	    getsockname(fd, a, &n) == -1) {
		(void)close(fd);
		return -1;
	}
	(void)snprintf(port, 8, "%d", ntohs(family == AF_INET ? v4.sin_port :
	    v6.sin6_port));
	return fd;
}

static void
connects(void)
{
	char port[8], local[DIAL_ADDRESS], byte;
	int fd = listen_on(AF_INET, 5, port), peer, on = 0;
	socklen_t n = sizeof(on);
	struct fail f = { 0 };
	struct conn *c = dial("127.0.0.1", port, 5, &f);

	if (c == NULL) {
		CHECK_STR(f.text, "");
		return;
	}
	CHECK_INT(getsockopt(conn_fd(c), IPPROTO_TCP, TCP_NODELAY, &on, &n),
	    0);
	CHECK_INT(on, 1);
	CHECK_STR(dial_local(local, conn_fd(c)), "[127.0.0.1]");
	peer = accept(fd, NULL, NULL);
	(void)buf_adds(conn_out(c), "x");
	CHECK_INT(conn_flush(c, &f), 0);
	CHECK_INT(read(peer, &byte, 1), 1);
	conn_close(&c);
	CHECK_INT(read(peer, &byte, 1), 0);
	(void)close(peer);
	(void)close(fd);
}

/* "localhost" may be ::1 first, where nobody listens. */
static void
tries_every_address(void)
{
	struct fail f = { 0 };
	char port[8];
	int fd = listen_on(AF_INET, 5, port);
	struct conn *c = dial("localhost", port, 5, &f);

	CHECK_STR(f.text, "");
	CHECK(c != NULL);
	conn_close(&c);
	(void)close(fd);
}

static void
over_ipv6(void)
{
	char port[8], local[DIAL_ADDRESS];
	struct fail f = { 0 };
	int fd = listen_on(AF_INET6, 5, port);
	struct conn *c;

	if (fd == -1)
		return; /* this machine has none */
	c = dial("::1", port, 5, &f);
	CHECK_STR(f.text, "");
	if (c != NULL)
		CHECK_STR(dial_local(local, conn_fd(c)), "[IPv6:::1]");
	conn_close(&c);
	(void)close(fd);
}

static void
add_v4(struct dns_addresses *a, unsigned last)
{
	struct dns_address *to = &a->address[a->n++];

	to->family = AF_INET;
	memcpy(to->bytes, (unsigned char[]){ 127, 0, 0, (unsigned char)last },
	    4);
}

/* Those of a name that getaddrinfo(3) does not know. */
static void
given_addresses(void)
{
	struct dns_addresses a = { .n = 0 };
	struct dial_to to = { "mx.invalid", NULL, NULL, 5, &a };
	struct fail f = { 0 };
	char port[8], local[DIAL_ADDRESS];
	int fd = listen_on(AF_INET, 5, port);
	struct conn *c;

	to.port = port;
	CHECK(dial_to(&to, &f) == NULL);
	CHECK_INT(f.class, EX_NOHOST);
	a.address[a.n].family = AF_INET6; /* ::1, where nobody listens */
	a.address[a.n++].bytes[15] = 1;
	add_v4(&a, 2);
	add_v4(&a, 1);
	CHECK((c = dial_to(&to, &f)) != NULL);
	if (c != NULL)
		CHECK_STR(dial_local(local, conn_fd(c)), "[127.0.0.1]");
	conn_close(&c);
	to.source = "127.0.0.3";
	CHECK((c = dial_to(&to, &f)) != NULL);
	if (c != NULL)
		CHECK_STR(dial_local(local, conn_fd(c)), "[127.0.0.3]");
	conn_close(&c);
	to.source = NULL;
	to.port = "smtp";
	CHECK(dial_to(&to, &f) == NULL);
	CHECK_INT(f.class, EX_SOFTWARE);
	(void)close(fd);
}

static void
given_ipv6(void)
{
	struct dns_addresses a = { .n = 1 };
	struct dial_to to = { "mx.invalid", NULL, NULL, 5, &a };
	struct fail f = { 0 };
	char port[8], local[DIAL_ADDRESS];
	int fd = listen_on(AF_INET6, 5, port);
	struct conn *c;

	if (fd == -1)
		return; /* this machine has none */
	to.port = port;
	a.address[0].family = AF_INET6;
	a.address[0].bytes[15] = 1;
	CHECK((c = dial_to(&to, &f)) != NULL);
	if (c != NULL)
		CHECK_STR(dial_local(local, conn_fd(c)), "[IPv6:::1]");
	conn_close(&c);
	(void)close(fd);
}

/* Ten of them are tried, and the one that would answer is the eleventh. */
static void
too_many(void)
{
	struct dns_addresses a = { .n = 0 };
	struct dial_to to = { "mx.invalid", NULL, NULL, 5, &a };
	struct fail f = { 0 };
	char port[8];
	int fd = listen_on(AF_INET, 5, port);
	struct conn *c;
	unsigned i;

	to.port = port;
	for (i = 2; i <= 11; i++)
		add_v4(&a, i);
	add_v4(&a, 1);
	CHECK(dial_to(&to, &f) == NULL);
	CHECK_INT(f.class, EX_TEMPFAIL);
	add_v4(&a, 1);
	a.address[9] = a.address[10];
	CHECK((c = dial_to(&to, &f)) != NULL);
	conn_close(&c);
	(void)close(fd);
}

static void
refused(void)
{
	struct fail f = { 0 };
	char port[8], want[128];
	int fd = listen_on(AF_INET, -1, port); /* bound, and nobody listens */

	CHECK(dial("127.0.0.1", port, 5, &f) == NULL);
	CHECK_INT(f.class, EX_TEMPFAIL);
	(void)snprintf(want, sizeof(want),
	    "127.0.0.1 port %s: connect: Connection refused", port);
	CHECK_STR(f.text, want);
	(void)close(fd);
}

/* A host that does not answer: the queue of one that listens is full. */
static void
no_answer(void)
{
	struct fail f = { 0 };
	struct conn *held[8] = { 0 };
	char port[8];
	int fd = listen_on(AF_INET, 0, port);
	size_t i;

	for (i = 0; i < 8 && f.class == 0; i++)
		held[i] = dial("127.0.0.1", port, 1, &f);
	CHECK(i > 1 && held[i - 1] == NULL);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK(strstr(f.text, "connect: Connection timed out") != NULL);
	for (i = 0; i < 8; i++)
		conn_close(&held[i]);
	(void)close(fd);
}

static void
no_such_host(void)
{
	struct fail f = { 0 };

	CHECK(dial("bad..name", "25", 1, &f) == NULL);
	CHECK_INT(f.class, EX_NOHOST);
	CHECK(strncmp(f.text, "bad..name: ", 11) == 0);
	CHECK(dial("127.0.0.1", "no such service", 1, &f) == NULL);
	CHECK_INT(f.class, EX_NOHOST);
	CHECK(dial("\x1b[2J..", "25", 1, &f) == NULL);
	CHECK(strncmp(f.text, "\\x1b[2J..: ", 11) == 0);
}

static void
addresses_of_others(void)
{
	char local[DIAL_ADDRESS];
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1)
		abort();
	CHECK_STR(dial_local(local, fd[0]), "[127.0.0.1]");
	CHECK_STR(dial_local(local, -1), "[127.0.0.1]");
	(void)close(fd[0]);
	(void)close(fd[1]);
}

int
main(void)
{
	RUN(connects);
	RUN(tries_every_address);
	RUN(over_ipv6);
	RUN(given_addresses);
	RUN(given_ipv6);
	RUN(too_many);
	RUN(refused);
	RUN(no_answer);
	RUN(no_such_host);
	RUN(addresses_of_others);
	return unit_done();
}
