/* SPDX-License-Identifier: ISC */
/* Unit test of saslask: the lines of an authentication. */

#include <sys/socket.h>
#include <unistd.h>

#include "limits.h"
#include "saslask.h"
#include "unit.h"

static struct conn *server;

static int
check(void *ctx, struct slice user, struct slice password, struct fail *f)
{
	(void)ctx;
	(void)f;
	return slice_eq(user, SLICE("alice")) &&
	    slice_eq(password, SLICE("s3cret"));
}

static int
step(void *ctx, const struct slice *response, struct buf *out, struct fail *f)
{
	return saslserver_step(ctx, response, out, f);
}

static int
response(void *ctx, struct conn_line *line)
{
	struct fail f;

	(void)ctx;
	return conn_line(server, LIMIT_AUTH_LINE, CONN_COMMAND, line, &f) ==
	    CONN_LINE;
}

static const struct {
	const char *name, *mechanism, *initial, *sent, *heard;
	enum saslask_result want;
} cases[] = {
	{ "at once", "PLAIN", "AGFsaWNlAHMzY3JldA==", "", "", SASLASK_DONE },
	{ "asked for", "PLAIN", "", "AGFsaWNlAHMzY3JldA==\r\n", "+ \r\n",
	    SASLASK_DONE },
	{ "twice", "LOGIN", "", "YWxpY2U=\r\nczNjcmV0\r\n",
	    "+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\n", SASLASK_DONE },
	{ "wrong", "PLAIN", "AGFsaWNlAHdyb25n", "", "", SASLASK_FAILED },
	{ "empty", "PLAIN", "=", "", "", SASLASK_FAILED },
	{ "no base64", "PLAIN", "!", "", "", SASLASK_BASE64 },
	{ "no base64", "PLAIN", "", "AGF\r\n", "+ \r\n", SASLASK_BASE64 },
	{ "a bare CR", "PLAIN", "", "AGFs\raWNl\r\n", "+ \r\n",
	    SASLASK_BASE64 },
	{ "a star", "PLAIN", "", "*\r\n", "+ \r\n", SASLASK_GIVEN_UP },
	{ "gone", "PLAIN", "", "AGFs", "+ \r\n", SASLASK_LOST },
};

static void
conversations(void)
{
	const struct saslserver_ops ops = { .password = check };
	const struct saslserver_conf conf = { .ops = &ops, .private = 1,
		.host = "mx.example.org" };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fail f = { 0 };
		struct saslserver *sasl = saslserver_new(&conf,
		    slice_str(cases[i].mechanism), &f);
		struct saslask s = { .prefix = "+ ", .step = step,
			.response = response, .ctx = sasl };
		char heard[100] = "";
		int pair[2];

		CASE(cases[i].name);
		CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
		CHECK_INT(write(pair[1], cases[i].sent,
		    strlen(cases[i].sent)), strlen(cases[i].sent));
		(void)shutdown(pair[1], SHUT_WR);
		s.conn = server = conn_new(pair[0], pair[0]);
		CHECK_INT(saslask_run(&s, slice_str(cases[i].initial), &f),
		    cases[i].want);
		CHECK_INT(conn_flush(server, &f), 0);
		conn_close(&server);
		CHECK(read(pair[1], heard, sizeof(heard) - 1) >= 0);
		CHECK_STR(heard, cases[i].heard);
		(void)close(pair[1]);
		saslserver_free(&sasl);
	}
}

/* Longer than any response: it is read to its end. */
static void
endless(void)
{
	static char line[LIMIT_AUTH_LINE + 10];
	struct saslserver_ops ops = { .password = check };
	struct saslserver_conf conf = { .ops = &ops, .private = 1 };
	struct fail f = { 0 };
	struct saslserver *sasl = saslserver_new(&conf, SLICE("PLAIN"), &f);
	struct saslask s = { .prefix = "+ ", .step = step,
		.response = response, .ctx = sasl };
	int pair[2];

	memset(line, 'A', sizeof(line));
	memcpy(line + sizeof(line) - 2, "\r\n", 2);
	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	CHECK_INT(write(pair[1], line, sizeof(line)), sizeof(line));
	s.conn = server = conn_new(pair[0], pair[0]);
	CHECK_INT(saslask_run(&s, SLICE(""), &f), SASLASK_LONG);
	conn_close(&server);
	(void)close(pair[1]);
	saslserver_free(&sasl);
}

/* In clear text there is nothing to be bound to. */
static void
channel(void)
{
	struct saslask_channel ch;
	struct conn *c = conn_new(dup(0), dup(1));

	saslask_channel_of(&ch, c);
	CHECK_INT(ch.nbindings, 0);
	CHECK_INT(ch.certificate.n, 0);
	saslask_channel_free(&ch);
	conn_close(&c);
}

int
main(void)
{
	RUN(conversations);
	RUN(endless);
	RUN(channel);
	return unit_done();
}
