/* SPDX-License-Identifier: ISC */
/* incoming: a message that a program of this host gives to the queue, with what
 * its header lacks, and without what nobody may see. */
#ifndef INCOMING_H
#define INCOMING_H

#include "buf.h"
#include "input.h"
#include "spoolnew.h"

struct incoming {
	struct input in;
	struct buf header; /* its first bytes, as they came */
	struct slice fields; /* of these, without the empty line */
	uint64_t body;	   /* offset of what is behind them */
	struct buf head;   /* what takes their place */
	unsigned seen;	   /* fields of letterhead.h */
	int is_signed;	   /* by DKIM: its text stays as it is */
	int body8;	   /* there is a byte above 127 */
	int utf8;	   /* in the header, and it is UTF-8 */
};

/*
 * Reads standard input.  In fields of addresses names of users here become
 * addresses at "host", and UTF-8 of the header becomes encoded-words, where it
 * can (qualify.h).  A line "From " of an mbox at its start is left out,
 * Bcc fields are, and what is no field begins the body.  0, or -1: as
 * input_open with "max" bytes, or EX_DATAERR: a NUL anywhere, a bare CR in the
 * header, one of too many bytes or fields; EX_UNAVAILABLE: so many Received
 * fields that it goes round in a loop.  incoming_close in any case.
 */
int incoming_open(struct incoming *m, const char *host, uint64_t max,
    struct fail *f);

/* Adds a From with "address" and, unless it is NULL or empty, the name "name"
 * (UTF-8) where the message has none: 0, or -1 with EX_USAGE where "name" can
 * be none. */
int incoming_from(struct incoming *m, const char *name, const char *address,
    struct fail *f);

/* The header is complete: adds Date and Message-ID, which is "id" at "host",
 * where they lack, and its empty line. */
void incoming_complete(struct incoming *m, const char *id, const char *host);

/* Writes all of it to "n", with LF line ends, below the line that says that it
 * came to "host" and has the id of "n".  0, or -1: as input_each. */
int incoming_write(const struct incoming *m, const char *host,
    struct spoolnew *n, struct fail *f);

void incoming_close(struct incoming *m);

#endif
