/* SPDX-License-Identifier: ISC */
/* qualify: addresses of a header that are names of users here, which nobody
 * elsewhere could answer. */
#ifndef QUALIFY_H
#define QUALIFY_H

#include "hdr.h"

/*
 * Adds "field" to "out" with "@host" behind the names that have no domain,
 * where it is a field of addresses and has such a name, and returns 1.  Else 0,
 * and nothing was added: the field is to stay as it is.
 */
int qualify_field(const struct hdr_field *field, const char *host,
    struct buf *out);

#endif
