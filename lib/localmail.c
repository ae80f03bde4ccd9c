/* SPDX-License-Identifier: ISC */
/* localmail: delivery of one message to its mailboxes; see localmail.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "become.h"
#include "folder.h"
#include "limits.h"
#include "localmail.h"
#include "maildirsize.h"

enum { LOCKS = 64 }; /* that are held at a time: each is a descriptor */

/* For as long as it touches what is the owner's. */
static int
become(const struct localmail *b, const struct user *u, struct fail *f)
{
	return b->root ? become_user(u, f) : 0;
}

static void
unbecome(const struct localmail *b)
{
	if (b->root)
		become_root();
}

/* A mailbox of the recipient that is being added: its Maildir, or a folder. */
struct place {
	const struct user *user;
	const char *path;
};

/* Have the two one file? */
static int
is_same(const struct localmail *b, const struct place *p,
    const struct place *other)
{
	return p->user->uid == other->user->uid &&
	    (!b->each || strcmp(p->path, other->path) == 0);
}

static struct owner *
find_owner(const struct localmail *b, const struct place *p)
{
	size_t i;

	for (i = 0; i < b->nowners; i++) {
		struct owner *o = &b->owners[i];

		if (is_same(b, p, &(struct place){ &o->user, o->maildirs[0] }))
			return o;
	}
	return NULL;
}

static struct owner *
owner_of(struct localmail *b, const struct place *p)
{
	struct owner *o = find_owner(b, p);

	if (o != NULL)
		return o;
	b->owners = mem_grow(b->owners, b->nowners, sizeof(*b->owners));
	o = &b->owners[b->nowners++];
	*o = (struct owner){ .user = *p->user };
	o->user.detail = (struct slice){ NULL, 0 };
	if (p->user->login != NULL)
		o->user.login = arena_str(&b->arena,
		    slice_str(p->user->login));
	return o;
}

/* One copy more in the Maildir of "u". */
static void
add_counted(struct localmail *b, struct owner *o, const struct user *u)
{
	size_t i;

	if (u->quota.bytes == 0 && u->quota.messages == 0)
		return;
	for (i = 0; i < o->ncounted; i++)
		if (strcmp(o->counted[i].maildir, u->maildir) == 0) {
			o->counted[i].copies++;
			return;
		}
	o->counted = mem_grow(o->counted, o->ncounted, sizeof(*o->counted));
	o->counted[o->ncounted++] = (struct counted){
		.maildir = arena_str(&b->arena, slice_str(u->maildir)),
		.quota = u->quota, .copies = 1, .begun = -1 };
}

/* Once, and of all mailboxes of its owner. */
static void
add_maildir(struct localmail *b, const struct place *p)
{
	struct owner *o = owner_of(b, p);
	size_t i;

	if (b->each)
		outcomes_place(&b->outcomes, (size_t)(o - b->owners));
	for (i = 0; i < o->nmaildirs; i++)
		if (strcmp(o->maildirs[i], p->path) == 0)
			return;
	o->maildirs = mem_grow(o->maildirs, o->nmaildirs, sizeof(*o->maildirs));
	o->maildirs[o->nmaildirs] = arena_str(&b->arena, slice_str(p->path));
	if (o->nmaildirs++ == 0)
		o->user.maildir = o->maildirs[0];
	b->nmaildirs++;
	add_counted(b, o, p->user);
}

/* How many owners would be new. */
static size_t
new_owners(const struct localmail *b, const struct place *places, size_t n)
{
	size_t i, k, more = 0;

	for (i = 0; i < n; i++) {
		for (k = 0; k < i && !is_same(b, &places[k], &places[i]); k++)
			;
		more += k == i && find_owner(b, &places[i]) == NULL;
	}
	return more;
}

