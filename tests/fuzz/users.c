/* SPDX-License-Identifier: ISC */
/* Fuzz target: a users file, its first line the address that is looked up:
 * what is found is an absolute path, and no part of a pattern's is "..". */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "users.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_up(const struct conf *conf, struct slice address, int pattern_only)
{
	struct arena arena = { 0 };
	struct fail f = { 0 };
	struct addr a;
	struct user u;

	if (addr_check(address, &a, &f) == 0 &&
	    users_find(conf, &a, &arena, &u, &f) == USERS_FOUND &&
	    (u.maildir[0] != '/' || (pattern_only &&
	    strstr(u.maildir, "/../") != NULL)))
		abort();
	arena_free(&arena);
}

/* For root no mailbox has an owner here, and so none is found; without the
 * other call there is no reading what /proc/self/fd has. */
static void
become(uid_t uid)
{
	if (getuid() == 0 && (seteuid(uid) == -1 ||
	    prctl(PR_SET_DUMPABLE, 1) == -1))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *domains[] = { "example.org", "b" };
	struct slice file = { (const char *)data, size }, address;
	int fd = memfd_create("users", 0), own_paths;
	struct conf c = { .domains = domains, .ndomains = 2,
		.recipient_delimiter = '+', .maildirs = "/m/%d/%u/" };
	char path[40];

	(void)slice_until(&file, '\n', &address);
	own_paths = memchr(data, '/', size) != NULL;
	if (write(fd, file.p, file.n) != (ssize_t)file.n)
		abort();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	c.users = path;
	become(65534);
	look_up(&c, address, !own_paths);
	look_up(&c, SLICE("bob@example.org"), !own_paths);
	look_up(&c, SLICE("postmaster@b"), !own_paths);
	become(0);
	(void)close(fd);
	return 0;
}
