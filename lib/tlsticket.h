/* SPDX-License-Identifier: ISC */
/*
 * tlsticket: the keys that a server encrypts TLS session tickets with (RFC
 * 5077, RFC 8446, 4.6.1), shared by all its processes and replaced every 12
 * hours.  The one before opens the tickets that it closed for as long; nobody
 * can open them after that.
 *
 * In a file they are two lines, the newest first: when it was made (decimal
 * seconds since 1970), a space, and TLSTICKET_KEY bytes in hexadecimal.
 */
#ifndef TLSTICKET_H
#define TLSTICKET_H

#include <time.h>

#include "fail.h"

enum {
	TLSTICKET_NAME = 16,   /* bytes that name a key in a ticket */
	TLSTICKET_SECRET = 32, /* of each of the two keys behind it */
	TLSTICKET_KEY = TLSTICKET_NAME + 2 * TLSTICKET_SECRET,
	TLSTICKET_PERIOD = 43200, /* seconds */
};

struct tlsticket_key {
	time_t made; /* 0: there is none */
	unsigned char name[TLSTICKET_NAME];
	unsigned char mac[TLSTICKET_SECRET];
	unsigned char cipher[TLSTICKET_SECRET];
};

struct tlsticket {
	struct tlsticket_key keys[2]; /* the present one, and the one before */
};

/* Sees to it that the present key is young enough at "now": 1 where it made a
 * new one, 0, or -1 with EX_TEMPFAIL (no random numbers). */
int tlsticket_rotate(struct tlsticket *t, time_t now, struct fail *f);

/*
 * The same with the keys in the file "path", which is made where it is not
 * there, and replaced where a key is due or it holds no keys.  0, or -1 with
 * "t" untouched: EX_CONFIG (others can read it or it is not ours),
 * EX_CANTCREAT, EX_TEMPFAIL.
 */
int tlsticket_load(struct tlsticket *t, const char *path, time_t now,
    struct fail *f);

#endif
