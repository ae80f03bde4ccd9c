/* SPDX-License-Identifier: ISC */
/* proxyfrom: a client behind a balancer; see proxyfrom.h. */

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "limits.h"
#include "network.h"
#include "proxy.h"
#include "proxyfrom.h"
#include "ticks.h"

/* Exactly so many bytes: what is behind the header is not ours. */
static int
read_bytes(int fd, char *to, size_t n, int64_t end)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t left;
	ssize_t got;

	while (n > 0) {
		if ((left = end - (int64_t)ticks_now()) <= 0 ||
		    poll(&p, 1, (int)left) == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		got = read(fd, to, n);
		if (got == 0)
			errno = ECONNRESET;
		if (got == 0 || (got == -1 && errno != EINTR &&
		    errno != EAGAIN))
			return -1;
		if (got > 0) {
			to += got;
			n -= (size_t)got;
		}
	}
	return 0;
}

static int
read_header(int fd, struct proxy *p, struct fail *f)
{
	int64_t end = (int64_t)ticks_now() + LIMIT_PROXY * 1000;
	char bytes[PROXY_MOST];
	size_t n = 0, more = PROXY_FIRST;
	int rc = PROXY_MORE;

	while (rc == PROXY_MORE) {
		/* UNSAFE: proxy_read never asks for more than PROXY_MOST */
		if (read_bytes(fd, bytes + n, more, end) == -1)
			return fail_errno(f, EX_TEMPFAIL, "PROXY");
		n += more;
		rc = proxy_read((struct slice){ bytes, n }, &more, p, f);
	}
	return rc == -1 ? -1 : 0;
}

int
proxyfrom_read(const struct conf *conf, struct conn *c, struct peer *peer,
    struct fail *f)
{
	struct proxy p = { 0 };

	if (!network_has(conf->proxy_from.items, conf->proxy_from.n, peer))
		return 0;
	if (read_header(conn_fd(c), &p, f) == -1)
		return -1;
	if (p.known)
		peer_from_address(peer, &p.client);
	peer->local = 0;
	return p.known;
}
