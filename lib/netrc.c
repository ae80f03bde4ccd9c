/* SPDX-License-Identifier: ISC */
/* netrc: passwords for hosts in a ~/.netrc; see netrc.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "idn.h"
#include "io.h"
#include "limits.h"
#include "mem.h"
#include "netrc.h"
#include "text.h"

enum {
	WORD = LIMIT_SECRET, /* of any */
};

/* Where it is read, and the entry that is read. */
struct reader {
	struct slice text, rest;
	struct buf word; /* the last that was read */
	struct netrc *found;
	int matches;	/* host and user are those that are looked for */
	int has_secret;
};

static int
malformed(const struct reader *r, const char *why, struct fail *f)
{
	struct slice before = slice_sub(r->text, 0,
	    r->text.n - r->rest.n), line;
	unsigned n = 0;

	do
		n++;
	while (slice_until(&before, '\n', &line));
	return fail_set(f, EX_CONFIG, "line %u: %s", n, why);
}

static int
is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int
unescape(int c)
{
	return c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
}

/* The word whose first byte is a quote. */
static int
quoted_word(struct reader *r, struct fail *f)
{
	int c;

	(void)slice_getc(&r->rest);
	while ((c = slice_getc(&r->rest)) != '"') {
		if (c == '\\' && r->rest.n > 0)
			c = unescape(slice_getc(&r->rest));
		else if (c == -1 || c == '\n')
			return malformed(r, "a quote that is not closed", f);
		if (buf_addc(&r->word, c) == -1)
			return malformed(r, "a long word", f);
	}
	return 1;
}

/* The next word into r->word: 1, 0 at the end, or -1. */
static int
next_word(struct reader *r, struct fail *f)
{
	buf_clear(&r->word);
	while (is_blank(slice_peek(r->rest)))
		(void)slice_getc(&r->rest);
	if (r->rest.n == 0)
		return 0;
	if (slice_peek(r->rest) == '"')
		return quoted_word(r, f);
	while (r->rest.n > 0 && !is_blank(slice_peek(r->rest)))
		if (buf_addc(&r->word, slice_getc(&r->rest)) == -1)
			return malformed(r, "a long word", f);
	return 1;
}

/* The value of a keyword: 0 or -1. */
static int
value(struct reader *r, struct fail *f)
{
	int rc = next_word(r, f);

	return rc == 0 ? malformed(r, "a keyword without its value", f) :
	    rc == 1 ? 0 : -1;
}

static void
begin_entry(struct reader *r, int matches)
{
	r->matches = matches;
	r->has_secret = 0;
	buf_clear(&r->found->login);
	buf_clear(&r->found->secret);
}

static int
take_machine(struct reader *r, struct fail *f)
{
	if (value(r, f) == -1)
		return -1;
	begin_entry(r, idn_same(buf_slice(&r->word), r->found->host));
	return 0;
}

static int
take_default(struct reader *r, struct fail *f)
{
	(void)f;
	begin_entry(r, 1);
	return 0;
}

static int
take_login(struct reader *r, struct fail *f)
{
	struct netrc *n = r->found;

	if (value(r, f) == -1)
		return -1;
	if (n->user.n > 0 && !slice_eq(buf_slice(&r->word), n->user))
		r->matches = 0;
	buf_clear(&n->login);
	return buf_add(&n->login, buf_slice(&r->word)) == 0 ? 0 :
	    malformed(r, "a long login", f);
}

static int
take_password(struct reader *r, struct fail *f)
{
	if (value(r, f) == -1)
		return -1;
	r->has_secret = r->word.n > 0;
	buf_clear(&r->found->secret);
	return buf_add(&r->found->secret, buf_slice(&r->word)) == 0 ? 0 :
	    malformed(r, "a long password", f);
}

static int
take_macro(struct reader *r, struct fail *f)
{
	struct slice line;

	if (value(r, f) == -1)
		return -1;
	(void)slice_until(&r->rest, '\n', &line);
	while (r->rest.n > 0) {
		(void)slice_until(&r->rest, '\n', &line);
		if (slice_trim(line).n == 0)
			break;
	}
	return 0;
}

