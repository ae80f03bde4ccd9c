/* SPDX-License-Identifier: ISC */
/* mutf7: modified UTF-7, in which IMAP4rev1 has names of mailboxes (RFC 3501,
 * 5.1.3), and Maildir++ those of folders. */
#ifndef MUTF7_H
#define MUTF7_H

#include "buf.h"

/* Adds "name", which is UTF-8, in modified UTF-7: 0; -1 where it is no UTF-8,
 * or has no room. */
int mutf7_encode(struct buf *out, struct slice name);

/* Adds the UTF-8 of "name": 0; -1, and nothing is added, where it is not in the
 * one form that mutf7_encode makes: a shift without need, surrogates alone,
 * bits left over, ASCII in base64, 8-bit bytes. */
int mutf7_decode(struct buf *out, struct slice name);

#endif
