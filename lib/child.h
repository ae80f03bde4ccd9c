/* SPDX-License-Identifier: ISC */
/*
 * child: another program, started with descriptors of our choice and waited
 * for with a deadline.  The caller does not ignore SIGCHLD, and waits for
 * nobody but by pid.
 */
#ifndef CHILD_H
#define CHILD_H

#include <signal.h>
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
 * where the program cannot be run, EX_TEMPFAIL where no process or descriptor
 * can be made.
 */
enum { CHILD_FDS = 4 };
pid_t child_start(char *const argv[], const struct child_fd *map, size_t n,
    struct fail *f);

/*
 * The same for a program that may ask somebody: where this process has a
 * terminal the program stays in our group, so that it has the foreground when
 * we have it, and what is typed to end or stop us ends or stops it, too.  What
 * a parent of its family leaves behind is given to us (Linux), so that
 * child_signal_ours and child_kill find it.
 */
pid_t child_start_asking(char *const argv[], const struct child_fd *map,
    size_t n, struct fail *f);

/*
 * As child_start, but by root for the user of that name: with the groups, HOME,
 * USER and LOGNAME of that user, who cannot become anybody else again.
 * EX_CONFIG also where there is no such user.
 */
struct child_as {
	const char *user;
	char *const *argv;
	const struct child_fd *map;
	size_t n;
};
pid_t child_start_as(const struct child_as *as, struct fail *f);

/*
 * Waits until "pid" ends, for at most so long; then it is killed with all of
 * its family (child_kill).
 * 0 with its exit status, 128 + number where a signal ended it;
 * -1: EX_TEMPFAIL, with a sentence that does not name the program.
 */
int child_wait(pid_t pid, unsigned milliseconds, int *status, struct fail *f);

/* The wait alone: 1 when "pid" has ended, and is still to be waited for; 0
 * where the time is over, or a signal came that the mask "through" (NULL: the
 * present one) lets through; -1 with errno. */
int child_await(pid_t pid, unsigned milliseconds, const sigset_t *through);

/* Kills the family of "pid", and waits for "pid": all of the group that it has
 * of its own; in our group what descends from us.  What runs as another user,
 * as sudo(8) does, cannot be killed: nobody waits for it. */
void child_kill(pid_t pid);

/* The same after the signal "number", and so much time to end by itself. */
void child_end(pid_t pid, int number, unsigned milliseconds);

/* Sends the signal "number" to what descends from this process, is in its
 * group and has not ended: how many there were.  Where there is no /proc: 0. */
size_t child_signal_ours(int number);

#endif
