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
	size_t from, to; /* what is in "block" and not taken */
	char block[8192];
};

/* Starts a list on "fd" whose paths end in "end". */
void paths_start(struct paths *p, int fd, int end);

/* 1 if paths_next will not wait for more of the list, 0 if it may. */
int paths_ready(const struct paths *p);

/*
 * The next path, without its end; free(3) it.  Empty ones are skipped.  NULL
 * at the end of the list, and with f->class set where it cannot be read
 * (EX_IOERR) or a path is longer than 4096 bytes or holds a NUL (EX_DATAERR).
 */
char *paths_next(struct paths *p, struct fail *f);

#endif
