/* SPDX-License-Identifier: ISC */
/* userauth: who may log in as a user of the users file; see userauth.h. */

#include <string.h>

#include "addr.h"
#include "password.h"
#include "userauth.h"
#include "userfile.h"

/* What the file says of a name. */
struct finding {
	struct slice local, domain; /* looked for */
	struct arena *arena;
	const struct conf *conf;
	struct userauth_mailbox *mailbox; /* NULL: not wanted */
	int there;
	struct slice hash;	    /* of the one who is there */
	struct slice verifier;
	struct slice any_hash;	    /* the first of the file */
	struct slice any_verifier;
};

static int
can_log_in(struct slice hash)
{
	return hash.n > 0 && hash.p[0] != '!';
}

/* Takes over what is first of its kind. */
static void
keep(struct finding *t, struct slice *to, struct slice from)
{
	if (to->n == 0)
		*to = arena_slice(t->arena, from);
}

/* The address as it is written: its parts have the "@" between them. */
static int
see_mailbox(struct finding *t, const struct userfile_line *line,
    struct fail *f)
{
	t->mailbox->address = arena_str(t->arena, (struct slice){
	    line->local.p, line->local.n + 1 + line->domain.n });
	return users_of_line(t->conf, line, t->arena, &t->mailbox->user,
	    f) == USERS_FOUND ? 0 : -1;
}

static int
see_line(struct finding *t, const struct userfile_line *line, struct fail *f)
{
	if (can_log_in(line->hash)) {
		keep(t, &t->any_hash, line->hash);
		keep(t, &t->any_verifier, line->verifier);
	}
	if (t->there || !slice_caseeq(line->local, t->local) ||
	    !addr_same_domain(line->domain, t->domain))
		return 0;
	t->there = 1;
	t->hash = arena_slice(t->arena, line->hash);
	t->verifier = arena_slice(t->arena, line->verifier);
	if (t->mailbox == NULL)
		return 0;
	t->mailbox->may_log_in = can_log_in(line->hash);
	return see_mailbox(t, line, f);
}

static int
look_up(struct finding *t, struct slice name, struct fail *f)
{
	struct userfile_line line;
	struct userfile file;
	int rc;

	if (t->conf->users == NULL)
		return fail_set(f, EX_CONFIG,
		    "there is no Users in the configuration");
	t->domain = name;
	if (!slice_until(&t->domain, '@', &t->local))
		t->domain = slice_str(t->conf->ndomains > 0 ?
		    t->conf->domains[0] : "");
	if (userfile_open(&file, t->conf->users, f) == -1)
		return -1;
	while ((rc = userfile_next(&file, &line, f)) == 1 &&
	    (rc = see_line(t, &line, f)) == 0)
		;
	userfile_close(&file);
	return rc;
}

int
userauth_password(const struct conf *conf, struct slice name,
    struct slice password, struct fail *f)
{
	struct arena arena = { 0 };
	struct finding t = { .conf = conf, .arena = &arena };
	int rc = password_load(f) == -1 ? -1 : look_up(&t, name, f), may;

	if (rc == 0) {
		may = t.there && can_log_in(t.hash);
		if (!may)
			t.hash = t.any_hash.n > 0 ? t.any_hash :
			    password_nobody();
		rc = password_matches(password, t.hash) & may;
	}
	arena_free(&arena);
	return rc;
}

/* A verifier for a name that has none, from the ServerKey of "v": the same
 * with its domain and without, as a true one is. */
static int
make_fake(const struct finding *t, struct scram_verifier *v, struct fail *f)
{
	unsigned char key[SCRAM_KEY];
	struct buf name = BUF(t->local.n + t->domain.n + 1);
	int rc;

	(void)buf_add(&name, t->local);
	(void)buf_addc(&name, '@');
	(void)buf_add(&name, t->domain);
	memcpy(key, v->server, sizeof(key));
	rc = scram_fake((struct slice){ (char *)key, sizeof(key) },
	    buf_slice(&name), v, f);
	explicit_bzero(key, sizeof(key));
	buf_free(&name);
	return rc;
}

int
userauth_verifier(const struct conf *conf, struct slice name,
    struct scram_verifier *v, struct fail *f)
{
	struct arena arena = { 0 };
	struct finding t = { .conf = conf, .arena = &arena };
	int rc = look_up(&t, name, f);

	memset(v, 0, sizeof(*v));
	if (rc == 0 && t.there && can_log_in(t.hash) &&
	    scram_read(t.verifier, v) == 0)
		rc = 1;
	else if (rc == 0 && scram_read(t.any_verifier, v) == 0)
		rc = make_fake(&t, v, f);
	arena_free(&arena);
	return rc;
}

int
userauth_mailbox(const struct conf *conf, struct slice name,
    struct arena *arena, struct userauth_mailbox *m, struct fail *f)
{
	struct finding t = { .conf = conf, .arena = arena, .mailbox = m };

	return look_up(&t, name, f) == -1 ? -1 : t.there;
}
