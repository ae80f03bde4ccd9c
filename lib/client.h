/* SPDX-License-Identifier: ISC */
/*
 * client: what the command lines of all clients share: which server (target.h),
 * by which way, whether in TLS (secure.h), who logs in (login.h); and the
 * connection to it.  What is said there is the protocol's.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include "dial.h"
#include "login.h"
#include "program.h"
#include "secure.h"
#include "target.h"

struct client {
	struct target target;
	struct secure secure;
	struct login login;
	unsigned timeout;   /* seconds for every wait; 0: not said */
	const char *source; /* our own address; NULL: any */
	int trace;	    /* the session on standard error */
	struct program program; /* its own: where the server is one */
};

/* Defaults, for a protocol. */
void client_start(struct client *c, const struct target_family *family);

/* One of the options -A, -a, -o, -P, -p and -v, with its value, which outlives
 * "c": 1; -1 where the value is no good; 0 where it is another option. */
int client_option(struct client *c, int option, const char *value);

/* One key of -o (of target, secure and login, "proxy", "source", "timeout"): 1,
 * -1 where its value is no good, 0 where it is another one's. */
int client_key(struct client *c, struct slice key, struct slice value);

/* The key "max-size" of -o, of commands that fetch: bytes, at least one.  As
 * client_key. */
int client_most(const char *option, uint64_t *most);

/* Settles who the server is and what is asked for with it: 0, or -1 as
 * target_find. */
int client_find(struct client *c, struct fail *f);

/* After that, where nothing can be done without a login: is it known who logs
 * in?  A program may know whose mail it is; a host does not.  0, or -1 with
 * EX_CONFIG (the account has no User), EX_USAGE. */
int client_check_user(const struct client *c, struct fail *f);

/* What sentences call the server. */
const char *client_name(const struct client *c);

/*
 * Connects: to a program, by a proxy, or to the host, having asked for the
 * passwords that will be needed.  The connection is the caller's.  NULL: as
 * socks_prepare, login_prepare, program_start, socks_dial, dial_to.
 */
struct conn *client_dial(struct client *c, struct fail *f);

/* The same to the host and port in "to", whose rest but its addresses is filled
 * in: one of the hosts of a domain. */
struct conn *client_dial_to(struct client *c, struct dial_to *to,
    struct fail *f);

/* With -v: tells of the TLS of "conn", enough to pin the server's key by, in
 * one or two lines without an end. */
void client_trace_tls(const struct client *c, const struct conn *conn,
    void (*tell)(const char *line));

/* After conn_close: waits for the program, where there is one, and adds to "f"
 * (or NULL) how it ended, unless that is well. */
void client_closed(struct client *c, struct fail *f);

/* Wipes and frees. */
void client_end(struct client *c);

#endif
