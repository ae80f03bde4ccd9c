/* SPDX-License-Identifier: ISC */
/*
 * tnefread: what the process that takes a winmail.dat apart writes to a pipe,
 * read by the one that saves files.  The writer ran a library over hostile
 * bytes, so nothing of what comes is believed.
 *
 * The stream is a sequence of records:
 *
 *	byte 0		'F' a file, 'E' the end: all is told, 'P' the end: the
 *			rest could not be read
 *	bytes 1-4	length of the name, big-endian; 0 but for a file
 *	bytes 5-8	length of the content, the same
 *	then		the name and the content
 */
#ifndef TNEFREAD_H
#define TNEFREAD_H

#include "buf.h"
#include "fail.h"
#include "limits.h"

enum {
	TNEFREAD_HEAD = 9,
	TNEFREAD_NAME = 4096, /* bytes of a name */
};

enum tnef_event {
	TNEF_FILE, /* bytes: its name, foreign and unsafe; may be empty */
	TNEF_DATA, /* bytes: some content */
	TNEF_END,  /* no bytes: the file is whole */
	TNEF_UNDO, /* no bytes: the rest of the file will never come */
};

/* "bytes" is valid during the call.  Returns 0, or -1 after it filled "f". */
typedef int tnef_handler(void *ctx, enum tnef_event event, struct slice bytes,
    struct fail *f);

struct tnefread {
	tnef_handler *handler;
	void *ctx;
	const char *wrong; /* what it was, or NULL; after it all is ignored */

	char head[TNEFREAD_HEAD];
	size_t nhead;
	struct buf name;
	size_t name_left, content_left;
	int open;  /* a file that has not ended */
	int ended; /* by 'E' or 'P' */
	unsigned files;
	uint64_t bytes;
};

struct tnefread tnefread(tnef_handler *handler, void *ctx);

/*
 * The next bytes; there are no more.  What is against the format, or more
 * than LIMIT_TNEF_FILES files or LIMIT_TNEF_BYTES bytes in all, or a stream
 * that has no end (then "why" says how that came), is told by "wrong", and an
 * open file is undone.  0, or -1: what the handler said.
 */
int tnefread_put(struct tnefread *r, struct slice bytes, struct fail *f);
int tnefread_end(struct tnefread *r, const char *why, struct fail *f);

void tnefread_free(struct tnefread *r);

#endif
