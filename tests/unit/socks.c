/* SPDX-License-Identifier: ISC */
/* Unit test of socks: what a proxy answers, byte by byte, and where it is. */

#include "socks.h"
#include "unit.h"

#define X16 "0123456789abcdef"
#define X255 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 \
	"0123456789abcde"

static const struct {
	const char *name;
	enum socks_step step;
	struct slice bytes;
	int class; /* 0: good */
	const char *why;
} cases[] = {
	{ "no login", SOCKS_METHODS, SLICE("\5\0"), 0, "" },
	{ "password", SOCKS_METHODS, SLICE("\5\2"), 0, "" },
	{ "none that we have", SOCKS_METHODS, SLICE("\5\377"), EX_NOPERM,
	    "who we are" },
	{ "GSSAPI", SOCKS_METHODS, SLICE("\5\1"), EX_PROTOCOL, "not offered" },
	{ "SOCKS4", SOCKS_METHODS, SLICE("\0\133"), EX_PROTOCOL, "version" },
	{ "HTTP", SOCKS_METHODS, SLICE("HTTP/1.1 400"), EX_PROTOCOL,
	    "version" },
	{ "SMTP", SOCKS_METHODS, SLICE("220 mx\r\n"), EX_PROTOCOL, "version" },
	{ "more", SOCKS_METHODS, SLICE("\5\0x"), EX_PROTOCOL, "more than" },
	{ "welcome", SOCKS_LOGIN, SLICE("\1\0"), 0, "" },
	{ "refused", SOCKS_LOGIN, SLICE("\1\1"), EX_NOPERM, "refused" },
	{ "refused, 255", SOCKS_LOGIN, SLICE("\1\377"), EX_NOPERM, "refused" },
	{ "version of SOCKS", SOCKS_LOGIN, SLICE("\5\0"), EX_PROTOCOL,
	    "version" },
	{ "more", SOCKS_LOGIN, SLICE("\1\0x"), EX_PROTOCOL, "more than" },
	{ "IPv4", SOCKS_CONNECT, SLICE("\5\0\0\1\300\0\2\1\0\31"), 0, "" },
	{ "IPv6", SOCKS_CONNECT, SLICE("\5\0\0\4" X16 "\0\31"), 0, "" },
	{ "name", SOCKS_CONNECT, SLICE("\5\0\0\3\2mx\0\31"), 0, "" },
	{ "no name", SOCKS_CONNECT, SLICE("\5\0\0\3\0\0\31"), 0, "" },
	{ "255", SOCKS_CONNECT, SLICE("\5\0\0\3\377" X255 "\0\31"), 0, "" },
	{ "reserved", SOCKS_CONNECT, SLICE("\5\0\377\3\0\0\31"), 0, "" },
	{ "more", SOCKS_CONNECT, SLICE("\5\0\0\1\300\0\2\1\0\31" "220"),
	    EX_PROTOCOL, "more than" },
	{ "no kind", SOCKS_CONNECT, SLICE("\5\0\0\2\1\1\1\1\1\1"), EX_PROTOCOL,
	    "no kind" },
	{ "0x01", SOCKS_CONNECT, SLICE("\5\1\0\1\0\0\0\0\0\0"), EX_TEMPFAIL,
	    "it failed (0x01)" },
	{ "0x02", SOCKS_CONNECT, SLICE("\5\2"), EX_UNAVAILABLE,
	    "rules do not allow that (0x02)" },
	{ "0x03", SOCKS_CONNECT, SLICE("\5\3"), EX_TEMPFAIL,
	    "network unreachable (0x03)" },
	{ "0x04", SOCKS_CONNECT, SLICE("\5\4"), EX_TEMPFAIL,
	    "host unreachable (0x04)" },
	{ "0x05", SOCKS_CONNECT, SLICE("\5\5"), EX_TEMPFAIL,
	    "connection refused (0x05)" },
	{ "0x06", SOCKS_CONNECT, SLICE("\5\6"), EX_TEMPFAIL,
	    "TTL expired (0x06)" },
	{ "0x07", SOCKS_CONNECT, SLICE("\5\7"), EX_UNAVAILABLE,
	    "no such connections (0x07)" },
	{ "0x08", SOCKS_CONNECT, SLICE("\5\10"), EX_UNAVAILABLE,
	    "no address of that kind (0x08)" },
	{ "0x09", SOCKS_CONNECT, SLICE("\5\11"), EX_TEMPFAIL, "(0x09)" },
	{ "0xff", SOCKS_CONNECT, SLICE("\5\377"), EX_TEMPFAIL, "(0xff)" },
	{ "SOCKS4", SOCKS_CONNECT, SLICE("\0\132\0\0"), EX_PROTOCOL,
	    "version" },
};

