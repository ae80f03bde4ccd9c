/* SPDX-License-Identifier: ISC */
/*
 * recode: a message whose parts get other encodings (RFC 2045, 6).  What is
 * done to which part is a planner's decision: see sevenbit.h and eightbit.h,
 * which is what others take.
 *
 * Content is decoded and encoded anew, Content-Transfer-Encoding is changed or
 * added, and MIME-Version and Content-Type (RFC 1428) are added where a plan
 * asks for them.  Every other byte stays, but for what "ascii_glue" asks for.
 */
#ifndef RECODE_H
#define RECODE_H

#include "input.h"
#include "mime.h"

/* What is done to a part, by bits. */
enum {
	RECODE_QUOTED = 1,   /* its content becomes quoted-printable */
	RECODE_BASE64 = 2,   /* or base64 */
	RECODE_DECODED = 4,  /* or is not encoded */
	RECODE_CRLF = 8,     /* and its encoded lines end in CRLF */
	RECODE_7BIT = 16,    /* Content-Transfer-Encoding becomes 7bit */
	RECODE_8BIT = 32,    /* or 8bit */
	RECODE_VERSION = 64, /* MIME-Version is added if it is missing */
	RECODE_SEALED = 128, /* it is in something signed or encrypted: set
				before the planner sees its header */
	RECODE_ASCII = 256,  /* its content is nothing but ASCII */
};

struct recode {
	/* Called with "plan_ctx" for each event of a first pass; changes the
	 * plans of the parts that are open. */
	mime_handler *plan;
	void *plan_ctx;
	/* Given the new message in pieces, in a second pass. */
	int (*put)(void *ctx, struct slice bytes, struct fail *f);
	void *ctx;
	int ascii_glue; /* bytes above 127 between parts become "?" */
};

/* The plan of a part that is open: RECODE_ bits. */
unsigned short *recode_plan(const struct mime_part *part);

/* Whether text with that header has line ends as ASCII has them: not in UTF-16,
 * UTF-32 and UCS, which the charset names. */
int recode_has_lines(struct slice header);

/*
 * Reads "in" twice.  0, or -1: what the planner, "put" or input_read said, or
 * EX_DATAERR where there is more structure than the limits of mime.h allow.
 * "put" is called only after the first pass went well.
 */
int recode_message(const struct recode *r, const struct input *in,
    struct fail *f);

#endif
