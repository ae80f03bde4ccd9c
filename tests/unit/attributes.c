/* SPDX-License-Identifier: ISC */
/* Unit test of attributes: what an XCLIENT command says. */

#include "../../cmd/smtp/attributes.h"
#include "unit.h"

static const struct {
	const char *said;
	int good;
	const char *client; /* address and port */
	const char *name, *login;
} cases[] = {
	{ "", 1, " 0", "", "" },
	{ "  ", 1, " 0", "", "" },
	{ "ADDR=192.0.2.1", 1, "192.0.2.1 0", "", "" },
	{ "PORT=25 ADDR=192.0.2.1", 1, "192.0.2.1 25", "", "" },
	{ "PORT=25", 1, " 0", "", "" },
	{ "ADDR=ipv6:2001:DB8::1 PORT=65535", 1, "2001:db8::1 65535", "", "" },
	{ "ADDR=[unavailable] NAME=[TEMPUNAVAIL] LOGIN=[UNAVAILABLE]", 1,
	    " 0", "", "" },
	{ "name=a+2Eb LOGIN=c@d", 1, " 0", "a.b", "c@d" },
	{ "NAME=[UNAVAILABLE]x", 1, " 0", "[UNAVAILABLE]x", "" },
	{ "HELO=x PROTO=esmtp DESTADDR=IPV6:::1 DESTPORT=25", 1, " 0", "",
	    "" },
	{ "ADDR=", 0, NULL, NULL, NULL },
	{ "ADDR=2001:db8::1", 0, NULL, NULL, NULL },
	{ "ADDR=IPV6:192.0.2.1", 0, NULL, NULL, NULL },
	{ "ADDR=192.0.2.1+00", 0, NULL, NULL, NULL },
	{ "NAME=a NAME=[UNAVAILABLE]", 0, NULL, NULL, NULL },
	{ "NAME=a+0Ab", 0, NULL, NULL, NULL },
	{ "NAME=+", 0, NULL, NULL, NULL },
	{ "X=y", 0, NULL, NULL, NULL },
	{ "NAME", 0, NULL, NULL, NULL },
	{ "PORT=65536", 0, NULL, NULL, NULL },
	{ "PROTO=LMTP", 0, NULL, NULL, NULL },
};

enum { CASES = sizeof(cases) / sizeof(cases[0]) };

static void
samples(void)
{
	struct attributes a;
	struct peer p;
	char client[PEER_ADDRESS + 8];
	size_t i;

	for (i = 0; i < CASES; i++) {
		CASE(cases[i].said);
		CHECK_INT(attributes_read(slice_str(cases[i].said), &a) ==
		    NULL, cases[i].good);
		if (!cases[i].good)
			continue;
		peer_from_address(&p, &a.client);
		(void)snprintf(client, sizeof(client), "%s %u", p.address,
		    ntohs(a.client.v4.sin_port)); /* v6 has it there, too */
		CHECK_STR(client, cases[i].client);
		CHECK_STR(a.name, cases[i].name);
		CHECK_STR(a.login, cases[i].login);
	}
}

static void
reasons(void)
{
	struct attributes a;

	CHECK_STR(attributes_read(SLICE("PORT=x"), &a), "a bad value");
	CHECK_STR(attributes_read(SLICE("X=y"), &a), "an unknown attribute");
	CHECK_STR(attributes_read(SLICE("NAME=a NAME=a"), &a),
	    "an attribute said twice");
}

/* From exactly sized copies, for a sanitizer to watch. */
static void
prefixes(void)
{
	struct attributes a;
	size_t i, n;

	for (i = 0; i < CASES; i++)
		for (n = 0; n <= strlen(cases[i].said); n++) {
			char *copy = memcpy(malloc(n + 1), cases[i].said, n);
			char *exact = realloc(copy, n > 0 ? n : 1);

			(void)attributes_read((struct slice){ exact, n }, &a);
			CHECK(memchr(a.name, '\0', sizeof(a.name)) != NULL);
			free(exact);
		}
}

int
main(void)
{
	RUN(samples);
	RUN(reasons);
	RUN(prefixes);
	return unit_done();
}
