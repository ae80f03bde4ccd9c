/* SPDX-License-Identifier: ISC */
/*
 * headfile: the header of a message in a file, by as few system calls as that
 * takes (open, read and close where the header is short) and with no more of
 * the file read than the header needs.
 *
 * One struct headfile, zeroed by HEADFILE, serves any number of messages.
 */
#ifndef HEADFILE_H
#define HEADFILE_H

#include <sys/types.h>

#include "fail.h"
#include "hdr.h"
#include "limits.h"

enum {
	HEADFILE_FIRST = 4096,	/* what the first read asks for */
	HEADFILE_BLOCK = 65536, /* what a further one does */
};

struct headfile {
	int fd;		  /* of the message in hand, or -1 */
	int eof;	  /* its end was seen */
	struct buf text;  /* what was read of it */
	size_t n;	  /* bytes of its fields: where the empty line begins */
	size_t first;	  /* what the next first read asks for */
	unsigned nfields; /* "start" has one more: the end of the last one */
	uint32_t start[LIMIT_HEADER_FIELDS + 1];
};

#define HEADFILE \
	((struct headfile){ .fd = -1, .first = HEADFILE_FIRST, \
	    .text = BUF(LIMIT_HEADER + LIMIT_HEADER_FIELD + HEADFILE_BLOCK) })

/*
 * Opens the message "path" ("-" is standard input), found by message_path()
 * where it is not there, and reads its header, which ends at an empty line or
 * with the file.  What a FIFO needs input_fd() does.  0; or -1, with a
 * sentence that does not name the path: EX_NOINPUT, EX_IOERR, or EX_DATAERR at
 * a limit of the header (its length, its fields, the length of one).  Both
 * ways headfile_close() is next.
 */
int headfile_open(struct headfile *h, const char *path, struct fail *f);

/*
 * The same from the first bytes of a message that somebody else read ("all":
 * all there are), which are copied: 1, or 0 where they do not hold the whole
 * header, or one past a limit: then it is headfile_open's turn.
 */
int headfile_take(struct headfile *h, struct slice bytes, int all);

/* Field "i", counted from 0; its name is empty where it is no field.  Valid
 * until the next headfile_open. */
struct hdr_field headfile_field(const struct headfile *h, unsigned i);

/* All fields as they stand, and what was read behind them: the empty line and
 * the beginning of the body. */
struct slice headfile_fields(const struct headfile *h);
struct slice headfile_rest(const struct headfile *h);

/* Reads up to "n" bytes behind these: how many, 0 at the end, or -1 with
 * EX_IOERR. */
ssize_t headfile_read(struct headfile *h, char *to, size_t n, struct fail *f);

/* Reads a pipe on standard input to its end, so that its writer is not
 * killed; closes the file. */
void headfile_close(struct headfile *h);

void headfile_free(struct headfile *h);

#endif
