/* SPDX-License-Identifier: ISC */
/* paths: a list of paths on a descriptor, one a line or ended by NUL: what -l
 * reads in every command that takes messages. */
#ifndef PATHS_H
#define PATHS_H

#include "fail.h"
#include "slice.h"

struct paths {
	int fd;	 /* not owned */
	int end; /* '\n' or '\0' */
	int eof;
	int error; /* errno of a read that failed, or 0 */
	size_t from, to; /* what is in "block" and not taken */
	char block[8192];
};

/* Starts a list on "fd" whose paths end in "end". */
void paths_start(struct paths *p, int fd, int end);

/* 1 if the next path, or the end, is there, so that taking it waits for
 * nothing; else 0. */
int paths_ready(struct paths *p);

/*
 * The next path, without its end, valid until the next call: 1.  Empty ones
 * are skipped.  0 at the end of the list, and with f->class set where it
 * cannot be read (EX_IOERR) or a path is longer than 4096 bytes or holds a NUL
 * (EX_DATAERR).
 */
int paths_take(struct paths *p, struct slice *path, struct fail *f);

/* The same as a string, to be freed by free(3), and NULL for 0. */
char *paths_next(struct paths *p, struct fail *f);

#endif
