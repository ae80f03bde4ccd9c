/* SPDX-License-Identifier: ISC */
/* Tests of ip. */

#include "ip.h"
#include "unit.h"

#define FIVE_ZEROS "0000:0000:0000:0000:0000:"

static void
reading(void)
{
	static const struct {
		struct slice in;
		int want;
		unsigned char first, last; /* of its bytes */
	} cases[] = {
		{ { "192.0.2.1", 9 }, AF_INET, 192, 1 },
		{ { "0.0.0.0", 7 }, AF_INET, 0, 0 },
		{ { "255.255.255.255", 15 }, AF_INET, 255, 255 },
		{ { "::", 2 }, AF_INET6, 0, 0 },
		{ { "2001:db8::7", 11 }, AF_INET6, 0x20, 7 },
		{ { "::ffff:192.0.2.9", 16 }, AF_INET6, 0, 9 },
		{ { FIVE_ZEROS "ffff:255.255.255.254", 45 }, AF_INET6, 0,
		    254 },
		{ { FIVE_ZEROS "0ffff:255.255.255.254", 46 }, 0, 0, 0 },
		{ { "", 0 }, 0, 0, 0 },
		{ { "127.1", 5 }, 0, 0, 0 },
		{ { "0127.0.0.1", 10 }, 0, 0, 0 },
		{ { "192.0.2.256", 11 }, 0, 0, 0 },
		{ { "192.0.2.1 ", 10 }, 0, 0, 0 },
		{ { "192.0.2.1\0", 10 }, 0, 0, 0 },
		{ { "fe80::1%lo", 10 }, 0, 0, 0 },
		{ { "[::1]", 5 }, 0, 0, 0 },
		{ { "mx.example.org", 14 }, 0, 0, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned char bytes[IP_BYTES] = { 0 };
		size_t last = cases[i].want == AF_INET ? 3 : 15;

		CASE(cases[i].in.p);
		CHECK_INT(ip_read(cases[i].in, bytes), cases[i].want);
		CHECK_INT(ip_read(cases[i].in, NULL), cases[i].want);
		if (cases[i].want == 0)
			continue;
		CHECK_INT(bytes[0], cases[i].first);
		CHECK_INT(bytes[last], cases[i].last);
	}
}

int
main(void)
{
	RUN(reading);
	return unit_done();
}