/* USERS_FOUND where there is room for "size" bytes more. */
static enum users_result
check_quota(const struct user *u, uint64_t size, struct fail *f)
{
	if (u->quota.bytes == 0 && u->quota.messages == 0)
		return USERS_FOUND;
	switch (maildirsize_check(u->maildir, &u->quota, size, f)) {
	case MAILDIRSIZE_ROOM:
		return USERS_FOUND;
	case MAILDIRSIZE_FULL:
		(void)fail_set(f, EX_TEMPFAIL, "%.300s: over its quota",
		    u->maildir);
		return USERS_FULL;
	default:
		return USERS_FAILED;
	}
}

/* Looks at the mailbox as its owner: where a message of "size" goes. */
static enum users_result
look_at(struct localmail *b, const struct user *u, uint64_t size,
    struct fail *f)
{
	enum users_result rc;

	if (become(b, u, f) == -1) {
		unbecome(b);
		return USERS_FAILED;
	}
	/* Without its size a message has at least one byte. */
	rc = check_quota(u, size > 0 ? size : 1, f);
	unbecome(b);
	return rc;
}

/* The folder of the detail where that is wanted, and there. */
static const char *
path_of(struct localmail *b, const struct user *u, struct arena *arena)
{
	const char *path = NULL;
	struct fail ignored;

	if (!b->conf->detail_folder || u->detail.n == 0)
		return u->maildir;
	if (become(b, u, &ignored) == 0)
		path = folder_find(arena, u->maildir, u->detail);
	unbecome(b);
	return path != NULL ? path : u->maildir;
}

enum users_result
localmail_add_users(struct localmail *b, struct expansion *x, uint64_t size,
    struct fail *f)
{
	enum users_result rc = USERS_FOUND;
	struct place *places = arena_alloc(&x->arena, x->n * sizeof(*places));
	size_t i;

	for (i = 0; i < x->n; i++)
		places[i] = (struct place){ &x->users[i],
			path_of(b, &x->users[i], &x->arena) };
	if (b->nowners + new_owners(b, places, x->n) > LIMIT_OWNERS) {
		if (b->nowners > 0)
			return USERS_TOO_MANY;
		return fail_set(f, EX_CONFIG, "an alias for %smore than %d %s",
		    b->each ? "" : "mailboxes of ", LIMIT_OWNERS,
		    b->each ? "mailboxes" : "owners");
	}
	for (i = 0; i < x->n && rc == USERS_FOUND; i++)
		rc = look_at(b, &x->users[i], size, f);
	for (i = 0; i < x->n && rc == USERS_FOUND; i++)
		add_maildir(b, &places[i]);
	return rc;
}

enum users_result
localmail_add(struct localmail *b, const struct addr *a, uint64_t size,
    struct fail *f)
{
	struct expansion found; /* what was sought in vain must not stay */
	enum users_result rc;

	/* One alias more may pass it, by a bounded number. */
	if (b->nmaildirs >= b->conf->max_recipients ||
	    b->outcomes.recipients >= b->conf->max_recipients)
		return USERS_TOO_MANY;
	rc = expand_find(b->conf, a, &found, f);
	if (rc == USERS_FOUND)
		rc = localmail_add_users(b, &found, size, f);
	if (rc == USERS_FOUND && b->each)
		outcomes_accept(&b->outcomes);
	expand_free(&found);
	return rc;
}

/* Frees what there is but the outcomes, and deletes what is not delivered. */
static void
release(struct localmail *b)
{
	struct fail ignored;
	size_t i;

	for (i = 0; i < b->nowners; i++) {
		if (b->owners[i].delivery != NULL) {
			(void)become(b, &b->owners[i].user, &ignored);
			maildir_abort(&b->owners[i].delivery);
			unbecome(b);
		}
		free(b->owners[i].maildirs);
		free(b->owners[i].counted);
	}
	b->nowners = b->nmaildirs = 0;
	arena_free(&b->arena);
}

int
localmail_begin(struct localmail *b, const char **id, struct fail *f)
{
	size_t i;

	*id = NULL;
	for (i = 0; i < b->nowners; i++) {
		struct owner *o = &b->owners[i];

		if (become(b, &o->user, f) == 0)
			o->delivery = maildir_begin(o->maildirs[0], f);
		unbecome(b);
		if (o->delivery != NULL && *id == NULL)
			*id = maildir_id(o->delivery);
		if (o->delivery == NULL && b->each)
			outcomes_fail(&b->outcomes, i, f);
		else if (o->delivery == NULL)
			break;
	}
	if (i == b->nowners && *id != NULL)
		return 0;
	localmail_abort(b);
	return -1;
}

