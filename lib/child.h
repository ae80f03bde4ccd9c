/* SPDX-License-Identifier: ISC */
/*
 * child: another program, started with descriptors of our choice and waited
 * for with a deadline.  The caller does not ignore SIGCHLD, and waits for
 * nobody but by pid.
 */
#ifndef CHILD_H
#define CHILD_H

#include <stdint.h>
#include <sys/types.h>

#include "fail.h"

struct child_fd {
	int ours, theirs; /* "ours" of this process is "theirs" over there */
};

/*
 * Starts argv[0], looked for in PATH, in a process group of its own, with no
 * signal ignored or blocked.  The "n" descriptors of "map" (up to CHILD_FDS)
 * are what they are over there; of the others it has those that are not
 * close-on-exec.  They stay the caller's here.  The process, or -1: EX_CONFIG
 * where the program cannot be run, EX_TEMPFAIL where no process can be made.
 */
enum { CHILD_FDS = 4 };
pid_t child_start(char *const argv[], const struct child_fd *map, size_t n,
    struct fail *f);

/*
 * Waits until "pid" ends, for at most so long; then it is killed with all of
 * its group.  0 with its exit status, 128 + number where a signal ended it;
 * -1: EX_TEMPFAIL, with a sentence that does not name the program.
 */
int child_wait(pid_t pid, unsigned milliseconds, int *status, struct fail *f);

/* Kills and waits for "pid" and its group. */
void child_kill(pid_t pid);

/* Milliseconds of the clock that deadlines are on. */
uint64_t child_clock(void);

#endif
