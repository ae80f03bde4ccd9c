/* SPDX-License-Identifier: ISC */
/*
 * progress: how far long work has come, on standard error, where that is a
 * terminal: one line that is written over again and again.
 *
 *	1234/5000, 4.9 of 20.0 MB, 8.3 MB/s, 0:02 left
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdint.h>

enum {
	PROGRESS_LINE = 80, /* room for a line with its NUL */
};

struct progress_at {
	uint64_t items, bytes;
};

struct progress {
	int shown; /* a line is on the terminal */
	int on;
	struct progress_at all; /* bytes 0: not known */
	uint64_t then;		/* milliseconds, of the last line */
	uint64_t bytes;		/* at that time */
	uint64_t rate;		/* bytes a second, of late; 0: not known */
};

/* Begins; "all" is what there is to do. */
void progress_start(struct progress *p, struct progress_at all);

/* So much is done.  Cheap: only now and then it writes. */
void progress_now(struct progress *p, struct progress_at done);

/* Takes the line away, before something else is written, and at the end. */
void progress_clear(struct progress *p);

/* Writes the line to "out", and returns that. */
char *progress_line(char out[PROGRESS_LINE], const struct progress *p,
    struct progress_at done);

/* The rate after "bytes" came in so many milliseconds, with what it was. */
uint64_t progress_rate(uint64_t before, uint64_t bytes, uint64_t milliseconds);

#endif
