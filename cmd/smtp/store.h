/* SPDX-License-Identifier: ISC */
/*
 * store: where accepted mail goes: the recipients of one message, and its
 * durable delivery to all of them.
 *
 * Started by root, the process that talks to the network gives up all
 * privileges, and the store is another process that it can only ask for these
 * few things; that one acts as the owner of each mailbox.  Another user's store
 * is a process of its own where STORE_APART asks for one, so that the other can
 * be confined, else part of the process.  store_open chooses; the other calls
 * are the same.
 *
 * The session that sends many messages to other hosts writes them itself, into
 * files that the other process has made and opened (spoollend.h).
 */
#ifndef STORE_H
#define STORE_H

#include "depot.h"
#include "scram.h"

struct store;

enum {
	STORE_ID = 64, /* room for the id of a message */
};

enum { /* store_open */
	STORE_EACH = 1,
	STORE_APART = 2,
	STORE_QUEUE = 4,
	STORE_ADD = 8, /* with STORE_QUEUE, and not for root */
};

/*
 * Opens the store.  Started by root it has a keeper of the mailboxes, another
 * process until store_close or the end of this one, which goes on as
 * conf->user.  With STORE_APART it has one in any case, where there is a
 * sandbox for this process (sandbox.h); both are the same user then.
 *
 * The keeper is forked here, where "helper" is -1, and has no other descriptor
 * open.  Else "helper" is a socket, which becomes the store's: with the first
 * byte that is written to it somebody gives it to a process in store_keep.
 *
 * With STORE_ADD mailq-add(1) gets all messages.
 *
 * With STORE_EACH what fails for one mailbox does not fail for the others: each
 * has a file of its own, and store_outcome tells.  NULL: EX_TEMPFAIL, EX_CONFIG
 * (no such user).
 */
struct store *store_open(const struct conf *conf, unsigned how, int helper,
    struct fail *f);
void store_close(struct store **s);

/* Is the keeper of one store after the other, whose ends of "helper" come by
 * "socket" (helpers.h), for LIMIT_KEEPER seconds; it writes where it has to
 * alone (places.h). */
void store_keep(const struct conf *conf, unsigned how, int socket);

/* 1 where it is another process. */
int store_is_apart(const struct store *s);

/* Adds a recipient to the message to come, as depot_add; its "original" has up
 * to LIMIT_ORCPT bytes.  One who can only be elsewhere may be USERS_RELAYED
 * before the keeper was asked: where it is after all, as others of the message
 * are here, and refuses that one, store_begin fails. */
enum users_result store_recipient(struct store *s,
    const struct depot_recipient *r, struct fail *f);

/* Begins the message: as depot_begin, with its id.  When it arrived is for the
 * store to say. */
int store_begin(struct store *s, const struct spool_envelope *e,
    char id[STORE_ID], struct fail *f);

/* Adds bytes to it, as they are to be stored (LF line ends). */
void store_write(struct store *s, struct slice bytes);

/* Delivers it: 0 where all have it durably (or with STORE_EACH where
 * store_outcome is to be asked), else -1 with EX_TEMPFAIL (EDQUOT: a quota,
 * ours or the system's, has no room for it), and with STORE_ADD as
 * adding_commit; then it has its "id" now.  There is no message and no
 * recipient after it. */
int store_commit(struct store *s, char id[STORE_ID], struct fail *f);

/* With STORE_EACH, after store_commit and until store_abort: what became of the
 * recipient "i", counted from 0 as they were accepted: 0 where all its
 * mailboxes have the message durably, else -1 as store_commit, and one of
 * them, at least, has not. */
int store_outcome(struct store *s, size_t i, struct fail *f);

/* Forgets the message and the recipients. */
void store_abort(struct store *s);

/* As scratch_open, though this process may be none that can open files. */
int store_scratch(struct store *s, struct fail *f);

/* addr_same_domain, by the process that may load a library for it; between
 * messages. */
int store_same_domain(struct store *s, struct slice a, struct slice b);

/*
 * Who may log in: as the functions of credentials.h, between messages.  One
 * connection can ask LIMIT_AUTH_ASKED times, whoever asks: then -1 with
 * EX_TEMPFAIL.
 */
int store_password(struct store *s, struct slice user, struct slice password,
    struct fail *f);
int store_verifier(struct store *s, struct slice user,
    struct scram_verifier *v, struct fail *f);
int store_certified(struct store *s, struct slice user, struct fail *f);
int store_token(struct store *s, struct slice user, struct slice token,
    struct fail *f);

#endif
