/* SPDX-License-Identifier: ISC */
/*
 * enqueue: what of a message goes to the queue (mailpipe-queue(5)): for
 * recipients elsewhere, and for those here whose Maildir cannot be written now;
 * by a process that may write there, or has borrowed files of it.
 */
#ifndef ENQUEUE_H
#define ENQUEUE_H

#include "adding.h"
#include "buf.h"
#include "conf.h"
#include "spoollend.h"
#include "spoolnew.h"
#include "users.h"

struct enqueue { /* zeroed but for "conf" and "adding" */
	const struct conf *conf;
	struct spool spool; /* where path is not NULL */
	struct spoollend lent; /* of it, to the session */
	struct user owner;  /* of it, where "maildir" is not NULL */
	int settled; /* no message was begun since enqueue_settle */
	struct spool_to *to;
	size_t nto;
	struct arena arena; /* of the recipients */
	struct spoolnew *message; /* NULL: not begun */
	int adds;		  /* set by the caller: mailq-add has to */
	struct adding adding;	  /* that message then */
	struct buf top;		  /* of the message, as far as it is fields of
				     a final delivery */
	int passed;		  /* that top */
};

/* 1 where this host has a queue: the directory is there; else 0, with
 * EX_TEMPFAIL.  Nobody makes one by sending mail: it would not be sent on
 * before somebody runs mailq-run. */
int enqueue_exists(const struct conf *conf, struct fail *f);

/* Adds a recipient to the message to come, where it is not there yet; letter
 * case of the domain does not count. */
void enqueue_add(struct enqueue *q, const struct spool_to *to);

/* Begins the message, where it has recipients: 0, or -1 as spoolnew_begin and
 * spool_open.  Where a spool that was open already fails, it is opened anew. */
int enqueue_begin(struct enqueue *q, const struct spool_envelope *e,
    struct fail *f);

/* Its id, or "-" where mailq-add will give it one; NULL where it was not
 * begun. */
const char *enqueue_id(const struct enqueue *q);

/* Between messages: takes up to "most" of the files that it has for the next
 * ones for the session, of the user "to", which has none left: how many
 * (spoollend_take); 0 too where it had no message for the queue yet.  "lent" is
 * to be given to it then. */
size_t enqueue_lend(struct enqueue *q, uid_t to, size_t most);

/* Removes one of those, which the session gave up. */
void enqueue_drop(struct enqueue *q, const char *id);

/* In the session: what comes next goes to "n" of those files, which are given
 * on "socket": 0, or -1 as spoollend_receive.  There is nothing else that it
 * could do to the queue. */
int enqueue_borrow(struct enqueue *q, size_t n, int socket);

/* 1 where there is one of those for the next message. */
int enqueue_has_borrowed(const struct enqueue *q);

/* Adds bytes to it.  Return-Path and a Delivered-To that names one of the
 * recipients, which data.c puts on top, are left out: they are for the end of
 * the way (RFC 5321, 4.4). */
void enqueue_write(struct enqueue *q, struct slice bytes);

/* What can fail of it; and then its last step.  0, with "id" where that was not
 * known before; or -1 with EX_TEMPFAIL, or as adding_commit.  There is no
 * message after enqueue_commit. */
int enqueue_sync(struct enqueue *q, struct fail *f);
int enqueue_commit(struct enqueue *q, char id[SPOOL_ID], struct fail *f);

/* Forgets the message and the recipients: nothing is left. */
void enqueue_abort(struct enqueue *q);

/* Between sessions: removes what is lent to the last one and was not used; the
 * next one looks whether the spool is still where it was. */
void enqueue_settle(struct enqueue *q);

/* Between messages: lets go of the spool, with what was ready or lent. */
void enqueue_leave(struct enqueue *q);

/* Frees it. */
void enqueue_close(struct enqueue *q);

#endif
