/* SPDX-License-Identifier: ISC */
/*
 * netrc: passwords for hosts in a ~/.netrc, as ftp(1) and curl(1) read it:
 *
 *	machine HOST	[login NAME] [password WORD] [account WORD]
 *	default		[login NAME] [password WORD] [account WORD]
 *	macdef NAME	followed by lines up to an empty one
 *
 * Words are separated by spaces and line ends; one in "..." may hold spaces,
 * and a quote, a backslash, and \n, \r, \t behind a backslash.  "#" where a
 * keyword could be begins a comment to the end of the line.
 */
#ifndef NETRC_H
#define NETRC_H

#include "buf.h"
#include "fail.h"

struct netrc {
	struct slice host; /* looked for, as idn_same has it */
	struct slice user; /* empty: any */
	struct buf login;  /* found: who logs in; empty where it is not said */
	struct buf secret; /* found; made by secret_buf, wiped by the caller */
};

/*
 * Finds the first entry with a password for that host and user; "default" is
 * one for any host.  An entry without a login is for any user.  1; 0 where
 * there is none; -1 with EX_CONFIG and the line where the text is malformed.
 */
int netrc_find(struct slice text, struct netrc *n, struct fail *f);

/*
 * The same in the file "path", or where that is NULL in .netrc of the home
 * directory ($HOME).  0 also where the file is not there.  -1, EX_CONFIG: it is
 * another user's, or others may read it, or it is no file; EX_IOERR.
 */
int netrc_read(const char *path, struct netrc *n, struct fail *f);

#endif
