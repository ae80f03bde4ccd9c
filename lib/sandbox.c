/* SPDX-License-Identifier: ISC */
/*
 * sandbox: rights given up for good, by Landlock and seccomp; see sandbox.h.
 * Rights that the headers may not know yet are named here, since it is the
 * kernel that runs that counts.  The filters are made by sandbox/filters.c.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox.h"
#include "slice.h"

#if defined(__linux__) && __has_include(<linux/landlock.h>)
#include <linux/landlock.h>
#endif
#ifdef __linux__
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif
#ifdef WITH_SECCOMP
#include <filters.h>
#else
#define NO_FILTERS
#endif

#ifdef LANDLOCK_CREATE_RULESET_VERSION

enum {
	ABI_REFER = 2,
	ABI_TRUNCATE = 3,
	ABI_TCP = 4,
	ABI_IOCTL = 5,
	ABI_SCOPE = 6,
};

/* What is taken away everywhere by the first version. */
#define WRITES \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | \
	    LANDLOCK_ACCESS_FS_MAKE_REG)
#define SPECIAL \
	(LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_SOCK | \
	    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | \
	    LANDLOCK_ACCESS_FS_MAKE_SYM)

#define LOOKS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#ifdef __SANITIZE_ADDRESS__
#define READS 0 /* at the end it looks for lost memory in /proc */
#else
#define READS (LOOKS | LANDLOCK_ACCESS_FS_EXECUTE)
#endif

/* What later versions know. */
#define REFER	 (1ULL << 13)
#define TRUNCATE (1ULL << 14)
#define IOCTL	 (1ULL << 15)
#define TCP	 3ULL /* bind and connect */
#define SCOPE	 3ULL /* abstract local sockets, and signals */

/* As the kernel has it since version 6; before, it had the first two numbers,
 * and before version 4 the first. */
struct ruleset {
	uint64_t fs, net, scope;
};

int
sandbox_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 0 ? 0 : (int)abi;
}

/* The rights that stay beneath the directory. */
static uint64_t
kept(int abi)
{
	return WRITES | (abi >= ABI_REFER ? REFER : 0) |
	    (abi >= ABI_TRUNCATE ? TRUNCATE : 0);
}

/* A set of rules that takes those rights away and more: its descriptor. */
static int
new_ruleset(uint64_t fs, uint64_t scope, int abi)
{
	struct ruleset rules = { .fs = fs | kept(abi) | SPECIAL |
		    (abi >= ABI_IOCTL ? IOCTL : 0), .net = TCP,
		.scope = scope };
	size_t size = abi >= ABI_SCOPE ? sizeof(rules) :
	    abi >= ABI_TCP ? 2 * sizeof(uint64_t) : sizeof(uint64_t);

	return (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
}

static int
add_rule(int rules, int dirfd, uint64_t access)
{
	struct landlock_path_beneath_attr beneath = { .parent_fd = dirfd,
		.allowed_access = access };

	return (int)syscall(SYS_landlock_add_rule, rules,
	    LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
}

/* Closes "rules", which hold from now on where "rc" is 0. */
static int
enforce(int rules, int rc, struct fail *f)
{
	if (rc == -1 ||
	    syscall(SYS_landlock_restrict_self, rules, 0) == -1)
		rc = fail_errno(f, EX_TEMPFAIL, "landlock");
	(void)close(rules);
	return rc;
}

static int
writes(const int *dirs, size_t n, int abi, struct fail *f)
{
	int rules, rc = 0;
	size_t i;

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (abi == 0)
		return 0;
	if ((rules = new_ruleset(0, 0, abi)) == -1)
		return fail_errno(f, EX_TEMPFAIL, "landlock");
	for (i = 0; i < n && rc == 0; i++)
		rc = add_rule(rules, dirs[i], kept(abi));
	return enforce(rules, rc, f);
}

int
sandbox_writes_as(int dirfd, int abi, struct fail *f)
{
	return writes(&dirfd, 1, abi > sandbox_abi() ? sandbox_abi() : abi, f);
}

int
sandbox_writes_beneath(const int *dirs, size_t n, struct fail *f)
{
	return writes(dirs, n, sandbox_abi(), f);
}

int
sandbox_writes_nowhere(struct fail *f)
{
	int abi = sandbox_abi(), rules;

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (abi == 0)
		return 0;
	if ((rules = new_ruleset(0, 0, abi)) == -1)
		return fail_errno(f, EX_TEMPFAIL, "landlock");
	return enforce(rules, 0, f);
}

int
sandbox_files_in(int dirfd, struct fail *f)
{
	int abi = sandbox_abi(), rules;

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (abi == 0)
		return 0;
	if ((rules = new_ruleset(READS, 0, abi)) == -1)
		return fail_errno(f, EX_TEMPFAIL, "landlock");
	return enforce(rules, add_rule(rules, dirfd, kept(abi) |
	    (READS & LOOKS)), f);
}

/* One that is not there is left out. */
static int
add_place(int rules, const char *path)
{
	int fd = open(path, O_PATH | O_CLOEXEC), rc;

	if (fd == -1)
		return 0;
	rc = add_rule(rules, fd, LANDLOCK_ACCESS_FS_READ_FILE);
	(void)close(fd);
	return rc;
}

/* Where libraries are, and what they read when they are loaded. */
static int
add_libraries(int rules)
{
	static const char *const places[] = { "/usr", "/lib", "/lib64",
		"/nix/store", "/gnu/store", "/etc/ld.so.cache", "/etc/ssl",
		"/etc/pki", "/etc/crypto-policies" };
	const char *set = getenv("LD_LIBRARY_PATH");
	struct slice word, words = slice_str(set == NULL ? "" : set);
	char path[PATH_MAX];
	int rc = 0;
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]) && rc == 0; i++)
		rc = add_place(rules, places[i]);
	while (words.n > 0 && rc == 0) {
		(void)slice_until(&words, ':', &word);
		if (word.n > 0 && word.n < sizeof(path)) {
			memcpy(path, word.p, word.n);
			path[word.n] = '\0';
			rc = add_place(rules, path);
		}
	}
	return rc;
}

