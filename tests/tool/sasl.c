/* SPDX-License-Identifier: ISC */
/*
 * sasl client|server MECHANISM USER SECRET [TYPE DATA]: one side of an
 * authentication with a real peer on standard input and output, a line of
 * base64 for each message; TYPE and DATA are the channel binding.  The status
 * is 0 where it succeeds, else the class, with the sentence on standard error.
 * Both sides begin with a line: the client's may be empty, for a mechanism in
 * which the server begins.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limits.h"
#include "saslclient.h"
#include "saslserver.h"

struct side {
	const char *mechanism;
	struct slice user, secret;
	struct sasl_binding binding; /* no type: none */
};

static struct fail f;
static char line[LIMIT_AUTH_LINE + 8];

static _Noreturn void
finish(int rc)
{
	if (rc == -1)
		(void)fprintf(stderr, "%s\n", f.text);
	exit(rc == -1 ? f.class : 0);
}

/* The next line's bytes; "empty" tells that there was nothing in it. */
static struct slice
take(struct buf *in, int *empty)
{
	struct slice s;

	if (fgets(line, sizeof(line), stdin) == NULL)
		finish(fail_set(&f, EX_NOINPUT, "the peer hung up"));
	s = slice_trim(slice_str(line));
	*empty = s.n == 0;
	buf_clear(in);
	if (sasl_line_read(s, 0, in, &f) != 0)
		finish(-1);
	return buf_slice(in);
}

static void
put(struct buf *bytes)
{
	struct buf out = BUF(LIMIT_AUTH_LINE);

	if (sasl_line_write(buf_slice(bytes), 0, &out) == -1)
		abort();
	(void)printf("%s\n", buf_str(&out));
	(void)fflush(stdout);
	buf_free(&out);
	buf_clear(bytes);
}

static int
password(void *ctx, struct slice user, struct slice secret, struct fail *fail)
{
	const struct side *side = ctx;

	(void)fail;
	return slice_eq(user, side->user) && slice_eq(secret, side->secret);
}

static int
verifier(void *ctx, struct slice user, struct scram_verifier *v,
    struct fail *fail)
{
	const struct side *side = ctx;

	return !slice_eq(user, side->user) ? 0 :
	    scram_make(side->secret, v, fail) == 0 ? 1 : -1;
}

static int
digest(void *ctx, struct slice user, struct slice challenge,
    struct slice got, struct fail *fail)
{
	const struct side *side = ctx;
	char want[SASL_CRAM_DIGEST];

	return slice_eq(user, side->user) &&
	    sasl_cram_md5(side->secret, challenge, want, fail) == 0 &&
	    slice_eq(got, slice_str(want));
}

static void
serve(struct side *side)
{
	static const struct saslserver_ops ops = { password, verifier, digest,
		password };
	struct saslserver_conf conf = { .ops = &ops, .ctx = side,
		.private = 1, .host = "mx.example.org",
		.bindings = &side->binding,
		.nbindings = side->binding.type != NULL };
	struct saslserver *s = saslserver_new(&conf,
	    slice_str(side->mechanism), &f);
	struct buf in = BUF(LIMIT_AUTH), out = BUF(LIMIT_AUTH);
	int rc = 0, first = 1, empty;

	if (s == NULL)
		finish(-1);
	while (rc == SASLSERVER_MORE) {
		struct slice response = take(&in, &empty);

		rc = saslserver_step(s, first && empty ? NULL : &response,
		    &out, &f);
		first = 0;
		if (rc == SASLSERVER_MORE)
			put(&out);
	}
	finish(rc == -1 ? -1 : 0);
}

static void
ask(const struct side *side)
{
	struct saslclient_conf conf = { .user = side->user,
		.secret = side->secret, .private = 1,
		.mechanism = side->mechanism,
		.token = strstr(side->mechanism, "OAUTH") != NULL,
		.binding = side->binding.type != NULL ? &side->binding :
		    NULL };
	struct saslclient *c = saslclient_new(&conf, &f);
	struct buf in = BUF(LIMIT_AUTH), out = BUF(LIMIT_AUTH);
	int rc, empty;

	if (c == NULL || (rc = saslclient_first(c, &out, &f)) == -1)
		finish(-1);
	/* The server's first line asks for the response that is there. */
	if (rc == 1)
		(void)take(&in, &empty);
	for (;; put(&out)) {
		if (rc == 0 && saslclient_step(c, take(&in, &empty), &out,
		    &f) == -1)
			finish(-1);
		rc = 0;
		/* The peer says yes by ending. */
		if (saslclient_end(c, &f) == 0) {
			put(&out);
			finish(0);
		}
	}
}

int
main(int argc, char *argv[])
{
	struct side side;

	if (argc != 5 && argc != 7)
		return EX_USAGE;
	side = (struct side){ argv[2], slice_str(argv[3]),
		slice_str(argv[4]), { NULL, { "", 0 } } };
	if (argc == 7)
		side.binding = (struct sasl_binding){ argv[5],
			slice_str(argv[6]) };
	if (strcmp(argv[1], "server") == 0)
		serve(&side);
	ask(&side);
	return EX_SOFTWARE;
}
