/* SPDX-License-Identifier: ISC */
/* putletter: a message that is to be sent: how long it is with CRLF line ends,
 * with which flags and date, and its octets. */
#ifndef PUTLETTER_H
#define PUTLETTER_H

#include <time.h>

#include "imap.h"
#include "input.h"
#include "keywords.h"
#include "putsource.h"

/* What is said of all of them. */
struct putletter_facts {
	struct buf flags; /* words */
	int dated;
	time_t date;
	int zone;	  /* minutes east of UTC */
	int from_names;	  /* flags and date of files in a Maildir */
};

struct putletter { /* zeroed */
	struct input in;
	char *path;	  /* where it was found, for sentences */
	uint64_t octets;  /* with CRLF */
	int nul;	  /* there is one in it */
	struct buf text;  /* where they are few: those octets */
	int held;
	struct buf flags; /* words */
	int dated;
	time_t date;
	int zone;
	struct keywords keywords; /* of the Maildir "maildir" */
	char *maildir;
	/* While it is sent: */
	struct imap *imap;
	uint64_t left;
	struct buf wire;
};

/* Looks at a message: 0, and putletter_close is to be called; or -1: as
 * input_open. */
int putletter_open(struct putletter *l, const struct putsource *s,
    const struct putletter_facts *facts, struct fail *f);

/* Adds " (flags) "date"" to the command. */
void putletter_add_facts(const struct putletter *l, struct imap *i);

/* Adds its octets.  0, or -1: i->dead, or a sentence with its path:
 * EX_TEMPFAIL (it has changed) or as input_read, and the command cannot be
 * ended. */
int putletter_send(struct putletter *l, struct imap *i, struct fail *f);

void putletter_close(struct putletter *l);
void putletter_free(struct putletter *l);

/* A date as people write it: as in a message (RFC 5322, 3.3), or
 * 2026-11-26[ 09:30[:15]] with "Z" or "+01:00" behind it where it is not UTC's:
 * 0, or -1 with EX_USAGE. */
int putletter_date(struct slice text, time_t *when, int *zone, struct fail *f);

/* Adds flags of a command line, such as "seen,$Junk work", as words of IMAP: 0;
 * -1 with EX_USAGE where one is none that can be set. */
int putletter_flags(struct slice text, struct buf *words, struct fail *f);

#endif
