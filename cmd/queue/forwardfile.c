/* SPDX-License-Identifier: ISC */
/* forwardfile: ~/.forward; see forwardfile.h. */

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "argv.h"
#include "become.h"
#include "forwardfile.h"
#include "io.h"
#include "limits.h"
#include "text.h"

struct reading {
	struct forwardfile *w;
	const struct conf *conf;
	const struct user *user;
	const char *path;
	size_t line;
	struct fail *f;
};

static int
refuse(const struct reading *r, const char *what)
{
	return fail_set(r->f, EX_CONFIG, "%.200s: %.250s", r->path, what);
}

static int
refuse_line(const struct reading *r, const char *what)
{
	return fail_set(r->f, EX_CONFIG, "%.200s: line %zu: %.250s", r->path,
	    r->line, what);
}

/* Nobody but the user and root may be able to say what is in it.  The user's
 * own links are followed with the user's own rights. */
static int
check_file(const struct reading *r, const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return refuse(r, "not a regular file");
	if (st->st_uid != r->user->uid && st->st_uid != 0)
		return refuse(r, "belongs to somebody else");
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return refuse(r, "group or others can write it");
	if (st->st_size > LIMIT_ALIAS)
		return refuse(r, "too long");
	return 0;
}

/* All of it in the arena: 1; 0 where it is not there; -1. */
static int
load(const struct reading *r, struct slice *text)
{
	int fd = open(r->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char *bytes;
	struct stat st;
	ssize_t n = -1;
	int rc = -1;

	if (fd == -1 && errno == ENOENT)
		return 0;
	if (fd == -1 || fstat(fd, &st) == -1) {
		(void)fail_errno(r->f, EX_TEMPFAIL, "%.200s", r->path);
	} else if (check_file(r, &st) == 0) {
		bytes = arena_alloc(&r->w->arena, LIMIT_ALIAS + 1);
		if ((n = io_read(fd, bytes, LIMIT_ALIAS + 1)) == -1)
			(void)fail_errno(r->f, EX_TEMPFAIL, "%.200s: read",
			    r->path);
		else if (n > LIMIT_ALIAS)
			(void)refuse(r, "too long");
		else
			rc = 1;
		*text = (struct slice){ bytes, n > 0 ? (size_t)n : 0 };
	}
	if (fd != -1)
		(void)close(fd);
	return rc;
}

/* Is it the user's own address, with a detail or without?  In quotes it is the
 * same, and "\alice" as some write \alice. */
static int
is_own(const struct reading *r, const struct addr *a)
{
	struct buf local = BUF(LIMIT_LOCAL_PART + 2);
	struct slice name;
	int own;

	if ((a->domain.n > 0 && !users_domain(r->conf, a->domain)) ||
	    addr_unquote(a->local, &local) == -1)
		return 0;
	name = buf_slice(&local);
	if (r->conf->recipient_delimiter != 0)
		name = slice_sub(name, 0,
		    slice_find(name, r->conf->recipient_delimiter));
	own = slice_caseeq(name, slice_str(r->user->login));
	buf_free(&local);
	return own;
}

/* Is the name, which has no domain, rather meant to be a path?  No user has
 * such a name: it would come back as one of nobody. */
static int
is_like_path(struct slice name)
{
	return slice_find(name, '/') < name.n ||
	    slice_starts(name, SLICE("~")) || slice_starts(name, SLICE("$"));
}

/* "path" with the home directory in place of a ~. */
static const char *
absolute(const struct reading *r, struct slice path)
{
	struct buf b = BUF(LIMIT_ALIAS + 4096);
	const char *result;

	if (slice_starts(path, SLICE("~/"))) {
		(void)buf_adds(&b, r->w->home);
		path = slice_sub(path, 1, path.n);
	}
	(void)buf_add(&b, path);
	result = arena_str(&r->w->arena, buf_slice(&b));
	buf_free(&b);
	return result;
}

static int
take_path(const struct reading *r, struct slice path,
    struct forward_member *m)
{
	if (!slice_ends(path, SLICE("/")))
		return refuse_line(r, "no mail is written to files: a "
		    "Maildir ends in a slash");
	if (path.n >= 4096)
		return refuse_line(r, "the path is too long");
	m->kind = FORWARD_MAILDIR;
	m->text = absolute(r, path);
	return 0;
}

/* Without the |, and the quotes where they are around all of the rest, as
 * some write them. */
static struct slice
command_of(struct slice text)
{
	struct slice rest, quoted;

	text = slice_trim(slice_sub(text, slice_peek(text) == '|', text.n));
	rest = slice_sub(text, 1, text.n);
	return slice_peek(text) == '"' && slice_until(&rest, '"', &quoted) &&
	    rest.n == 0 ? quoted : text;
}

/* Whoever writes for a shell, as other mail systems have one, would not get
 * what is meant: it waits until that is mended. */
static int
take_program(const struct reading *r, struct slice text,
    struct forward_member *m)
{
	struct slice command = command_of(text);
	int c = argv_shell_byte(command);
	char what[100];

	if (c != 0) {
		(void)snprintf(what, sizeof(what), "no shell reads the command"
		    ", and it has a %c without quotes: write |sh -c '...'", c);
		return refuse_line(r, what);
	}
	m->kind = FORWARD_PROGRAM;
	m->text = arena_str(&r->w->arena, command);
	return 0;
}

/* A name or an address. */
static int
take_address(const struct reading *r, const struct addr *a,
    struct forward_member *m)
{
	char what[300];

	if (a->domain.n == 0 && slice_starts(a->local, SLICE("~/")))
		return take_path(r, a->local, m);
	if (is_own(r, a)) {
		m->kind = FORWARD_MAILBOX;
		return 0;
	}
	m->kind = FORWARD_ADDRESS;
	if (a->domain.n > 0 || !is_like_path(a->local))
		return 0;
	(void)snprintf(what, sizeof(what), "%s is neither an address nor an "
	    "absolute path", TEXT_SHOW(a->local));
	return refuse_line(r, what);
}

static int
take_member(const struct reading *r, const struct alias_member *from,
    struct forward_member *m)
{
	m->address = from->address;
	switch (from->kind) {
	case ALIAS_INCLUDE:
		return refuse_line(r, "no file is included here");
	case ALIAS_FILE:
		return take_path(r, from->text, m);
	case ALIAS_PROGRAM:
		return take_program(r, from->text, m);
	case ALIAS_MAILBOX:
		if (!is_own(r, &from->address))
			return refuse_line(r, "\\ is for the own mailbox");
		m->kind = FORWARD_MAILBOX;
		return 0;
	default:
		return take_address(r, &from->address, m);
	}
}

static int
take_line(const struct reading *r, struct slice line)
{
	struct forwardfile *w = r->w;
	struct alias_member member;
	struct fail cause;
	int rc;

	while ((rc = aliases_member(&line, &w->arena, &member, &cause)) == 1) {
		if (w->n == LIMIT_ALIAS_MEMBERS)
			return refuse(r, "too many members");
		w->members = mem_grow(w->members, w->n, sizeof(*w->members));
		w->members[w->n] = (struct forward_member){ 0 };
		if (take_member(r, &member, &w->members[w->n]) == -1)
			return -1;
		w->n++;
	}
	return rc == 0 ? 0 : refuse_line(r, cause.text);
}

static int
take_lines(struct reading *r, struct slice text)
{
	struct slice line;

	while (text.n > 0) {
		(void)slice_until(&text, '\n', &line);
		r->line++;
		line = slice_trim(line);
		if (line.n > 0 && line.p[0] != '#' && take_line(r, line) == -1)
			return -1;
	}
	return r->w->n > 0;
}

int
forwardfile_read(struct forwardfile *w, const struct conf *conf,
    const struct user *u, struct fail *f)
{
	struct reading r = { .w = w, .conf = conf, .user = u, .f = f };
	const struct passwd *pw;
	char path[4096];
	struct slice text;
	int rc;

	*w = (struct forwardfile){ 0 };
	if (u->login == NULL)
		return 0;
	if ((pw = getpwnam(u->login)) == NULL)
		return fail_set(f, EX_TEMPFAIL, "user %.100s is not found",
		    u->login);
	w->home = arena_str(&w->arena, slice_str(pw->pw_dir));
	rc = snprintf(path, sizeof(path), "%s/.forward", w->home);
	if (rc < 0 || (size_t)rc >= sizeof(path))
		return fail_set(f, EX_CONFIG, "user %.100s: the home "
		    "directory has too long a name", u->login);
	r.path = path;
	if ((rc = become_user(u, f)) == 0)
		rc = load(&r, &text);
	become_root();
	return rc == 1 ? take_lines(&r, text) : rc;
}

void
forwardfile_free(struct forwardfile *w)
{
	free(w->members);
	arena_free(&w->arena);
}
