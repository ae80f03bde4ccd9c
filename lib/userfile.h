/* SPDX-License-Identifier: ISC */
/*
 * userfile: the users file of mailpipe-users(5), line by line:
 *
 *	alice@example.org:HASH:/var/mail/example.org/alice[:quota[:verifier]]
 *
 * Empty lines and lines that begin with "#" are passed over.  A line has up
 * to 2048 bytes; the file may be of any length.
 */
#ifndef USERFILE_H
#define USERFILE_H

#include "input.h"

enum {
	USERFILE_LINE = 2048,
	USERFILE_BLOCK = 16384, /* read at a time */
};

/* The members are its own. */
struct userfile {
	struct input in;
	const char *path;
	uint64_t at;	   /* offset of the next block */
	struct slice text; /* of the block, not handed out yet */
	int ended;	   /* there is no next block */
	char block[USERFILE_BLOCK + USERFILE_LINE];
};

struct userfile_line { /* borrowed until the next call */
	struct slice local, domain; /* as they are written */
	struct slice hash;	    /* of crypt(5); "!" first: no login */
	struct slice maildir;	    /* empty: the pattern's */
	struct slice quota;
	struct slice verifier;	    /* of SCRAM (scram.h); empty: none */
};

/* Opens "path", which must outlive it: 0, or -1 with EX_CONFIG. */
int userfile_open(struct userfile *u, const char *path, struct fail *f);

/* The next line: 1, or 0 at the end, or -1: EX_CONFIG (it is too long, or not
 * of that form), EX_TEMPFAIL (the file cannot be read). */
int userfile_next(struct userfile *u, struct userfile_line *line,
    struct fail *f);

/* The next line whatever it is, comments too, without its LF, which the last
 * one need not have: results as of userfile_next, but for the form. */
int userfile_raw(struct userfile *u, struct slice *raw, struct fail *f);

/* Takes a line apart: 1, or 0 for an empty one and a comment, -1 where it is
 * not of that form.  "line" borrows from "raw". */
int userfile_split(struct slice raw, struct userfile_line *line);

void userfile_close(struct userfile *u);

#endif
