/* SPDX-License-Identifier: ISC */
/* reply: what an SMTP server answers (RFC 5321, 4.2; RFC 2034; RFC 3463). */
#ifndef REPLY_H
#define REPLY_H

#include "conn.h"

enum {
	REPLY_TEXT = 512, /* room for the text of a reply, with its NUL */
	REPLY_ENHANCED = 12,
};

/* A reply, fit to be shown and stored: one printable line of ASCII or UTF-8
 * without control characters, whatever the peer sent. */
struct reply {
	unsigned code;			/* 200..599; 0 where none came */
	char enhanced[REPLY_ENHANCED];	/* "5.1.1"; empty where none is */
	char text[REPLY_TEXT];		/* the lines without their codes,
					   joined by spaces, cut to fit */
};

/* One line of a reply. */
struct reply_line {
	unsigned code;
	int last;	   /* no "-" follows the code */
	struct slice text;
};

/* Splits one reply line without CRLF (RFC 5321, 4.2.1); line->text borrows
 * from "in".  0, or -1: no reply, *line untouched. */
int reply_split(struct slice in, struct reply_line *line);

/* Takes an enhanced status code and the spaces behind it off the front of
 * "text", where its class is the first digit of "code" (RFC 2034, 4), and
 * writes it to "out": 1, or 0 and nothing changed. */
int reply_enhanced(struct slice *text, unsigned code,
    char out[REPLY_ENHANCED]);

/* Called for each line of a reply, as received, without CRLF. */
typedef void reply_each(void *ctx, struct slice line);

/*
 * Reads a whole reply from "c" into "r" and calls "each" (or NULL) with "ctx"
 * for each of its lines.  0, or -1 with r->code 0: EX_TEMPFAIL (closed, time
 * is up), EX_PROTOCOL (no reply, lines of different codes, a line longer than
 * LIMIT_REPLY, more than LIMIT_REPLY_LINES lines, a bare CR or LF, a NUL).
 */
int reply_read(struct conn *c, struct reply *r, reply_each *each, void *ctx,
    struct fail *f);

/* The same for what answers a line of AUTH: a line of it may have a challenge
 * of LIMIT_AUTH_LINE bytes behind its code (RFC 4954, 4). */
int reply_read_auth(struct conn *c, struct reply *r, reply_each *each,
    void *ctx, struct fail *f);

/* The exit status that a reply to a command stands for: 0 (2yz), EX_TEMPFAIL
 * (4yz, or none came), EX_NOUSER (5.1.1 and its like), EX_NOPERM (530, 534,
 * 535 and 538: RFC 4954, 6), EX_UNAVAILABLE (5yz), EX_PROTOCOL (3yz, which no
 * such command has). */
int reply_class(const struct reply *r);

/* Fills "f" with a refusal: its class by reply_class, its sentence
 * "550 5.1.1 no such user".  Returns -1. */
int reply_fail(const struct reply *r, struct fail *f);

#endif
