/* SPDX-License-Identifier: ISC */
/* flaw: what mime-unpack says about malformed messages. */
#ifndef FLAW_H
#define FLAW_H

#include "json.h"
#include "mime.h"

/* Flaws of all kinds in one number: those of mime.h as they are, those of
 * enc.h by FLAW_DECODER, and our own. */
#define FLAW_DECODER(flaws) ((flaws) << 16)
enum {
	FLAW_CHARSET = 1 << 24,	  /* unknown, the bytes are kept */
	FLAW_TWO_NAMES = 1 << 25, /* filename and name differ */
};

/*
 * Prints a line on standard error for each of "flaws": "mime-unpack: PATH:
 * part 1.2: sentence".  *shown counts them for one message; from FLAW_SHOWN on
 * they are counted only.
 */
enum { FLAW_SHOWN = 100 };
void flaw_warn(const char *path, const struct mime_part *part, unsigned flaws,
    unsigned *shown);

/* Says how many of them were not shown, if any. */
void flaw_rest(const char *path, unsigned shown);

/* Writes an array of the names of "flaws". */
void flaw_json(struct json *j, unsigned flaws);

#endif
