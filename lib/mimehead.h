/* SPDX-License-Identifier: ISC */
/*
 * mimehead: what the header of a part says about the part (RFC 2045, 4 to 6;
 * RFC 7103 where it is malformed).  For mime.c; who wants parts takes mime.h.
 */
#ifndef MIMEHEAD_H
#define MIMEHEAD_H

#include "buf.h"
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
	struct buf boundary; /* of a multipart, without spaces at its end */
};

/*
 * Reads "header" into "h", which needs no values before and whose boundary the
 * caller frees.  "digest" is set for a part of a multipart/digest, which is
 * message/rfc822 where it says nothing else (RFC 2046, 5.1.5).
 */
void mimehead_read(struct slice header, int digest, struct mimehead *h);

#endif
