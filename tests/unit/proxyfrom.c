/* SPDX-License-Identifier: ISC */
/* Unit test of proxyfrom: a balancer's header on a connection. */

#include <sys/socket.h>
#include <unistd.h>

#include "proxyfrom.h"
#include "unit.h"

static const char *from[] = { "192.0.2.7" };
static const struct conf conf = { .proxy_from = { from, 1 } };

static const struct {
	const char *name, *peer;
	struct slice bytes;
	int rc;
	const char *client, *rest;
} cases[] = {
	{ "not listed", "192.0.2.8", SLICE("QUIT\r\n"), 0, "192.0.2.8",
	    "QUIT" },
	{ "named", "192.0.2.7",
	    SLICE("PROXY TCP4 198.51.100.1 192.0.2.1 4711 110\r\nQUIT\r\n"), 1,
	    "198.51.100.1", "QUIT" },
	{ "loopback", "192.0.2.7",
	    SLICE("PROXY TCP4 127.0.0.1 192.0.2.1 4711 110\r\nQUIT\r\n"), 1,
	    "127.0.0.1", "QUIT" },
	{ "unknown", "192.0.2.7", SLICE("PROXY UNKNOWN\r\nQUIT\r\n"), 0,
	    "192.0.2.7", "QUIT" },
	{ "no header", "192.0.2.7", SLICE("USER alice@example.org\r\n"), -1,
	    "192.0.2.7", NULL },
	{ "cut off", "192.0.2.7", SLICE("PROXY TCP4 198.51"), -1,
	    "192.0.2.7", NULL },
};

static void
headers(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct peer peer = { .local = 1 };
		struct conn_line line;
		struct fail f = { 0 };
		struct conn *c;
		int pair[2];

		CASE(cases[i].name);
		memcpy(peer.address, cases[i].peer, strlen(cases[i].peer) + 1);
		CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
		CHECK_INT(write(pair[1], cases[i].bytes.p, cases[i].bytes.n),
		    cases[i].bytes.n);
		(void)shutdown(pair[1], SHUT_WR);
		c = conn_new(pair[0], pair[0]);
		CHECK_INT(proxyfrom_read(&conf, c, &peer, &f), cases[i].rc);
		CHECK_STR(peer.address, cases[i].client);
		/* Whom it names is never this machine. */
		CHECK_INT(peer.local, strcmp(cases[i].peer, from[0]) != 0 ||
		    cases[i].rc == -1);
		if (cases[i].rest != NULL) {
			CHECK_INT(conn_line(c, 100, CONN_COMMAND, &line, &f),
			    CONN_LINE);
			CHECK_SLICE(line.text, slice_str(cases[i].rest));
		}
		conn_close(&c);
		(void)close(pair[1]);
	}
}

int
main(void)
{
	RUN(headers);
	return unit_done();
}
