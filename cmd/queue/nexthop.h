/* SPDX-License-Identifier: ISC */
/* nexthop: where mail for an address goes from here, as the configuration and
 * the form of the address say; what DNS says is smtp-send's. */
#ifndef NEXTHOP_H
#define NEXTHOP_H

#include "addr.h"
#include "conf.h"
#include "idn.h"

enum nexthop_kind {
	NEXTHOP_LOCAL,	 /* mail-deliver; there is no target */
	NEXTHOP_URL,	 /* of Route or Smarthost */
	NEXTHOP_ACCOUNT, /* likewise: a name of mailpipe-accounts(5) */
	NEXTHOP_ADDRESS, /* "smtp://[2001:db8::1]" of an address literal */
	NEXTHOP_MX,	 /* "mx://example.net", in lower case, A-labels */
};

enum {
	NEXTHOP_TEXT = ADDR_TEXT,
};

struct nexthop {
	enum nexthop_kind kind;
	struct slice target; /* of the configuration, or "text" */
	struct slice user;   /* of local mail: whose it may be, by the name in
				front of the delimiter; else empty */
	char text[NEXTHOP_TEXT];
};

/*
 * Finds it for "address", which is spool_is_address.  A domain of ours, or
 * none, is local; then a Route counts, of several for the domain itself or else
 * the longest domain above it; then the Smarthost.  0, or -1: EX_NOHOST where
 * the domain is none that DNS could have; EX_TEMPFAIL (no libidn2).
 */
int nexthop_find(const struct conf *conf, struct slice address,
    struct nexthop *n, struct fail *f);

/* 1 where mail for that address is stored on this host. */
int nexthop_is_local(const struct conf *conf, struct slice address);

#endif
