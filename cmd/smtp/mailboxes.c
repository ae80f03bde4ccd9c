/* SPDX-License-Identifier: ISC */
/* mailboxes: delivery of one message to its mailboxes; see mailboxes.h. */

#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "limits.h"
#include "mailboxes.h"

/*
 * Root acts as the owner for as long as it touches what is the owner's, so
 * that permissions, quotas and links mean what they mean for the owner.
 */
static int
become(const struct mailboxes *b, const struct user *u, struct fail *f)
{
	int rc;

	if (!b->root)
		return 0;
	rc = u->login != NULL ? initgroups(u->login, u->gid) :
	    setgroups(1, &u->gid);
	if (rc == -1 || setegid(u->gid) == -1 || seteuid(u->uid) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.200s: become its owner",
		    u->maildir);
	return 0;
}

static void
become_root(const struct mailboxes *b)
{
	gid_t none = 0;

	if (!b->root)
		return;
	/* Cannot fail for who was root; going on as another would be worse
	 * than to end. */
	if (seteuid(0) == -1 || setegid(0) == -1 || setgroups(1, &none) == -1)
		_exit(EX_TEMPFAIL);
}

static struct owner *
owner_of(struct mailboxes *b, const struct user *u)
{
	size_t i;

	for (i = 0; i < b->nowners; i++)
		if (b->owners[i].user.uid == u->uid)
			return &b->owners[i];
	if (b->nowners == LIMIT_OWNERS)
		return NULL;
	b->owners = mem_resize(b->owners, b->nowners + 1, sizeof(*b->owners));
	b->owners[b->nowners] = (struct owner){ .user = *u };
	if (u->login != NULL)
		b->owners[b->nowners].user.login = arena_str(&b->arena,
		    slice_str(u->login));
	return &b->owners[b->nowners++];
}

/* Once, and of all mailboxes of its owner: 0, or -1 for too many owners. */
static int
add_maildir(struct mailboxes *b, const struct user *u)
{
	struct owner *o = owner_of(b, u);
	size_t i;

	if (o == NULL)
		return -1;
	for (i = 0; i < o->nmaildirs; i++)
		if (strcmp(o->maildirs[i], u->maildir) == 0)
			return 0;
	o->maildirs = mem_resize(o->maildirs, o->nmaildirs + 1,
	    sizeof(*o->maildirs));
	o->maildirs[o->nmaildirs] = arena_str(&b->arena, slice_str(u->maildir));
	if (o->nmaildirs++ == 0)
		o->user.maildir = o->maildirs[0];
	return 0;
}

enum users_result
mailboxes_add(struct mailboxes *b, const struct addr *a, struct fail *f)
{
	struct arena found = { 0 }; /* what was sought in vain must not stay */
	enum users_result rc;
	struct user u;

	rc = users_find(b->conf, a, &found, &u, f);
	if (rc == USERS_FOUND && add_maildir(b, &u) == -1)
		rc = USERS_TOO_MANY;
	arena_free(&found);
	return rc;
}

int
mailboxes_begin(struct mailboxes *b, const char **id, struct fail *f)
{
	size_t i;

	for (i = 0; i < b->nowners; i++) {
		struct owner *o = &b->owners[i];

		if (become(b, &o->user, f) == 0)
			o->delivery = maildir_begin(o->maildirs[0], f);
		become_root(b);
		if (o->delivery == NULL) {
			mailboxes_abort(b);
			return -1;
		}
	}
	*id = maildir_id(b->owners[0].delivery);
	return 0;
}

void
mailboxes_write(struct mailboxes *b, struct slice bytes)
{
	struct fail ignored;
	size_t i;

	for (i = 0; i < b->nowners; i++) {
		/* The file is open; what fails here is told at the end. */
		(void)become(b, &b->owners[i].user, &ignored);
		maildir_write(b->owners[i].delivery, bytes);
		become_root(b);
	}
}

int
mailboxes_commit(struct mailboxes *b, struct fail *f)
{
	int rc = 0;
	size_t i;

	for (i = 0; i < b->nowners && rc == 0; i++) {
		struct owner *o = &b->owners[i];

		rc = become(b, &o->user, f);
		if (rc == 0)
			rc = maildir_commit(&o->delivery, o->maildirs + 1,
			    o->nmaildirs - 1, f);
		become_root(b);
	}
	mailboxes_abort(b);
	return rc;
}

void
mailboxes_abort(struct mailboxes *b)
{
	struct fail ignored;
	size_t i;

	for (i = 0; i < b->nowners; i++) {
		(void)become(b, &b->owners[i].user, &ignored);
		maildir_abort(&b->owners[i].delivery);
		become_root(b);
		free(b->owners[i].maildirs);
	}
	b->nowners = 0;
	arena_free(&b->arena);
}
