/* SPDX-License-Identifier: ISC */
/*
 * mark: what tells a message from others that a server gave the same unique-id:
 * its size, and the SHA-256 of its first MARK_BYTES.  Who sends two that are
 * the same so far has them taken for one, no more.
 */
#ifndef MARK_H
#define MARK_H

#include "buf.h"
#include "digest.h"

enum {
	MARK_BYTES = 65536, /* so that large messages cost nothing */
	MARK_TEXT = 64,
};

struct mark { /* zeroed */
	struct digest *digest; /* NULL: there is none */
	uint64_t n;
	char text[MARK_TEXT];
};

/* Begins a message; without OpenSSL it will have no mark. */
void mark_begin(struct mark *m);
void mark_add(struct mark *m, struct slice piece);

/* The mark of the message, of printable ASCII, in "m"; empty: it has none.
 * Called for each that was begun. */
struct slice mark_end(struct mark *m);

#endif
