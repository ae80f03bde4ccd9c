/* SPDX-License-Identifier: ISC */
/* filter: a program that reads a message and may write another. */
#ifndef FILTER_H
#define FILTER_H

#include <signal.h>
#include <stdint.h>

#include "fail.h"
#include "lastline.h"

struct filter {
	char *const *argv;
	int in;	  /* a file: its standard input, from the start */
	int out;  /* another, where its standard output is written */
	uint64_t most;	    /* bytes of output */
	uint64_t end;	    /* on ticks_now */
	const sigset_t *through; /* a signal that is caught, and that this
				    mask lets through, ends it; NULL: none */
	uint64_t written;   /* set by filter_run: bytes of output */
	char said[LASTLINE]; /* set likewise: its last line on standard error,
				not made safe; or "" */
};

/*
 * Runs the program (child.h) to its end, and until nobody has its standard
 * output and error open any more.  Memory does not grow with what it writes.
 * 0 with its exit status; -1 where it was ended by a signal (EX_TEMPFAIL), or
 * by us: it took too long, wrote too much, or we are to end (EX_TEMPFAIL), its
 * output cannot be written (EX_TEMPFAIL, f->error), it cannot be run
 * (EX_CONFIG, EX_TEMPFAIL).
 */
int filter_run(struct filter *filter, int *status, struct fail *f);

#endif
