/* SPDX-License-Identifier: ISC */
/* spoolfile: a message of the queue; see spoolfile.h.  Its journal is
 * spoolfile_journal.c's, who has it spoolfile_lock.c's. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "hdr.h"
#include "limits.h"
#include "spoolfile.h"
#include "text.h"

#define INCOMPLETE "it was never completed, or is no message"

enum {
	FIRST = 16384, /* bytes: nearly all envelopes, and most messages */
};

/* A field of the envelope, of which "value" has no space at its ends. */
struct line {
	struct slice name, value;
};

static int
bad(const struct spoolfile *m, const char *what, struct fail *f)
{
	return fail_set(f, EX_DATAERR, "%.300s: %s", m->path, what);
}

static int
open_file(struct spoolfile *m, struct fail *f)
{
	struct stat st;

	m->fd = openat(m->dir, m->path,
	    O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_APPEND);
	if (m->fd == -1 && errno == ENOENT)
		return fail_errno(f, EX_NOINPUT, "%.300s", m->path);
	if (m->fd == -1 && (errno == ELOOP || errno == EISDIR ||
	    errno == ENXIO))
		return bad(m, "not a regular file", f);
	if (m->fd == -1 || fstat(m->fd, &st) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s", m->path);
	if (!S_ISREG(st.st_mode))
		return bad(m, "not a regular file", f);
	/* One that was removed meanwhile has none. */
	if (st.st_nlink == 0) {
		errno = ENOENT;
		return fail_errno(f, EX_NOINPUT, "%.300s", m->path);
	}
	if (st.st_nlink > 1)
		return bad(m, "it has another name, too", f);
	return 0;
}

/* The offset behind the empty line that ends the envelope; 0: it is not in
 * there. */
static size_t
find_end(struct slice text)
{
	const char *at = text.n < 2 ? NULL :
	    (const char *)memmem(text.p, text.n, "\n\n", 2);

	return at == NULL ? 0 : (size_t)(at - text.p) + 2;
}

/* Reads the file up to the end of its envelope, or further. */
static int
read_start(struct spoolfile *m, uint64_t size, size_t *end, struct fail *f)
{
	/* One byte more shows that this is all of it. */
	size_t want = size < FIRST ? (size_t)size + 1 : FIRST;
	ssize_t n;
	char *to;

	for (;;) {
		if ((to = buf_room(&m->start, want)) == NULL)
			return bad(m, "the envelope has no end", f);
		n = pread(m->fd, to, want, (off_t)m->start.n);
		if (n == -1)
			return fail_errno(f, EX_TEMPFAIL, "%.300s: read",
			    m->path);
		m->start.n += (size_t)n;
		/* Before memory is filled with what is no envelope. */
		if (!slice_starts(buf_slice(&m->start), SLICE("Size: ")))
			return bad(m, INCOMPLETE, f);
		if ((*end = find_end(buf_slice(&m->start))) != 0)
			return 0;
		if (n == 0 || m->start.n >= size)
			return bad(m, "the envelope has no end", f);
		want = m->start.n;
	}
}

static int
take_line(struct slice *text, struct line *l)
{
	struct slice line;

	if (!slice_until(text, '\n', &line))
		return -1;
	if (!slice_until(&line, ':', &l->name) || slice_getc(&line) != ' ')
		return -1;
	l->value = line;
	return 0;
}

/* The next line, which has to be "name". */
static int
take_field(struct slice *text, const char *name, struct slice *value)
{
	struct line l;

	if (take_line(text, &l) == -1 || !slice_eq(l.name, slice_str(name)))
		return -1;
	*value = l.value;
	return 0;
}

static int
read_notify(struct slice value, unsigned *notify)
{
	const char *name;
	struct slice word;
	unsigned i;

	while (value.n > 0) {
		(void)slice_until(&value, ',', &word);
		for (i = 0; (name = spool_notify_name(i)) != NULL; i++)
			if (slice_eq(word, slice_str(name)))
				break;
		if (name == NULL)
			return -1;
		*notify |= 1U << i;
	}
	return *notify == 0 ? -1 : 0;
}

static size_t
address_end(struct slice value)
{
	size_t i;
	int quoted = 0;

	for (i = 0; i < value.n && (quoted || value.p[i] != ' '); i++)
		if (value.p[i] == '\\' && quoted)
			i++;
		else if (value.p[i] == '"')
			quoted = !quoted;
	return i < value.n ? i : value.n;
}

static int
read_recipient(struct spoolfile *m, struct slice value)
{
	struct spool_recipient r = { .class = SPOOL_BUSY };
	size_t n = address_end(value);
	struct slice word;

	r.to.address = slice_sub(value, 0, n);
	if (!spool_is_address(r.to.address))
		return -1;
	value = slice_sub(value, n, value.n);
	while (slice_word(&value, &word))
		if (slice_starts(word, SLICE("NOTIFY="))) {
			if (read_notify(slice_sub(word, 7, word.n),
			    &r.to.notify) == -1)
				return -1;
		} else if (slice_starts(word, SLICE("ORCPT=")) &&
		    spool_is_word(slice_sub(word, 6, word.n)))
			r.to.original = slice_sub(word, 6, word.n);
		else
			return -1;
	if (m->nto == LIMIT_SPOOL_RECIPIENTS)
		return -1;
	m->to = mem_grow(m->to, m->nto, sizeof(*m->to));
	m->to[m->nto++] = r;
	return 0;
}

/* A line that need not be there. */
static int
read_more(struct spoolfile *m, const struct line *l)
{
	struct spool_envelope *e = &m->envelope;
	uint64_t hold;

	if (slice_eq(l->name, SLICE("Recipient")))
		return read_recipient(m, l->value);
	if (m->nto > 0)
		return -1;
	if (slice_eq(l->name, SLICE("Hold")) &&
	    slice_uint(l->value, 0, SPOOL_DUE_MOST, &hold) == 0)
		e->hold = (int64_t)hold;
	else if (slice_eq(l->name, SLICE("Body")))
		e->body8 = slice_eq(l->value, SLICE("8BITMIME"));
	else if (slice_eq(l->name, SLICE("Utf8")))
		e->utf8 = slice_eq(l->value, SLICE("yes"));
	else if (slice_eq(l->name, SLICE("Require-Tls")))
		e->require_tls = slice_eq(l->value, SLICE("yes"));
	else if (slice_eq(l->name, SLICE("Ret")))
		e->ret = slice_eq(l->value, SLICE("FULL")) ? SPOOL_RET_FULL :
		    SPOOL_RET_HDRS;
	else if (slice_eq(l->name, SLICE("Envid")) &&
	    spool_is_word(l->value))
		e->envelope_id = l->value;
	else
		return -1;
	return 0;
}

/* What is not in a queue may have any name. */
static int
is_named(const struct spoolfile *m, struct slice id)
{
	const char *slash = strrchr(m->path, '/');
	struct spool_name name;

	return spool_name(slice_str(slash == NULL ? m->path : slash + 1),
	    SPOOL_NEW, &name) == -1 || slice_eq(slice_str(name.id), id);
}

/* After a power failure the end may be NULs. */
static int
ends_in_lf(const struct spoolfile *m)
{
	uint64_t at = m->message + m->size - 1;
	char last = 0;

	if (m->size == 0)
		return 1;
	if (at < m->start.n)
		return m->start.p[at] == '\n';
	return pread(m->fd, &last, 1, (off_t)at) == 1 && last == '\n';
}

/* All of the envelope; "size" is that of the file. */
static int
read_envelope(struct spoolfile *m, struct slice text, uint64_t size,
    struct fail *f)
{
	struct slice value, id, arrival;
	struct line l;
	uint64_t n;

	if (take_field(&text, "Size", &value) == -1 || value.n != 20 ||
	    slice_uint(value, 0, INT64_MAX, &m->size) == -1)
		return bad(m, INCOMPLETE, f);
	if (take_field(&text, "Id", &id) == -1 || !spool_is_id(id) ||
	    take_field(&text, "Arrival", &arrival) == -1 ||
	    slice_uint(arrival, 0, SPOOL_DUE_MOST, &n) == -1 ||
	    take_field(&text, "Sender", &m->envelope.sender) == -1 ||
	    (m->envelope.sender.n > 0 && !spool_is_address(m->envelope.sender)))
		return bad(m, "a damaged envelope", f);
	memcpy(m->id, id.p, id.n);
	m->envelope.arrival = (int64_t)n;
	while (text.n > 1)
		if (take_line(&text, &l) == -1 || read_more(m, &l) == -1)
			return bad(m, "a damaged envelope", f);
	if (m->nto == 0)
		return bad(m, "no recipient", f);
	if (!is_named(m, id))
		return bad(m, "it has the name of another", f);
	if (m->size > size || m->message > size - m->size ||
	    !ends_in_lf(m))
		return bad(m, "cut off", f);
	m->journal = m->read = m->message + m->size;
	return 0;
}

static int
read_file(struct spoolfile *m, struct fail *f)
{
	struct stat st;
	size_t end;

	if (fstat(m->fd, &st) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s", m->path);
	if (read_start(m, (uint64_t)st.st_size, &end, f) == -1)
		return -1;
	m->message = end;
	if (read_envelope(m, slice_sub(buf_slice(&m->start), 0, end),
	    (uint64_t)st.st_size, f) == -1)
		return -1;
	return spoolfile_took(m, (uint64_t)st.st_size) ? 0 :
	    spoolfile_read(m, f);
}

static void
forget(struct spoolfile *m)
{
	free(m->to);
	m->to = NULL;
	m->nto = 0;
	m->envelope = (struct spool_envelope){ 0 };
	buf_free(&m->start);
}

/* What is damaged may not be written yet: then it is locked; or it was not when
 * it was read, which is a moment ago. */
static int
read_damaged(struct spoolfile *m, struct fail *f)
{
	struct fail other = { 0 };
	int rc = spoolfile_is_held(m, &other);

	if (rc == -1) {
		*f = other;
		return -1;
	}
	m->unwritten = rc;
	if (rc == 1)
		return fail_set(f, EX_NOINPUT, "%.300s: it is being written",
		    m->path);
	forget(m);
	spoolfile_refresh(m);
	rc = read_file(m, f);
	m->unwritten = rc == -1 && f->class == EX_DATAERR &&
	    spoolfile_is_unwritten(m, &other) == 1;
	return rc;
}

int
spoolfile_open(struct spoolfile *m, int dir, const char *path, struct fail *f)
{
	memset(m, 0, sizeof(*m));
	m->start = BUF(LIMIT_SPOOL_ENVELOPE);
	m->fd = -1;
	m->dir = dir;
	if (strlen(path) >= sizeof(m->path))
		return fail_set(f, EX_NOINPUT, "%.300s: a path too long",
		    path);
	memcpy(m->path, path, strlen(path) + 1);
	if (open_file(m, f) == -1)
		return -1;
	if (read_file(m, f) == 0)
		return 0;
	return f->class == EX_DATAERR ? read_damaged(m, f) : -1;
}

int
spoolfile_sync(const struct spoolfile *m, struct fail *f)
{
	if (fdatasync(m->fd) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s: sync", m->path);
	return 0;
}

int64_t
spoolfile_begun(const struct spoolfile *m)
{
	const struct spool_envelope *e = &m->envelope;

	return e->hold > e->arrival ? e->hold : e->arrival;
}

size_t
spoolfile_pending(const struct spoolfile *m)
{
	size_t i, n = 0;

	for (i = 0; i < m->nto; i++)
		n += !m->to[i].settled;
	return n;
}

void
spoolfile_close(struct spoolfile *m)
{
	if (m->fd != -1)
		(void)close(m->fd);
	m->fd = -1;
	forget(m);
}
