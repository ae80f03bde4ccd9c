/* SPDX-License-Identifier: ISC */
/*
 * output: buffered bytes to a file descriptor, for standard output and files.
 * (Sockets go through conn.)
 *
 * Errors stick: after the first one nothing more is written, and
 * output_flush reports it, so a caller checks once, at the end.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "buf.h"
#include "fail.h"

struct backlog;
struct behind;

struct output {
	int fd;		  /* not owned */
	int error;	  /* errno of the first failed write, or 0 */
	size_t n;	  /* bytes held back in "held" */
	uint64_t written; /* bytes put in so far */
	const char *name; /* for the sentence; borrowed */
	int done;	  /* by output_of_done */
	char *held;	  /* NULL until something is put in */
	struct behind *behind; /* the thread of output_give, or NULL */
	struct backlog *backlog; /* of output_defer, or NULL */
};

/* An output to "fd", which stays the caller's.  "name" (a path, "standard
 * output") must outlive it. */
struct output output_to(int fd, const char *name);

/* The same for who tells of what is done by then, or of what is kept elsewhere:
 * a full disk is EX_IOERR as any error is, so that nobody does it again. */
struct output output_of_done(int fd, const char *name);

/*
 * From now on nobody waits for who reads: what is not taken at once is kept in
 * a temporary file (backlog.h), also where it is much; output_flush writes it,
 * and waits.  For who holds something meanwhile that the reader, or whom that
 * waits for, needs before it goes on to read.  Before anything is put in.
 */
void output_defer(struct output *o);

void output_put(struct output *o, struct slice s);
void output_putc(struct output *o, int c);

/*
 * Puts what is in "b" and empties it.  Of a long output a thread writes while
 * the caller makes what comes next, for which "b" gets other memory.  The
 * descriptor must stay open until output_flush or output_free.
 */
void output_give(struct output *o, struct buf *b);

/* Writes what of all that was held back is taken at once, where output_defer
 * was called; else all of it, as output_flush, which tells of errors.  For who
 * is to be told things as they happen. */
void output_offer(struct output *o);

/* Writes what is held back.  0, or -1: EX_IOERR, or EX_TEMPFAIL where the
 * disk or the quota is full and it is not of output_of_done. */
int output_flush(struct output *o, struct fail *f);

/* Frees the memory; what was not flushed is gone. */
void output_free(struct output *o);

#endif
