/* SPDX-License-Identifier: ISC */
/* leafhead: the Content- fields of one part that is packed. */
#ifndef LEAFHEAD_H
#define LEAFHEAD_H

#include "buf.h"
#include "enc.h"

struct leafhead {
	struct slice type;	 /* with its parameters */
	const char *charset;	 /* a parameter more; or NULL */
	int flowed;		 /* format=flowed (RFC 3676) */
	const char *disposition; /* "inline", "attachment"; NULL: no field */
	struct slice name;	 /* of the file; may be empty */
	int referred_to;	 /* gets a Content-ID, by its name */
	enum enc enc;
};

/* Adds the fields to "out", whole lines of ASCII: 0, or -1 where the maximum
 * is passed or the name is too long for a Content-ID.  In the name, each byte
 * that is not UTF-8 becomes "_". */
int leafhead_write(struct buf *out, const struct leafhead *h);

#endif
