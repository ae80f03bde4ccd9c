/* SPDX-License-Identifier: ISC */
/* Fuzz target: any file is refused and left as it is, or read, and what is
 * added to it is read back. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../cmd/pop3/popstate.h"
#include "io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const char *path, size_t size)
{
	struct fail f = { 0 };
	struct popstate *s = popstate_open(path, &f);
	off_t end;
	int fd;

	if (s == NULL) {
		fd = open(path, O_RDONLY);
		end = lseek(fd, 0, SEEK_END);
		(void)close(fd);
		if (f.class != EX_CONFIG || end != (off_t)size)
			abort();
		return;
	}
	popstate_listed(s, SLICE("a"));
	popstate_fetched(s, SLICE("key"), SLICE(""));
	if (popstate_list_end(s, 0, &f) == -1 ||
	    popstate_write(s, 0, &f) == -1)
		abort();
	popstate_close(&s);
	s = popstate_open(path, &f);
	if (s == NULL || !popstate_find(s, SLICE("key"), NULL))
		abort();
	popstate_close(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[] = "/tmp/mailpipe-fuzz.XXXXXX";
	int fd = mkstemp(path);

	if (fd == -1 || io_write(fd, (struct slice){ (const char *)data,
	    size }) == -1)
		abort();
	(void)close(fd);
	check(path, size);
	(void)unlink(path);
	return 0;
}
