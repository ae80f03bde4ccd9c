/* SPDX-License-Identifier: ISC */
/* userowner: whose mail it is that a Maildir holds, by the way to it. */
#ifndef USEROWNER_H
#define USEROWNER_H

#include <sys/types.h>

#include "fail.h"

struct userowner {
	uid_t uid; /* never 0 */
	gid_t gid; /* the user's own; of one without a name the directory's */
};

/*
 * The owner of the Maildir "path" (absolute), which need not be there yet: of
 * all parts of the path that are there, from the root directory on, the first
 * owner who is not root.  That one can lead what follows elsewhere, so each
 * part behind it must be its own or root's, and so must what a symbolic link
 * leads to: nobody can lead another's mail, or root, elsewhere.
 *
 * 0, or -1: EX_CONFIG where there is no owner but root, EX_TEMPFAIL where a
 * part is another's or cannot be looked at.
 */
int userowner_find(const char *path, struct userowner *o, struct fail *f);

#endif
