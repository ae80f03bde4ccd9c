/* SPDX-License-Identifier: ISC */
/* headline: what one line of a list tells of a message: its date, whom it is
 * from and its subject, by its header. */
#ifndef HEADLINE_H
#define HEADLINE_H

#include "buf.h"
#include "timestamp.h"

struct headline { /* headline_new makes it */
	char date[TIMESTAMP_TEXT]; /* in UTC; empty: none, or not known */
	struct buf from;	   /* the first author's name, else address */
	struct buf subject;	   /* decoded */
};

struct headline headline_new(void);

/* Reads "header" (hdr.h) in place of what was there.  Text is UTF-8, and may
 * have any character: text.h and json.h have what is fit to be shown.  What is
 * no address in From is taken as text. */
void headline_read(struct headline *h, struct slice header);

void headline_free(struct headline *h);

#endif
