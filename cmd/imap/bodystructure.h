/* SPDX-License-Identifier: ISC */
/*
 * bodystructure: the parts of a message, as a server tells them (BODYSTRUCTURE:
 * RFC 9051, 7.5.2).
 *
 * Nothing recurses.  Liberal where real servers are: NIL or nothing where a
 * string belongs, a negative number of lines, a multipart without parts or
 * boundary, a message without an envelope, fields that nobody knows.
 */
#ifndef BODYSTRUCTURE_H
#define BODYSTRUCTURE_H

#include "structure.h"
#include "token.h"

/* Reads the value, in place of what was read before.  0, with the parts
 * numbered, or none where it is NIL.  -1: EX_PROTOCOL: it is none; EX_DATAERR:
 * as structure_add and structure_keep: the rest of the value is not read. */
int bodystructure_read(struct structure *s, struct tokens *t, struct fail *f);

#endif
