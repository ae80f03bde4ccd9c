/* SPDX-License-Identifier: ISC */
/* peer: who is at the other end of a connection; see peer.h. */

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "ip.h"
#include "limits.h"
#include "peer.h"

static void
peer_v4(struct in_addr a, struct peer *p)
{
	(void)inet_ntop(AF_INET, &a, p->address, sizeof(p->address));
	/* As that of ::ffff:0:0/96 would be, which no IPv6 host has. */
	p->network = UINT64_C(0xffff) << 32 | ntohl(a.s_addr);
	p->local = ntohl(a.s_addr) >> 24 == 127;
}

static void
peer_v6(const struct sockaddr_in6 *a, struct peer *p)
{
	struct in_addr mapped;
	size_t i;

	if (IN6_IS_ADDR_V4MAPPED(&a->sin6_addr)) {
		memcpy(&mapped, &a->sin6_addr.s6_addr[12], sizeof(mapped));
		peer_v4(mapped, p);
		return;
	}
	(void)inet_ntop(AF_INET6, &a->sin6_addr, p->address,
	    sizeof(p->address));
	for (i = 0; i < 8; i++)
		p->network = p->network << 8 | a->sin6_addr.s6_addr[i];
	p->local = IN6_IS_ADDR_LOOPBACK(&a->sin6_addr);
}

int
peer_address(struct slice text, union peer_address *a)
{
	unsigned char bytes[IP_BYTES];
	int family = ip_read(text, bytes);

	memset(a, 0, sizeof(*a));
	a->any.sa_family = (sa_family_t)family;
	if (family == AF_INET)
		memcpy(&a->v4.sin_addr, bytes, sizeof(a->v4.sin_addr));
	else if (family == AF_INET6)
		memcpy(&a->v6.sin6_addr, bytes, sizeof(a->v6.sin6_addr));
	return family != 0 ? 0 : -1;
}

/* Behind a program that talks to the network for us (a TLS end) the socket
 * is not the peer's, and the environment tells: UCSPI-TCP, systemd. */
static int
peer_by_environment(struct peer *p)
{
	static const char *const names[] = { "TCPREMOTEIP", "REMOTE_ADDR" };
	union peer_address a;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *text = getenv(names[i]);

		if (text != NULL && peer_address(slice_str(text), &a) == 0) {
			peer_from_address(p, &a);
			return 1;
		}
	}
	return 0;
}

void
peer_from_address(struct peer *p, const union peer_address *a)
{
	memset(p, 0, sizeof(*p));
	switch (a->any.sa_family) {
	case AF_INET:
		peer_v4(a->v4.sin_addr, p);
		break;
	case AF_INET6:
		peer_v6(&a->v6, p);
		break;
	default:
		p->local = 1;
	}
}

void
peer_from_fd(struct peer *p, int fd)
{
	union peer_address a;
	socklen_t n = sizeof(a);
	int domain = AF_UNIX;

	memset(&a, 0, sizeof(a));
	if (getpeername(fd, &a.any, &n) == 0)
		peer_from_address(p, &a);
	else
		memset(p, 0, sizeof(*p));
	if (p->address[0] != '\0' || peer_by_environment(p))
		return;
	n = sizeof(domain);
	(void)getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &n);
	p->local = domain != AF_INET && domain != AF_INET6;
}

void
peer_watch(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
#ifdef TCP_USER_TIMEOUT
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, LIMIT_VANISHED / 3 },
		{ IPPROTO_TCP, TCP_KEEPINTVL, LIMIT_VANISHED / 9 },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, LIMIT_VANISHED * 1000 },
#endif
	};
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		(void)setsockopt(fd, options[i].level, options[i].name,
		    &options[i].value, sizeof(options[i].value));
}
