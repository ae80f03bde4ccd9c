/* SPDX-License-Identifier: ISC */
/* entry: a session of POP3 until the client has logged in: the state
 * AUTHORIZATION (RFC 1939, 4), in the process that talks to the network. */
#ifndef ENTRY_H
#define ENTRY_H

#include "gate.h"
#include "limits.h"
#include "peer.h"
#include "server.h"

enum { /* states, as bits for the table of verbs */
	E_START = 1, /* nobody is named */
	E_USER = 2,  /* USER named somebody */
};

struct entry {
	const struct server *server;
	struct conn *conn;
	struct peer peer;
	struct gate *gate;
	unsigned state;
	unsigned errors;   /* refused commands */
	unsigned failures; /* to log in */
	unsigned commands;
	struct slice line; /* in hand, as it was sent */
	char user[LIMIT_AUTH_NAME + 1]; /* of USER; "" where it can be none */
	int utf8;	   /* was said */
	int ended;	   /* the session is over */
	int status;	   /* and ends with this */
};

/* Makes a session ready for a client, with the process behind the gate, and
 * gives up what this one needs no more.  NULL: as gate_open, confine_closed. */
struct entry *entry_open(const struct server *server, struct fail *f);

/* Tells a client that there is no session. */
void entry_refuse(const struct server *server, struct conn *c);

/* Serves the connection to its end, and frees the session: the status of the
 * process, 0, or EX_TEMPFAIL where the client went away or was sent away, or
 * TLS cannot be had. */
int entry_run(struct entry **e, struct conn *c, const struct peer *peer);

/* Puts a reply; CRLF is added.  "-ERR" counts as an error of the client, but
 * not where it is our fault (entry_fault). */
void entry_reply(struct entry *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void entry_fault(struct entry *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts the reply, and ends the session after it. */
void entry_end(struct entry *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Reads the client's next line of at most "limit" bytes, valid until the next
 * call with the connection: 1; 0 where there is none and the session has
 * ended. */
struct conn_line;
int entry_line(struct entry *e, size_t limit, struct conn_line *line);

/* The client as the log shows it: its address, or "local". */
const char *entry_client(const struct entry *e);

/* May secrets be said?  In TLS, and by clients of this machine. */
int entry_is_private(const struct entry *e);

/* The handshake: 0, or -1 where the session is over. */
int entry_shake_hands(struct entry *e, struct tls *t);

#endif
