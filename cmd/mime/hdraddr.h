/* SPDX-License-Identifier: ISC */
/* hdraddr: what can be read of an address field. */
#ifndef HDRADDR_H
#define HDRADDR_H

#include "addr.h"

/*
 * As addr_list(), but where an element is no address the others are given to
 * "each" none the less, and then the result is -1 with what addr_list() said
 * of the first.  "each" returns 0.
 */
int hdraddr_each(struct slice value,
    int (*each)(void *ctx, const struct addr_mailbox *m, struct fail *f),
    void *ctx, struct fail *f);

#endif
