/* SPDX-License-Identifier: ISC */
/* users: who has a mailbox here; see users.h. */

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"
#include "limits.h"
#include "text.h"
#include "users.h"

enum {
	LINE = 2048, /* of the users file */
	BLOCK = 16384,
};

/* What is looked for, and what was found of it so far. */
struct search {
	const struct conf *conf;
	struct arena *arena;
	struct user *user;
	struct slice local;	 /* lower case, without quotes */
	struct slice domain;	 /* lower case */
	int any;		 /* the first user will do */
};

/* 0 where "word" can be a component of a path. */
static int
check_component(struct slice word)
{
	size_t i;

	if (word.n == 0 || word.p[0] == '.')
		return -1;
	for (i = 0; i < word.n; i++)
		if (word.p[i] == '/' || (unsigned char)word.p[i] < ' ')
			return -1;
	return 0;
}

/* The pattern with %u and %d in their places; NULL where one of them cannot
 * be part of a path, or another letter follows a %. */
static const char *
expand(struct arena *arena, const char *pattern, struct slice local,
    struct slice domain)
{
	struct buf path = BUF(4096);
	struct slice rest = slice_str(pattern), part;
	const char *result = NULL;
	int c, ok = 0;

	while (slice_until(&rest, '%', &part)) {
		c = slice_getc(&rest);
		ok = buf_add(&path, part) == 0 &&
		    ((c == 'u' && check_component(local) == 0 &&
		    buf_add(&path, local) == 0) ||
		    (c == 'd' && check_component(domain) == 0 &&
		    buf_add(&path, domain) == 0) ||
		    (c == '%' && buf_addc(&path, '%') == 0));
		if (!ok)
			goto out;
	}
	if (buf_add(&path, part) == 0)
		result = arena_str(arena, buf_slice(&path));
out:
	buf_free(&path);
	return result;
}

/* Takes in who owns one part of a path: 0, or -1 with EPERM where that is
 * neither root nor who owns a part before it. */
