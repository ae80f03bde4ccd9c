/* SPDX-License-Identifier: ISC */
/* Unit test of peer: addresses, the environment, what is local. */

#include <arpa/inet.h>
#include <unistd.h>

#include "peer.h"
#include "unit.h"

static union peer_address
v4(const char *text)
{
	union peer_address a = { .v4 = { .sin_family = AF_INET,
	    .sin_port = htons(2525) } };

	CHECK_INT(inet_pton(AF_INET, text, &a.v4.sin_addr), 1);
	return a;
}

static union peer_address
v6(const char *text)
{
	union peer_address a = { .v6 = { .sin6_family = AF_INET6,
	    .sin6_port = htons(2525) } };

	CHECK_INT(inet_pton(AF_INET6, text, &a.v6.sin6_addr), 1);
	return a;
}

static void
check(union peer_address a, const char *address, int local)
{
	struct peer p;

	CASE(address);
	peer_from_address(&p, &a);
	CHECK_STR(p.address, address);
	CHECK_INT(p.local, local);
}

static void
addresses(void)
{
	union peer_address none = { .any = { .sa_family = AF_UNIX } };
	struct peer p;

	check(v4("192.0.2.1"), "192.0.2.1", 0);
	check(v4("127.0.0.1"), "127.0.0.1", 1);
	check(v4("127.255.0.9"), "127.255.0.9", 1);
	check(v4("128.0.0.1"), "128.0.0.1", 0);
	check(v6("2001:db8::1"), "2001:db8::1", 0);
	check(v6("::1"), "::1", 1);
	check(v6("::ffff:192.0.2.7"), "192.0.2.7", 0);
	check(v6("::ffff:127.0.0.1"), "127.0.0.1", 1);
	peer_from_address(&p, &none);
	CHECK_STR(p.address, "");
	CHECK_INT(p.local, 1);
}

static int
same_network(union peer_address a, union peer_address b)
{
	struct peer p, q;

	peer_from_address(&p, &a);
	peer_from_address(&q, &b);
	return p.network == q.network;
}

static void
networks(void)
{
	CHECK(same_network(v4("192.0.2.1"), v4("192.0.2.1")));
	CHECK(!same_network(v4("192.0.2.1"), v4("192.0.2.2")));
	/* The same first bytes. */
	CHECK(!same_network(v4("32.1.13.184"), v6("2001:db8::1")));
	CHECK(same_network(v4("192.0.2.1"), v6("::ffff:192.0.2.1")));
	CHECK(same_network(v6("2001:db8:1:2::1"), v6("2001:db8:1:2:f::9")));
	CHECK(!same_network(v6("2001:db8:1:2::1"), v6("2001:db8:1:3::1")));
}

static void
descriptors(void)
{
	int p[2], fd = socket(AF_INET, SOCK_STREAM, 0);
	struct peer peer;

	CHECK(pipe(p) == 0 && fd != -1);
	(void)unsetenv("TCPREMOTEIP");
	(void)unsetenv("REMOTE_ADDR");
	peer_from_fd(&peer, p[0]);
	CHECK_INT(peer.local, 1);
	peer_from_fd(&peer, fd); /* not connected, or not any more */
	CHECK_INT(peer.local, 0);
	CHECK_STR(peer.address, "");
	(void)setenv("TCPREMOTEIP", "192.0.2.9", 1);
	peer_from_fd(&peer, p[0]);
	CHECK_STR(peer.address, "192.0.2.9");
	CHECK_INT(peer.local, 0);
	(void)setenv("TCPREMOTEIP", "nonsense", 1);
	(void)setenv("REMOTE_ADDR", "2001:db8::5", 1);
	peer_from_fd(&peer, p[0]);
	CHECK_STR(peer.address, "2001:db8::5");
	(void)setenv("REMOTE_ADDR", "127.0.0.1", 1);
	peer_from_fd(&peer, p[0]);
	CHECK_INT(peer.local, 1);
	(void)close(p[0]);
	(void)close(p[1]);
	(void)close(fd);
}

int
main(void)
{
	RUN(addresses);
	RUN(networks);
	RUN(descriptors);
	return unit_done();
}
