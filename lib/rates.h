/* SPDX-License-Identifier: ISC */
/*
 * rates: what each address asks for in a minute, where many processes serve
 * it.
 *
 * The memory is shared with the processes that are made after rates_open.  For
 * each address and each kind a minute begins with the first thing that is
 * counted, and when it is over with the next.  There is room for LIMIT_RATES
 * addresses; another one takes the place of the one, among a few, whose minute
 * began first, and which is forgotten: it may ask for more than it should, and
 * nobody is refused for what others did.  Who shares those few places with whom
 * depends on a key that is made in rates_open and known to nobody.
 */
#ifndef RATES_H
#define RATES_H

#include <stdint.h>

#include "fail.h"

enum rates_kind {
	RATES_CONNECTIONS,
	RATES_MESSAGES,
	RATES_RECIPIENTS,
	RATES_KINDS,
};

struct rates_limit {
	enum rates_kind kind;
	unsigned most; /* in a minute; 0: any number */
};

struct rates;

/* NULL: EX_TEMPFAIL. */
struct rates *rates_open(struct fail *f);

void rates_close(struct rates **r);

/*
 * Counts one more for "network", as in struct peer; "now" is CLOCK_MONOTONIC in
 * seconds.  1; or 0 where that would be one too many, which is not counted.
 * Network 0, no address, is not counted and may have any number.
 */
int rates_count(struct rates *r, uint64_t network, struct rates_limit limit,
    uint32_t now);

#endif
