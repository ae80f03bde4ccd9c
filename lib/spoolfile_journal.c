/* SPDX-License-Identifier: ISC */
/* spoolfile: the journal of a message of the queue; see spoolfile.h. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "io.h"
#include "limits.h"
#include "spoolfile.h"
#include "text.h"

enum {
	BLOCK = 16384, /* of the journal, read at a time */
	LINE = 128,    /* bytes of most lines */
	ST_BLOCK = 512, /* bytes that st_blocks counts */
	HOST = 255,
	ENHANCED = 16,
};

static const char *const classes[SPOOL_CLASSES] = { "sent", "relayed",
	"deferred", "failed", "down", "busy", "reported", "again" };

const char *
spool_class_name(enum spool_class class)
{
	return classes[class];
}

static int
read_class(struct slice word, enum spool_class *class)
{
	int i;

	for (i = 0; i < SPOOL_CLASSES; i++)
		if (slice_eq(word, slice_str(classes[i]))) {
			*class = (enum spool_class)i;
			return 0;
		}
	return -1;
}

int
spool_entry_read(struct slice line, int timed, struct spool_entry *e)
{
	struct slice when = SLICE("0"), number, class, code;
	uint64_t seconds, n, reply;

	if (line.n >= SPOOL_ENTRY || slice_find(line, '\0') < line.n ||
	    (timed && !slice_until(&line, '\t', &when)) ||
	    !slice_until(&line, '\t', &number) ||
	    !slice_until(&line, '\t', &class) ||
	    !slice_until(&line, '\t', &code) ||
	    !slice_until(&line, '\t', &e->enhanced) ||
	    !slice_until(&line, '\t', &e->host))
		return -1;
	e->text = line;
	if (slice_uint(when, 0, SPOOL_DUE_MOST, &seconds) == -1 ||
	    slice_uint(number, 0, LIMIT_SPOOL_RECIPIENTS, &n) == -1 ||
	    slice_uint(code, 0, 999, &reply) == -1 ||
	    read_class(class, &e->class) == -1)
		return -1;
	e->when = (int64_t)seconds;
	e->number = (size_t)n;
	e->code = (unsigned)reply;
	return 0;
}

/* A column of what somebody else may have said. */
static void
put_column(struct buf *out, struct slice s, size_t most)
{
	char shown[TEXT_SHOWN];
	struct slice text = slice_str(text_show(shown, slice_trim(s)));

	(void)buf_add(out, slice_sub(text, 0, most));
}

void
spool_entry_write(struct buf *out, int timed, const struct spool_entry *e)
{
	if (timed)
		(void)buf_addf(out, "%" PRId64 "\t", e->when);
	(void)buf_addf(out, "%zu\t%s\t%u\t", e->number, classes[e->class],
	    e->code);
	put_column(out, e->enhanced, ENHANCED);
	(void)buf_addc(out, '\t');
	put_column(out, e->host, HOST);
	(void)buf_addc(out, '\t');
	put_column(out, e->text, TEXT_SHOWN);
	(void)buf_addc(out, '\n');
}

/* Of one who has the message nothing is taken back. */
static void
begin_again(struct spool_recipient *r)
{
	if (r->class == SPOOL_REFUSED)
		*r = (struct spool_recipient){ .to = r->to,
			.class = SPOOL_BUSY };
}

static void
settle(struct spool_recipient *r, const struct spool_entry *e, uint64_t at)
{
	switch (e->class) {
	case SPOOL_REPORTED:
		r->reported = 1;
		return;
	case SPOOL_AGAIN:
		begin_again(r);
		return;
	case SPOOL_BUSY:
	case SPOOL_CLASSES:
		return;
	case SPOOL_SENT:
	case SPOOL_RELAYED:
	case SPOOL_REFUSED:
		r->settled = 1;
		break;
	case SPOOL_DEFERRED:
	case SPOOL_DOWN:
		r->attempts++;
	}
	r->class = e->class;
	r->at = at;
}

/* Is a line of that class about one who is settled, too? */
static int
is_after(enum spool_class class)
{
	return class == SPOOL_REPORTED || class == SPOOL_AGAIN;
}

/* Takes in a line that is at the offset "at".  What says something else of
 * nobody we know is nothing: whoever wrote it, no mail is lost by it. */
static void
take(struct spoolfile *m, const struct spool_entry *e, uint64_t at)
{
	size_t i;

	if (e->number > m->nto)
		return;
	if (e->number > 0) {
		if (!m->to[e->number - 1].settled || is_after(e->class))
			settle(&m->to[e->number - 1], e, at);
		return;
	}
	if (e->class == SPOOL_REPORTED) {
		m->warned = 1;
		return;
	}
	for (i = 0; i < m->nto; i++)
		if (!m->to[i].settled || is_after(e->class))
			settle(&m->to[i], e, at);
}

