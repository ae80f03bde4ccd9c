/* SPDX-License-Identifier: ISC */
/*
 * uu: uuencoded files in a stream of text (POSIX, uuencode: the historical
 * algorithm and "begin-base64").
 *
 * Bytes are pushed in, in pieces of any size; a handler is called with the
 * files that are in them.  Memory is constant.  LF and CRLF are both line
 * ends, and a line of more than UU_LINE bytes belongs to no file.
 *
 *	state	 next line is			then
 *	------------------------------------------------------------------
 *	outside	 "begin MODE NAME"		begun
 *	begun	 data				UU_BEGIN, its bytes; inside
 *		 zero length			empty
 *	empty	 "end"				UU_BEGIN, UU_END; outside
 *	inside	 data				its bytes
 *		 zero length			ending
 *		 "end"				UU_END; outside
 *	ending	 "end"				UU_END; outside
 *	------------------------------------------------------------------
 *	any	 another, or none		UU_SHORT after UU_BEGIN;
 *						outside, which looks at it too
 *
 * So a line "begin 644 x" in prose is nothing.  A line of data begins with a
 * character for its length, 1 to 63 bytes, and has as many characters as these
 * take: all may be there but for spaces at its end, which mail systems drop,
 * and for the padding of its last group; up to four more, the checksums of
 * some encoders, are ignored, and so are spaces.  In base64 data is a line of
 * whole groups, "====" ends it, and there are no other ends.
 */
#ifndef UU_H
#define UU_H

#include "enc.h"
#include "fail.h"

enum {
	UU_LINE = 1024,
	UU_PIECE = 8192, /* the most bytes of an event */
	UU_GROWTH = 32,	 /* bytes that one byte of text gives, at most: a line
			    of spaces that were dropped is one of zeros */
};

enum uu_event {
	UU_BEGIN, /* bytes: the name, foreign and unsafe */
	UU_DATA,  /* bytes: some content */
	UU_END,	  /* no bytes: the file is whole */
	UU_SHORT, /* no bytes: its end is missing, or what came was no data */
};

/* Flaws of uuencoded content, in one number with those of enc.h. */
enum {
	UU_FLAW_SHORT = 32, /* a file whose end is missing */
	UU_FLAW_TEXT = 64,  /* text around the one that is the content */
	UU_FLAW_NONE = 128, /* no file in what is said to be one */
};

/* "bytes" is valid during the call.  Returns 0, or -1 after it filled "f". */
typedef int uu_handler(void *ctx, enum uu_event event, struct slice bytes,
    struct fail *f);

enum uu_state {
	UU_OUTSIDE,
	UU_BEGUN,
	UU_EMPTY,
	UU_INSIDE,
	UU_ENDING,
};

/* Opaque but for "text".  A zeroed one has nothing to free. */
struct uu {
	int text; /* something that is not empty stands outside of files */

	uu_handler *handler;
	void *ctx;
	enum uu_state state;
	int base64;
	int skipping; /* the rest of a line is of no interest */
	struct buf line, name, data;
	struct enc_decoder decoder;
};

/* Begins a stream; "handler" is called with "ctx". */
void uu_start(struct uu *u, uu_handler *handler, void *ctx);

/* The next bytes; there are no more.  0, or -1: what the handler said. */
int uu_put(struct uu *u, struct slice bytes, struct fail *f);
int uu_end(struct uu *u, struct fail *f);

void uu_free(struct uu *u);

#endif
