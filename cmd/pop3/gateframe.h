/* SPDX-License-Identifier: ISC */
/*
 * gateframe: what the two sides of the gate say to each other.  A request is a
 * struct gateframe and its bytes; each but the first kind is answered by a
 * struct gateanswer and its bytes.  Both are one program, so the structs go as
 * they are; what the side of the network sends is checked anyway.
 */
#ifndef GATEFRAME_H
#define GATEFRAME_H

#include <stdint.h>

#include "fail.h"
#include "limits.h"
#include "peer.h"
#include "sasl.h"

enum gateframe_kind {
	GATEFRAME_FACTS,    /* bytes: a struct gatefacts; not answered */
	GATEFRAME_BEGIN,    /* bytes: the name of a mechanism */
	GATEFRAME_STEP,	    /* bytes: a response */
	GATEFRAME_NONE,	    /* there is no response */
	GATEFRAME_PASSWORD, /* bytes: name, NUL, password */
};

enum {
	GATEFRAME_MOST = LIMIT_AUTH + LIMIT_AUTH_NAME + 1, /* bytes */
	GATEFRAME_BINDING = 64,
	GATEFRAME_LINE = 512, /* of a reply, with its CRLF (RFC 2449, 4) */
};

struct gateframe {
	uint32_t kind;
	uint32_t n; /* bytes that follow */
};

struct gatefacts {
	char client[PEER_ADDRESS];
	char certificate[LIMIT_AUTH_NAME + 1]; /* whose was verified, or "" */
	char types[2][24]; /* of channel bindings */
	uint32_t lengths[2];
	char bindings[2][GATEFRAME_BINDING];
	uint32_t nbindings;
	uint32_t private;
	uint32_t relayed; /* by the side of the network */
	uint32_t utf8;
};

enum gateanswer_then {
	GATEANSWER_NOTHING,
	GATEANSWER_REPLY, /* "line" is the reply, and the last */
	GATEANSWER_GIVE,  /* the connection is to be handed over */
	GATEANSWER_TAKE,  /* a socket comes: "line", then what it says */
};

struct gateanswer {
	int rc; /* as saslserver_step */
	struct fail fail;
	uint32_t then; /* where rc is SASLSERVER_DONE */
	uint32_t n;    /* bytes of a challenge that follow */
	char line[GATEFRAME_LINE + 1]; /* with its CRLF */
	char user[LIMIT_AUTH_NAME + 1];
};

/* The connection, handed over: then come its descriptors, one or two, and so
 * many bytes that were read from it. */
struct gatehanded {
	uint32_t two;
	uint32_t n;
};

#endif
