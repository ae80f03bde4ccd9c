/* SPDX-License-Identifier: ISC */
/* session: the server's side of SMTP on one connection (RFC 5321). */
#ifndef SESSION_H
#define SESSION_H

#include <time.h>

#include "buf.h"
#include "dsn.h"
#include "limits.h"
#include "places.h"
#include "serve.h"
#include "store.h"

enum { /* states, as bits for the table of verbs */
	S_START = 1,	    /* no HELO or EHLO yet */
	S_HELLO = 2,	    /* no transaction */
	S_MAIL = 4,	    /* a sender */
	S_RCPT = 8,	    /* a sender and recipients */
	S_CHUNK = 16,	    /* a part of the message */
};

/* What all sessions have in common. */
struct server {
	struct conf conf;
	struct tlsserver *tls;	/* NULL: no TLS */
	struct rates *rates;	/* of all clients; NULL: none is limited */
	int implicit;		/* TLS from the first byte */
	int lmtp;		/* LMTP in place of SMTP (RFC 2033) */
	int submission;		/* from users, who have to log in */
	int queue;		/* for mail that goes on from here */
	struct places_seen places; /* of a listener */
	int relay;		/* any client may send anywhere */
	int add;		/* the same, all of it by mailq-add(1) */
	int listens;		/* sessions are ready before their clients */
	int failed;		/* why this process has none */
	int trace;
};

struct session {
	const struct server *server;
	const struct conf *conf;
	struct conn *conn;
	struct peer peer;
	int named;		/* by a balancer or a proxy; see allowance.h */
	int renamed;		/* XCLIENT was said */
	char name[LIMIT_DOMAIN + 1]; /* of the client's host, by XCLIENT */
	struct store *store;
	struct assistant *assistant; /* NULL: none is needed */
	int loads;		/* narrowing.h: it may load libraries */
	int trace;		/* every line to the log */
	unsigned state;
	unsigned errors;	/* refused commands since the last message */
	unsigned commands;
	time_t progress;	/* CLOCK_MONOTONIC of the start, or of the last
				   message accepted */
	int lf;			/* see session_allow_lf */
	int esmtp;		/* EHLO or LHLO */
	char helo[256];
	/* Who logged in, as submission.h says; empty: nobody. */
	char user[LIMIT_AUTH_NAME + LIMIT_DOMAIN + 2];
	unsigned failures;	/* to log in */
	char sender[ADDR_TEXT]; /* the transaction: */
	char first[ADDR_TEXT];	/* its first recipient */
	unsigned recipients;
	unsigned relayed;	/* of these, that are elsewhere */
	struct buf to;		/* with filters: all of them, a line for each */
	uint64_t announced;	/* SIZE= of MAIL; 0: not said */
	int require_tls;	/* REQUIRETLS of MAIL */
	struct dsn dsn;
	int binary;		/* BODY=BINARYMIME */
	int body8;		/* BODY=8BITMIME */
	int utf8;		/* SMTPUTF8: addresses may have UTF-8 */
	struct chunks *chunks;	/* NULL: no BDAT so far */
	int ended;		/* the session is over */
	int status;		/* and ends with this */
};

/* Makes a session ready for a client, with the other processes that it has, and
 * gives up what this one needs no more.  NULL: as store_open, assistant_open,
 * narrowing_begin; this process can open no other then. */
struct session *session_open(const struct server *server, struct fail *f);

/* The life of the process that sessions of a listener ask to keep mail, one
 * after the other (helpers.h). */
void session_help(const struct server *server, int socket);

/* Tells a client that there is no session. */
void session_refuse(const struct server *server, struct conn *c);

/* Serves the connection, and frees the session: the status of the process, 0,
 * or EX_TEMPFAIL where the peer went away or was sent away in the middle, or
 * TLS cannot be had. */
int session_run(struct session **s, struct conn *c, const struct peer *peer);

/* What the log says of TLS: "TLSv1.3", or "none". */
const char *session_tls(const struct session *s);

/* Puts a reply line (or with "250-" part of one); CRLF is added.  5yz counts as
 * an error of the client; 4yz, where it is our fault, does not. */
void session_reply(struct session *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts the reply and ends the session after it. */
void session_end(struct session *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Reads the client's next line of at most "limit" bytes, valid until the next
 * call with the connection; replies that wait are sent before it waits.  1; 0
 * where there is none and the session has ended.
 */
struct conn_line;
int session_line(struct session *s, size_t limit, struct conn_line *line);

/*
 * A program of this machine, which gives mail to mailq-add by a pipe, may end
 * its lines in LF: all of them where its first one does.  Of no other client is
 * that taken, nor where the first line ends in CRLF, as others' text in such a
 * session could have a LF.
 */
void session_allow_lf(struct session *s, struct conn_line *line);

/* Forgets the transaction. */
void session_reset(struct session *s);

/* Forgets all that the client said. */
void session_anew(struct session *s);

/* Puts the greeting. */
void session_greet(struct session *s);

/* The client as the log shows it: its address, or "local". */
const char *session_client(const struct session *s);

#endif