/* As socks_dial reads: no byte more than is asked for, and of these one at a
 * time. */
static int
feed(enum socks_step step, struct slice bytes, size_t *taken, struct fail *f)
{
	size_t n, more = 0;
	int rc;

	for (n = 0;; n++) {
		struct slice part = unit_exact(slice_sub(bytes, 0, n));

		rc = socks_answer(step, part, &more, f);
		free((char *)(uintptr_t)part.p);
		if (rc != SOCKS_MORE || n == bytes.n)
			break;
		CHECK(more > 0 && n + more <= SOCKS_MOST);
	}
	*taken = n;
	return rc;
}

static void
answers(void)
{
	size_t i, more, taken;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice bytes = unit_exact(cases[i].bytes);
		struct fail f = { 0 };
		int rc = socks_answer(cases[i].step, bytes, &more, &f);

		CASE(cases[i].name);
		CHECK_INT(rc, cases[i].class == 0 ? SOCKS_DONE : -1);
		CHECK_INT(f.class, cases[i].class);
		CHECK(strstr(f.text, cases[i].why) != NULL);
		if (cases[i].class == 0) {
			CHECK_INT(feed(cases[i].step, bytes, &taken, &f),
			    SOCKS_DONE);
			CHECK_INT(taken, bytes.n);
		}
		free((char *)(uintptr_t)bytes.p);
	}
}

/* Who refuses need not say more than that. */
static void
at_once(void)
{
	struct fail f = { 0 };
	size_t taken;

	CHECK_INT(feed(SOCKS_CONNECT, SLICE("\5\5\0\1\0\0\0\0\0\0"), &taken,
	    &f), -1);
	CHECK_INT(taken, 2);
	CHECK_INT(feed(SOCKS_METHODS, SLICE("HTTP"), &taken, &f), -1);
	CHECK_INT(taken, 1);
	CHECK_INT(feed(SOCKS_CONNECT, SLICE("\5\0\0\3\377" X16), &taken, &f),
	    SOCKS_MORE);
}

static void
where(void)
{
	static const struct {
		const char *text, *host, *port, *user; /* host NULL: bad */
	} urls[] = {
		{ "socks5://p.example", "p.example", "1080", "" },
		{ "SOCKS5://p:9050/", "p", "9050", "" },
		{ "socks5://u%40x@[::1]:1", "::1", "1", "u@x" },
		{ "socks5://b\303\274cher", "xn--bcher-kva", "1080", "" },
		{ "socks5://p/x", NULL, "", "" },
		{ "socks5h://p", NULL, "", "" },
		{ "socks4://p", NULL, "", "" },
		{ "http://p", NULL, "", "" },
		{ "p:1080", NULL, "", "" },
		{ "socks5://u:secret@p", NULL, "", "" },
		{ "", NULL, "", "" },
	};
	struct socks s;
	size_t i;

	for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct fail f = { 0 };
		int rc = socks_parse(urls[i].text, &s, &f);

		CASE(urls[i].text);
		CHECK_INT(rc, urls[i].host == NULL ? -1 : 0);
		if (urls[i].host == NULL) {
			CHECK_INT(f.class, EX_USAGE);
			CHECK(strstr(f.text, "secret") == NULL);
		} else {
			CHECK_STR(s.url.host, urls[i].host);
			CHECK_STR(s.url.port, urls[i].port);
			CHECK_STR(s.url.user, urls[i].user);
			CHECK_INT(s.secret.n, 0);
		}
		socks_free(&s);
	}
}

int
main(void)
{
	RUN(answers);
	RUN(at_once);
	RUN(where);
	return unit_done();
}
