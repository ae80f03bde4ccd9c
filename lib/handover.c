/* SPDX-License-Identifier: ISC */
/* handover: descriptors from one process to another; see handover.h. */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "handover.h"

/* Room for a message that carries one descriptor, aligned. */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static struct msghdr
carrier(struct iovec *bytes, union control *c)
{
	return (struct msghdr){ .msg_iov = bytes, .msg_iovlen = 1,
		.msg_control = c->bytes, .msg_controllen = sizeof(c->bytes) };
}

int
handover_give(int socket, int fd, struct slice bytes)
{
	/* UNSAFE: sendmsg only reads them */
	struct iovec all = { (void *)(uintptr_t)bytes.p, bytes.n };
	union control c = { 0 };
	struct msghdr m = carrier(&all, &c);

	c.header.cmsg_level = SOL_SOCKET;
	c.header.cmsg_type = SCM_RIGHTS;
	c.header.cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(&c.header), &fd, sizeof(fd));
	return sendmsg(socket, &m, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	    (ssize_t)bytes.n ? 0 : -1;
}

int
handover_take(int socket, void *bytes, size_t n)
{
	struct iovec all = { bytes, n };
	union control c = { 0 };
	struct msghdr m = carrier(&all, &c);
	ssize_t got;
	int fd;

	do
		got = recvmsg(socket, &m, MSG_CMSG_CLOEXEC | MSG_WAITALL);
	while (got == -1 && errno == EINTR);
	if (got == -1 || CMSG_FIRSTHDR(&m) == NULL ||
	    c.header.cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(&c.header), sizeof(fd));
	if ((size_t)got == n)
		return fd;
	(void)close(fd);
	return -1;
}
