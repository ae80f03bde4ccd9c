/* SPDX-License-Identifier: ISC */
/* read: a message that is read once, in large pieces; see read.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input.h"
#include "message.h"
#include "read.h"

int
read_open(const char *path, struct fail *f)
{
	char *found;
	int fd;

	if (strcmp(path, "-") == 0)
		return STDIN_FILENO;
	found = message_path(path);
	fd = input_fd(found, f);
	free(found);
	if (fd != -1)
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return fd;
}

int
read_parts(int fd, struct mime *m, uint64_t *size, struct fail *f)
{
	static char piece[READ_PIECE];
	ssize_t n;

	*size = 0;
	for (;;) {
		if ((n = read(fd, piece, sizeof(piece))) == 0)
			return mime_end(m, f);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return fail_errno(f,
			    errno == EISDIR ? EX_NOINPUT : EX_IOERR, "read");
		*size += (uint64_t)n;
		if (mime_push(m, (struct slice){ piece, (size_t)n }, f) == -1)
			return -1;
	}
}
