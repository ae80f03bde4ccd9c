/* SPDX-License-Identifier: ISC */
/*
 * spool: the directory of the message queue, mailpipe-queue(5).
 *
 * A message is one file, in one of four directories, under the name DUE.ID:
 * when it is to be tried next, and what it is called.  What is in a file is
 * spoolfile's and spoolnew's.  Nobody needs to be asked before one is renamed
 * or removed but the lock on the file (spoolfile.h).
 */
#ifndef SPOOL_H
#define SPOOL_H

#include <stdint.h>

#include "fail.h"
#include "nest.h"
#include "slice.h"

enum spool_state {
	SPOOL_NEW,    /* never tried */
	SPOOL_CUR,    /* deferred */
	SPOOL_HOLD,   /* not tried until a person says so */
	SPOOL_FAILED, /* never tried again; kept for a person */
	SPOOL_STATES,
};

enum {
	SPOOL_ID = 17,	 /* room for an id with its NUL */
	SPOOL_NAME = 36, /* room for spool_path with its NUL */
	SPOOL_BLANKS = 32, /* at a time, at most */
};

#define SPOOL_DUE_MOST INT64_C(9999999999) /* seconds: ten digits */

struct spool {
	int dir; /* of it; -1: there are borrowed blanks, and nothing else */
	char *path;
	int nest;	/* where new files are made; -1: in tmp/ */
	unsigned added; /* calls of spool_ahead */
	unsigned nested; /* the one that made the nest */
	char nest_name[NEST_NAME];
	struct spool_blanks *blanks; /* of spool_ahead, or NULL */
};

struct spool_name {
	enum spool_state state;
	int64_t due; /* seconds since 1970 */
	char id[SPOOL_ID];
};

/*
 * Opens the spool "path", making what is missing of it, but not the directory
 * above it: where root makes it, for "user", who shares it with the group that
 * user has (NULL: root's), else for this process alone.  0, or -1: EX_CONFIG
 * (anybody may write to it, or to a directory in it, or one of these is
 * something else; no such user), EX_TEMPFAIL.  spool_close in any
 * case.
 */
int spool_open(struct spool *s, const char *path, const char *user,
    struct fail *f);
void spool_close(struct spool *s);

/*
 * For who adds many messages, before each of them.  After the first few, files
 * are made in a nest (nest.h) where that is faster, in a new one from time to
 * time; and they are made before their messages come, as blanks: empty, with
 * their names in new/, of which many share one flush, and locked as a whole, so
 * that nobody takes one for a message.  spool_leave removes what is left of
 * these; it is a call of its own, as this has to be done by who may write to
 * the spool, before spool_close.
 */
void spool_ahead(struct spool *s);
void spool_leave(struct spool *s);

/* The id of the next message, where that has its file: spool_ahead and
 * spoolnew_begin then make nothing in the spool.  Else NULL. */
const char *spool_next_id(const struct spool *s);

/* For spoolnew and spoollend: takes a blank, which is the caller's now, with
 * its lock: a descriptor of it, and its id; or -1 where there is none. */
int spool_blank(const struct spool *s, char id[SPOOL_ID]);

/* For spoollend: makes "s", which is zeroed, a spool "path" that has these "n"
 * blanks, up to SPOOL_BLANKS, and adds them to one that was made so and has no
 * blank left.  Nobody but spoolnew, spool_ahead, spool_next_id, spool_leave and
 * spool_close can be asked for anything of it. */
void spool_borrow(struct spool *s, const char *path, const int *fds,
    const char (*ids)[SPOOL_ID], size_t n);

/*
 * For spoolnew: creates a file for a message, of the mode that it has to have,
 * and makes an id for it.  It has no name, where the file system can, and
 * *named is 0; else it is tmp/ID.  A descriptor, or -1 with EX_TEMPFAIL
 * (f->error: ENOSPC, EDQUOT: no room).  spool_link names one that has no name
 * "path", which is below the spool: 0, or -1 with errno.
 */
int spool_create(const struct spool *s, char id[SPOOL_ID], int *named,
    struct fail *f);
int spool_link(const struct spool *s, int fd, const char *path);

/* The same for a blank, which gets the name of a new message, and before that
 * its lock, so that nobody finds it without. */
int spool_create_blank(const struct spool *s, char id[SPOOL_ID],
    struct fail *f);

/* After some of these: makes their names durable, and that they have no other.
 * 0, or -1. */
int spool_sync_blanks(const struct spool *s);

/* The name of a state's directory. */
const char *spool_directory(enum spool_state state);

/* Each of the directories of a spool, from 0 on; NULL behind the last one. */
const char *spool_part(unsigned i);

/* Reads the name of a file, as its directory has it: 0, or -1 where no message
 * of ours has such a name. */
int spool_name(struct slice file, enum spool_state state,
    struct spool_name *name);

/* 1 where "text" is an id, by its form. */
int spool_is_id(struct slice text);

/* 1 where an envelope may hold "text": as a mailbox (addr_check_utf8) or a
 * local-part alone, which is of this host; as a value, which is printable ASCII
 * without a space. */
int spool_is_address(struct slice text);
int spool_is_word(struct slice text);

/* Makes an id.  0, or -1 with EX_TEMPFAIL. */
int spool_new_id(char id[SPOOL_ID], struct fail *f);

/* Writes the path of a message below the spool, "cur/1700000000.ID", and
 * returns "out". */
char *spool_path(char out[SPOOL_NAME], const struct spool_name *name);

/*
 * Calls "each" with "ctx" for every message of the states of the set "states"
 * (1 << state), in no order.  Other names are left alone.  0, or -1:
 * EX_TEMPFAIL, or where "each" stopped it by -1 after it filled "f".
 */
int spool_each(const struct spool *s, unsigned states,
    int (*each)(void *ctx, const struct spool_name *name, struct fail *f),
    void *ctx, struct fail *f);

/* Where the message "id" is now: 1 with *name; 0 where there is none; -1 with
 * EX_TEMPFAIL.  It reads the directories. */
int spool_find(const struct spool *s, const char *id, struct spool_name *name,
    struct fail *f);

/* Gives a message another due time or directory; nothing is synced: after a
 * crash it may have the old name.  0, or -1 with EX_TEMPFAIL; f->error is
 * ENOENT where it is not there any more. */
int spool_rename(const struct spool *s, const struct spool_name *from,
    const struct spool_name *to, struct fail *f);

/* Removes a message.  0, or -1 as spool_rename. */
int spool_remove(const struct spool *s, const struct spool_name *name,
    struct fail *f);

/* Syncs the directory of a state: 0, or -1 with EX_TEMPFAIL. */
int spool_sync(const struct spool *s, enum spool_state state,
    struct fail *f);

#endif
