/* SPDX-License-Identifier: ISC */
/*
 * create: new files in one directory, none twice and none over another.
 *
 * A name that is in use, by an earlier file of this run in any case of ASCII
 * letters or by anything that is in the directory, gets a number: a~1.txt.
 * Nothing that is there is opened, followed or changed.
 */
#ifndef CREATE_H
#define CREATE_H

#include "buf.h"
#include "fail.h"
#include "mem.h"

struct create {
	int dir; /* -1 until create_in */
	const char *path;
	int exact;	    /* the caller's: a name in use is a failure */
	void *taken;	    /* a tree of the names given so far */
	struct arena names; /* what is in it, and "path" of create_dir */
};

#define CREATE_NONE ((struct create){ .dir = -1 })

/* Opens the directory "path", which must outlive "c" and may be a link, and
 * makes it if it is missing.  0, or -1: EX_CANTCREAT, or EX_IOERR where the
 * disk or quota is full. */
int create_in(struct create *c, const char *path, struct fail *f);

/* Makes the directory "name", one of our own, in that of "c" and opens it.  0,
 * or -1 as above, also where anything is there by that name. */
int create_dir(const struct create *c, const char *name, struct create *made,
    struct fail *f);

/*
 * Makes a file called "name" (a result of name.h), or the next variant that is
 * free unless "exact" is set, and sets "made" (NAME_ROOM) to what it is called.
 * Its descriptor, to write and to read, or -1: EX_CANTCREAT, or EX_IOERR where
 * the disk or quota is full.
 */
int create_file(struct create *c, struct slice name, struct buf *made,
    struct fail *f);

/* Removes what create_file made: it could not be completed. */
void create_undo(struct create *c, struct buf *made);

void create_free(struct create *c);

#endif
