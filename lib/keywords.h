/* SPDX-License-Identifier: ISC */
/*
 * keywords: which keyword each of the letters a-z is that stand among the flags
 * in a Maildir's names: its file dovecot-keywords (mailpipe-maildir(5)), which
 * Dovecot and others use, too.  What a letter is never changes.
 */
#ifndef KEYWORDS_H
#define KEYWORDS_H

#include "fail.h"
#include "mem.h"

enum {
	KEYWORDS = 26,
	KEYWORDS_NAME = 255, /* bytes of a keyword that can have a letter */
};

struct keywords { /* zeroed */
	struct slice name[KEYWORDS]; /* of "a" and so on; empty: none */
	struct arena arena;
};

/* Reads the file in the Maildir "dir", which may be not there, in place of what
 * was read before.  Lines that are none do not count.  0, or -1 with
 * EX_TEMPFAIL. */
int keywords_read(struct keywords *k, int dir, struct fail *f);

/* The number of the letter of "name", whatever the case of its letters; -1: it
 * has none. */
int keywords_find(const struct keywords *k, struct slice name);

/*
 * Gives letters to those of the "n" names that have none, by a new file in the
 * place of the old one, durably; others are kept out by Dovecot's lock
 * meanwhile, and what they did before is read.  Who has no letter then found
 * none, or is no keyword: empty, too long, or with a byte that is no printable
 * ASCII or a space.  0, or -1 with EX_TEMPFAIL: nothing has changed.
 */
int keywords_add(struct keywords *k, int dir, const struct slice *names,
    size_t n, struct fail *f);

void keywords_free(struct keywords *k);

#endif
