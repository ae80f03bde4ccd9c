/* SPDX-License-Identifier: ISC */
/* chunk: a message in pieces of counted octets, by BDAT (RFC 3030). */
#ifndef CHUNK_H
#define CHUNK_H

#include "session.h"

/*
 * The handler of BDAT.  Whatever the reply is, as many octets as it counts are
 * read, and none of them can be a command; where it does not say how many, or
 * they do not come, the session is over.
 */
void chunk_receive(void *session, struct slice arg);

/* Gives up a message of which a chunk is here; the store is told by others. */
void chunk_forget(struct session *s);

#endif
