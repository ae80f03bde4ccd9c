/* SPDX-License-Identifier: ISC */
/* account: the servers of a user under short names; see account.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account.h"
#include "addr.h"
#include "hdr.h"
#include "io.h"
#include "limits.h"
#include "sasl.h"
#include "text.h"
#include "xdg.h"

enum kind { TEXT, FILE_NAME, MAILBOX, MECHANISM, POLICY };

static const struct key {
	const char *name;
	size_t at; /* of the member */
	enum kind kind;
} keys[] = {
#define AT(m) offsetof(struct account, m)
	{ "Account", AT(name), TEXT },
	{ "Auth", AT(auth), MECHANISM },
	{ "From", AT(from), MAILBOX },
	{ "Imap", AT(imap), TEXT },
	{ "Maildir", AT(maildir), FILE_NAME },
	{ "Password-Command", AT(password_command), TEXT },
	{ "Pop3", AT(pop3), TEXT },
	{ "Proxy", AT(proxy), TEXT },
	{ "Smtp", AT(smtp), TEXT },
	{ "Tls", AT(tls), POLICY },
	{ "Tls-Ca", AT(tls_ca), FILE_NAME },
	{ "Tls-Certificate", AT(tls_certificate), FILE_NAME },
	{ "Tls-Key", AT(tls_key), FILE_NAME },
	{ "Tls-Pin", AT(tls_pin), TEXT },
	{ "User", AT(user), TEXT },
};

enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

struct reading {
	struct account *account;
	const char *wanted;
	struct arena names; /* of the accounts so far */
	const char **seen;
	size_t nseen;
	int ours;	    /* in the account that is wanted */
	char said[KEYS];    /* in this one */
};

/* NULL, or why not. */
static const char *
check(enum kind kind, struct slice value)
{
	struct fail ignored = { 0 };
	struct addr a;

	switch (kind) {
	case FILE_NAME:
		return value.p[0] == '/' || slice_starts(value, SLICE("~/")) ?
		    NULL : "not a path that begins with / or ~/";
	case MAILBOX:
		return addr_check_utf8(value, &a, &ignored) == 0 ? NULL :
		    "not a mail address";
	case MECHANISM:
		return sasl_find(value) != SASL_NONE ? NULL :
		    "unknown mechanism";
	case POLICY:
		return slice_eq(value, SLICE("insecure")) ||
		    slice_eq(value, SLICE("may")) ||
		    slice_eq(value, SLICE("none")) ||
		    slice_eq(value, SLICE("require")) ? NULL :
		    "not one of insecure, may, none, require";
	default:
		return NULL;
	}
}

static const char *
keep(struct account *a, enum kind kind, struct slice value)
{
	const char *home = getenv("HOME");
	struct buf path = BUF(LIMIT_HEADER_FIELD);
	const char *kept = NULL;

	if (kind != FILE_NAME || value.p[0] != '~' || home == NULL)
		return arena_str(&a->arena, value);
	if (buf_adds(&path, home) == 0 &&
	    buf_add(&path, slice_sub(value, 1, value.n)) == 0)
		kept = arena_str(&a->arena, buf_slice(&path));
	buf_free(&path);
	return kept;
}

/* An Account line begins one. */
static const char *
begin(struct reading *r, struct slice name)
{
	size_t i;

	for (i = 0; i < r->nseen; i++)
		if (slice_eq(name, slice_str(r->seen[i])))
			return "an account of that name is there already";
	r->seen = mem_grow(r->seen, r->nseen, sizeof(*r->seen));
	r->seen[r->nseen++] = arena_str(&r->names, name);
	memset(r->said, 0, sizeof(r->said));
	r->ours = slice_eq(name, slice_str(r->wanted));
	return NULL;
}

static const char *
set_value(struct reading *r, size_t i, struct slice value)
{
	const char *bad, **to;

	if (value.n == 0)
		return "no value";
	if (slice_find(value, '\0') < value.n)
		return "a NUL in the value";
	if ((bad = check(keys[i].kind, value)) != NULL)
		return bad;
	if (i == 0 && (bad = begin(r, value)) != NULL)
		return bad;
	if (r->nseen == 0)
		return "before the first Account";
	if (r->said[i]++)
		return "said twice";
	if (!r->ours)
		return NULL;
	to = (const char **)(void *)((char *)r->account + keys[i].at);
	*to = keep(r->account, keys[i].kind, value);
	return *to == NULL ? "too long" : NULL;
}

static size_t
find_key(struct slice name)
{
	size_t i;

	for (i = 0; i < KEYS; i++)
		if (slice_caseeq(name, slice_str(keys[i].name)))
			break;
	return i;
}

/* A line that was pasted with the space in front of it would be lost in the
 * value before it, and nobody be told. */
