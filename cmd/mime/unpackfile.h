/* SPDX-License-Identifier: ISC */
/*
 * unpackfile: the files that mime-unpack writes: each is whole, or it is not
 * there and that was said; then the status is not 0, and the others go on.
 */
#ifndef UNPACKFILE_H
#define UNPACKFILE_H

#include "create.h"
#include "mime.h"
#include "output.h"

struct unpack;

/* One that is open; bytes are put into "out". */
struct unpack_file {
	struct unpack_file *next; /* that is open too */
	struct create *in;
	struct output out;
	struct buf made; /* its name in the directory */
	struct buf path; /* and with it */
	struct slice type; /* for its record; may be empty */
	unsigned flaws;	   /* of flaw.h, for its record */
};

/*
 * Makes a file called "name" (a result of name.h), or the next variant, in the
 * directory "in", for "part" (NULL: for the whole message).  It is the
 * caller's until unpackfile_end, and gone where the message ends before that.
 * NULL where it cannot be made: that was said.
 */
struct unpack_file *unpackfile_open(struct unpack *u, struct create *in,
    const struct mime_part *part, struct slice name);

/* Ends it, if it is not NULL: prints its record, or where it could not be
 * written removes it and says so; 0 or -1 accordingly. */
int unpackfile_end(struct unpack *u, struct unpack_file **file,
    const struct mime_part *part);

/* The same in one: a file of these bytes. */
void unpackfile_write(struct unpack *u, struct create *in,
    const struct mime_part *part, const char *name, struct slice bytes);

/* Removes it, if it is not NULL. */
void unpackfile_drop(struct unpack *u, struct unpack_file **file);

/* Removes all that are open but for "file", which may be NULL: the message
 * ended before they did.  Who holds one forgets it. */
void unpackfile_drop_all(struct unpack *u, const struct unpack_file *file);

/* Says that something of "part" could not be written, and why. */
void unpackfile_failed(struct unpack *u, const struct mime_part *part,
    const struct fail *f);

#endif
