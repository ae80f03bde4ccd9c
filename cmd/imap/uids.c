/* SPDX-License-Identifier: ISC */
/* uids: the messages that a command is for; see uids.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "limits.h"
#include "mem.h"
#include "scratch.h"
#include "text.h"
#include "uids.h"
#include "uidset.h"

enum {
	BLOCK = 16384,
	LONGEST = 21, /* 4294967295:4294967295 */
	/* Bytes of a set; LIMIT_IMAP_LINE has room for a name beside it. */
	SET = LIMIT_IMAP_LINE - 2000,
};

struct uids {
	char *const *args; /* left */
	size_t n;
	int fd;		   /* the list, or what was kept of it; -1: arguments */
	int kept;	   /* fd has ranges in order: by next_kept */
	int none;	   /* of them */
	struct slice rest; /* of the argument, or of the block */
	int promised;	   /* a comma was there: a range has to follow */
	uint64_t line;	   /* of the list, from 1 */
	uint32_t end;	   /* of uids_before; 0: none */
	uint32_t last;	   /* of uids_last; 0: none */
	int stars;	   /* there is a "*" in it, as far as it was read */
	int ranges;	   /* or a range */
	struct uidset_range held; /* behind the one that was joined last */
	int holding;
	struct uidset_range back; /* had no room in the set, or was too many */
	int has_back;
	struct buf set;
	char block[BLOCK];
};

/* The next range of the arguments, which have been looked at. */
static int
next_argument(struct uids *u, struct uidset_range *range)
{
	while (u->rest.n == 0) {
		if (u->n == 0)
			return 0;
		u->rest = slice_str(*u->args++);
		u->n--;
	}
	return uidset_next(&u->rest, range);
}

static int
bad_line(struct uids *u, struct slice text, struct fail *f)
{
	return fail_set(f, EX_DATAERR, "line %llu: %s: expected uids, such as "
	    "7 or 7:9,12", (unsigned long long)u->line, TEXT_SHOW(text));
}

/* Reads more behind what is left of the block: 1, 0 at the end, -1. */
static int
read_list(struct uids *u, struct fail *f)
{
	ssize_t n;

	if (u->rest.n > 0)
		memmove(u->block, u->rest.p, u->rest.n);
	do
		n = read(u->fd, u->block + u->rest.n, BLOCK - u->rest.n);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return fail_errno(f, EX_IOERR, "standard input: read");
	u->rest = (struct slice){ u->block, u->rest.n + (size_t)n };
	return n > 0;
}

static int
is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Takes the text of a range, with what ends it, ',' or a blank or -1 at the end
 * of the list: 1, 0 where nothing is left, -1. */
static int
take_text(struct uids *u, struct slice *text, int *end, struct fail *f)
{
	size_t n = 0;
	int rc;

	for (;; n++) {
		if (n == u->rest.n && (rc = read_list(u, f)) != 1) {
			*text = u->rest;
			*end = -1;
			u->rest = SLICE("");
			return rc == 0 && text->n > 0 ? 1 : rc;
		}
		*end = u->rest.p[n];
		if (*end == ',' || is_blank(*end) || n > LONGEST)
			break;
	}
	return slice_take(&u->rest, n, text) == 0 &&
	    slice_getc(&u->rest) != -1;
}

/* The next range of the list, of any length, in lines of any length. */
static int
next_line(struct uids *u, struct uidset_range *range, struct fail *f)
{
	struct slice text;
	int rc, end;

	while ((rc = take_text(u, &text, &end, f)) == 1) {
		if (text.n > 0 || end == ',' || u->promised) {
			if (text.n > LONGEST || uidset_read(text, range) == -1)
				return bad_line(u, text, f);
			u->promised = end == ',';
			u->line += end == '\n';
			return 1;
		}
		u->line += end == '\n';
	}
	if (rc == 0 && u->promised)
		return bad_line(u, SLICE(""), f);
	return rc;
}

/* The next range of those that were kept in a file. */
static int
next_kept(struct uids *u, struct uidset_range *range, struct fail *f)
{
	struct slice bytes;
	ssize_t n;

	if (u->rest.n == 0) {
		if ((n = io_read(u->fd, u->block, BLOCK)) == -1)
			return fail_errno(f, EX_IOERR, "list of uids: read");
		u->rest = (struct slice){ u->block, (size_t)n };
	}
	if (slice_take(&u->rest, sizeof(*range), &bytes) == -1)
		return 0;
	memcpy(range, bytes.p, sizeof(*range));
	return 1;
}

static int
next_range(struct uids *u, struct uidset_range *range, struct fail *f)
{
	int rc = u->fd == -1 ? next_argument(u, range) :
	    u->kept ? next_kept(u, range, f) : next_line(u, range, f);

	u->stars |= rc == 1 && uidset_has_star(*range);
	/* What is kept was joined before. */
	u->ranges |= rc == 1 && !u->kept && range->first != range->last;
	return rc;
}

/* The next range with all behind it that it can be joined with; what was held
 * comes first. */
static int
next_joined(struct uids *u, struct uidset_range *range, struct fail *f)
{
	struct uidset_range next;
	int rc;

	if (!u->holding && (rc = next_range(u, &u->held, f)) != 1)
		return rc;
	*range = u->held;
	u->holding = 0;
	while ((rc = next_range(u, &next, f)) == 1)
		if (!uidset_join(range, next)) {
			u->held = next;
			u->holding = 1;
			return 1;
		}
	return rc == -1 ? -1 : 1;
}

