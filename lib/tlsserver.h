/* SPDX-License-Identifier: ISC */
/*
 * tlsserver: TLS as a server: its certificates, and sessions that go on where
 * an earlier one ended, in whatever process.
 *
 * For one connection:	tlsserver_open, tlsserver_tickets where there is a
 *			file of them, perhaps giving up privileges, and
 *			tlsserver_session when the client asks.
 * For a listener:	tlsserver_open, tlsserver_tickets, tlsserver_load,
 *			tlsserver_rehearse; before each fork
 *			tlsserver_tickets and tlsserver_refresh.
 */
#ifndef TLSSERVER_H
#define TLSSERVER_H

#include "tls.h"

struct tlsserver;

struct tlsserver_options { /* what it points to outlives the server */
	/* Files with a certificate and those that lead to an authority, and
	 * their keys; keys of NULL: each is in the file of its certificate. */
	const char *const *certificates, *const *keys;
	size_t n;	       /* of each; 1 or more */
	const char *hostname;  /* for a client that asks for no name of ours */
	const char *client_ca; /* who vouches for clients; NULL: they are not
				  asked for certificates */
	const char *tickets;   /* see tlsticket.h; NULL: no file */
	const char *protocols; /* what is spoken here, for ALPN: names with a
				  space between them */
};

/*
 * Opens the files, and reads nothing yet.  NULL: EX_CONFIG.
 *
 * A client gets the certificates that are good for the name that it asks for
 * (SNI); else those that are for "hostname"; else the first.  Of those, of
 * which the first of each kind of key counts, its algorithms decide.  A client
 * that names protocols (ALPN) of which none is ours is refused.
 */
struct tlsserver *tlsserver_open(const struct tlsserver_options *o,
    struct fail *f);

/* Sees to it that tickets can be given and taken, with keys that are not too
 * old.  Where there is no file they are this process's and its children's.
 * 0, or -1 as tlsticket_load: then it goes on with the keys that it has, or
 * without tickets. */
int tlsserver_tickets(struct tlsserver *s, struct fail *f);

/* Loads OpenSSL and reads the files, which need not be done before a session.
 * 0, or -1: EX_UNAVAILABLE, EX_CONFIG. */
int tlsserver_load(struct tlsserver *s, struct fail *f);

/* A handshake with itself, whatever comes of it: what OpenSSL does at the first
 * one is half of its work, and so it is not done again in each process. */
void tlsserver_rehearse(struct tlsserver *s);

/* Where files have changed since, reads them again: 0, or -1 with EX_CONFIG:
 * then what there was is kept until they change again. */
int tlsserver_refresh(struct tlsserver *s, struct fail *f);

/* How often keys of tickets or files were read anew so far: a process that was
 * made before the last time has others. */
unsigned tlsserver_changes(const struct tlsserver *s);

/* A session to be, for conn_start_tls; "s" outlives it.  NULL: as
 * tlsserver_load, EX_TEMPFAIL. */
struct tls *tlsserver_session(struct tlsserver *s, struct fail *f);

void tlsserver_free(struct tlsserver **s);

#endif
