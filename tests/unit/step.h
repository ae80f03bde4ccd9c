/* SPDX-License-Identifier: ISC */
/* step: work that is killed at one of its system calls. */
#ifndef STEP_H
#define STEP_H

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

/* From now on that system call does nothing, and fails with "error", or where
 * that is 0 seems to have done it. */
static inline void
step_fails(unsigned number, unsigned error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { 4, code };

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == -1)
		abort();
}

/* A disk that takes no time: who is killed does not need it. */
static inline void
step_no_syncs(void)
{
	step_fails(SYS_fsync, 0);
	step_fails(SYS_fdatasync, 0);
	step_fails(SYS_syncfs, 0);
}

static inline void
step_wait(pid_t pid, int *status)
{
	while (waitpid(pid, status, 0) == -1)
		if (errno != EINTR)
			abort();
}

/*
 * Runs "work" in a process of its own that is killed by SIGKILL at the "n"th of
 * its stops, from 1: each system call has one before it and one behind it.
 * 1; 0 where it came to its end before, which has to be that of "work".
 */
static inline int
step_kill(void (*work)(void), long n)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1)
			abort();
		(void)raise(SIGSTOP);
		work();
		_exit(0);
	}
	step_wait(pid, &status);
	while (WIFSTOPPED(status) && n-- > 0) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) == -1)
			abort();
		step_wait(pid, &status);
	}
	if (WIFSTOPPED(status)) {
		(void)kill(pid, SIGKILL);
		step_wait(pid, &status);
		return 1;
	}
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return 0;
}

#endif
