/* SPDX-License-Identifier: ISC */
/*
 * gate: who may log in, and to what, as the process that talks to the network
 * sees it.  It holds no verifier, and no mail: another process decides, and
 * becomes the user's (gatekeeper.h); this one, taken over, has of the mail of
 * users what their clients show the secrets for, and no more.  Only of a
 * client's certificate it is believed what it says, where Tls-Client-Ca is
 * configured: then it can claim to have seen anybody's.
 */
#ifndef GATE_H
#define GATE_H

#include "conn.h"
#include "saslask.h"
#include "server.h"

struct gate;

/*
 * "helper" is a socket, with the first byte to which somebody starts a process
 * that calls gatekeeper; or -1: then that is forked here.  This process goes on
 * as conf->user where root started it.  NULL: EX_TEMPFAIL, EX_CONFIG (no such
 * user).
 */
struct gate *gate_open(const struct server *server, int helper,
    struct fail *f);

/* Waits until the other process has ended, where there was one. */
void gate_close(struct gate **g);

struct gate_client {
	const char *address; /* for the log, and for programs */
	int private; /* TLS, or this machine */
	int relayed; /* the maildrop cannot have the connection itself */
	int utf8;    /* said UTF8 */
	const struct saslask_channel *channel;
};

/* Tells who is to log in by what comes next, and how. */
void gate_tell(struct gate *g, const struct gate_client *c);

/* Begins with a mechanism: 0, or -1: EX_UNAVAILABLE where that is not offered,
 * EX_NOPERM where it would be on a private connection, EX_TEMPFAIL. */
int gate_begin(struct gate *g, struct slice mechanism, struct fail *f);

/* As saslserver_step.  After SASLSERVER_DONE there is gate_pass. */
int gate_step(struct gate *g, const struct slice *response, struct buf *out,
    struct fail *f);

/* USER and PASS: SASLSERVER_DONE, or -1 as gate_step. */
int gate_password(struct gate *g, struct slice user, struct slice password,
    struct fail *f);

/* The name that was given, made safe by nobody; empty: none. */
const char *gate_user(const struct gate *g);

/*
 * The rest of the connection, after SASLSERVER_DONE: the reply, and the
 * maildrop where there is one, until its end.  0, or -1 with EX_TEMPFAIL: the
 * client, or the other process, was lost.
 */
int gate_pass(struct gate *g, struct conn *c, struct fail *f);

#endif
