/* SPDX-License-Identifier: ISC */
/* uidset: sets of messages as IMAP writes them (RFC 9051, 9: sequence-set), in
 * which each number is 1 up to 2^32 - 1 or "*", the last one. */
#ifndef UIDSET_H
#define UIDSET_H

#include "buf.h"

struct uidset_range {
	uint32_t first, last; /* in order; "*" is 0, and behind all others */
};

enum {
	UIDSET_TEXT = 22, /* bytes of a range, with a comma */
};

#define UIDSET_MOST (UINT32_MAX - 1)

/* One number, or two with ":" between them: 0, or -1. */
int uidset_read(struct slice text, struct uidset_range *range);

/* Takes the next range off the front of "set": 1; 0 at the end, -1 where it is
 * none. */
int uidset_next(struct slice *set, struct uidset_range *range);

/* Adds it to a set.  From "n" up to "*" are those whose uid is n or more: none
 * where the last message has less, which it would be by the "n:*" of the
 * protocol (RFC 9051, 9: seq-range).  So up to UIDSET_MOST is said, which no
 * server takes for its own mark of "*". */
void uidset_add(struct buf *set, struct uidset_range range);

/* 1 where "text" is a set, else 0. */
int uidset_is_one(struct slice text);

/* Is a "*" in it? */
int uidset_has_star(struct uidset_range range);

/* Does it go up to "*", also as uidset_add says that? */
int uidset_is_open(struct uidset_range range);

/* Makes one of two where they touch, or overlap, and have no "*": 1 with it in
 * "held", else 0. */
int uidset_join(struct uidset_range *held, struct uidset_range range);

#endif
