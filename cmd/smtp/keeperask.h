/* SPDX-License-Identifier: ISC */
/* keeperask: the session's end of what is said to the process that keeps its
 * mail (keeper.h): each function is one of its operations. */
#ifndef KEEPERASK_H
#define KEEPERASK_H

#include "apart.h"
#include "keeper.h"

struct keeperask {
	struct apart process; /* fd -1: there is none */
	struct buf piece;     /* bytes of a message not sent to it yet */
	int broken;	      /* it is gone: all fails from then on */
	int told; /* something that it is to forget at the end of a message */
	int each; /* set by the caller: outcomes are asked for */
};

/* One without a process yet, for apart_start or apart_await. */
struct keeperask keeperask_new(int each);

/* Frees it, and waits as apart_end, but for one that did not answer. */
void keeperask_close(struct keeperask *k);

/* A recipient, with the size of the message and KEEPER_RELAY or 0: as
 * depot_add. */
enum users_result keeperask_recipient(struct keeperask *k,
    const struct spool_to *to, uint64_t size, uint32_t relay, struct fail *f);

/* As depot_begin; when the message arrived is for the keeper to say. */
int keeperask_begin(struct keeperask *k, const struct spool_envelope *e,
    char id[STORE_ID], struct fail *f);

void keeperask_write(struct keeperask *k, struct slice bytes);

/* As depot_commit.  What is lent for the next messages goes to "q", where that
 * has nothing left that was borrowed. */
int keeperask_commit(struct keeperask *k, struct enqueue *q, char id[STORE_ID],
    struct fail *f);

/* As depot_abort; where "id" is not empty, the file of it that was lent is
 * given up. */
void keeperask_abort(struct keeperask *k, const char *id);

int keeperask_outcome(struct keeperask *k, size_t i, struct fail *f);
int keeperask_scratch(struct keeperask *k, struct fail *f);
int keeperask_same_domain(struct keeperask *k, struct slice both);

/* As keeper_credentials. */
void keeperask_credentials(struct keeperask *k, enum keeper_operation what,
    struct slice bytes, struct keeper_answer *a);

#endif
