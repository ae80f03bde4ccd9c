/* SPDX-License-Identifier: ISC */
/* attributes: what an XCLIENT command says of a client
 * (https://www.postfix.org/XCLIENT_README.html). */
#ifndef ATTRIBUTES_H
#define ATTRIBUTES_H

#include "limits.h"
#include "peer.h"
#include "slice.h"

struct attributes { /* what is not said, or not known, is empty */
	union peer_address client; /* with the port, 0: unknown; AF_UNSPEC */
	char name[LIMIT_DOMAIN + 1]; /* of its host */
	char login[LIMIT_AUTH_NAME + 1]; /* whom it logged in as */
};

/* All names, as EHLO lists them; LOGIN is the last. */
#define ATTRIBUTES "ADDR PORT NAME HELO PROTO DESTADDR DESTPORT"

/* Reads NAME=value and more of them, each once, with spaces between them: NULL,
 * or why it is no good, for a reply.  The values of what is not in the struct
 * are looked at and forgotten.  No string holds anything but printable ASCII
 * without spaces. */
const char *attributes_read(struct slice arg, struct attributes *a);

#endif
