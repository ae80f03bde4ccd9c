/* SPDX-License-Identifier: ISC */
/* mailboxuids: the UIDs of a mailboxlist, out of the dovecot-uidlist beside
 * it. */
#ifndef MAILBOXUIDS_H
#define MAILBOXUIDS_H

#include "mailboxlist.h"
#include "uidlist.h"

/* Zeroed, but for its first members. */
struct mailboxuids {
	int dir;  /* of the Maildir; not owned */
	int make; /* a list is made where there is none */
	size_t left_out; /* by mailboxuids_assign, as there was no room */
	struct uidlist list;
	/* private */
	struct lookup by_base; /* records of "list" */
};

/* Reads the list again where it has changed.  0, or -1 with EX_TEMPFAIL. */
int mailboxuids_read(struct mailboxuids *u, struct fail *f);

/*
 * Gives the entries of "l" from "from" on the UIDs of the list, and under its
 * lock new ones to those that it does not know, in the order of their delivery;
 * "l" is looked again where it has changed before.  Where there is no list, and
 * none is to be made, they have none.  Waits for the lock for two minutes.
 * Where the disk is full, those that would need one are made to be gone.  0, or
 * -1 with EX_TEMPFAIL.
 */
int mailboxuids_assign(struct mailboxuids *u, struct mailboxlist *l,
    size_t from, struct fail *f);

/* Frees what it has, but for the descriptor. */
void mailboxuids_free(struct mailboxuids *u);

#endif
