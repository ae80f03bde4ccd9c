/* SPDX-License-Identifier: ISC */
/*
 * admission: which clients a listener serves beyond its own limits of
 * connections (serve.h): so many new ones in a minute of an address.
 *
 * Clients of this machine are exempt, and so are balancers ("Proxy-From") as
 * long as they name nobody; who is named is not.  Without a listener, in a
 * process for one connection, nobody remembers the others.
 */
#ifndef ADMISSION_H
#define ADMISSION_H

#include "conf.h"
#include "peer.h"
#include "rates.h"

/* One more of that kind: 1, or 0 where it would be one too many.  Whom nobody
 * names, and where "rates" is NULL, any number. */
int admission_count(struct rates *rates, uint64_t network,
    struct rates_limit limit);

/* 1 for a client of this machine or a balancer, else 0. */
int admission_exempt(const struct conf *conf, const struct peer *peer);

/* Why one more connection of "network" (peer.h) is refused, or NULL. */
const char *admission_refusal(const struct conf *conf, struct rates *rates,
    uint64_t network);

/* The client is another than it seemed, "peer": its connection is counted.
 * NULL, or why it is refused. */
const char *admission_named(const struct conf *conf, struct rates *rates,
    const struct peer *peer);

#endif
