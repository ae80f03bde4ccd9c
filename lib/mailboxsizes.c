/* SPDX-License-Identifier: ISC */
/* mailboxsizes: the file mailpipe-sizes; see mailboxsizes.h. */

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "io.h"
#include "limits.h"
#include "lookup.h"
#include "mailboxsizes.h"
#include "maildirname.h"
#include "mem.h"

/* A message, whose base is borrowed. */
struct known {
	const char *base;
	uint64_t octets;
	uint16_t n; /* bytes of the base */
	uint8_t used, added;
};

struct mailboxsizes {
	int dir;
	char *text; /* of the file */
	int torn;   /* its last line has no end */
	int anew;   /* it is too long to be read, and gets no longer */
	struct known *known;
	size_t n, room, added;
	struct lookup by_base;
};

static const char name[] = "mailpipe-sizes";

static void
add(struct mailboxsizes *s, struct slice base, const struct known *k)
{
	if (s->n == s->room) {
		s->room = s->room == 0 ? 256 : 2 * s->room;
		s->known = mem_resize(s->known, s->room, sizeof(*s->known));
	}
	lookup_add(&s->by_base, lookup_hash(base), (uint32_t)s->n);
	s->known[s->n++] = *k;
}

static struct known *
find(const struct mailboxsizes *s, struct slice base)
{
	struct lookup_cursor c = lookup_start(&s->by_base, lookup_hash(base));
	uint32_t at;

	while (lookup_next(&s->by_base, &c, &at)) {
		struct known *k = &s->known[at];

		if (slice_eq((struct slice){ k->base, k->n }, base))
			return k;
	}
	return NULL;
}

/* A line "OCTETS BASE". */
static void
parse_line(struct mailboxsizes *s, struct slice line)
{
	struct known k = { 0 };
	struct slice digits;

	if (!slice_until(&line, ' ', &digits) || line.n == 0 ||
	    line.n > NAME_MAX ||
	    slice_uint(digits, 0, LIMIT_OCTETS, &k.octets) == -1 ||
	    !maildirname_fits(line, k.octets))
		return;
	k.base = line.p;
	k.n = (uint16_t)line.n;
	if (find(s, line) == NULL)
		add(s, line, &k);
}

static void
parse(struct mailboxsizes *s, struct slice text)
{
	struct slice line;

	while (slice_until(&text, '\n', &line) && s->n < 4 * LIMIT_MAILBOX)
		parse_line(s, line);
	s->torn = line.n > 0;
}

static void
read_file(struct mailboxsizes *s)
{
	int fd = openat(s->dir, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	ssize_t n;

	if (fd == -1)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (s->anew = st.st_size > LIMIT_UIDLIST) == 0) {
		s->text = mem_alloc((size_t)st.st_size);
		if ((n = io_read(fd, s->text, (size_t)st.st_size)) > 0)
			parse(s, (struct slice){ s->text, (size_t)n });
	}
	(void)close(fd);
}

struct mailboxsizes *
mailboxsizes_open(int dir)
{
	struct mailboxsizes *s = mem_alloc(sizeof(*s));

	s->dir = dir;
	read_file(s);
	return s;
}

size_t
mailboxsizes_count(const struct mailboxsizes *s)
{
	return s->n;
}

int
mailboxsizes_find(struct mailboxsizes *s, struct slice base, uint64_t *octets)
{
	struct known *k = find(s, base);

	if (k == NULL)
		return 0;
	k->used = 1;
	*octets = k->octets;
	return 1;
}

void
mailboxsizes_add(struct mailboxsizes *s, struct slice base, uint64_t octets)
{
	struct known k = { base.p, octets, (uint16_t)base.n, 1, 1 };

	add(s, base, &k);
	s->added++;
}

/* The lines of what was added; or, for a new file, of all that is used. */
static int
put_lines(const struct mailboxsizes *s, int anew, struct buf *out)
{
	int rc = s->torn && !anew ? buf_addc(out, '\n') : 0;
	size_t i;

	for (i = 0; i < s->n && rc == 0; i++) {
		const struct known *k = &s->known[i];

		if (!(anew ? k->used : k->added))
			continue;
		rc = buf_addf(out, "%" PRIu64 " ", k->octets);
		if (rc == 0)
			rc = buf_add(out, (struct slice){ k->base, k->n });
		if (rc == 0)
			rc = buf_addc(out, '\n');
	}
	return rc;
}

static void
append(const struct mailboxsizes *s, struct slice text)
{
	int fd = openat(s->dir, name, O_WRONLY | O_APPEND | O_CREAT |
	    O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);

	if (fd == -1)
		return;
	(void)io_write(fd, text);
	(void)close(fd);
}

static void
replace(const struct mailboxsizes *s, struct slice text)
{
	char tmp[80];
	struct timespec now;
	int fd, rc;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)snprintf(tmp, sizeof(tmp), "tmp/%lld.M%06ldP%ld.%s",
	    (long long)now.tv_sec, now.tv_nsec / 1000, (long)getpid(), name);
	fd = openat(s->dir, tmp,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return;
	rc = io_write(fd, text);
	if (close(fd) == -1 || rc == -1 ||
	    renameat(s->dir, tmp, s->dir, name) == -1)
		(void)unlinkat(s->dir, tmp, 0);
}

void
mailboxsizes_close(struct mailboxsizes **sp, int prune)
{
	struct mailboxsizes *s = *sp;
	struct buf out = BUF(LIMIT_UIDLIST);

	if (s == NULL)
		return;
	prune |= s->anew;
	if ((prune || s->added > 0) && put_lines(s, prune, &out) == 0)
		(prune ? replace : append)(s, buf_slice(&out));
	buf_free(&out);
	lookup_free(&s->by_base);
	free(s->known);
	free(s->text);
	free(s);
	*sp = NULL;
}
