/* SPDX-License-Identifier: ISC */
/*
 * depot: where one message goes: to mailboxes here, and to the queue for those
 * elsewhere; by a process that may write there.  store.h is what a session sees
 * of it.
 */
#ifndef DEPOT_H
#define DEPOT_H

#include "enqueue.h"
#include "localmail.h"

struct depot { /* zeroed but for "boxes" and, as enqueue.h says, "queue" */
	struct localmail boxes;
	struct enqueue queue;
	int has_queue; /* 0: mail for here alone */
	struct spool_to *here; /* whom "boxes" is for */
	size_t nhere;
	struct spool_to *beyond; /* members elsewhere of the aliases of these */
	size_t nbeyond;
};

struct depot_recipient {
	struct addr address;
	uint64_t size;	       /* of the message, as announced; 0: was not */
	int relay;	       /* it may be elsewhere */
	unsigned notify;       /* as in spool_to: */
	struct slice original;
};

/*
 * Where mailq-add has the queue, all are USERS_QUEUED, whoever they are.  Else
 * as localmail_add; with a queue also USERS_QUEUED: an alias whose members are
 * all elsewhere, a mailbox that cannot be looked at now, and one of the
 * machine's users who has a ~/.forward; and where "relay" is set, in the place
 * of USERS_ELSEWHERE, USERS_RELAYED, or without a queue USERS_NO_QUEUE.
 */
enum users_result depot_add(struct depot *d, const struct depot_recipient *r,
    struct fail *f);

/* As localmail_begin; 1 where the mailboxes cannot be written now, and the
 * queue has the message for them. */
int depot_begin(struct depot *d, const struct spool_envelope *e,
    const char **id, struct fail *f);

/* As the functions of localmail.h, and enqueue_commit. */
void depot_write(struct depot *d, struct slice bytes);
int depot_commit(struct depot *d, char id[SPOOL_ID], struct fail *f);
int depot_outcome(const struct depot *d, size_t i, struct fail *f);
void depot_abort(struct depot *d);

/* Between sessions: takes back from the last one what is its alone; the queue
 * stays open, with what it has ready (enqueue_settle). */
void depot_settle(struct depot *d);

/* The same, and nothing is open or ready. */
void depot_leave(struct depot *d);

/* Frees it. */
void depot_close(struct depot *d);

#endif
