/* SPDX-License-Identifier: ISC */
/* Fuzz target: a file of aliases, its first line the address that is looked
 * for.  What is found is members; an address among them is one by the grammar,
 * and the others have no NUL. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "aliases.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_at(const struct alias_member *m)
{
	char text[ADDR_TEXT];
	struct addr again;
	struct fail f;

	if (m->kind > ALIAS_MAILBOX) {
		if (slice_find(m->text, '\0') < m->text.n)
			abort();
		return;
	}
	(void)addr_format(text, &m->address);
	if (m->address.domain.n > 0 &&
	    addr_check_utf8(slice_str(text), &again, &f) == -1)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice file = { (const char *)data, size }, address;
	int fd = memfd_create("aliases", 0), rc;
	struct arena arena = { 0 };
	struct alias_member m;
	struct alias found;
	struct fail f = { 0 };
	struct addr a;
	char path[40];

	(void)slice_until(&file, '\n', &address);
	if (write(fd, file.p, file.n) != (ssize_t)file.n)
		abort();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (addr_check(address, &a, &f) == 0 &&
	    aliases_find(path, &a, &arena, &found, &f) == 1) {
		while ((rc = aliases_member(&found.members, &arena, &m,
		    &f)) == 1)
			look_at(&m);
		if (rc == -1 && f.class != EX_CONFIG)
			abort();
	}
	arena_free(&arena);
	(void)close(fd);
	return 0;
}
