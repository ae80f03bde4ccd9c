/* SPDX-License-Identifier: ISC */
/* qualify: what of a header only this host could understand: addresses that are
 * names of users here, and text that is no ASCII. */
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

/*
 * The same with UTF-8 that becomes encoded-words (RFC 2047): of Subject,
 * Comments, Organization, Content-Description and fields that begin with X-,
 * and of the names of people in fields of addresses, but for those that have an
 * address in UTF-8, which only SMTPUTF8 helps, a comment or a group.
 */
int qualify_text(const struct hdr_field *field, struct buf *out);

#endif
