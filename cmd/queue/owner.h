/* SPDX-License-Identifier: ISC */
/* owner: whether the queue is for the user "User" of the configuration. */
#ifndef OWNER_H
#define OWNER_H

#include "conf.h"
#include "spool.h"

/*
 * For root, who can do with the queue what the programs that it starts as that
 * user could not: 0 where the user may write to each of its directories, as
 * their owner or by one of his groups; also where there is no such user, or
 * this process is not root's.  Else -1 with EX_CONFIG, and what to do about it.
 */
int owner_check(const struct conf *conf, const struct spool *s, struct fail *f);

/* The same for who only looks at the queue or changes what is in it: a line on
 * standard error. */
void owner_warn(const struct conf *conf, const struct spool *s);

#endif