static const struct {
	const char *name;
	int (*take)(struct reader *r, struct fail *f);
	int begins; /* an entry: what is before it is whole */
} keywords[] = {
	{ "account", value, 0 },
	{ "default", take_default, 1 },
	{ "login", take_login, 0 },
	{ "macdef", take_macro, 0 },
	{ "machine", take_machine, 1 },
	{ "password", take_password, 0 },
};

/* One keyword with its value: 1, -1, or 0 where the entry before it is the one
 * that is looked for. */
static int
take_keyword(struct reader *r, struct fail *f)
{
	struct slice word = buf_slice(&r->word), line;
	size_t i;

	if (slice_peek(word) == '#') {
		/* The word may have been the last of its line. */
		if (slice_peek(r->rest) != '\n')
			(void)slice_until(&r->rest, '\n', &line);
		return 1;
	}
	for (i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		if (!slice_eq(word, slice_str(keywords[i].name)))
			continue;
		if (keywords[i].begins && r->matches && r->has_secret)
			return 0;
		return keywords[i].take(r, f) == 0 ? 1 : -1;
	}
	return malformed(r, "a word that is no keyword", f);
}

int
netrc_find(struct slice text, struct netrc *n, struct fail *f)
{
	struct reader r = { .text = text, .rest = text, .found = n,
		.word = BUF(WORD) };
	int rc;

	(void)buf_room(&r.word, WORD);
	while ((rc = next_word(&r, f)) == 1 &&
	    (rc = take_keyword(&r, f)) == 1)
		;
	if (rc == 0)
		rc = r.matches && r.has_secret;
	if (rc != 1) {
		buf_clear(&n->login);
		buf_clear(&n->secret);
	}
	buf_wipe(&r.word);
	return rc;
}

/* A regular file of this user's that nobody else can read: its size, or
 * -1. */
static int
check_file(int fd, size_t *size, struct fail *f)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return fail_errno(f, EX_IOERR, "stat");
	if (!S_ISREG(st.st_mode))
		return fail_set(f, EX_CONFIG, "not a file");
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return fail_set(f, EX_CONFIG, "another user's");
	if ((st.st_mode & 077) != 0)
		return fail_set(f, EX_CONFIG,
		    "others may read it (mode %03o): chmod 600",
		    (unsigned)st.st_mode & 0777);
	if (st.st_size > LIMIT_CONF)
		return fail_set(f, EX_CONFIG, "longer than %d bytes",
		    LIMIT_CONF);
	*size = (size_t)st.st_size;
	return 0;
}

static int
read_all(int fd, struct netrc *n, struct fail *f)
{
	size_t size = 0;
	ssize_t got;
	char *text;
	int rc;

	if (check_file(fd, &size, f) == -1)
		return -1;
	text = mem_alloc(size);
	if ((got = io_read(fd, text, size)) == -1)
		rc = fail_errno(f, EX_IOERR, "read");
	else
		rc = netrc_find((struct slice){ text, (size_t)got }, n, f);
	explicit_bzero(text, size);
	free(text);
	return rc;
}

int
netrc_read(const char *path, struct netrc *n, struct fail *f)
{
	const char *home = getenv("HOME");
	char own[4096];
	int fd, rc;

	if (path == NULL) {
		if (home == NULL || home[0] == '\0')
			return 0;
		rc = snprintf(own, sizeof(own), "%s/.netrc", home);
		if (rc < 0 || (size_t)rc >= sizeof(own))
			return fail_set(f, EX_CONFIG, "HOME: too long");
		path = own;
	}
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT)
		return 0;
	rc = fd == -1 ? fail_errno(f, EX_CONFIG, "open") :
	    read_all(fd, n, f);
	if (fd != -1)
		(void)close(fd);
	return rc == -1 ? fail_at(f, TEXT_SHOW(slice_str(path))) : rc;
}
