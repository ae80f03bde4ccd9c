/* SPDX-License-Identifier: ISC */
/*
 * aliases: the file of aliases(5), as sendmail and Postfix have it; see
 * mailpipe-aliases(5).  It finds a name and takes its members apart; what they
 * lead to is expand's affair.
 */
#ifndef ALIASES_H
#define ALIASES_H

#include "addr.h"
#include "mem.h"

struct alias {
	size_t line;	      /* where it begins in the file, from 1 */
	struct slice members; /* as they are written */
};

/*
 * Looks "a" up in the file "path": its name with the domain, else its name
 * alone, without quotes and in any letter case.  Of two of a kind the first
 * counts.  "found" is in "arena".  1, 0 where it is not there, or -1: EX_CONFIG
 * where the file cannot be opened or has a line that is no good, EX_TEMPFAIL
 * where it cannot be read.
 */
int aliases_find(const char *path, const struct addr *a, struct arena *arena,
    struct alias *found, struct fail *f);

enum alias_kind {
	ALIAS_ADDRESS, /* an address, or a name without a domain */
	ALIAS_MAILBOX, /* the same behind a backslash: no alias any more */
	ALIAS_INCLUDE, /* :include:/path */
	ALIAS_PROGRAM, /* |command */
	ALIAS_FILE,    /* /path, ~/path */
};

struct alias_member {
	enum alias_kind kind;
	struct addr address; /* of the first two; checked (addr_check_utf8) */
	struct slice text;   /* the path or the command */
};

/*
 * Takes the next member off the front of "rest", which is what an alias has, or
 * a line of an included file: 1 with *m in "arena", 0 where none is left, or
 * -1 with EX_CONFIG and a sentence that names no place.
 */
int aliases_member(struct slice *rest, struct arena *arena,
    struct alias_member *m, struct fail *f);

#endif
