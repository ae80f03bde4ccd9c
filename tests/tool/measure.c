/* SPDX-License-Identifier: ISC */
/*
 * measure FILE SECONDS command ...: runs a command for at most that long and
 * writes "wall cpu peak" to FILE: seconds, seconds of processor time, and the
 * resident memory in KiB of the largest process.  Ends with the command's
 * status, or 124 where its time was up.  A small program of its own, because
 * a child counts the memory of who forked it as its own.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t child;

static void
time_is_up(int signal)
{
	(void)signal;
	(void)kill(child, SIGKILL);
}

static double
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int
main(int argc, char *argv[])
{
	struct rusage use;
	double start;
	FILE *file;
	int status;

	if (argc < 4 || (file = fopen(argv[1], "we")) == NULL) {
		(void)fprintf(stderr,
		    "usage: measure FILE SECONDS command ...\n");
		return 64;
	}
	start = now();
	if ((child = fork()) == 0) {
		(void)execvp(argv[3], argv + 3);
		perror(argv[3]);
		_exit(127);
	}
	(void)signal(SIGALRM, time_is_up);
	(void)alarm((unsigned)strtoul(argv[2], NULL, 10));
	while (wait4(child, &status, 0, &use) == -1)
		;
	(void)fprintf(file, "%.4f %.4f %ld\n", now() - start,
	    seconds(use.ru_utime) + seconds(use.ru_stime), use.ru_maxrss);
	if (fclose(file) != 0)
		return 74;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 124;
}
