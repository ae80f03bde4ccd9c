/* SPDX-License-Identifier: ISC */
/* listenfds: sockets that are handed over; see listenfds.h. */

#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listenfds.h"
#include "slice.h"

int
listenfds_count(void)
{
	const char *fds = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");
	uint64_t n = 0, owner = 0;

	if (fds == NULL)
		return 0;
	if (pid != NULL &&
	    (slice_uint(slice_str(pid), 1, INT32_MAX, &owner) == -1 ||
	    owner != (uint64_t)getpid()))
		return 0;
	return slice_uint(slice_str(fds), 1, LISTENFDS_MOST, &n) == -1 ? -1 :
	    (int)n;
}

int
listenfds_listens(int fd)
{
	int yes = 0;
	socklen_t n = sizeof(yes);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &n) == 0 && yes;
}

void
listenfds_forget(void)
{
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDNAMES");
}
