/* SPDX-License-Identifier: ISC */
/* dial: from the name of a host to a connected socket, IPv6 and IPv4. */
#ifndef DIAL_H
#define DIAL_H

#include "conn.h"

/*
 * Connects to "host" (name or address) at "port" (digits, or a service's
 * name), trying its addresses in the order of getaddrinfo(3), each for at
 * most "seconds".  The socket has TCP_NODELAY: a reply never waits for an
 * acknowledgement.  The connection is the caller's, for conn_close.
 *
 * NULL: EX_NOHOST (no such name, for good), EX_TEMPFAIL (the name service
 * fails for now, or no address answers).
 */
struct conn *dial(const char *host, const char *port, unsigned seconds,
    struct fail *f);

enum {
	DIAL_ADDRESS = 64, /* room for dial_local with its NUL */
};

/* Writes this end's address of the connected socket "fd" as an SMTP address
 * literal, "[192.0.2.1]" or "[IPv6:2001:db8::1]", and returns "out"; for
 * anything but a TCP socket "[127.0.0.1]". */
char *dial_local(char out[DIAL_ADDRESS], int fd);

#endif
