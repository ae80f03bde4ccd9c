/* SPDX-License-Identifier: ISC */
/* Fuzz target: a list of uids on standard input: refused, or sets of the same
 * messages, each short, whether it is kept first or not. */

#include <stdlib.h>
#include <unistd.h>

#include "../../cmd/imap/ranges.h"
#include "../../cmd/imap/uids.h"
#include "io.h"
#include "limits.h"
#include "scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Adds it to "sum", in which UINT32_MAX stands for "*", and what is up to that
 * for what is said in its place. */
static void
check_set(struct slice set, uint32_t most, struct ranges *sum)
{
	struct uidset_range range;
	uint64_t n = 0;
	int rc, star = 0;

	if (set.n == 0 || set.n > LIMIT_IMAP_LINE || !uidset_is_one(set))
		abort();
	while ((rc = uidset_next(&set, &range)) == 1) {
		star |= range.last == 0 || range.last == UIDSET_MOST;
		n += (uint64_t)range.last - range.first + 1;
		ranges_add(sum, range.first == 0 ? UINT32_MAX : range.first,
		    range.last == 0 || range.last == UIDSET_MOST ?
		    UINT32_MAX : range.last);
	}
	if (rc == -1 || (!star && most != 0 && n > most))
		abort();
}

/* 1 where "text" is refused; else 0, with all of the sets in "sum". */
static int
read_all(struct slice text, int all, uint32_t most, struct ranges *sum)
{
	struct fail f = { 0 };
	struct uids *u;
	struct slice set;
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
		check_set(set, most, sum);
	}
	uids_close(&u);
	if (rc == -1 && f.class != EX_DATAERR)
		abort();
	return rc == -1;
}

static int
are_same(const struct ranges *a, const struct ranges *b)
{
	size_t i;

	for (i = 0; a->n == b->n && i < a->n; i++)
		if (a->one[i].first != b->one[i].first ||
		    a->one[i].last != b->one[i].last)
			return 0;
	return a->n == b->n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	struct ranges read = { 0 }, kept = { 0 }, few = { 0 };
	struct fail f;
	static int fd;
	int refused;

	if (fd == 0 && ((fd = scratch_open(&f)) == -1 ||
	    dup2(fd, STDIN_FILENO) == -1))
		abort();
	refused = read_all(text, 0, 0, &read);
	if (refused != read_all(text, 1, 0, &kept) ||
	    (!refused && !are_same(&read, &kept)))
		abort();
	(void)read_all(text, 0, 3, &few);
	ranges_free(&read);
	ranges_free(&kept);
	ranges_free(&few);
	return 0;
}
