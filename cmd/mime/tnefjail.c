/* SPDX-License-Identifier: ISC */
/* tnefjail: a process gives up what it does not need; see tnefjail.h. */

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include "tnefjail.h"

/* AddressSanitizer has the whole address space mapped, and calls of its own
 * to make. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

int
tnefjail_close(int first)
{
	long n = sysconf(_SC_OPEN_MAX);
	int fd;

#ifdef SYS_close_range
	if (syscall(SYS_close_range, (unsigned)first, ~0U, 0) == 0)
		return 0;
#endif
	if (n == -1 || n > 1 << 20)
		return -1;
	for (fd = first; fd < n; fd++)
		(void)close(fd);
	return 0;
}

static int
limit(int what, rlim_t n)
{
	struct rlimit r = { n, n };

	return setrlimit(what, &r);
}

static int
limit_memory(void)
{
	return SANITIZED ? 0 : limit(RLIMIT_AS, TNEFJAIL_MEMORY);
}

int
tnefjail_limits(void)
{
	/* The first number is a signal that tells its name, the second an
	 * end. */
	struct rlimit time = { TNEFJAIL_SECONDS, TNEFJAIL_SECONDS + 1 };

	if (limit_memory() == -1 ||
	    setrlimit(RLIMIT_CPU, &time) == -1 ||
	    limit(RLIMIT_FSIZE, 0) == -1 || limit(RLIMIT_CORE, 0) == -1 ||
	    limit(RLIMIT_NOFILE, 0) == -1)
		return -1;
#ifdef RLIMIT_NPROC
	if (limit(RLIMIT_NPROC, 0) == -1)
		return -1;
#endif
	return 0;
}

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

#if defined(__linux__) && defined(SYS_landlock_create_ruleset)
/* What the first version knows of: to open, execute, make and remove. */
enum { EVERY_ACCESS = (1 << 13) - 1 };

int
tnefjail_files(void)
{
	uint64_t handled = EVERY_ACCESS;
	int fd, rc;

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	fd = (int)syscall(SYS_landlock_create_ruleset, &handled,
	    sizeof(handled), 0);
	if (fd == -1)
		return -1;
	rc = (int)syscall(SYS_landlock_restrict_self, fd, 0);
	(void)close(fd);
	return rc;
}
#else
int
tnefjail_files(void)
{
	return -1;
}
#endif

#if defined(__linux__) && defined(ARCH)
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
    (uint32_t)offsetof(struct seccomp_data, field))
#define ALLOW(call) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), \
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

int
tnefjail_calls(void)
{
	static const struct sock_filter rules[] = {
		LOAD(arch),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		LOAD(nr),
		ALLOW(read),
		ALLOW(write),
		ALLOW(lseek),
		ALLOW(fstat),
		ALLOW(brk),
		ALLOW(mmap),
		ALLOW(mremap),
		ALLOW(munmap),
		ALLOW(madvise),
		ALLOW(exit_group),
#ifdef SYS_newfstatat
		ALLOW(newfstatat), /* fstat of glibc */
#endif
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1 /* EPERM */),
	};
	struct sock_fprog program = {
		.len = sizeof(rules) / sizeof(rules[0]),
		.filter = (struct sock_filter *)(uintptr_t)rules,
	};

	if (SANITIZED)
		return -1;
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}
#else
int
tnefjail_calls(void)
{
	return -1;
}
#endif

int
tnefjail_enter(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		(void)signal(signals[i], SIG_DFL);
#ifdef __linux__
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	(void)tnefjail_files();
	if (tnefjail_limits() == -1)
		return -1;
	(void)tnefjail_calls();
	return 0;
}
