/* SPDX-License-Identifier: ISC */
/*
 * input: a message or file that can be read more than once.
 *
 * A regular file, by its path or as standard input, is read in place; anything
 * else (a pipe, a device) is first copied, up to 64 KiB into memory and what
 * is longer into an unlinked temporary file in $TMPDIR (/tmp), so that memory
 * stays constant.  Who may need one pass only begins with input_start, which
 * copies nothing to a file.  Programs that always do read with read(2).
 */
#ifndef INPUT_H
#define INPUT_H

#include <stdint.h>

#include "fail.h"
#include "slice.h"

struct input {
	int fd;		  /* -1 where all of it is in "held" */
	uint64_t start;	  /* offset in fd of the first byte */
	uint64_t size;	  /* bytes; where "more" is set, those in "held" */
	char *held;	  /* the bytes, where they are few; else NULL */
	int more;	  /* fd has more, and can be read once: input_start */
	struct slice head; /* see input_replace_head */
	uint64_t replaced; /* bytes that "head" stands for */
	const char *name; /* for sentences: the path or "standard input" */
};

/*
 * Opens "path" ("-" is standard input) into "in"; the path must outlive it.
 * A seekable standard input is read from its present offset.  0, or -1:
 * EX_NOINPUT (it is not there, or is a directory), EX_IOERR, EX_CANTCREAT
 * (no temporary file), EX_TEMPFAIL (no room for one), EX_DATAERR where it is
 * longer than "max" bytes.  The path is opened by input_fd.
 */
int input_open(struct input *in, const char *path, uint64_t max,
    struct fail *f);

/*
 * The same, except that of what is no regular file only the first INPUT_BLOCK
 * bytes are read.  Where that is not all, in->more is set: input_read gives
 * these alone, as often as it is asked, and what follows is next read either
 * by one input_each, which gives all of it as it comes, or by input_keep.
 */
int input_start(struct input *in, const char *path, struct fail *f);

/* Makes an input of input_start one of input_open: nothing happens unless
 * in->more is set.  0, or -1: what input_open says of a copy. */
int input_keep(struct input *in, uint64_t max, struct fail *f);

/*
 * A descriptor that reads "path" (no "-"), for those who need one pass only.
 * It never waits for longer than two seconds: a device is not waited for, and
 * a FIFO so long that somebody opens it for writing.  -1: EX_NOINPUT, with a
 * sentence that does not name the path.
 */
int input_fd(const char *path, struct fail *f);

/*
 * Reads up to "n" bytes at "offset" into "to"; *got is less only at the end.
 * 0, or -1: EX_IOERR, also where the file has become shorter meanwhile.
 */
int input_read(const struct input *in, uint64_t offset, char *to, size_t n,
    size_t *got, struct fail *f);

/*
 * Gives all of it (once, where in->more is set) to "each" with "ctx",
 * in pieces of INPUT_BLOCK bytes and a last one that may be shorter; valid
 * during the call.  0, or -1: what
 * input_read said, or "each", which stops by -1 after it filled "f".
 */
enum { INPUT_BLOCK = 65536 };
int input_each(const struct input *in,
    int (*each)(void *ctx, struct slice piece, struct fail *f), void *ctx,
    struct fail *f);

/* From now on "head", which must outlive "in", stands in place of the first
 * "n" bytes: a header that was changed in front of a body that was not. */
void input_replace_head(struct input *in, uint64_t n, struct slice head);

/* Closes and frees; "in" may have failed to open. */
void input_close(struct input *in);

#endif