void
localmail_write(struct localmail *b, struct slice bytes)
{
	struct fail ignored;
	size_t i;

	for (i = 0; i < b->nowners; i++) {
		if (b->owners[i].delivery == NULL)
			continue;
		/* What fails here is told at the end. */
		(void)become(b, &b->owners[i].user, &ignored);
		maildir_write(b->owners[i].delivery, bytes);
		unbecome(b);
	}
}

/* Is there room in all Maildirs of "o" for what was written? */
static int
check_room(const struct owner *o, struct fail *f)
{
	uint64_t size = maildir_size(o->delivery);
	size_t i;

	for (i = 0; i < o->ncounted; i++) {
		const struct counted *c = &o->counted[i];

		switch (maildirsize_check(c->maildir, &c->quota,
		    size * c->copies, f)) {
		case MAILDIRSIZE_ROOM:
			break;
		case MAILDIRSIZE_FULL:
			errno = EDQUOT;
			return fail_errno(f, EX_TEMPFAIL, "%.300s", c->maildir);
		default:
			return -1;
		}
	}
	return 0;
}

static int
deliver(struct owner *o, struct fail *f)
{
	uint64_t size = maildir_size(o->delivery);
	size_t i;
	int rc;

	for (i = 0; i < o->ncounted && i < LOCKS; i++)
		o->counted[i].begun =
		    maildirsize_begin(o->counted[i].maildir);
	rc = maildir_commit(&o->delivery, o->maildirs + 1, o->nmaildirs - 1,
	    f);
	for (i = 0; i < o->ncounted; i++) {
		struct counted *c = &o->counted[i];

		/* Of many, or of a Maildir that was made just now. */
		if (c->begun == -1 && rc == 0)
			c->begun = maildirsize_begin(c->maildir);
		maildirsize_added(c->begun, size * c->copies,
		    rc == 0 ? c->copies : 0);
	}
	return rc;
}

/* The same as the owner of each, in turn, as long as all goes well. */
static int
check_all(struct localmail *b, struct fail *f)
{
	int rc = 0;
	size_t i;

	for (i = 0; i < b->nowners && rc == 0; i++) {
		if (b->owners[i].ncounted == 0)
			continue;
		rc = become(b, &b->owners[i].user, f);
		if (rc == 0)
			rc = check_room(&b->owners[i], f);
		unbecome(b);
	}
	return rc;
}

/* As its owner.  With "each" room is looked at here, where what went to other
 * folders of the Maildir is counted. */
static int
deliver_as(const struct localmail *b, struct owner *o, struct fail *f)
{
	int rc = become(b, &o->user, f);

	if (rc == 0 && b->each)
		rc = check_room(o, f);
	if (rc == 0)
		rc = deliver(o, f);
	unbecome(b);
	return rc;
}

int
localmail_commit(struct localmail *b, struct fail *f)
{
	int rc = b->each ? 0 : check_all(b, f);
	size_t i;

	if (rc == 0 && !b->each && b->nowners > 1)
		rc = localmail_sync(b, f);
	for (i = 0; i < b->nowners && (rc == 0 || b->each); i++) {
		struct owner *o = &b->owners[i];

		if (o->delivery == NULL)
			continue;
		rc = deliver_as(b, o, f);
		if (rc == -1 && b->each)
			outcomes_fail(&b->outcomes, i, f);
	}
	release(b);
	return b->each ? 0 : rc;
}

int
localmail_outcome(const struct localmail *b, size_t i, struct fail *f)
{
	return outcomes_get(&b->outcomes, i, f);
}

void
localmail_abort(struct localmail *b)
{
	release(b);
	outcomes_clear(&b->outcomes);
}
