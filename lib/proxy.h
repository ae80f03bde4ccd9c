/* SPDX-License-Identifier: ISC */
/*
 * proxy: the PROXY protocol, versions 1 and 2: who a client is, as a balancer
 * in front of us says before the client's first byte
 * (https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt).
 */
#ifndef PROXY_H
#define PROXY_H

#include "fail.h"
#include "peer.h"
#include "slice.h"

enum {
	PROXY_FIRST = 12, /* bytes; no header has fewer */
	PROXY_MOST = 2064, /* 16, and 2048 of addresses and TLVs */
};

struct proxy {
	int known; /* 0: the balancer speaks for itself, or does not know */
	union peer_address client; /* where it is known */
};

enum {
	PROXY_MORE = 0,
	PROXY_DONE = 1,
};

/*
 * Looks at the bytes that came so far, PROXY_FIRST or more.  PROXY_DONE: they
 * are one whole header, and "p" is filled in.  PROXY_MORE: at least *more
 * bytes more belong to it, and the caller reads no more than that, so that
 * what is behind the header stays where it is.  -1: EX_PROTOCOL.
 */
int proxy_read(struct slice bytes, size_t *more, struct proxy *p,
    struct fail *f);

#endif
