/* SPDX-License-Identifier: ISC */
/* handover: descriptors from one process to another; see handover.h. */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "handover.h"

/* Room for a message that carries them, aligned. */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(HANDOVER_MOST * sizeof(int))];
};

static struct msghdr
carrier(struct iovec *bytes, union control *c)
{
	return (struct msghdr){ .msg_iov = bytes, .msg_iovlen = 1,
		.msg_control = c->bytes, .msg_controllen = sizeof(c->bytes) };
}

int
handover_give_some(int socket, const int *fds, size_t n, struct slice bytes)
{
	/* UNSAFE: sendmsg only reads them */
	struct iovec all = { (void *)(uintptr_t)bytes.p, bytes.n };
	union control c = { 0 };
	struct msghdr m = carrier(&all, &c);

	c.header.cmsg_level = SOL_SOCKET;
	c.header.cmsg_type = SCM_RIGHTS;
	c.header.cmsg_len = CMSG_LEN(n * sizeof(int));
	m.msg_controllen = CMSG_SPACE(n * sizeof(int));
	memcpy(CMSG_DATA(&c.header), fds, n * sizeof(int));
	return sendmsg(socket, &m, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	    (ssize_t)bytes.n ? 0 : -1;
}

/* What of descriptors came: how many; -1 where no message came. */
static ssize_t
take(int socket, struct iovec *bytes, int fds[HANDOVER_MOST], size_t *got)
{
	union control c = { 0 };
	struct msghdr m = carrier(bytes, &c);
	size_t n = 0;
	ssize_t rc;

	do
		rc = recvmsg(socket, &m, MSG_CMSG_CLOEXEC | MSG_WAITALL);
	while (rc == -1 && errno == EINTR);
	*got = rc > 0 && (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0 ?
	    (size_t)rc : 0;
	if (rc == -1)
		return -1;
	if (CMSG_FIRSTHDR(&m) != NULL && c.header.cmsg_type == SCM_RIGHTS)
		n = (c.header.cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(fds, CMSG_DATA(&c.header), n * sizeof(int));
	return (ssize_t)n;
}

/* Takes exactly that: 0; -1. */
static int
take_exactly(int socket, int fds[HANDOVER_MOST], ssize_t want,
    struct iovec *bytes)
{
	size_t got;
	ssize_t n = take(socket, bytes, fds, &got), i;

	if (n == want && got == bytes->iov_len)
		return 0;
	for (i = 0; i < n; i++)
		(void)close(fds[i]);
	return -1;
}

int
handover_give(int socket, int fd, struct slice bytes)
{
	return handover_give_some(socket, &fd, 1, bytes);
}

int
handover_take(int socket, void *bytes, size_t n)
{
	struct iovec all = { bytes, n };
	int fds[HANDOVER_MOST];

	return take_exactly(socket, fds, 1, &all) == 0 ? fds[0] : -1;
}

int
handover_take_some(int socket, int *fds, size_t want, void *bytes, size_t n)
{
	struct iovec all = { bytes, n };
	int came[HANDOVER_MOST];

	if (take_exactly(socket, came, (ssize_t)want, &all) == -1)
		return -1;
	memcpy(fds, came, want * sizeof(*fds));
	return 0;
}
