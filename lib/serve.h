/* SPDX-License-Identifier: ISC */
/*
 * serve: how a server comes to its connections.
 *
 * With LISTEN_FDS (systemd Accept=no, systemd-socket-activate) the process
 * holds listening sockets: it accepts, and hands each connection to a process
 * of its own, forked without exec, of which some wait for one (workers.h).
 * Else the one connection is on descriptors 0 and 1 (inetd, systemd Accept=yes,
 * tcpserver, a pipe).
 */
#ifndef SERVE_H
#define SERVE_H

#include "conn.h"
#include "peer.h"

struct serve {
	unsigned connections; /* at most so many at a time; LISTEN_FDS alone */
	unsigned per_address; /* of one address; loopback is exempt */
	const char *busy;     /* sent, as it is, to one connection too many */
	/* 1 where no limit of an address is for this one, or NULL. */
	int (*exempt)(void *ctx, const struct peer *peer);
	/* Whether one more connection of "network" (peer.h) is refused though
	 * it is within these limits: why, for the log, or NULL; or NULL. */
	const char *(*refusal)(void *ctx, uint64_t network);
	/* For a listener, or NULL: before the first connection is accepted,
	 * what its processes are to share: 0, or -1 with "f" filled; and
	 * before each of them: 1 where that is another now, so that those
	 * which wait for a connection are of no use any more. */
	int (*prepare)(void *ctx, struct fail *f);
	int (*refresh)(void *ctx);
	/* In the process of a connection, before there is one: makes ready
	 * what needs no peer, and returns it, NULL where that cannot be; or
	 * NULL. */
	void *(*ready)(void *ctx);
	/* Serves one connection, which stays the caller's, with what "ready"
	 * returned, and returns the exit status.  The connection is stoppable
	 * (conn.h) by SIGTERM. */
	int (*session)(void *ctx, void *ready, struct conn *c,
	    const struct peer *peer);
	/* For a listener: the life of a process that sessions ask for, see
	 * workers_channel and helpers.h; or NULL, where none does. */
	void (*help)(void *ctx, int socket);
	/* Before one that waits gets another session: 1 where these are of no
	 * use any more; or NULL. */
	int (*outdated)(void *ctx);
	void *ctx;
};

/* Whether LISTEN_FDS hands sockets over, so that descriptors 0 and 1 are no
 * connection.  Before serve_run. */
int serve_is_handed(void);

/* For who cannot call serve_run: says "reply" to who is at the other end of
 * descriptors 0 and 1 already, if they are a connection. */
void serve_refuse(const char *reply);

/*
 * Serves until there is nothing to serve: one connection, or for LISTEN_FDS
 * until SIGTERM or SIGINT, after which no connection is accepted and those
 * that there are come to their end; after LIMIT_STOP seconds, or at a second
 * signal, they are killed; helpers have LIMIT_TIDY seconds more.  Returns the
 * exit status: that of the session, 0 after a signal, EX_CONFIG where
 * LISTEN_FDS makes no sense, or the class of what "prepare" says, with "f"
 * filled.
 */
int serve_run(const struct serve *s, struct fail *f);

/* For a session whose client is another than it seemed: from now on it counts
 * as one of that address, as if that had no exemption.  1; 0 where the address
 * has more than per_address then.  Always 1 where there is no listener. */
int serve_recount(const struct peer *peer);

#endif
