/* SPDX-License-Identifier: ISC */
/* flaw: what mime-unpack and mime-ls say about malformed messages. */
#ifndef FLAW_H
#define FLAW_H

#include "json.h"
#include "mime.h"

/* Flaws of all kinds in one number: those of mime.h as they are, those of
 * enc.h and uu.h by FLAW_DECODER, and our own. */
#define FLAW_DECODER(flaws) ((flaws) << 16)
enum {
	FLAW_PARTIAL = 1 << 15,	     /* a fragment that is not joined */
	FLAW_CHARSET = 1 << 24,	     /* unknown, the bytes are kept */
	FLAW_TWO_NAMES = 1 << 25,    /* filename and name differ */
	FLAW_TWO_FIELDS = 1 << 26,   /* of a kind that may be there once */
	FLAW_NO_VERSION = 1 << 27,   /* MIME fields without MIME-Version */
	FLAW_HEADER_BYTES = 1 << 28, /* a header that is not UTF-8 */
	FLAW_SEVEN_BIT = 1 << 29,    /* bytes above 127 in 7bit content */
	FLAW_TNEF = 1 << 30,	     /* winmail.dat, not all taken apart */
};

/*
 * Prints a line on standard error for each of "flaws": "COMMAND: PATH: part
 * 1.2: sentence".  *shown counts them for one message; from FLAW_SHOWN on
 * they are counted only.
 */
enum { FLAW_SHOWN = 100 };
void flaw_warn(const char *path, const struct mime_part *part, unsigned flaws,
    unsigned *shown);

/* The same for one sentence; "part" is NULL where it is about no part. */
void flaw_line(const char *path, const struct mime_part *part,
    const char *sentence, unsigned *shown);

/* Says how many of them were not shown, if any. */
void flaw_rest(const char *path, unsigned shown);

/* Takes one flaw off "flaws", those of the message's structure first, and sets
 * its name (a word) and its sentence: 1; 0 where none is left. */
int flaw_next(unsigned *flaws, const char **name, const char **sentence);

/* Writes an array of the names of "flaws". */
void flaw_json(struct json *j, unsigned flaws);

#endif
