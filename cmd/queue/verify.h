/* SPDX-License-Identifier: ISC */
/* verify: whether mail for somebody could be delivered. */
#ifndef VERIFY_H
#define VERIFY_H

#include "conf.h"
#include "output.h"

/*
 * Writes a line about "address", a mailbox or the name of a user here, to
 * "out": what is of this host is looked for, what is elsewhere is only read.
 * 0: it can be delivered, or given to another host; else an exit status,
 * EX_NOUSER, EX_DATAERR (no address), EX_TEMPFAIL.
 */
int verify_address(const struct conf *conf, struct slice address,
    struct output *out);

#endif
