/* SPDX-License-Identifier: ISC */
/*
 * userlogin: the users of the machine who have mail.
 *
 * For a process of root these are root and the people: users with a number
 * from UID_MIN of /etc/login.defs (1000 where that says nothing) to 65533 and
 * a login shell (getusershell(3)).  Accounts of daemons have a lower number,
 * or no such shell.  Any other process can store as itself alone, so there is
 * no user but its own, whatever that is.  In both cases the home directory
 * has to be the user's own.  One that is missing, or an empty one of root's, is
 * not mounted; but none of that name directly below / is meant to be.
 */
#ifndef USERLOGIN_H
#define USERLOGIN_H

#include <pwd.h>

#include "fail.h"

/* Finds the user "name" for a process of "who", or where that is NULL the one
 * of such a process: 1, with *pw valid until the next call of getpwnam(3) and
 * its like; 0 where there is none with mail; -1 with EX_TEMPFAIL, also where
 * the home directory cannot be looked at now, or is not mounted. */
int userlogin_find(const char *name, uid_t who, const struct passwd **pw,
    struct fail *f);

#endif
