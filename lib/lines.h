/* SPDX-License-Identifier: ISC */
/* lines: a file of any length, line by line, each up to a limit. */
#ifndef LINES_H
#define LINES_H

#include "buf.h"
#include "input.h"

struct lines {
	struct input in;
	struct buf held; /* read, with what was handed out */
	size_t taken;	 /* of "held" */
	size_t longest;
	uint64_t at;	 /* offset of the next block */
	size_t number;	 /* of the line that was handed out last, from 1 */
	int ended;	 /* there is no next block */
};

/* Opens "path", which must outlive it, for lines of up to "longest" bytes: 0,
 * or -1 as input_open.  lines_close in any case. */
int lines_open(struct lines *l, const char *path, size_t longest,
    struct fail *f);

/* The next line without its LF, which the last one need not have; valid until
 * the next call.  1, 0 at the end, or -1: EX_DATAERR where it is too long,
 * EX_IOERR. */
int lines_next(struct lines *l, struct slice *line, struct fail *f);

void lines_close(struct lines *l);

#endif