static int
add_owner(const struct stat *st, struct user *u)
{
	if (u->uid == 0 || st->st_uid == u->uid) {
		u->uid = st->st_uid;
		u->gid = st->st_gid;
	} else if (st->st_uid != 0) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

/* The same by its name; for a symbolic link its own owner counts, and who owns
 * what it leads to. */
static int
add_part(const char *path, struct user *u)
{
	struct stat st;

	if (lstat(path, &st) == -1 || add_owner(&st, u) == -1)
		return -1;
	return !S_ISLNK(st.st_mode) || (stat(path, &st) == 0 &&
	    add_owner(&st, u) == 0) ? 0 : -1;
}

/*
 * Who owns "path", as far as it is there.  The owner of one part can lead what
 * follows elsewhere, so the first one that is not root is the owner, whatever
 * comes after.  The group is the user's own: a directory may have one that the
 * user is not in.
 */
static int
find_owner(const char *path, struct user *u, struct fail *f)
{
	char *at = mem_str(slice_str(path)), *end = at, c;
	const struct passwd *pw;
	int rc = 0;

	u->uid = 0;
	do {
		end += strspn(end, "/");
		end += strcspn(end, "/");
		c = *end;
		*end = '\0';
		rc = add_part(at, u);
		*end = c;
	} while (rc == 0 && c != '\0');
	if (rc == -1 && errno == ENOENT)
		rc = 0;
	if (rc == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "%.300s: who owns it", path);
	else if (u->uid != 0 && (pw = getpwuid(u->uid)) != NULL)
		u->gid = pw->pw_gid;
	free(at);
	return rc;
}

static enum users_result
found_at(struct search *s, const char *maildir, struct fail *f)
{
	if (maildir == NULL || maildir[0] != '/')
		return fail_set(f, EX_CONFIG,
		    "user %s: no absolute path of a Maildir",
		    TEXT_SHOW(s->local));
	s->user->maildir = maildir;
	s->user->login = NULL;
	s->user->uid = geteuid();
	s->user->gid = getegid();
	if (geteuid() == 0 && find_owner(maildir, s->user, f) == -1)
		return USERS_FAILED;
	return USERS_FOUND;
}

static struct slice
lower(struct arena *arena, struct slice s)
{
	char *p = arena_str(arena, s);
	size_t i;

	for (i = 0; i < s.n; i++)
		p[i] = (char)slice_lower(p[i]);
	return (struct slice){ p, s.n };
}

/* One line of the users file. */
static enum users_result
match_line(struct search *s, struct slice line, struct fail *f)
{
	struct slice domain, local, hash, maildir;
	const char *path = NULL;

	if (line.n == 0 || line.p[0] == '#')
		return USERS_NONE;
	if (!slice_until(&line, ':', &domain) ||
	    !slice_until(&domain, '@', &local))
		return fail_set(f, EX_CONFIG,
		    "%.200s: a line that is not \"user@domain:...\"",
		    s->conf->users);
	(void)slice_until(&line, ':', &hash);
	(void)slice_until(&line, ':', &maildir);
	if (!s->any && (!slice_caseeq(local, s->local) ||
	    !slice_caseeq(domain, s->domain)))
		return USERS_NONE;
	if (maildir.n > 0)
		path = arena_str(s->arena, maildir);
	else if (s->conf->maildirs != NULL)
		path = expand(s->arena, s->conf->maildirs,
		    lower(s->arena, local), lower(s->arena, domain));
	return found_at(s, path, f);
}

static enum users_result
too_long(const struct search *s, struct fail *f)
{
	return fail_set(f, EX_CONFIG, "%.200s: a line longer than %d bytes",
	    s->conf->users, LINE);
}

/* All whole lines of "text"; what is left of it stays in *text. */
static enum users_result
match_lines(struct search *s, struct slice *text, struct fail *f)
{
	enum users_result rc = USERS_NONE;
	struct slice line;

	while (rc == USERS_NONE && slice_find(*text, '\n') < text->n) {
		(void)slice_until(text, '\n', &line);
		rc = line.n > LINE ? too_long(s, f) : match_line(s, line, f);
	}
	return rc;
}

static enum users_result
search_input(struct search *s, const struct input *in, struct fail *f)
{
	enum users_result rc = USERS_NONE;
	char block[BLOCK + LINE];
	uint64_t at = 0;
	size_t kept = 0, n;

	while (rc == USERS_NONE) {
		struct slice text;

		if (input_read(in, at, block + kept, BLOCK, &n, f) == -1)
			return USERS_FAILED;
		at += n;
		text = (struct slice){ block, kept + n };
		rc = match_lines(s, &text, f);
		if (n == 0) {
			if (rc == USERS_NONE)
				rc = match_line(s, text, f);
			break;
		}
		if (rc == USERS_NONE && text.n > LINE)
			return too_long(s, f);
		memmove(block, text.p, text.n);
		kept = text.n;
	}
	return rc;
}

static enum users_result
search_file(struct search *s, struct fail *f)
{
	enum users_result rc;
	struct input in;

	if (input_open(&in, s->conf->users, UINT64_MAX, f) == -1) {
		f->class = EX_TEMPFAIL;
		return USERS_FAILED;
	}
	rc = search_input(s, &in, f);
	input_close(&in);
	if (rc == USERS_FAILED)
		f->class = EX_TEMPFAIL;
	return rc;
}

static enum users_result
search_machine(struct search *s, struct fail *f)
{
	const char *name = s->any ? "root" : arena_str(s->arena, s->local);
	struct passwd *pw;
	struct buf path = BUF(4096);
	struct stat st;

	errno = 0;
	pw = name[0] == '\0' ? NULL : getpwnam(name);
	if (pw == NULL)
		return errno == 0 || errno == ENOENT ? USERS_NONE :
		    fail_errno(f, EX_TEMPFAIL, "user database");
	/* Accounts of daemons have no home of their own, and so no mail. */
	if ((geteuid() != 0 && geteuid() != pw->pw_uid) ||
	    stat(pw->pw_dir, &st) == -1 || st.st_uid != pw->pw_uid)
		return USERS_NONE;
	if (s->conf->maildirs != NULL) {
		s->user->maildir = expand(s->arena, s->conf->maildirs,
		    slice_str(pw->pw_name), s->domain);
	} else {
		(void)buf_addf(&path, "%s/Maildir", pw->pw_dir);
		s->user->maildir = arena_str(s->arena, buf_slice(&path));
		buf_free(&path);
	}
	if (s->user->maildir == NULL || s->user->maildir[0] != '/')
		return fail_set(f, EX_TEMPFAIL, "user %s: no Maildir path",
		    pw->pw_name);
	s->user->login = arena_str(s->arena, slice_str(pw->pw_name));
	s->user->uid = pw->pw_uid;
	s->user->gid = pw->pw_gid;
	return USERS_FOUND;
}

static enum users_result
search(struct search *s, struct fail *f)
{
	return s->conf->users != NULL ? search_file(s, f) :
	    search_machine(s, f);
}

/* The address that "Postmaster" names, or whoever comes first. */
static enum users_result
search_postmaster(struct search *s, struct fail *f)
{
	struct slice name, rest;

	if (s->conf->postmaster == NULL) {
		s->any = 1;
		return search(s, f);
	}
	rest = slice_str(s->conf->postmaster);
	(void)slice_until(&rest, '@', &name);
	s->local = name;
	if (rest.n > 0)
		s->domain = rest;
	return search(s, f);
}

static int
is_ours(const struct conf *conf, struct slice domain)
{
	size_t i;

	for (i = 0; i < conf->ndomains; i++)
		if (slice_caseeq(domain, slice_str(conf->domains[i])))
			return 1;
	return 0;
}

enum users_result
users_find(const struct conf *conf, const struct addr *a, struct arena *arena,
    struct user *u, struct fail *f)
{
	struct search s = { .conf = conf, .arena = arena, .user = u };
	struct buf local = BUF(LIMIT_LOCAL_PART + 2);
	enum users_result rc;
	struct slice whole;
	size_t at;
	int postmaster;

	if (a->domain.n > 0 && !is_ours(conf, a->domain))
		return USERS_ELSEWHERE;
	if (addr_unquote(a->local, &local) == -1)
		return USERS_NONE;
	whole = lower(arena, buf_slice(&local));
	buf_free(&local);
	if (slice_find(whole, '\0') < whole.n)
		return USERS_NONE;
	s.local = whole;
	s.domain = a->domain.n > 0 ? lower(arena, a->domain) :
	    slice_str(conf->ndomains > 0 ? conf->domains[0] : "");
	postmaster = slice_eq(whole, SLICE("postmaster"));
	rc = search(&s, f);
	at = slice_find(whole, conf->recipient_delimiter);
	if (rc == USERS_NONE && conf->recipient_delimiter != 0 && at > 0 &&
	    at < whole.n) {
		s.local = arena_slice(arena, slice_sub(whole, 0, at));
		rc = search(&s, f);
	}
	if (rc == USERS_NONE && postmaster)
		rc = search_postmaster(&s, f);
	return rc;
}
