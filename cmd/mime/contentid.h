/* SPDX-License-Identifier: ISC */
/*
 * contentid: the Content-ID of a part that a page refers to by its file name
 * (RFC 2392; RFC 2045, 7).
 *
 * The identifier is the name alone, as many senders have it, since a page is
 * written before its message has a domain: <photo.jpg> for "cid:photo.jpg".
 * That is no msg-id of RFC 5322, which wants an "@"; readers compare the whole
 * string.
 */
#ifndef CONTENTID_H
#define CONTENTID_H

#include "buf.h"

enum {
	CONTENTID_MAX = 900, /* bytes: stands on one line with its field */
};

/*
 * Adds the identifier of the file "name", with its angle brackets, to "out".
 * ASCII letters and digits, "-", "_" and "~" stay, and so does a dot that is
 * neither at an end nor beside another, and an "@" where there is one alone,
 * with something on both sides ("logo@2x.png").  Each other byte becomes %XX,
 * as a URL has it.  Names that differ give identifiers that differ.  0, or -1
 * where it would be longer than CONTENTID_MAX, or the maximum is passed.
 */
int contentid_of_name(struct buf *out, struct slice name);

#endif
