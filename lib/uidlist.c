/* SPDX-License-Identifier: ISC */
/* uidlist: the file dovecot-uidlist, read; see uidlist.h.  uidlist_write.c
 * writes it. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "io.h"
#include "limits.h"
#include "mem.h"
#include "samefile.h"
#include "uidlist.h"

enum { RECORDS = 4 * LIMIT_MAILBOX }; /* with those that have gone */

/* Dovecot takes one more; so there is always a next one. */
static const uint32_t last_uid = UINT32_MAX - 2;

void
uidlist_free(struct uidlist *l)
{
	free(l->records);
	free(l->owned);
	*l = (struct uidlist){ 0 };
}

static int
is_guid(struct slice value)
{
	size_t i;

	for (i = 0; i < value.n; i++)
		if (slice_hexdigit(value.p[i]) == -1)
			return 0;
	return value.n == UIDLIST_GUID;
}

/* One key of the header with its value; the others are kept as they are. */
static int
header_key(struct uidlist *l, struct slice word)
{
	struct slice value = slice_sub(word, 1, word.n);
	uint64_t n;

	switch (word.p[0]) {
	case 'V':
		if (slice_uint(value, 1, UINT32_MAX, &n) == -1)
			return -1;
		l->validity = (uint32_t)n;
		break;
	case 'N':
		if (slice_uint(value, 1, UINT32_MAX, &n) == -1)
			return -1;
		l->next = (uint32_t)n;
		break;
	case 'G':
		if (!is_guid(value))
			return -1;
		memcpy(l->guid, value.p, UIDLIST_GUID);
		break;
	default:
		break;
	}
	return 0;
}

/* "1 VALIDITY NEXT", as Courier has it too. */
static int
old_header(struct uidlist *l)
{
	struct slice rest = l->header, word;
	uint64_t n;

	if (!slice_word(&rest, &word) ||
	    slice_uint(word, 1, UINT32_MAX, &n) == -1)
		return -1;
	l->validity = (uint32_t)n;
	if (!slice_word(&rest, &word) ||
	    slice_uint(word, 1, UINT32_MAX, &n) == -1)
		return -1;
	l->next = (uint32_t)n;
	l->damaged = 1; /* it is written in the new form */
	return 0;
}

static int
parse_header(struct uidlist *l, struct slice line)
{
	struct slice rest, word;

	if (line.n < 2 || line.p[1] != ' ')
		return -1;
	l->version = line.p[0] - '0';
	rest = l->header = slice_sub(line, 2, line.n);
	if (l->version == 1)
		return old_header(l);
	if (l->version != 3)
		return -1;
	while (slice_word(&rest, &word))
		if (header_key(l, word) == -1)
			return -1;
	if (l->guid[0] == '\0')
		l->damaged = 1;
	return l->validity == 0 || l->next == 0 ? -1 : 0;
}

static void
skip_spaces(struct slice *s)
{
	while (slice_peek(*s) == ' ')
		(void)slice_getc(s);
}

/* Moves behind the fields of a line, and the colon that ends them: 0, or -1
 * where there is none. */
static int
skip_fields(struct slice *line)
{
	struct slice word;

	while (slice_peek(*line) != ':') {
		if (line->n == 0)
			return -1;
		(void)slice_until(line, ' ', &word);
		skip_spaces(line);
	}
	(void)slice_getc(line);
	return 0;
}

static void
add_record(struct uidlist *l, const struct uidlist_record *r)
{
	if (l->n == l->room) {
		l->room = l->room == 0 ? l->text.n / 64 + 16 : 2 * l->room;
		l->records = mem_resize(l->records, l->room,
		    sizeof(*l->records));
	}
	l->records[l->n++] = *r;
}

