/* SPDX-License-Identifier: ISC */
/* unprivileged: whom a server that root started becomes, where it talks to the
 * network: the user "User" of the configuration. */
#ifndef UNPRIVILEGED_H
#define UNPRIVILEGED_H

#include <sys/types.h>

#include "conf.h"

/* Looks that user up, so that the processes that are forked from this one need
 * not: 0, also where the process is not root's; or -1 with EX_CONFIG (no such
 * user, or root). */
int unprivileged_prepare(const struct conf *conf, struct fail *f);

/* Becomes that user for good, where the process is root's: 0, or -1: as
 * unprivileged_prepare, EX_TEMPFAIL, or EX_SOFTWARE. */
int unprivileged_become(const struct conf *conf, struct fail *f);

/* Whom that makes of this process; (uid_t)-1 where there is no such user. */
uid_t unprivileged_uid(const struct conf *conf);

#endif
