/* SPDX-License-Identifier: ISC */
/*
 * quota: how much mail a Maildir may hold, and how much it holds, as the file
 * maildirsize of Maildir++ has it:
 *
 *	524288000S,10000C	the quota: bytes, messages
 *	48120 12		bytes and messages, to be added up;
 *	-2048 -1		a line for each change
 *
 * The file itself is maildirsize's affair.
 */
#ifndef QUOTA_H
#define QUOTA_H

#include "buf.h"

struct quota { /* 0: no limit */
	uint64_t bytes;
	uint64_t messages;
};

struct usage {
	uint64_t bytes;
	uint64_t messages;
	unsigned lines; /* that it is the sum of */
};

/*
 * Reads a quota as it is written in a users file: a size in bytes, or with K, M
 * or G behind it for 1024 bytes and its powers, an "S" behind that or not; and
 * a number of messages with "C" behind it; with a comma between them where
 * there are both.  Nothing is no limit.  0, or -1 where it is not of that
 * form.
 */
int quota_parse(struct slice text, struct quota *q);

/* Adds the first line of a maildirsize, with its LF. */
void quota_format(const struct quota *q, struct buf *out);

/*
 * Reads a maildirsize: 0 with the sum of its lines.  -1 where that says
 * nothing, and the messages have to be counted: the quota is not "q", a line is
 * torn or is not two numbers, a sum is less than 0 or more than a number holds.
 */
int quota_sum(struct slice file, const struct quota *q, struct usage *u);

/* 1 where one message of "bytes" more than "u" is over "q", else 0. */
int quota_over(const struct quota *q, const struct usage *u, uint64_t bytes);

#endif
