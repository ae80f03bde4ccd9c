/* SPDX-License-Identifier: ISC */
/* network: lists of addresses and networks, as the configuration has them:
 * "192.0.2.1", "192.0.2.0/24", "2001:db8::/32", "local". */
#ifndef NETWORK_H
#define NETWORK_H

#include "peer.h"
#include "slice.h"

/* 1 where "word" is one of these, else 0.  Bits behind a prefix count for
 * nothing. */
int network_ok(struct slice word);

/* 1 where "peer" is in one of the "n", of which each is network_ok, else 0.  A
 * peer without an address is in "local" alone. */
int network_has(const char *const *list, size_t n, const struct peer *peer);

#endif
