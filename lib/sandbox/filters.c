/* SPDX-License-Identifier: ISC */
/*
 * Writes the filters of system calls of sandbox.c, as C, for each processor
 * that libseccomp knows: it is run when mailpipe is built, so that no process
 * has to load libseccomp or to build a filter, which would take longer than
 * many a session.  What is not listed fails with EPERM.
 *
 * The kernel runs a new filter once for each number of a system call that there
 * is; so libseccomp is asked for a search tree.
 */

#if !__has_include(<seccomp.h>)
#error "libseccomp is needed (Debian: libseccomp-dev), or else make SECCOMP="
#endif

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
	LONGEST = 8 * 4096, /* bytes of a filter, as the kernel has it */
};

/* What is open is read, written, waited for and closed; of memory there is
 * more or less; time passes; the process ends. */
static const char *const of_what_is_open[] = {
	"read", "readv", "pread64", "recv", "recvfrom", "recvmsg",
	"write", "writev", "send", "sendto", "sendmsg",
	"lseek", "_llseek", "getsockopt", "shutdown", "close",
	"poll", "ppoll", "ppoll_time64",
	"brk", "madvise", "mremap", "munmap",
	"futex", "futex_time64", "sched_yield", /* locks of libraries */
	"clock_gettime", "clock_gettime64", "gettimeofday", "time",
	"clock_nanosleep", "clock_nanosleep_time64", "nanosleep",
	"restart_syscall", "rt_sigprocmask", "rt_sigreturn", "sigreturn",
	"getpid", "gettid", "getrandom", "sysinfo",
	"wait4", "waitpid", "exit", "exit_group", NULL };

/* Of a message that another process has made a file for (spoollend.h): it gets
 * to the disk, is not locked any more, and who watches sees that.  The second
 * is pwrite(2), too, of musl. */
static const char *const of_messages[] = {
	"pwrite64", "pwritev2", "fdatasync", "fstat", NULL };

/* Files are opened, for reading alone, and mapped: dlopen(3); and rights are
 * given up that are left then. */
static const char *const of_libraries[] = {
	"fstat", "fstat64", "newfstatat", "fstatat64", "statx",
	"landlock_create_ruleset", "landlock_restrict_self", NULL };

/* AddressSanitizer looks for lost memory from a copy of the process. */
static const char *const of_sanitizers[] = {
	"clone", "clone3", "dup", "fstat", "newfstatat", "getdents",
	"getdents64", "getppid", "kill", "mmap", "mprotect", "open",
	"openat", "pipe2", "prctl", "prlimit64", "process_vm_readv",
	"ptrace", "readlink", "rseq", "rt_sigaction", "sched_getaffinity",
	"set_robust_list", "sigaltstack", "tgkill", "uname", NULL };

/* The bytes of a filter have the order of its processor. */
static const struct processor {
	uint32_t arch;
	int big_endian;
	const char *condition;
} processors[] = {
	{ SCMP_ARCH_X86_64, 0, "defined(__x86_64__) && defined(__LP64__)" },
	{ SCMP_ARCH_X86, 0, "defined(__i386__)" },
	{ SCMP_ARCH_AARCH64, 0,
	    "defined(__aarch64__) && !defined(__AARCH64EB__)" },
	{ SCMP_ARCH_ARM, 0, "defined(__ARM_EABI__) && !defined(__ARMEB__)" },
	{ SCMP_ARCH_RISCV64, 0,
	    "defined(__riscv) && __riscv_xlen == 64" },
	{ SCMP_ARCH_PPC64LE, 0,
	    "defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)" },
	{ SCMP_ARCH_S390X, 1, "defined(__s390x__)" },
};

static void
check(int rc, const char *what)
{
	if (rc >= 0)
		return;
	(void)fprintf(stderr, "%s: error %d\n", what, -rc);
	exit(1);
}

/* One that libseccomp does not know yet, or the processor does not have, is
 * left out. */
static void
allow_if(scmp_filter_ctx c, const char *name, unsigned n,
    struct scmp_arg_cmp compare)
{
	int number = seccomp_syscall_resolve_name(name);

	if (number != __NR_SCMP_ERROR)
		check(seccomp_rule_add_array(c, SCMP_ACT_ALLOW, number, n,
		    &compare), name);
}

static void
allow(scmp_filter_ctx c, const char *const *names)
{
	for (; *names != NULL; names++)
		allow_if(c, *names, 0, (struct scmp_arg_cmp){ 0 });
}

