/* SPDX-License-Identifier: ISC */
/*
 * keeper: the process of a store (store.h) that may write, and what a session
 * says to it over their socket pair: a request is a struct keeper_request and
 * its bytes, which a struct keeper_answer follows.  Both are one program, so
 * the structs go as they are; what the session sends is checked anyway.
 *
 * Who sends many messages need not wait for more than one answer for each: the
 * keeper tells what id the next one will have, recipients who can only be
 * elsewhere and the beginning of a message with that id are not answered, and
 * what is wrong with them is the answer to the commit.
 */
#ifndef KEEPER_H
#define KEEPER_H

#include "depot.h"
#include "store.h"

enum keeper_operation { /* and the bytes of a request */
	KEEPER_RECIPIENT,   /* the address, NUL, ORCPT; not answered where it
			       is KEEPER_STRANGER */
	KEEPER_BEGIN,	    /* the id that it is to have, NUL, the sender,
			       NUL, ENVID; not answered where there is an id */
	KEEPER_WRITE,	    /* of the message; not answered */
	KEEPER_COMMIT,	    /* the last of the message */
	KEEPER_OUTCOME,	    /* a size_t, of which recipient */
	KEEPER_ABORT,	    /* none */
	KEEPER_SCRATCH,	    /* none; a descriptor follows the answer */
	KEEPER_SAME_DOMAIN, /* two, with a NUL between */
	KEEPER_PASSWORD,    /* name, NUL, password */
	KEEPER_VERIFIER,    /* name */
	KEEPER_CERTIFIED,   /* name */
	KEEPER_TOKEN,	    /* name, NUL, token */
};

struct keeper_request {
	uint32_t operation;
	uint32_t n;	/* bytes that follow */
	uint64_t size;	/* of a recipient: of the message, as announced */
	uint32_t flags; /* of a recipient and of the beginning */
};

enum { /* of a recipient; NOTIFY is above them */
	KEEPER_RELAY = 1,
	KEEPER_STRANGER = 2, /* there is no message but with this one, and it is
				relayed */
	KEEPER_NOTIFY_SHIFT = 2,
};

enum { /* of the beginning; enum spool_ret is above them */
	KEEPER_BODY8 = 1,
	KEEPER_UTF8 = 2,
	KEEPER_REQUIRE_TLS = 4,
	KEEPER_RET_SHIFT = 4,
};

struct keeper_answer {
	int rc;
	struct fail fail;
	char id[STORE_ID]; /* that it began with; of the end of a message: that
			      the next one will have; or empty */
	struct scram_verifier verifier;
};

enum {
	KEEPER_PIECE = 65536, /* of a message; the most bytes of a request */
};

/* What it keeps; "how" as store_open. */
struct depot keeper_depot(const struct conf *conf, unsigned how);

/* Serves the session at the other end of "fd" until that ends, and closes the
 * struct depot "ctx". */
void keeper_serve(void *ctx, int fd);

/* Who may log in: answers KEEPER_PASSWORD, _VERIFIER, _CERTIFIED and
 * _TOKEN. */
void keeper_credentials(const struct conf *conf, enum keeper_operation what,
    struct slice bytes, struct keeper_answer *a);

/* 1 with EX_TEMPFAIL where that was asked for LIMIT_AUTH_ASKED times: the
 * keeper counts itself, as who asks may have been taken over. */
int keeper_asks_too_often(unsigned *asked, struct fail *f);

#endif
