/* SPDX-License-Identifier: ISC */
/*
 * usersedit: changes of the users file, each of one user.
 *
 * The file is replaced whole: what it was is there until what it is to be is
 * on disk, with the same owner, group and mode.  Lines of others, comments and
 * what is no line of a user stay as they are.  Of two at a time one waits.
 */
#ifndef USERSEDIT_H
#define USERSEDIT_H

#include "fail.h"
#include "slice.h"

/* Whose line it is, as addr_check gave it but without quotes. */
struct usersedit_user {
	struct slice local, domain;
};

/* 0 where the file "path" can be read, and not by others; else -1 with
 * EX_CONFIG. */
int usersedit_check(const char *path, struct fail *f);

/*
 * Gives the user this hash and this verifier, on the first line that is of
 * that address, or on a new one at the end, without a Maildir of its own.  0,
 * or -1: EX_CONFIG (the file is not fit; the line would be longer than
 * USERFILE_LINE), EX_CANTCREAT or EX_IOERR (it cannot be written), EX_TEMPFAIL
 * (the disk is full, or somebody else is at it for long).
 */
int usersedit_set(const char *path, const struct usersedit_user *user,
    const char *hash, struct slice verifier, struct fail *f);

/* Takes all lines of that address away: the same, or EX_NOUSER where there is
 * none. */
int usersedit_remove(const char *path, const struct usersedit_user *user,
    struct fail *f);

#endif
