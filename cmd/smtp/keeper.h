/* SPDX-License-Identifier: ISC */
/*
 * keeper: the process of a store (store.h) that may write, and what a session
 * says to it over their socket pair: a request is a struct keeper_request and
 * its bytes, which a struct keeper_answer follows.  Both are one program, so
 * the structs go as they are; what the session sends is checked anyway.
 *
 * Who sends many messages to other hosts need not wait for answers: after the
 * first few the keeper lends the session files for the next ones (spoollend.h),
 * and is asked again when these are used up.
 */
#ifndef KEEPER_H
#define KEEPER_H

#include "depot.h"
#include "store.h"

enum keeper_operation { /* and the bytes of a request */
	KEEPER_RECIPIENT,   /* the address, NUL, ORCPT */
	KEEPER_BEGIN,	    /* the sender, NUL, ENVID */
	KEEPER_WRITE,	    /* of the message; not answered */
	KEEPER_COMMIT,	    /* the last of the message; what is lent follows
			       the answer */
	KEEPER_OUTCOME,	    /* a size_t, of which recipient */
	KEEPER_ABORT,	    /* none; or the id of one that was lent, and is
			       given up */
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
	uint32_t flags; /* of a recipient, the beginning and the end */
};

enum { /* of a recipient; NOTIFY is above them */
	KEEPER_RELAY = 1,
	KEEPER_NOTIFY_SHIFT = 2,
};

enum { /* of the beginning; enum spool_ret is above them */
	KEEPER_BODY8 = 1,
	KEEPER_UTF8 = 2,
	KEEPER_REQUIRE_TLS = 4,
	KEEPER_RET_SHIFT = 4,
};

enum { /* of KEEPER_COMMIT */
	KEEPER_LEND = 1, /* the session has none left, and has use for some */
};

struct keeper_answer {
	int rc;
	struct fail fail;
	char id[STORE_ID]; /* of the message */
	size_t lent;	   /* files that follow */
	struct scram_verifier verifier;
};

enum {
	KEEPER_PIECE = 65536, /* of a message; the most bytes of a request */
};

/* What it keeps; "how" as store_open. */
struct depot keeper_depot(const struct conf *conf, unsigned how);

/* Serves the session at the other end of "fd" until that ends, and settles "d"
 * for the next one (depot.h). */
void keeper_session(struct depot *d, int fd);

/* The same with the struct depot "ctx", which it closes. */
void keeper_serve(void *ctx, int fd);

/* Who may log in: answers KEEPER_PASSWORD, _VERIFIER, _CERTIFIED and
 * _TOKEN. */
void keeper_credentials(const struct conf *conf, enum keeper_operation what,
    struct slice bytes, struct keeper_answer *a);

/* 1 with EX_TEMPFAIL where that was asked for LIMIT_AUTH_ASKED times: the
 * keeper counts itself, as who asks may have been taken over. */
int keeper_asks_too_often(unsigned *asked, struct fail *f);

#endif