/* No file at all, or those of libraries. */
static int
forbid_files(int libraries, struct fail *f)
{
	int abi = sandbox_abi(), rules;

	if (abi == 0)
		return 0;
	if ((rules = new_ruleset(READS, SCOPE, abi)) == -1)
		return fail_errno(f, EX_TEMPFAIL, "landlock");
	return enforce(rules, libraries && READS != 0 ?
	    add_libraries(rules) : 0, f);
}

#else

static int
forbid_files(int libraries, struct fail *f)
{
	(void)libraries;
	(void)f;
	return 0;
}

int
sandbox_abi(void)
{
	return 0;
}

int
sandbox_writes_as(int dirfd, int abi, struct fail *f)
{
	(void)dirfd;
	(void)abi;
	(void)f;
	return 0;
}

int
sandbox_writes_beneath(const int *dirs, size_t n, struct fail *f)
{
	(void)dirs;
	(void)n;
	(void)f;
	return 0;
}

int
sandbox_writes_nowhere(struct fail *f)
{
	(void)f;
	return 0;
}

int
sandbox_files_in(int dirfd, struct fail *f)
{
	(void)dirfd;
	(void)f;
	return 0;
}

#endif

int
sandbox_writes_in(int dirfd, struct fail *f)
{
	return sandbox_writes_as(dirfd, sandbox_abi(), f);
}

#ifdef NO_FILTERS

enum { FILTERS = 0 };

static int
forbid_calls(int libraries, struct fail *f)
{
	(void)libraries;
	(void)f;
	return 0;
}

#else

enum { FILTERS = 1 };

#define COUNT(array) ((unsigned short)(sizeof(array) / sizeof((array)[0])))

/* What is refused goes to the kernel's log. */
static int
forbid_calls(int libraries, struct fail *f)
{
	/* UNSAFE: the kernel only reads the filters */
	struct sock_fprog program = libraries ?
	    (struct sock_fprog){ COUNT(filter_libraries),
		(struct sock_filter *)(uintptr_t)filter_libraries } :
	    (struct sock_fprog){ COUNT(filter_closed),
		(struct sock_filter *)(uintptr_t)filter_closed };

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_LOG, &program) == 0 || errno == ENOSYS)
		return 0;
	(void)fail_errno(f, EX_TEMPFAIL, "seccomp");
	return f->error == EPERM || f->error == EINVAL ? 1 : -1;
}

#endif

int
sandbox_exists(void)
{
	return FILTERS || sandbox_abi() > 0;
}

static int
forbid(int libraries, struct fail *f)
{
#ifdef __linux__
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#endif
	return forbid_files(libraries, f) == -1 ? -1 :
	    forbid_calls(libraries, f);
}

int
sandbox_closed(struct fail *f)
{
	return forbid(0, f);
}

int
sandbox_libraries(struct fail *f)
{
	return forbid(1, f);
}