static int
check_folds(const struct hdr_field *field, struct slice text, const char *path,
    struct fail *f)
{
	struct slice rest = field->raw, name;

	while (hdr_folded(&rest, &name))
		if (find_key(name) < KEYS)
			return fail_set(f, EX_CONFIG, "%.200s: line %zu: "
			    "begins with a space, so it belongs to %s; is %s "
			    "meant?", path, slice_line_number(text, name.p),
			    TEXT_SHOW(field->name), TEXT_SHOW(name));
	return 0;
}

/* One line with its folds. */
static const char *
set_field(struct reading *r, const struct hdr_field *field)
{
	struct buf value = BUF(LIMIT_HEADER_FIELD);
	const char *bad;
	size_t i;

	if (field->name.n == 0)
		return "not of the form \"Key: value\"";
	i = find_key(field->name);
	if (i == KEYS)
		return "unknown key";
	bad = hdr_unfold(field->value, &value) == -1 ? "too long" :
	    set_value(r, i, buf_slice(&value));
	buf_free(&value);
	return bad;
}

/* Empty lines, and lines that begin with "#", are comments. */
static int
read_all(struct reading *r, struct slice text, const char *path,
    struct fail *f)
{
	struct slice rest = text, line, shown;
	struct hdr_field field;
	const char *bad;

	while (rest.n > 0) {
		line = slice_sub(rest, 0, slice_find(rest, '\n') + 1);
		shown = slice_trim(line);
		if (shown.n == 0 || shown.p[0] == '#') {
			rest = slice_sub(rest, line.n, rest.n);
			continue;
		}
		if (hdr_next(&rest, &field) != 1)
			break;
		if (field.name.n > 0 &&
		    check_folds(&field, text, path, f) == -1)
			return -1;
		if ((bad = set_field(r, &field)) != NULL)
			return fail_set(f, EX_CONFIG,
			    "%.200s: line %zu: %s: %s", path,
			    slice_line_number(text, field.raw.p),
			    TEXT_SHOW(field.name), bad);
	}
	return 0;
}

int
account_find(struct account *a, const char *name, struct slice text,
    const char *path, struct fail *f)
{
	struct reading r = { .account = a, .wanted = name };
	int rc;

	memset(a, 0, sizeof(*a));
	rc = read_all(&r, text, path, f);
	if (rc == 0 && a->name == NULL)
		rc = fail_set(f, EX_CONFIG, "%.200s: no account \"%s\"", path,
		    TEXT_SHOW(slice_str(name)));
	arena_free(&r.names);
	free(r.seen);
	return rc;
}

/* What it says is run and trusted: 0 where nobody else can have written it. */
static int
check_owner(int fd, const char *path, struct fail *f)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return fail_errno(f, EX_CONFIG, "%.200s", path);
	if (!S_ISREG(st.st_mode))
		return fail_set(f, EX_CONFIG, "%.200s: not a file", path);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return fail_set(f, EX_CONFIG, "%.200s: another user's", path);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return fail_set(f, EX_CONFIG,
		    "%.200s: others may write to it", path);
	return 0;
}

static int
read_file(const char *path, struct buf *text, struct fail *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc;
	char *to = buf_room(text, LIMIT_CONF + 1);
	ssize_t n;

	if (fd == -1)
		return fail_errno(f, EX_CONFIG, "%.200s", path);
	rc = check_owner(fd, path, f);
	if (rc == 0 && (n = io_read(fd, to, LIMIT_CONF + 1)) == -1)
		rc = fail_errno(f, EX_CONFIG, "%.200s", path);
	else if (rc == 0 && n > LIMIT_CONF)
		rc = fail_set(f, EX_CONFIG, "%.200s: longer than %d bytes",
		    path, LIMIT_CONF);
	else if (rc == 0)
		text->n = (size_t)n;
	(void)close(fd);
	return rc;
}

int
account_load(struct account *a, const char *name, struct fail *f)
{
	const char *bad;
	struct buf text = BUF(LIMIT_CONF + 1), path = BUF(4096);
	int rc;

	memset(a, 0, sizeof(*a));
	bad = xdg_directory("XDG_CONFIG_HOME", ".config", &path);
	if (bad == NULL && buf_adds(&path, "/accounts") == -1)
		bad = "the path is too long";
	if (bad != NULL)
		rc = fail_set(f, EX_CONFIG, "accounts: %s", bad);
	else
		rc = read_file(buf_str(&path), &text, f);
	if (rc == 0)
		rc = account_find(a, name, buf_slice(&text), path.p, f);
	buf_free(&text);
	buf_free(&path);
	return rc;
}

void
account_free(struct account *a)
{
	arena_free(&a->arena);
	memset(a, 0, sizeof(*a));
}
