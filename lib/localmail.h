/* SPDX-License-Identifier: ISC */
/* localmail: delivery of one message to its mailboxes, by a process that may
 * write there.  Zeroed but for its first members; free(3) "owners" at the
 * end. */
#ifndef LOCALMAIL_H
#define LOCALMAIL_H

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

struct localmail {
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

/*
 * Adds a recipient to the message to come, whose "size" was announced (0: it
 * was not).  A mailbox that is in it already is not added twice.  As
 * expand_find, or USERS_FULL where a quota has no room for it; or
 * USERS_TOO_MANY where there would be too many mailboxes, or more than
 * LIMIT_OWNERS owners of them, or with "each" more than that of mailboxes:
 * another message may have it.
 */
enum users_result localmail_add(struct localmail *b, const struct addr *a,
    uint64_t size, struct fail *f);

/* The same for users that were found already: all of them or none. */
enum users_result localmail_add_users(struct localmail *b,
    struct expansion *x, uint64_t size, struct fail *f);

/* Begins the message: 0 with its id, which borrows until the message ends; or
 * -1 with EX_TEMPFAIL (f->error is the errno), and the recipients are
 * forgotten. */
int localmail_begin(struct localmail *b, const char **id, struct fail *f);

/* Adds bytes to it, as they are to be stored (LF line ends). */
void localmail_write(struct localmail *b, struct slice bytes);

/* Writes it to the disk for all, where nobody sees it yet (maildir_sync); not
 * with "each".  Where one has no room none is to have it again and again.  0,
 * or -1 with EX_TEMPFAIL. */
int localmail_sync(struct localmail *b, struct fail *f);

/* Delivers it: 0 where all have it durably (or with "each" where
 * localmail_outcome is to be asked), else -1 with EX_TEMPFAIL (EDQUOT: a quota
 * has no room for it).  There is no message and no recipient after it. */
int localmail_commit(struct localmail *b, struct fail *f);

/* With "each", after localmail_commit and until localmail_abort: what became of
 * the recipient "i", as outcomes_get. */
int localmail_outcome(const struct localmail *b, size_t i, struct fail *f);

/* Forgets the message and the recipients: nothing is left. */
void localmail_abort(struct localmail *b);

#endif
