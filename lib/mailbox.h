/* SPDX-License-Identifier: ISC */
/*
 * mailbox: a Maildir as a list of messages with numbers, unique-ids and exact
 * mailboxsizes, for POP3 and IMAP.
 *
 * What is in new/ and cur/ is one list; no message is opened, and none asked
 * for its state (stat), to make it.  A message is known by the base of its
 * name, which is all before ":" or, where there is none, the whole name; the
 * rest changes with its flags, also by other programs and at any time, and
 * where a file is not found by its name it is looked for once more.
 *
 * Where there is a dovecot-uidlist (uidlist.h, mailpipe-maildir(5)) each
 * message has a UID from it, and those that it does not know are given one
 * under its lock and added to it, so that Dovecot and we agree.  Without it
 * messages have no UIDs, unless MAILBOX_UIDS asks for one to be made.
 *
 * Nothing moves a message from new/ to cur/ but mailbox_seen.
 */
#ifndef MAILBOX_H
#define MAILBOX_H

#include "fail.h"
#include "maildirname.h"

struct mailbox;

enum {
	MAILBOX_UIDS = 1, /* make a dovecot-uidlist where there is none */

	MAILBOX_UNIQUE = 256, /* room for a unique-id with its NUL */
};

struct mailbox_message {
	const char *name; /* of the file; NULL: it is gone, and was found to be
			     by mailbox_scan, mailbox_fd or the like */
	uint32_t uid;	  /* 0: there is no uidlist */
	uint32_t flags;	  /* of the name (maildirname.h) */
	uint16_t base;	  /* bytes of the name that are its base */
	uint8_t in_new;	  /* it is in new/, else in cur/ */
};

/*
 * Opens the Maildir "path", making what is missing of it, but not the
 * directory above it; "path" is not used after it.  There are no messages
 * before the first mailbox_scan.  NULL with EX_TEMPFAIL.  mailbox_close frees
 * everything, also what mailbox_hold has, and makes *m NULL; sizes that were
 * counted are remembered, where that can be done.
 */
struct mailbox *mailbox_open(const char *path, unsigned how, struct fail *f);
void mailbox_close(struct mailbox **m);

/*
 * Looks what is there.  The first time all messages are put in order: by UID,
 * without a uidlist by the time of delivery in their names.  Later what is new
 * is added behind what is there, and what has gone has no name any more, so
 * that a message keeps its place as long as the mailbox is open.  Who wants the
 * list to stay (POP3) calls it once.
 *
 * Where the disk has no room for UIDs of new messages these are left out, and
 * come with a later scan: what is known already can be read, and deleted.
 *
 * Waits up to two minutes for the lock of the uidlist, and only where there are
 * messages without a UID.  0, or -1 with EX_TEMPFAIL: then the list is as it
 * was.  More than LIMIT_MAILBOX messages are EX_UNAVAILABLE.
 */
int mailbox_scan(struct mailbox *m, struct fail *f);

/* How many messages the last scan left out. */
size_t mailbox_left_out(const struct mailbox *m);

/* How many there are, and one of them: "i" is 0 and up, the message borrowed
 * until mailbox_close, but its name until the next call that gets "m" not
 * const. */
size_t mailbox_count(const struct mailbox *m);
const struct mailbox_message *mailbox_get(const struct mailbox *m, size_t i);

/*
 * The octets of a message on the wire: with CRLF line ends, where a LF has no
 * CR before it one being added, and with a last one where there is none.  Told
 * by W= of its name, else by the uidlist, else remembered, else counted, which
 * reads it, and remembered.  What others wrote down is taken as it is where it
 * can be (maildirname_fits): theirs do not count a last line end that is
 * missing.  Of one that cannot be read, its bytes.  0, or -1 with EX_NOINPUT:
 * it is gone; or EX_TEMPFAIL.
 */
int mailbox_size(struct mailbox *m, size_t i, uint64_t *octets,
    struct fail *f);

/*
 * A descriptor of the message for reading, close(2) it; where its name has
 * changed it is looked for by its base.  -1 with EX_NOINPUT: it is gone, or no
 * regular file (links are not followed); or with EX_TEMPFAIL.
 */
int mailbox_fd(struct mailbox *m, size_t i, struct fail *f);

/*
 * The unique-id of POP3 (RFC 1939, 7), written to "text", which is returned:
 * with a uidlist as Dovecot gives it by default, else the unique part of the
 * name, which is all before "," or ":", where that is 1-70 bytes of 0x21-0x7e,
 * else 32 hexadecimal digits from its base.  No two of a mailbox are the same:
 * those that would be are not taken from what is the same.
 */
const char *mailbox_unique(struct mailbox *m, size_t i,
    char text[MAILBOX_UNIQUE]);

/* Removes the message: 0, also where it is gone already; it has no name then.
 * Or -1 with EX_TEMPFAIL.  mailbox_sync tells maildirsize of it. */
int mailbox_remove(struct mailbox *m, size_t i, struct fail *f);

/* Gives the message the flag \Seen, where it has not got it, and moves it from
 * new/ to cur/.  0, or -1 with EX_NOINPUT: it is gone; or EX_TEMPFAIL. */
int mailbox_seen(struct mailbox *m, size_t i, struct fail *f);

/* Makes durable what was removed and renamed.  0, or -1 with EX_TEMPFAIL. */
int mailbox_sync(struct mailbox *m, struct fail *f);

/*
 * Keeps the mailbox for one POP3 session, until mailbox_close or the end of the
 * process: 1; 0 where another session has it, ours or one of Dovecot with
 * pop3_lock_session; or -1 with EX_TEMPFAIL.  It waits for nobody.
 */
int mailbox_hold(struct mailbox *m, struct fail *f);

#endif
