/* SPDX-License-Identifier: ISC */
/* showing: a message of the queue as a line for a person or a program. */
#ifndef SHOWING_H
#define SHOWING_H

#include "buf.h"
#include "spoolfile.h"

struct showing {
	int64_t now; /* seconds since 1970 */
	int json;
	int tty;     /* the line goes to a terminal */
	int end;     /* of a line: LF, or NUL */
};

/* Adds the line of "m" to "out".  0, or -1 as spoolfile_last. */
int showing_message(const struct showing *s, const struct spool_name *name,
    const struct spoolfile *m, struct buf *out, struct fail *f);

#endif
