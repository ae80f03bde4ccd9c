/* SPDX-License-Identifier: ISC */
/* peer: who is at the other end of a connection. */
#ifndef PEER_H
#define PEER_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

#include "slice.h"

enum {
	PEER_ADDRESS = 46, /* INET6_ADDRSTRLEN */
};

struct peer {
	/* IPv4 or IPv6 in its usual text form (an IPv4 address mapped into
	 * IPv6 as IPv4); empty where the peer is a local program. */
	char address[PEER_ADDRESS];
	int local; /* loopback, a UNIX socket, a pipe: this machine */
	/* What counts as one address for limits: an IPv4 address, or the /64
	 * that an IPv6 host can choose from.  0: none. */
	uint64_t network;
};

/* An address as accept(2) and getpeername(2) give it. */
union peer_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Reads an address alone (ip.h), without a port: 0, or -1. */
int peer_address(struct slice text, union peer_address *a);

/* Fills "p" from "a".  What is no Internet address is local. */
void peer_from_address(struct peer *p, const union peer_address *a);

/*
 * Fills "p" with who is at the other end of the descriptor "fd": the peer of
 * an Internet socket, else who TCPREMOTEIP or REMOTE_ADDR names (set by the
 * program that talks to the network for us: UCSPI-TCP, systemd), else a local
 * program.  An Internet socket whose peer is gone has no address and is not
 * local.
 */
void peer_from_fd(struct peer *p, int fd);

/* Sets up a socket of TCP: what is written leaves at once, and a peer that
 * vanished is found out in LIMIT_VANISHED seconds, be it that we wait for it to
 * read or to say something.  What a listening one accepts is set up as that.
 * Nothing is done to other descriptors. */
void peer_watch(int fd);

#endif
