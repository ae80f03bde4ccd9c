/* SPDX-License-Identifier: ISC */
/*
 * maildrop: the server's side of POP3 after the login: the states TRANSACTION
 * and UPDATE of RFC 1939 on one Maildir.
 *
 * It runs as the user whose Maildir it is, in a process of its own, and knows
 * nothing of passwords, TLS and the network: its connection may be the client's
 * socket, or lead to the process that is the TLS end.
 */
#ifndef MAILDROP_H
#define MAILDROP_H

#include "conn.h"

struct maildrop;

struct maildrop_options {
	const char *path;   /* of the Maildir */
	const char *user;   /* for the log, any bytes; NULL: not known */
	const char *client; /* for the log: its address, or "local" */
	/* What CAPA says of the login (USER, SASL ..., UTF8), as lines that
	 * end in CRLF; NULL: nothing. */
	const char *capabilities;
	unsigned idle; /* seconds that a client may be silent; 0: 600, the
			  least that RFC 1939, 3 allows */
	int utf8;      /* the client said UTF8 (RFC 6856); for the log alone,
			  see below */
	int trace;     /* every line to the log */
	int quiet;     /* nothing to the log of a session that ends well */
};

/*
 * Opens the Maildir, or makes it where there is none; waits for nobody who has
 * it.  From then on this process reads and writes what is beneath it alone, and
 * executes nothing (sandbox_files_in).  What "o" points to must outlive the
 * maildrop.
 *
 * NULL: EX_TEMPFAIL; f->error is EBUSY where another session has it.
 * maildrop_refusal then has the reply for the client, as a whole line without
 * its CRLF: "-ERR [IN-USE] ..." or "-ERR [SYS/TEMP] ..." (RFC 2449, 8.1.1; RFC
 * 3206, 4).  "f" is for the log: it names files.
 */
struct maildrop *maildrop_open(const struct maildrop_options *o,
    struct fail *f);
const char *maildrop_refusal(const struct fail *f);

/*
 * Says "+OK N messages", which is the reply to PASS or AUTH, or the greeting of
 * who needs no login, and serves "c" until the end: QUIT, a connection that is
 * lost, a client that is silent for too long, or a signal (conn_stoppable).
 * QUIT alone deletes.  Frees the maildrop, before the reply to QUIT is sent, so
 * that who has it can open another session at once; "c" stays the caller's.
 * The connection may have been read from before (pipelined commands).
 *
 * The status of the process: 0; EX_TEMPFAIL where the client was lost, or what
 * it wanted at QUIT could not be done.
 *
 * Octets are as stored, but that each line ends in CRLF, the last one too: a
 * bare CR, a NUL and UTF-8 in header fields pass as they are, whether UTF8 was
 * said or not.  RFC 6856, 5 would have us refuse or rewrite messages with such
 * fields for who did not say it; Dovecot and Courier never did, and no client
 * of today (fetchmail, mpop, getmail, mutt) says it, so that its user would be
 * locked out of mail, or get signatures that are broken.
 */
int maildrop_serve(struct maildrop **m, struct conn *c);

/* Frees one that is not to be served; nothing is deleted. */
void maildrop_close(struct maildrop **m);

#endif
