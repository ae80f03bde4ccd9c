/* SPDX-License-Identifier: ISC */
/*
 * become: a process of root acts as the user whose mail it touches, so that
 * permissions, quotas and links mean what they mean for that user.  Another
 * user's process stays who it is: these do nothing there.
 */
#ifndef BECOME_H
#define BECOME_H

#include "users.h"

/* Acts as "u", with all groups, until become_root: 0, or -1 with EX_TEMPFAIL;
 * then become_root is called all the same.  A "u" without a name that is root,
 * of root's group, is who we are already. */
int become_user(const struct user *u, struct fail *f);

/* Acts as root again; where that fails the process ends (EX_TEMPFAIL). */
void become_root(void);

/* Becomes "u" for good: there is no way back.  0, or -1 with EX_TEMPFAIL. */
int become_for_good(const struct user *u, struct fail *f);

#endif
