/* SPDX-License-Identifier: ISC */
/* users: who has a mailbox here; see users.h. */

#include <unistd.h>

#include "limits.h"
#include "text.h"
#include "userfile.h"
#include "userlogin.h"
#include "userowner.h"
#include "users.h"

/* What is looked for, and what was found of it so far. */
struct search {
	const struct conf *conf;
	struct arena *arena;
	struct user *user;
	struct slice written;	 /* the local-part without quotes */
	struct slice local;	 /* lower case, without quotes */
	struct slice domain;	 /* as Domains has it, in lower case */
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

/* The user of the users file whose Maildir that is. */
static enum users_result
found_at(struct search *s, const char *maildir, struct fail *f)
{
	struct userowner owner = { geteuid(), getegid() };

	if (maildir == NULL || maildir[0] != '/')
		return fail_set(f, EX_CONFIG,
		    "user %s: no absolute path of a Maildir: it needs one in "
		    "the users file, or Maildirs in the configuration",
		    TEXT_SHOW(s->local));
	if (geteuid() == 0 && userowner_find(maildir, &owner, f) == -1)
		return USERS_FAILED;
	s->user->maildir = maildir;
	s->user->uid = owner.uid;
	s->user->gid = owner.gid;
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

/* The Maildir of a line of the users file that was looked for. */
static enum users_result
found_line(struct search *s, const struct userfile_line *line, struct fail *f)
{
	const char *path = NULL;

	if (quota_parse(line->quota, &s->user->quota) == -1)
		return fail_set(f, EX_CONFIG, "user %s: %s is no quota",
		    TEXT_SHOW(s->local), TEXT_SHOW(line->quota));
	if (line->maildir.n > 0)
		path = arena_str(s->arena, line->maildir);
	else if (s->conf->maildirs != NULL)
		path = expand(s->arena, s->conf->maildirs,
		    lower(s->arena, line->local),
		    lower(s->arena, line->domain));
	return found_at(s, path, f);
}

enum users_result
users_of_line(const struct conf *conf, const struct userfile_line *line,
    struct arena *arena, struct user *u, struct fail *f)
{
	struct search s = { .conf = conf, .arena = arena, .user = u,
		.local = line->local };

	*u = (struct user){ 0 };
	return found_line(&s, line, f);
}

static enum users_result
search_file(struct search *s, struct fail *f)
{
	enum users_result rc = USERS_NONE;
	struct userfile_line line;
	struct userfile file;
	int more = 1;

	if (userfile_open(&file, s->conf->users, f) == -1)
		return USERS_FAILED;
	while (rc == USERS_NONE && more == 1) {
		more = userfile_next(&file, &line, f);
		if (more == -1)
			rc = USERS_FAILED;
		else if (more == 1 && (s->any ||
		    (slice_caseeq(line.local, s->local) &&
		    addr_same_domain(line.domain, s->domain))))
			rc = found_line(s, &line, f);
	}
	userfile_close(&file);
	return rc;
}

static enum users_result
search_machine(struct search *s, struct fail *f)
{
	const char *name = s->any ? NULL : arena_str(s->arena, s->local);
	struct buf path = BUF(4096);
	const struct passwd *pw;
	int rc = userlogin_find(name, s->conf->as_root ? 0 : geteuid(), &pw, f);

	if (rc != 1)
		return rc == 0 ? USERS_NONE : USERS_FAILED;
	if (s->conf->maildirs != NULL) {
		s->user->maildir = expand(s->arena, s->conf->maildirs,
		    slice_str(pw->pw_name), s->domain);
	} else {
		(void)buf_addf(&path, "%s/Maildir", pw->pw_dir);
		s->user->maildir = arena_str(s->arena, buf_slice(&path));
		buf_free(&path);
	}
	if (s->user->maildir == NULL || s->user->maildir[0] != '/')
		return fail_set(f, EX_CONFIG, "user %.100s: no Maildir path",
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

/* The name itself, else without what is behind the delimiter. */
static enum users_result
search_name(struct search *s, struct fail *f)
{
	size_t at = slice_find(s->local, s->conf->recipient_delimiter);
	enum users_result rc = search(s, f);

	if (rc != USERS_NONE || s->conf->recipient_delimiter == 0 || at == 0 ||
	    at == s->local.n)
		return rc;
	s->user->detail = arena_slice(s->arena,
	    slice_sub(s->written, at + 1, s->written.n));
	s->local = slice_sub(s->local, 0, at);
	return search(s, f);
}

static struct slice
first_domain(const struct conf *conf)
{
	return slice_str(conf->ndomains > 0 ? conf->domains[0] : "");
}

/* Who gets the mail of a postmaster that is no user; never USERS_NONE. */
static enum users_result
search_postmaster(struct search *s, struct fail *f)
{
	const char *named = s->conf->postmaster;
	enum users_result rc;

	if (named == NULL) {
		s->any = 1;
		rc = search(s, f);
		return rc != USERS_NONE ? rc : fail_set(f, EX_CONFIG,
		    "there is no user to be postmaster");
	}
	s->domain = lower(s->arena, slice_str(named));
	if (!slice_until(&s->domain, '@', &s->local))
		s->domain = first_domain(s->conf);
	s->written = slice_sub(slice_str(named), 0, s->local.n);
	rc = search_name(s, f);
	return rc != USERS_NONE ? rc : fail_set(f, EX_CONFIG,
	    "Postmaster: %s has no mailbox", TEXT_SHOW(slice_str(named)));
}

/* Names that are this host's wherever they are said (RFC 6761, 6.3), and the
 * one that many hosts have in /etc/hosts beside them. */
static int
is_localhost(struct slice domain)
{
	struct slice tail = SLICE(".localhost");

	return slice_caseeq(domain, SLICE("localhost")) ||
	    slice_caseeq(domain, SLICE("localhost.localdomain")) ||
	    (domain.n > tail.n && slice_caseeq(slice_sub(domain,
	    domain.n - tail.n, domain.n), tail));
}

static int
is_host(const struct conf *conf, struct slice domain)
{
	return is_localhost(domain) || (conf->hostname != NULL &&
	    addr_same_domain(domain, slice_str(conf->hostname)));
}

/* The entry of Domains that it is, in whatever form it was written, and for the
 * names of this host the first: from there its users, and reports, are.  NULL
 * where it is none. */
static const char *
find_domain(const struct conf *conf, struct slice domain)
{
	size_t i;

	for (i = 0; i < conf->ndomains; i++)
		if (addr_same_domain(domain, slice_str(conf->domains[i])))
			return conf->domains[i];
	return conf->ndomains > 0 && is_host(conf, domain) ?
	    conf->domains[0] : NULL;
}

int
users_domain(const struct conf *conf, struct slice domain)
{
	return find_domain(conf, domain) != NULL;
}

enum users_result
users_find(const struct conf *conf, const struct addr *a, struct arena *arena,
    struct user *u, struct fail *f)
{
	struct search s = { .conf = conf, .arena = arena, .user = u };
	struct buf local = BUF(LIMIT_LOCAL_PART + 2);
	const char *domain = NULL;
	enum users_result rc;
	int postmaster;

	*u = (struct user){ 0 };
	if (a->domain.n > 0 &&
	    (domain = find_domain(conf, a->domain)) == NULL)
		return USERS_ELSEWHERE;
	if (addr_unquote(a->local, &local) == -1)
		return USERS_NONE;
	s.written = arena_slice(arena, buf_slice(&local));
	s.local = lower(arena, s.written);
	buf_free(&local);
	if (s.local.n == 0 || slice_find(s.local, '\0') < s.local.n)
		return USERS_NONE;
	s.domain = domain != NULL ? lower(arena, slice_str(domain)) :
	    first_domain(conf);
	postmaster = slice_eq(s.local, SLICE("postmaster"));
	rc = search_name(&s, f);
	return rc == USERS_NONE && postmaster ? search_postmaster(&s, f) : rc;
}
