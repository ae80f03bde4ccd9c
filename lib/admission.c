/* SPDX-License-Identifier: ISC */
/* admission: which clients a listener serves; see admission.h. */

#include "admission.h"
#include "network.h"
#include "serve.h"
#include "ticks.h"

int
admission_count(struct rates *rates, uint64_t network,
    struct rates_limit limit)
{
	if (rates == NULL || network == 0)
		return 1;
	return rates_count(rates, network, limit, (uint32_t)ticks_seconds());
}

int
admission_exempt(const struct conf *conf, const struct peer *peer)
{
	return peer->local ||
	    network_has(conf->proxy_from.items, conf->proxy_from.n, peer);
}

const char *
admission_refusal(const struct conf *conf, struct rates *rates,
    uint64_t network)
{
	struct rates_limit limit = { RATES_CONNECTIONS,
		conf->connections_per_minute };

	return admission_count(rates, network, limit) ? NULL :
	    "too many connections in a minute";
}

const char *
admission_named(const struct conf *conf, struct rates *rates,
    const struct peer *peer)
{
	return serve_recount(peer) ?
	    admission_refusal(conf, rates, peer->network) :
	    "too many connections";
}
