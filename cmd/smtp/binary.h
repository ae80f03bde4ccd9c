/* SPDX-License-Identifier: ISC */
/* binary: a message of BODY=BINARYMIME (RFC 3030, 3).  It waits in a file
 * without a name for its end, as it has to be read twice to be made fit for a
 * store of lines (storable.h). */
#ifndef BINARY_H
#define BINARY_H

#include "output.h"
#include "store.h"

struct binary {
	int fd; /* -1: there is none */
	struct output out;
	char reply[400];
};

/* Begins one, in a file of the store's: 0, or -1 as store_scratch.  binary_end
 * in any case. */
int binary_begin(struct binary *b, struct store *store, struct fail *f);

void binary_put(struct binary *b, struct slice octets);

/*
 * Gives all of it, converted, to "put" in pieces, which returns 0.  NULL, or
 * the reply that refuses the message, which lives as long as "b".  "id" is for
 * the log.
 */
const char *binary_finish(struct binary *b, const char *id,
    int (*put)(void *ctx, struct slice bytes, struct fail *f), void *ctx);

void binary_end(struct binary *b);

#endif
