/* SPDX-License-Identifier: ISC */
/*
 * slow: a disk that takes its time when it is given room back: in a process
 * that was forked, and runs no other program, each close of a file takes
 * $SLOW_CLOSE milliseconds.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static pid_t program;

__attribute__((constructor)) static void
begin(void)
{
	program = getpid();
}

int
close(int fd)
{
	const char *text = getenv("SLOW_CLOSE");
	long ms = text == NULL ? 0 : strtol(text, NULL, 10);

	/* Of pipes and sockets there is no offset. */
	if (getpid() != program && lseek(fd, 0, SEEK_CUR) != -1)
		(void)nanosleep(&(struct timespec){ ms / 1000,
		    ms % 1000 * 1000000 }, NULL);
	return (int)syscall(SYS_close, fd);
}
