/* SPDX-License-Identifier: ISC */
/* letterhead: the header of a message that somebody wants to send: what it says
 * about its envelope, and what a message needs and it lacks (RFC 5322, 3.6). */
#ifndef LETTERHEAD_H
#define LETTERHEAD_H

#include "addr.h"
#include "input.h"
#include "mem.h"

enum {
	LETTERHEAD_BLOCK = 65536, /* bytes that are read at a time */
};

/*
 * Reads the header of "in", with its empty line, into "header", which has room
 * for LIMIT_HEADER + LETTERHEAD_BLOCK.  0, or -1: as input_read, or EX_DATAERR
 * where it is longer.
 */
int letterhead_read(const struct input *in, struct buf *header,
    struct fail *f);

/* 1 where "header" has a CR that no LF follows.  On the wire it ends a line
 * (dot.h), and so begins a field that nobody looked at here. */
int letterhead_has_bare_cr(struct slice header);

/* 1 where it is a header of RFC 6532.  One with other bytes above 127 is none,
 * with or without SMTPUTF8, and goes as it always did. */
int letterhead_is_utf8(struct slice header);

/*
 * Calls "each" for every mailbox of To, Cc and Bcc; of Resent-To, Resent-Cc and
 * Resent-Bcc alone where there is one of these (RFC 5322, 3.6.6).  "read" is
 * addr_list_utf8 or addr_list_local.  0, or -1 as that says.
 */
int letterhead_recipients(struct slice header,
    int (*read)(struct slice value,
	int (*each)(void *ctx, const struct addr_mailbox *m, struct fail *f),
	void *ctx, struct fail *f),
    int (*each)(void *ctx, const struct addr_mailbox *m, struct fail *f),
    void *ctx, struct fail *f);

/* The address that a message comes from by its header: Sender, else the first
 * of From.  1 with it in "arena"; 0 where there is none, or in a list that is
 * none: who can say whom its first word means? */
int letterhead_sender(struct slice header,
    int (*read)(struct slice value,
	int (*each)(void *ctx, const struct addr_mailbox *m, struct fail *f),
	void *ctx, struct fail *f),
    struct arena *arena, struct slice *sender);

enum { /* fields that a message needs (RFC 5322, 3.6) */
	LETTERHEAD_DATE = 1,
	LETTERHEAD_ID = 2,
	LETTERHEAD_FROM = 4,
};

/* The one that the line of a header is, or 0. */
unsigned letterhead_field(struct slice line);

/* Adds the Date of now and the Message-ID "id" of "host" to "out", with LF line
 * ends, unless they are among "seen" (RFC 6409, 8.2 and 8.3). */
void letterhead_complete(struct buf *out, unsigned seen, const char *id,
    const char *host);

#endif
