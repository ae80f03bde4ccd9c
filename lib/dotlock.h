/* SPDX-License-Identifier: ISC */
/*
 * dotlock: a lock that is a file, as Dovecot and others take it, so that both
 * keep out of each other's way.
 *
 * The file holds "PID:HOST".  Who finds it removes it where it is stale: its
 * host is ours and there is no such process, or it has not changed for some
 * time.  Ours ends in a line end, and its holder has it locked (fcntl(2)), so
 * that it is stale as soon as its holder is no more, whoever has got that
 * process id since; two of us never remove it at the same time.
 */
#ifndef DOTLOCK_H
#define DOTLOCK_H

#include <sys/types.h>
#include <time.h>

#include "fail.h"

struct dotlock {
	int dir;	  /* not owned */
	const char *name; /* borrowed, as "dir" until dotlock_free */
	int fd;		  /* -1: it is not held */
	dev_t dev;	  /* of the file that we made */
	ino_t ino;
	time_t touched;
};

struct dotlock_wait {
	unsigned seconds; /* for the lock; 0: it is tried once */
	unsigned stale;	  /* seconds without a change, and it is nobody's */
};

/* A lock that is not held. */
#define DOTLOCK(directory, file) \
	((struct dotlock){ .dir = (directory), .name = (file), .fd = -1 })

/*
 * Takes the lock; in tmp/ of its directory a file is made for a moment.  1; 0:
 * somebody else has it, for all of the time; or -1 with EX_TEMPFAIL.
 */
int dotlock_take(struct dotlock *l, const struct dotlock_wait *wait,
    struct fail *f);

/* 1 while it is ours; 0 where somebody took it for stale, and nothing that it
 * protects may be touched any more.  Says, every ten seconds at most, that it
 * is in use. */
int dotlock_keep(struct dotlock *l);

/* Gives it back, where it is held. */
void dotlock_free(struct dotlock *l);

#endif
