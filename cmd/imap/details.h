/* SPDX-License-Identifier: ISC */
/* details: what imap-ls -l tells of a message by its header, beyond headline.h:
 * to whom it is, and its Message-ID. */
#ifndef DETAILS_H
#define DETAILS_H

#include "buf.h"

struct details { /* details_new makes it */
	struct buf to; /* addresses, with ", " between them; the text of the
			  field, where there is none in it */
	struct buf message_id; /* with its angle brackets */
};

struct details details_new(void);

/* Reads "header" (hdr.h) in place of what was there.  It may be any text. */
void details_read(struct details *d, struct slice header);

void details_free(struct details *d);

#endif