/* Keeps all of standard input, in order, in a file: 0, or -1. */
static int
keep(struct uids *u, struct fail *f)
{
	struct buf out = BUF(BLOCK);
	struct uidset_range range;
	int fd = scratch_open(f), rc = fd == -1 ? -1 : 1;

	u->none = 1;
	while (rc == 1 && (rc = next_joined(u, &range, f)) == 1) {
		u->none = 0;
		(void)buf_add(&out, (struct slice){ (const char *)&range,
		    sizeof(range) });
		if (out.n + sizeof(range) <= out.max)
			continue;
		if (io_write(fd, buf_slice(&out)) == -1)
			rc = fail_errno(f, EX_TEMPFAIL, "list of uids: write");
		buf_clear(&out);
	}
	if (rc == 0 && (io_write(fd, buf_slice(&out)) == -1 ||
	    lseek(fd, 0, SEEK_SET) == -1))
		rc = fail_errno(f, EX_TEMPFAIL, "list of uids: write");
	buf_free(&out);
	u->fd = fd;
	u->kept = 1;
	return rc;
}

static int
check_arguments(struct uids *u, struct fail *f)
{
	size_t i;

	for (i = 0; i < u->n; i++) {
		u->stars |= strchr(u->args[i], '*') != NULL;
		if (!uidset_is_one(slice_str(u->args[i])))
			return fail_set(f, EX_USAGE, "%s: expected uids, such "
			    "as 7 or 7:9,12 or 1:*",
			    TEXT_SHOW(slice_str(u->args[i])));
	}
	return 0;
}

struct uids *
uids_open(char *const *args, size_t n, int all, struct fail *f)
{
	struct uids *u = mem_alloc(sizeof(*u));
	int rc = 0;

	u->args = args;
	u->n = n;
	u->fd = n == 0 ? STDIN_FILENO : -1;
	u->line = 1;
	u->set = BUF(SET);
	if (n > 0)
		rc = check_arguments(u, f);
	else if (isatty(STDIN_FILENO))
		rc = fail_set(f, EX_USAGE, "no uids: standard input is a "
		    "terminal");
	else if (all)
		rc = keep(u, f);
	if (rc == -1)
		uids_close(&u);
	return u;
}

void
uids_before(struct uids *u, uint32_t uidnext)
{
	u->end = uidnext;
}

int
uids_empty(const struct uids *u)
{
	return u->kept && u->none;
}

int
uids_has_star(const struct uids *u)
{
	return u->stars;
}

int
uids_are_few(const struct uids *u, uint64_t most)
{
	struct uidset_range range;
	struct slice rest;
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < u->n; i++)
		for (rest = slice_str(u->args[i]);
		    uidset_next(&rest, &range) == 1;
		    n += (uint64_t)range.last - range.first + 1)
			if (uidset_has_star(range))
				return 0;
	return u->fd == -1 && n <= most;
}

int
uids_each_named(const struct uids *u)
{
	return !u->ranges && !u->stars;
}

void
uids_last(struct uids *u, uint32_t last)
{
	u->last = last;
}

/* Cuts off what is not there: 1, or 0 where nothing is left. */
static int
cut(const struct uids *u, struct uidset_range *range)
{
	if (u->last != 0 && uidset_has_star(*range)) {
		range->last = u->last;
		if (range->first == 0)
			range->first = u->last;
	}
	if (u->end != 0 && range->first >= u->end)
		return 0;
	if (u->end != 0 && range->first != 0 &&
	    (uidset_has_star(*range) || range->last >= u->end))
		range->last = u->end - 1;
	return uidset_has_star(*range) || range->first <= range->last;
}

/* The next range for a set: what was given back, else one of which something
 * may be there: 1; 0 at the end. */
static int
next_cut(struct uids *u, struct uidset_range *range, struct fail *f)
{
	int rc;

	if (u->has_back) {
		*range = u->back;
		u->has_back = 0;
		return 1;
	}
	do
		rc = next_joined(u, range, f);
	while (rc == 1 && !cut(u, range));
	return rc;
}

static void
give_back(struct uids *u, struct uidset_range range)
{
	u->back = range;
	u->has_back = 1;
}

/* Adds what may be added of a range, with *left messages to come, and gives the
 * rest back: 1 where the set goes on. */
static int
fill(struct uids *u, struct uidset_range range, uint32_t *left)
{
	struct uidset_range rest = range;
	uint64_t count = (uint64_t)range.last - range.first + 1;
	int alone = uidset_has_star(range);

	if (u->set.n > 0 && (alone || u->set.max - u->set.n < UIDSET_TEXT)) {
		give_back(u, range);
		return 0;
	}
	if (!alone && count > *left) {
		range.last = range.first + (*left - 1);
		rest.first += *left;
		give_back(u, rest);
		count = *left;
	}
	uidset_add(&u->set, range);
	if (!alone)
		*left -= (uint32_t)count;
	return !alone && *left > 0;
}

int
uids_next(struct uids *u, uint32_t most, struct slice *set, struct fail *f)
{
	struct uidset_range range;
	uint32_t left = most == 0 ? UINT32_MAX : most;
	int rc;

	buf_clear(&u->set);
	while ((rc = next_cut(u, &range, f)) == 1 && fill(u, range, &left))
		;
	*set = buf_slice(&u->set);
	return rc == -1 ? -1 : set->n > 0;
}

void
uids_close(struct uids **u)
{
	if (*u == NULL)
		return;
	if ((*u)->kept && (*u)->fd != -1)
		(void)close((*u)->fd);
	buf_free(&(*u)->set);
	free(*u);
	*u = NULL;
}
