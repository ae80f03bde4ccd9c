/* SPDX-License-Identifier: ISC */
/* mailboxes: delivery of one message to its mailboxes, by a process that may
 * write there; store.h is what a session sees of it. */
#ifndef MAILBOXES_H
#define MAILBOXES_H

#include "expand.h"
#include "maildir.h"
#include "outcomes.h"
#include "users.h"

/* A Maildir with a quota. */
struct counted {
	const char *maildir;
	struct quota quota;
	unsigned copies; /* it gets: with its folders there may be several */
	int begun;	 /* maildirsize_begin */
};

/* Those of one owner share one file (maildir.h). */
struct owner {
	struct user user;	 /* of the first; its maildir is maildirs[0] */
	const char **maildirs; /* or folders of Maildirs */
	size_t nmaildirs;
	struct counted *counted;
	size_t ncounted;
	struct maildir *delivery; /* NULL: not begun */
};

struct mailboxes {
	const struct conf *conf;
	int root; /* may act as any owner, and does */
	int each; /* each Maildir is an owner of its own here, and where one
		     fails the others have the message all the same */
	struct outcomes outcomes; /* where "each" is set */
	struct owner *owners;
	size_t nowners;
	size_t nmaildirs;   /* of all owners */
	struct arena arena; /* of the recipients */
};

/* As the functions of store.h; id borrows until the message ends. */
enum users_result mailboxes_add(struct mailboxes *b, const struct addr *a,
    uint64_t size, struct fail *f);
int mailboxes_begin(struct mailboxes *b, const char **id, struct fail *f);
void mailboxes_write(struct mailboxes *b, struct slice bytes);
int mailboxes_commit(struct mailboxes *b, struct fail *f);
int mailboxes_outcome(const struct mailboxes *b, size_t i, struct fail *f);
void mailboxes_abort(struct mailboxes *b);

#endif
