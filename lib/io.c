/* SPDX-License-Identifier: ISC */
/* io: read(2) and write(2) until all is done; see io.h. */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "io.h"

int
io_write(int fd, struct slice s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n >= 0)
			s = slice_sub(s, (size_t)n, s.n);
		else if (errno != EINTR)
			return -1;
	}
	return 0;
}

ssize_t
io_read(int fd, void *to, size_t n)
{
	size_t have = 0;

	while (have < n) {
		ssize_t k = read(fd, (char *)to + have, n - have);

		if (k == 0)
			break;
		if (k > 0)
			have += (size_t)k;
		else if (errno != EINTR)
			return -1;
	}
	return (ssize_t)have;
}

int
io_aside(int fd, int least)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, least);

	if (copy == -1 && errno == EINVAL)
		errno = EMFILE;
	return copy;
}
