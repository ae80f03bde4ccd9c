/* SPDX-License-Identifier: ISC */
/*
 * mimehead: what the header of a part says about the part (RFC 2045, 4 to 6;
 * RFC 7103 where it is malformed).  For mime.c; who wants parts takes mime.h.
 */
#ifndef MIMEHEAD_H
#define MIMEHEAD_H

#include "buf.h"
#include "limits.h"
#include "mime.h"

enum {
	MIMEHEAD_TYPE = 256,	 /* a type and subtype; RFC 6838, 4.2: 255 */
	MIMEHEAD_BOUNDARY = 998, /* 70 by RFC 2046; real ones are longer */
};

struct mimehead {
	char type[MIMEHEAD_TYPE]; /* lower case */
	size_t ntype;
	enum mime_kind kind;
	enum enc enc;
	unsigned flaws;	     /* MIME_FLAW_ */
	int many_params;     /* more than LIMIT_PARAMS in a field */
	struct buf boundary; /* of a multipart, without spaces at its end */
};

/*
 * Reads "header" into "h", which needs no values before and whose boundary the
 * caller frees.  "digest" is set for a part of a multipart/digest, which is
 * message/rfc822 where it says nothing else (RFC 2046, 5.1.5).
 */
void mimehead_read(struct slice header, int digest, struct mimehead *h);

/* A header as it comes, line by line. */
struct mimehead_text {
	struct buf text; /* LIMIT_HEADER at most */
	size_t line;	 /* where its last line begins */
	size_t field;	 /* bytes of its last field before that line */
	unsigned fields;
};

#define MIMEHEAD_TEXT ((struct mimehead_text){ .text = BUF(LIMIT_HEADER) })

/* Makes it empty. */
void mimehead_clear(struct mimehead_text *t);

/*
 * Takes a line, or what there is of one, off "in".  1 where the line is whole
 * now, 0 where it is not; -1 with EX_DATAERR: longer than LIMIT_HEADER.
 */
int mimehead_add(struct mimehead_text *t, struct slice *in, struct fail *f);

/* The last line, which mimehead_keep did not take yet, with its line end. */
struct slice mimehead_line(const struct mimehead_text *t);

/*
 * The last line is one of the header and not its end: the next one begins.
 * 0, or -1 with EX_DATAERR: a field longer than LIMIT_HEADER_FIELD, or more
 * than LIMIT_HEADER_FIELDS of them.
 */
int mimehead_keep(struct mimehead_text *t, struct fail *f);

#endif
