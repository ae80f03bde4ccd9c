/* SPDX-License-Identifier: ISC */
/* userslist: what mail-passwd -l prints. */
#ifndef USERSLIST_H
#define USERSLIST_H

#include "output.h"
#include "usersedit.h"

/*
 * Prints a line for each user of the file, or for "user" alone where that is
 * not NULL; "json" says in which form.  How many, or -1: EX_CONFIG,
 * EX_TEMPFAIL.  Secrets are not printed, only whether there are some.
 */
int userslist_print(const char *path, const struct usersedit_user *user,
    int json, struct output *out, struct fail *f);

#endif
