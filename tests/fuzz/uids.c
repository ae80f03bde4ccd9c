/* SPDX-License-Identifier: ISC */
/* Fuzz target: a list of uids on standard input: refused, or sets of the same
 * messages, each short, whether it is kept first or not. */

#include <stdlib.h>
#include <unistd.h>

#include "../../cmd/imap/uids.h"
#include "io.h"
#include "limits.h"
#include "scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_set(struct slice set, uint32_t most)
{
	struct uids_range range;
	uint64_t n = 0;
	int rc, star = 0;

	if (set.n == 0 || set.n > LIMIT_IMAP_LINE || !uids_is_set(set))
		abort();
	while ((rc = uids_range(&set, &range)) == 1) {
		star |= range.last == 0;
		n += (uint64_t)range.last - range.first + 1;
	}
	if (rc == -1 || (!star && most != 0 && n > most))
		abort();
}

/* A number for what is there: of the sets together, or -1. */
static uint64_t
read_all(struct slice text, int all, uint32_t most)
{
	struct fail f = { 0 };
	struct uids *u;
	struct slice set;
	uint64_t sum = 0;
	int rc = -1, i;

	if (ftruncate(STDIN_FILENO, 0) == -1 ||
	    lseek(STDIN_FILENO, 0, SEEK_SET) == -1 ||
	    io_write(STDIN_FILENO, text) == -1 ||
	    lseek(STDIN_FILENO, 0, SEEK_SET) == -1)
		abort();
	u = uids_open(NULL, 0, all, &f);
	/* Of a range with a limit there may be many. */
	for (i = 0; u != NULL && i < 1000; i++) {
		if ((rc = uids_next(u, most, &set, &f)) != 1)
			break;
		check_set(set, most);
		sum = sum * 31 + slice_hash(set);
	}
	uids_close(&u);
	if (rc == -1 && f.class != EX_DATAERR)
		abort();
	return rc == -1 ? UINT64_MAX : sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	struct fail f;
	static int fd;

	if (fd == 0 && ((fd = scratch_open(&f)) == -1 ||
	    dup2(fd, STDIN_FILENO) == -1))
		abort();
	if (read_all(text, 0, 0) != read_all(text, 1, 0))
		abort();
	(void)read_all(text, 0, 3);
	return 0;
}