/* Those bits of an argument have that value. */
static struct scmp_arg_cmp
masked(unsigned arg, scmp_datum_t mask, scmp_datum_t value)
{
	return (struct scmp_arg_cmp){ .arg = arg, .op = SCMP_CMP_MASKED_EQ,
		.datum_a = mask, .datum_b = value };
}

static void
allow_libraries(scmp_filter_ctx c)
{
	const scmp_datum_t writes = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND |
	    __O_TMPFILE;

	allow(c, of_libraries);
	allow_if(c, "mmap", 0, (struct scmp_arg_cmp){ 0 });
	allow_if(c, "mmap2", 0, (struct scmp_arg_cmp){ 0 });
	allow_if(c, "mprotect", 0, (struct scmp_arg_cmp){ 0 });
	allow_if(c, "open", 1, masked(1, writes, O_RDONLY));
	allow_if(c, "openat", 1, masked(2, writes, O_RDONLY));
	allow_if(c, "seccomp", 1,
	    masked(0, UINT32_MAX, SECCOMP_SET_MODE_FILTER));
	allow_if(c, "prctl", 1, masked(0, UINT32_MAX, PR_SET_NO_NEW_PRIVS));
}

static void
allow_messages(scmp_filter_ctx c)
{
	allow(c, of_messages);
	allow_if(c, "fcntl", 1, masked(1, UINT32_MAX, F_OFD_SETLK));
	/* Where the kernel knows too little of pwritev2 for musl. */
	allow_if(c, "fcntl", 1, masked(1, UINT32_MAX, F_GETFL));
	/* A descriptor, and no path. */
	allow_if(c, "utimensat", 1,
	    (struct scmp_arg_cmp){ .arg = 1, .op = SCMP_CMP_EQ });
}

/* No memory becomes code. */
static void
allow_memory(scmp_filter_ctx c)
{
	allow_if(c, "mmap", 1, masked(2, PROT_EXEC, 0));
	allow_if(c, "mmap2", 1, masked(2, PROT_EXEC, 0));
	allow_if(c, "mprotect", 1, masked(2, PROT_EXEC, 0));
}

static void
print(scmp_filter_ctx c, const struct processor *p)
{
	static unsigned char bytes[LONGEST];
	int fd = memfd_create("filter", 0);
	ssize_t n, i;

	check(seccomp_export_bpf(c, fd), "seccomp_export_bpf");
	n = pread(fd, bytes, sizeof(bytes), 0);
	for (i = 0; i + 8 <= n; i += 8) {
		const unsigned char *b = bytes + i;

		if (p->big_endian)
			(void)printf("\t{ 0x%02x%02x, %u, %u, "
			    "0x%02x%02x%02x%02x },\n", b[0], b[1], b[2], b[3],
			    b[4], b[5], b[6], b[7]);
		else
			(void)printf("\t{ 0x%02x%02x, %u, %u, "
			    "0x%02x%02x%02x%02x },\n", b[1], b[0], b[2], b[3],
			    b[7], b[6], b[5], b[4]);
	}
	(void)close(fd);
}

static void
write_filter(const struct processor *p, const char *name, int libraries)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ERRNO(EPERM));

	if (c == NULL)
		check(-ENOMEM, "seccomp_init");
	if (p->arch != seccomp_arch_native()) {
		check(seccomp_arch_remove(c, seccomp_arch_native()), "native");
		check(seccomp_arch_add(c, p->arch), p->condition);
	}
	check(seccomp_attr_set(c, SCMP_FLTATR_CTL_OPTIMIZE, 2), "optimize");
	allow(c, of_what_is_open);
	allow_messages(c);
#ifdef SANITIZED
	allow(c, of_sanitizers);
#endif
	if (libraries)
		allow_libraries(c);
	else
		allow_memory(c);
	(void)printf("static const struct sock_filter %s[] = {\n", name);
	print(c, p);
	(void)printf("};\n");
	seccomp_release(c);
}

int
main(void)
{
	size_t i;

	(void)of_sanitizers;
	(void)printf("/* Written by lib/sandbox/filters.c. */\n");
	for (i = 0; i < sizeof(processors) / sizeof(processors[0]); i++) {
		(void)printf("#%s %s\n", i == 0 ? "if" : "elif",
		    processors[i].condition);
		write_filter(&processors[i], "filter_closed", 0);
		write_filter(&processors[i], "filter_libraries", 1);
	}
	(void)printf("#else\n#define NO_FILTERS\n#endif\n");
	return ferror(stdout) || fflush(stdout) == EOF;
}
