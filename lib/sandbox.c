/* SPDX-License-Identifier: ISC */
/*
 * sandbox: rights given up for good, by Landlock; see sandbox.h.  Rights that
 * the headers may not know yet are named here, since it is the kernel that
 * runs that counts.
 */

#include <stdint.h>
#include <unistd.h>

#include "sandbox.h"

#if defined(__linux__) && __has_include(<linux/landlock.h>)
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#ifdef LANDLOCK_CREATE_RULESET_VERSION

enum {
	ABI_REFER = 2,
	ABI_TRUNCATE = 3,
	ABI_TCP = 4,
	ABI_IOCTL = 5,
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

/* What later versions know. */
#define REFER	 (1ULL << 13)
#define TRUNCATE (1ULL << 14)
#define IOCTL	 (1ULL << 15)
#define TCP	 3ULL /* bind and connect */

/* As the kernel has it since version 4; before, it had the first number. */
struct ruleset {
	uint64_t fs, net;
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

static int
new_ruleset(int abi)
{
	struct ruleset rules = { .fs = kept(abi) | SPECIAL |
		    (abi >= ABI_IOCTL ? IOCTL : 0), .net = TCP };
	size_t size = abi >= ABI_TCP ? sizeof(rules) : sizeof(rules.fs);

	return (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
}

int
sandbox_writes_as(int dirfd, int abi, struct fail *f)
{
	struct landlock_path_beneath_attr beneath = { .parent_fd = dirfd };
	int rules, rc = 0;

	if (abi > sandbox_abi())
		abi = sandbox_abi();
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (abi == 0)
		return 0;
	beneath.allowed_access = kept(abi);
	if ((rules = new_ruleset(abi)) == -1)
		return fail_errno(f, EX_TEMPFAIL, "landlock");
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
		&beneath, 0) == -1 ||
	    syscall(SYS_landlock_restrict_self, rules, 0) == -1)
		rc = fail_errno(f, EX_TEMPFAIL, "landlock");
	(void)close(rules);
	return rc;
}

#else

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

#endif

int
sandbox_writes_in(int dirfd, struct fail *f)
{
	return sandbox_writes_as(dirfd, sandbox_abi(), f);
}
