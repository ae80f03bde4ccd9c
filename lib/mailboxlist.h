/* SPDX-License-Identifier: ISC */
/*
 * mailboxlist: the files in new/ and cur/ of a Maildir as one list, which
 * follows them when others rename and remove them; mailbox gives it UIDs.
 *
 * A directory that is read while a file in it is renamed may show that file
 * not at all, or under both names.  So it is read again until it did not change
 * meanwhile, and nothing is gone because it was not seen once.
 */
#ifndef MAILBOXLIST_H
#define MAILBOXLIST_H

#include <time.h>

#include "lookup.h"
#include "mailbox.h"
#include "mem.h"

struct mailboxlist_entry {
	struct mailbox_message shown;
	const char *name; /* the last one, also of what is gone */
	uint32_t pass;	  /* the last one that saw it */
	uint32_t record;  /* of the uidlist, plus one; 0: none */
	uint64_t hash;	  /* lookup_hash of the base */
};

/* A second file with a base that another one had in the same pass. */
struct mailboxlist_twin {
	uint32_t entry;
	int in_new;
	const char *name;
};

/* Zeroed, but for the descriptors, which are not owned. */
struct mailboxlist {
	int dirs[2]; /* cur/ and new/ */
	struct mailboxlist_entry *entries;
	size_t n, room;
	/* private */
	struct lookup by_base;
	struct arena names;
	struct mailboxlist_twin *twins;
	size_t ntwins, twins_room;
	uint32_t pass;
	int quiet; /* nothing changed while it was looked, or just before */
	struct timespec changed[2]; /* when the directories did */
};

/*
 * Looks what is there.  What is new is added at the end, with "add"; else it is
 * left out.  What has gone has no name any more.  Where two files have the same
 * base one of them gets another.  0, or -1 with EX_TEMPFAIL, or EX_UNAVAILABLE
 * where there are more than LIMIT_MAILBOX.
 */
int mailboxlist_look(struct mailboxlist *l, int add, struct fail *f);

/* 0 where nothing can have changed since then, else 1. */
int mailboxlist_changed(const struct mailboxlist *l);

/* The file of an entry was not found by its name: 1, it may have another one
 * now; 0, it is gone, and has no name; or -1 as mailboxlist_look. */
int mailboxlist_find(struct mailboxlist *l, size_t i, struct fail *f);

/* An entry has another name now, which we gave it. */
void mailboxlist_rename(struct mailboxlist *l, size_t i, const char *name,
    int in_new);

/* Puts the entries from "from" on in order, and takes away those that are gone:
 * by UID, then by the time of delivery, then by the bytes of the base. */
void mailboxlist_sort(struct mailboxlist *l, size_t from);

/* The base of an entry, also of one that is gone. */
struct slice mailboxlist_base(const struct mailboxlist *l, size_t i);

/* Frees what it has, but for the descriptors. */
void mailboxlist_free(struct mailboxlist *l);

#endif
