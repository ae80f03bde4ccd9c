/* SPDX-License-Identifier: ISC */
/* owner: whether the queue is for the user "User" of the configuration, and
 * for whom it is. */
#ifndef OWNER_H
#define OWNER_H

#include "conf.h"
#include "spool.h"

/*
 * For root, who can do with the queue what the programs that it starts as that
 * user cannot: where the user may not write to each of its directories, as
 * their owner or by one of his groups, a line on standard error tells so, and
 * what to do about it.  Nothing where there is no such user, or this process is
 * not root's.
 */
void owner_warn(const struct conf *conf, const struct spool *s);

/* Where what "f" tells is that this process may not do something in the queue,
 * adds to the sentence who may. */
void owner_explain(const struct spool *s, struct fail *f);

#endif
