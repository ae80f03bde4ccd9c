/* SPDX-License-Identifier: ISC */
/*
 * deliveryhead: a message as it is given away at final delivery: its header
 * without what an earlier delivery put there, other fields in front of it, and
 * LF line ends.
 */
#ifndef DELIVERYHEAD_H
#define DELIVERYHEAD_H

#include "addr.h"
#include "input.h"

struct deliveryhead {
	const struct input *in;	 /* borrowed */
	struct buf fields;	 /* what is left of the header; it ends in the
				    empty line where there is a body */
	uint64_t length;	 /* bytes of "in" that they stand for */
	int crlf;		 /* its lines end in CRLF */
	char sender[ADDR_TEXT];	 /* of the first Return-Path */
	int has_sender;		 /* there is one that is a path */
	unsigned hops;		 /* Received fields */
	int looped;		 /* it was delivered to "recipient" before */
};

/*
 * Reads the header of "in".  Left out are all Return-Path fields (RFC 5321,
 * 4.4), the line "From " of an mbox (fromline.h), and a Delivered-To with
 * "recipient" above the first Received: whoever called us may have said so of
 * this very delivery, as Postfix does.  Below a Received it says that the
 * message was here before (RFC 9228, 4).  A message that begins with something
 * else than a field has no header: all of it is body.
 *
 * A message whose first line ends in CRLF has such ends throughout.
 *
 * 0, or -1: EX_DATAERR where the header is longer than LIMIT_HEADER or has
 * more than LIMIT_HEADER_FIELDS fields, EX_IOERR.  deliveryhead_free in any
 * case.
 */
int deliveryhead_read(struct deliveryhead *h, const struct input *in,
    const char *recipient, struct fail *f);

/* Bytes that deliveryhead_each gives, about, but for "front". */
uint64_t deliveryhead_size(const struct deliveryhead *h);

/* Gives "front", the header and the body to "each", in pieces that are valid
 * during the call: 0, or -1 as input_read, or where "each" says so. */
int deliveryhead_each(const struct deliveryhead *h, struct slice front,
    int (*each)(void *ctx, struct slice piece, struct fail *f), void *ctx,
    struct fail *f);

/* The same into a new file without a name (scratch.h), for a program to read:
 * a descriptor, or -1 as above and EX_TEMPFAIL, EX_CANTCREAT. */
int deliveryhead_file(const struct deliveryhead *h, struct slice front,
    struct fail *f);

void deliveryhead_free(struct deliveryhead *h);

#endif
