/* SPDX-License-Identifier: ISC */
/*
 * hdrshow: the fields of a message as mime-hdr prints them: columns of lines,
 * or an object of JSON.
 */
#ifndef HDRSHOW_H
#define HDRSHOW_H

#include "headfile.h"
#include "output.h"

enum hdrshow_form {
	HDRSHOW_TEXT,	   /* decoded values */
	HDRSHOW_ADDRESSES, /* each address with its name */
	HDRSHOW_DATES,	   /* RFC 3339 */
};

struct hdrshow {
	/* what is wanted */
	const char *const *names; /* the fields */
	size_t nnames;		  /* how many; 0 is all fields */
	enum hdrshow_form form;
	int json;
	int zero;    /* records end in NUL, not LF */
	int tty;     /* the output is a terminal */
	int several; /* messages: each record begins with its path */
	struct output *out;

	/* what came of it */
	int found;  /* a field that is wanted was there */
	int status; /* as cli_worse() has it: 0, or EX_DATAERR */

	/* of the message in hand */
	const char *path, *label; /* as a column, and in a sentence */
	struct buf value, column;
};

/* One with nothing wanted; "out" is borrowed. */
struct hdrshow hdrshow_new(struct output *out);

/*
 * Prints the fields that are wanted of the message "h", whose "path" and
 * "label" are set: in the order of "names", and those of one name in that of
 * the message.  A field that is no list of addresses or no date gets a line on
 * standard error, and then s->status is EX_DATAERR.
 */
void hdrshow_message(struct hdrshow *s, const struct headfile *h);

void hdrshow_free(struct hdrshow *s);

#endif
