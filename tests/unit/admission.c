/* SPDX-License-Identifier: ISC */
/* Unit test of admission: so many connections in a minute, and no more. */

#include "admission.h"
#include "unit.h"

static const char *balancers[] = { "192.0.2.0/24" };
static const struct conf conf = { .connections_per_minute = 2,
	.proxy_from = { balancers, 1 } };

static void
exempt(void)
{
	struct peer local = { .local = 1 };
	struct peer balancer = { .address = "192.0.2.7" };
	struct peer other = { .address = "198.51.100.7" };

	CHECK_INT(admission_exempt(&conf, &local), 1);
	CHECK_INT(admission_exempt(&conf, &balancer), 1);
	CHECK_INT(admission_exempt(&conf, &other), 0);
}

static void
counted(void)
{
	struct fail f = { 0 };
	struct rates *rates = rates_open(&f);
	struct peer named = { .address = "198.51.100.9", .network = 9 };

	CHECK(admission_refusal(&conf, rates, 7) == NULL);
	CHECK(admission_refusal(&conf, rates, 7) == NULL);
	CHECK(admission_refusal(&conf, rates, 7) != NULL);
	CHECK(admission_refusal(&conf, rates, 8) == NULL);
	/* Without an address, and where nobody counts. */
	CHECK(admission_refusal(&conf, rates, 0) == NULL);
	CHECK(admission_refusal(&conf, NULL, 7) == NULL);
	CHECK(admission_named(&conf, rates, &named) == NULL);
	CHECK(admission_named(&conf, rates, &named) == NULL);
	CHECK_STR(admission_named(&conf, rates, &named),
	    "too many connections in a minute");
	rates_close(&rates);
}

int
main(void)
{
	RUN(exempt);
	RUN(counted);
	return unit_done();
}
