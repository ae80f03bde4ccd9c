/* SPDX-License-Identifier: ISC */
/*
 * uidlist: the file dovecot-uidlist of a Maildir, which says what UID each
 * message has (mailpipe-maildir(5)), read and written as Dovecot does.
 *
 * It is read without a lock.  Who adds to it holds "dovecot-uidlist.lock"
 * (dotlock.h), and has read it since.  It only grows, by whole lines, or is
 * replaced by another file; UIDs are never used twice.  A line that is no good
 * is as if it were not there, and its UID is used up.
 */
#ifndef UIDLIST_H
#define UIDLIST_H

#include <sys/stat.h>

#include "dotlock.h"
#include "fail.h"
#include "slice.h"

enum {
	UIDLIST_GUID = 32, /* hexadecimal digits */
};

/* A line.  UIDs ascend. */
struct uidlist_record {
	uint32_t uid;	 /* 0: not to be kept, by uidlist_drop */
	uint32_t at;	 /* private: of its fields, in the text */
	uint16_t fields; /* bytes of them, and of the base behind them */
	uint16_t base;
};

/* Zeroed at first. */
struct uidlist {
	int there;	   /* a file is, be it a list or not */
	uint32_t validity; /* UIDVALIDITY; 0: there is no list */
	uint32_t next;	   /* UIDNEXT */
	char guid[UIDLIST_GUID + 1]; /* "": it has none */
	struct uidlist_record *records;
	size_t n;
	/* private */
	size_t room, dropped;
	char *owned;	     /* what "text" is of, or NULL */
	struct slice text;
	struct slice header; /* its first line, without the version */
	int version;
	int damaged; /* nothing may be added to it as it is */
	struct stat st;
};

/* Reads the list out of "text", which it borrows: 0, or -1 where it is none,
 * and then there is no list.  What was in it is freed. */
int uidlist_parse(struct uidlist *l, struct slice text);

/* Reads the list of the directory "dir", unless it is the one that was read
 * before: 1; 0: the same; or -1 with EX_TEMPFAIL.  Where there is no file, or
 * one that is no list, there is no list then. */
int uidlist_read(struct uidlist *l, int dir, struct fail *f);

/* Of a record: the base of the name; the value of a field: 1, or 0 where it has
 * no such field. */
struct slice uidlist_base(const struct uidlist *l, size_t i);
int uidlist_value(const struct uidlist *l, size_t i, int key,
    struct slice *value);

/* The record is not needed any more: it goes when the file is written anew. */
void uidlist_drop(struct uidlist *l, size_t i);

/* Makes an empty list out of none, with this UIDVALIDITY; uidlist_add writes
 * it.  0, or -1 with EX_TEMPFAIL. */
int uidlist_create(struct uidlist *l, uint32_t validity, struct fail *f);

/* The name of the lock. */
#define UIDLIST_LOCK "dovecot-uidlist.lock"

/*
 * With "lock" held in the directory of the list, which was read since: gives
 * the bases the UIDs from l->next on, which grows by as many, and writes that
 * to the disk.  The file is written anew where it is damaged or has no GUID, or
 * a quarter of it is not needed; then also for no base.  0, or -1 with
 * EX_TEMPFAIL: the file has not got them, and is to be read again.
 */
struct uidlist_new {
	const struct slice *bases;
	size_t n;
};
int uidlist_add(struct uidlist *l, struct dotlock *lock,
    const struct uidlist_new *new, struct fail *f);

/* Frees what it has; it is zeroed. */
void uidlist_free(struct uidlist *l);

#endif
