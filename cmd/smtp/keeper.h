/* SPDX-License-Identifier: ISC */
/*
 * keeper: the process of a store (store.h) that may write, and what a session
 * says to it over their socket pair: a request is a struct request and its
 * bytes; all but a write are answered by a struct answer, in their order.  Both
 * are one program, so the structs go as they are; what the session sends is
 * checked anyway.
 */
#ifndef KEEPER_H
#define KEEPER_H

#include "depot.h"
#include "store.h"

enum operation {
	RECIPIENT, /* bytes: the address, NUL, ORCPT */
	BEGIN,	   /* bytes: the sender, NUL, ENVID */
	WRITE,	   /* bytes: of the message; not answered */
	COMMIT,	   /* bytes: the last of the message */
	OUTCOME,   /* bytes: a size_t, of which recipient */
	ABORT,
	SCRATCH,   /* a descriptor follows the answer */
	SAME_DOMAIN, /* bytes: two, with a NUL between */
	PASSWORD,  /* bytes: name, NUL, password */
	VERIFIER,  /* bytes: name */
	CERTIFIED, /* bytes: name */
	TOKEN,	   /* bytes: name, NUL, token */
};

struct request {
	uint32_t operation;
	uint32_t n;    /* bytes that follow */
	uint64_t size; /* RECIPIENT: of the message, as announced */
	uint32_t flags; /* of RECIPIENT: "relay" and NOTIFY; of BEGIN: enum */
};

enum { /* of BEGIN */
	BODY8 = 1,
	UTF8 = 2,
	REQUIRE_TLS = 4,
	RET_SHIFT = 4, /* enum spool_ret above it */
};

enum { NOTIFY_SHIFT = 1 }; /* of RECIPIENT; below it is "relay" */

struct answer {
	int rc;
	struct fail fail;
	char id[STORE_ID];
	struct scram_verifier verifier;
};

enum {
	PIECE = 65536, /* of a message; the most bytes of a request */
};

/* What it keeps; "how" as store_open. */
struct depot keeper_depot(const struct conf *conf, unsigned how);

/* Serves the session at the other end of "fd" until that ends, and closes the
 * struct depot "ctx". */
void keeper_serve(void *ctx, int fd);

/* Who may log in: answers PASSWORD, VERIFIER, CERTIFIED and TOKEN. */
void keeper_credentials(const struct conf *conf, enum operation what,
    struct slice bytes, struct answer *a);

/* 1 with EX_TEMPFAIL where that was asked for LIMIT_AUTH_ASKED times: the
 * keeper counts itself, as who asks may have been taken over. */
int keeper_asks_too_often(unsigned *asked, struct fail *f);

#endif