/* One line: 0, or -1 where it is no good. */
static int
parse_line(struct uidlist *l, struct slice line, uint32_t *last)
{
	struct uidlist_record r;
	struct slice digits, base;
	const char *fields;
	uint64_t uid;

	if (!slice_until(&line, ' ', &digits) ||
	    slice_uint(digits, 1, last_uid, &uid) == -1 || uid <= *last)
		return -1;
	*last = r.uid = (uint32_t)uid;
	skip_spaces(&line);
	fields = line.p;
	if (l->version == 3 && skip_fields(&line) == -1)
		return -1;
	base = slice_sub(line, 0, slice_find(line, ':'));
	if (base.n == 0 || base.n > NAME_MAX ||
	    slice_find(base, '/') < base.n ||
	    slice_find(base, '\0') < base.n || line.p - fields > UINT16_MAX)
		return -1;
	r.at = (uint32_t)(fields - l->text.p);
	r.fields = (uint16_t)(line.p - fields);
	r.base = (uint16_t)base.n;
	add_record(l, &r);
	return 0;
}

int
uidlist_parse(struct uidlist *l, struct slice text)
{
	struct slice rest = text, line;
	uint32_t last = 0;

	uidlist_free(l);
	l->text = text;
	if (text.n > LIMIT_UIDLIST || !slice_until(&rest, '\n', &line) ||
	    parse_header(l, line) == -1) {
		uidlist_free(l);
		return -1;
	}
	/* What is torn off at the end is no line yet. */
	while (slice_until(&rest, '\n', &line)) {
		if (l->n == RECORDS) {
			uidlist_free(l);
			return -1;
		}
		if (parse_line(l, line, &last) == -1)
			l->damaged = 1;
	}
	if (line.n > 0)
		l->damaged = 1;
	if (l->next <= last)
		l->next = last + 1;
	return 0;
}

/* Reads the whole of it.  What is added meanwhile is for the next time. */
static int
read_all(struct uidlist *l, int fd, const struct stat *st)
{
	size_t size = (size_t)st->st_size;
	char *text = mem_alloc(size);
	ssize_t n = io_read(fd, text, size);

	if (n == -1) {
		free(text);
		return -1;
	}
	if (uidlist_parse(l, (struct slice){ text, (size_t)n }) == -1)
		free(text);
	else
		l->owned = text;
	l->st = *st;
	l->there = 1;
	return 0;
}

int
uidlist_read(struct uidlist *l, int dir, struct fail *f)
{
	int fd = openat(dir, "dovecot-uidlist",
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int rc = -1, had = l->there;
	struct stat st;

	if (fd == -1 && errno == ENOENT) {
		uidlist_free(l);
		return had;
	}
	if (fd == -1 || fstat(fd, &st) == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "dovecot-uidlist: open");
	else if (!S_ISREG(st.st_mode))
		(void)fail_set(f, EX_TEMPFAIL, "dovecot-uidlist: no file");
	else if (st.st_size > LIMIT_UIDLIST)
		(void)fail_set(f, EX_TEMPFAIL,
		    "dovecot-uidlist: longer than %d bytes", LIMIT_UIDLIST);
	else if (had && samefile_unwritten(&st, &l->st))
		rc = 0;
	else if (read_all(l, fd, &st) == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "dovecot-uidlist: read");
	else
		rc = 1;
	if (fd != -1)
		(void)close(fd);
	return rc;
}

struct slice
uidlist_base(const struct uidlist *l, size_t i)
{
	const struct uidlist_record *r = &l->records[i];

	return slice_sub(l->text, r->at + r->fields,
	    (size_t)r->at + r->fields + r->base);
}

int
uidlist_value(const struct uidlist *l, size_t i, int key, struct slice *value)
{
	const struct uidlist_record *r = &l->records[i];
	struct slice rest = slice_sub(l->text, r->at, r->at + r->fields);
	struct slice word;

	while (slice_word(&rest, &word))
		if (word.p[0] == key && key != ':') {
			*value = slice_sub(word, 1, word.n);
			return 1;
		}
	return 0;
}

void
uidlist_drop(struct uidlist *l, size_t i)
{
	l->dropped += l->records[i].uid != 0;
	l->records[i].uid = 0;
}
