/* SPDX-License-Identifier: ISC */
/* statefile: what was fetched from a server, in a file: lines that are added,
 * a lock, and another one in its place; see mailpipe-pop3(5) and
 * mailpipe-imap(5). */
#ifndef STATEFILE_H
#define STATEFILE_H

#include <stdint.h>

#include "buf.h"
#include "fail.h"

enum {
	STATEFILE_LINE = 32768, /* bytes of a line, the most: a key, a name */
};

struct statefile {
	const char *kind; /* set by the caller: "pop3": the first line is
			     "mailpipe-pop3 1" */
	const char *path; /* borrowed */
	int fd;		  /* locked; -1: none */
	int other;	  /* that is to take its place; -1: none */
	size_t lines;	  /* of the file, and of what was added */
	size_t bad;	  /* lines that were read, and tell nothing */
	int unsure;	  /* part of what could not be added may be there */
	struct buf queue; /* lines for statefile_write */
};

/* A line that was read. */
struct statefile_line {
	int64_t when; /* seconds since 1970 */
	struct slice word;
	struct slice rest; /* what belongs to the word; never empty */
};

/*
 * Opens "path", or makes it with the directories above it, and locks it: 0, or
 * -1 with EX_TEMPFAIL (somebody else has it, it cannot be opened),
 * EX_CANTCREAT, EX_CONFIG (no regular file, or one of something else).
 * statefile_close in any case; "p" is zeroed but for its kind, with fd -1,
 * before.
 */
int statefile_open(struct statefile *p, const char *path, struct fail *f);

/* Gives all whole lines to "take", which returns -1 for one that is no good, as
 * one of another form is, too.  What stands behind the last LF is cut off.  0,
 * or -1 with EX_IOERR. */
int statefile_read(struct statefile *p,
    int (*take)(void *ctx, const struct statefile_line *line), void *ctx,
    struct fail *f);

/* Puts the start of a line into the queue, which the caller puts the rest into,
 * what belongs to the word and an LF. */
struct buf *statefile_put(struct statefile *p, int64_t when, const char *word);

/* Adds the queue, whole lines, by one write; "durably" syncs it.  0, or -1:
 * EX_TEMPFAIL (no room), EX_IOERR; nothing of it is in the file then, unless
 * p->unsure.  The queue is empty in any case. */
int statefile_write(struct statefile *p, int durably, struct fail *f);

/* From now on lines are added to a new file: 0, or -1 with EX_CANTCREAT.  It
 * takes the place of the old one, durably, by statefile_replaced with "whole":
 * 0, or -1 as statefile_write.  Without it, the old one stays, and "f" may be
 * NULL. */
int statefile_replace(struct statefile *p, struct fail *f);
int statefile_replaced(struct statefile *p, int whole, struct fail *f);

/* The lock is gone; what was not written is forgotten. */
void statefile_close(struct statefile *p);

/* Adds "s" to "out" with %XX for each byte that is no printable ASCII, and for
 * "%" and space; and the other way round, where -1 is EX_DATAERR's: it is not
 * of that form, or stands for a NUL. */
void statefile_encode(struct buf *out, struct slice s);
int statefile_decode(struct slice s, struct buf *out);

#endif
