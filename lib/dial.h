/* SPDX-License-Identifier: ISC */
/* dial: from the name of a host to a connected socket, IPv6 and IPv4. */
#ifndef DIAL_H
#define DIAL_H

#include "conn.h"

struct dns_addresses;

/* Whom to connect to, and how. */
struct dial_to {
	const char *host;   /* name or address */
	const char *port;   /* digits, or a service's name */
	const char *source; /* our own address, in digits; NULL: any */
	unsigned seconds;   /* for all of it */
	const struct dns_addresses *addresses; /* of the host, by dns.h;
			the port is in digits then; NULL:
			getaddrinfo(3) finds them */
};

/*
 * Connects to the first of the host's addresses that answers (RFC 8305): they
 * are in the order of getaddrinfo(3), or as given, but IPv6 and IPv4 by turns,
 * ten at most, and the next one is tried where one has failed or has not
 * answered for 250 ms, the others going on meanwhile.  With a source only
 * addresses of its family are tried.  The socket has TCP_NODELAY: a reply
 * never waits for an acknowledgement.  The connection is the caller's, for
 * conn_close.
 *
 * NULL: EX_NOHOST (no such name, for good; no address, or of that family),
 * EX_TEMPFAIL (the name service fails for now, or no address answers),
 * EX_CONFIG (the source is none of this machine's addresses).
 */
struct conn *dial_to(const struct dial_to *t, struct fail *f);

/* The same without a source. */
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