/* Takes in the whole lines of "text", which is at m->read, and of a block that
 * holds none all but what could be a line.  What it took in. */
static size_t
take_lines(struct spoolfile *m, struct slice text)
{
	size_t taken = 0, n;
	struct spool_entry e;
	struct slice line;

	while ((n = slice_find(text, '\n')) < text.n) {
		(void)slice_take(&text, n + 1, &line);
		if (spool_entry_read(slice_sub(line, 0, n), 1, &e) == 0)
			take(m, &e, m->read + taken);
		taken += n + 1;
	}
	m->torn = text.n > 0;
	return taken == 0 && text.n > SPOOL_ENTRY ? text.n : taken;
}

int
spoolfile_took(struct spoolfile *m, uint64_t size)
{
	struct slice all = buf_slice(&m->start);

	if (all.n < size || all.n < m->journal)
		return 0;
	m->read += take_lines(m, slice_sub(all, (size_t)m->journal, all.n));
	return !m->torn;
}

int
spoolfile_read(struct spoolfile *m, struct fail *f)
{
	char block[BLOCK];
	size_t taken;
	ssize_t n;

	for (;;) {
		n = pread(m->fd, block, sizeof(block), (off_t)m->read);
		if (n == -1)
			return fail_errno(f, EX_TEMPFAIL, "%.300s: read",
			    m->path);
		taken = take_lines(m, (struct slice){ block, (size_t)n });
		m->read += taken;
		if (taken == 0 || (size_t)n < sizeof(block))
			return 0;
	}
}

static int
give_room(int fd, off_t at, off_t n)
{
#ifdef FALLOC_FL_KEEP_SIZE
	return fallocate(fd, FALLOC_FL_KEEP_SIZE, at, n);
#else
	(void)fd, (void)at, (void)n;
	return 0; /* it could not be given without making the file longer */
#endif
}

int
spoolfile_append_all(struct spoolfile *m, const struct spool_entry *e,
    size_t n, struct fail *f)
{
	struct buf lines = BUF(n * SPOOL_ENTRY + 1);
	size_t i;
	int rc;

	/* What a crash, or a full disk, left of a line must not spoil this
	 * one. */
	if (spoolfile_read(m, f) == -1)
		return -1;
	if (m->torn)
		(void)buf_addc(&lines, '\n');
	for (i = 0; i < n; i++)
		spool_entry_write(&lines, 1, &e[i]);
	rc = io_write(m->fd, buf_slice(&lines));
	if (rc == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "%.300s: write", m->path);
	buf_free(&lines);
	return rc == -1 ? -1 : spoolfile_read(m, f);
}

int
spoolfile_append(struct spoolfile *m, const struct spool_entry *e,
    struct fail *f)
{
	return spoolfile_append_all(m, e, 1, f);
}

/* Most files have it in their last block. */
int
spoolfile_make_room(const struct spoolfile *m, size_t n, struct fail *f)
{
	off_t want = (off_t)(n * LINE + SPOOL_ENTRY);
	struct stat st;

	if (fstat(m->fd, &st) == -1 ||
	    (off_t)st.st_blocks * ST_BLOCK - st.st_size >= want)
		return 0;
	if (give_room(m->fd, st.st_size, want) == 0 || (errno != ENOSPC &&
	    errno != EDQUOT && errno != EFBIG))
		return 0;
	return fail_errno(f, EX_TEMPFAIL, "room for its journal");
}

int
spoolfile_last(const struct spoolfile *m, size_t number,
    char line[SPOOL_ENTRY], struct spool_entry *e, struct fail *f)
{
	const struct spool_recipient *r = &m->to[number - 1];
	struct slice text;
	ssize_t n;

	if (r->at == 0)
		return 0;
	text = slice_sub(buf_slice(&m->start), (size_t)r->at, m->start.n);
	text = slice_sub(text, 0, SPOOL_ENTRY);
	if (slice_find(text, '\n') < text.n) {
		memcpy(line, text.p, text.n);
		n = (ssize_t)text.n;
	} else {
		n = pread(m->fd, line, SPOOL_ENTRY, (off_t)r->at);
	}
	if (n == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s: read", m->path);
	text = (struct slice){ line, (size_t)n };
	text = slice_sub(text, 0, slice_find(text, '\n'));
	return spool_entry_read(text, 1, e) == 0;
}
