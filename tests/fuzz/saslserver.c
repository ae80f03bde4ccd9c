/* SPDX-License-Identifier: ISC */
/* Fuzz target: a hostile client; the first byte chooses the mechanism, lines
 * are responses ("-": none).  Nobody gets in who is not let in, as nobody else
 * than the one who is asked for, and what goes into the log is safe. */

#include <stdlib.h>

#include "limits.h"
#include "saslserver.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int let_in;

/* The user whose name is "in" gives the password that is "key". */
static int
check(void *ctx, struct slice user, struct slice secret, struct fail *f)
{
	(void)ctx;
	(void)f;
	if (!sasl_name_ok(user))
		abort();
	let_in = slice_caseeq(user, SLICE("in")) &&
	    slice_eq(secret, SLICE("key"));
	return let_in;
}

static int
verifier(void *ctx, struct slice user, struct scram_verifier *v,
    struct fail *f)
{
	(void)ctx;
	(void)f;
	if (!sasl_name_ok(user))
		abort();
	*v = (struct scram_verifier){ .iterations = 4096, .nsalt = 16 };
	return slice_caseeq(user, SLICE("in"));
}

static int
digest(void *ctx, struct slice user, struct slice challenge, struct slice d,
    struct fail *f)
{
	(void)ctx;
	(void)f;
	if (!sasl_name_ok(user) || challenge.n == 0 || d.n != 32)
		abort();
	return 0;
}

static void
talk(struct saslserver *s, struct slice in, struct fail *f)
{
	enum sasl_mechanism m = saslserver_mechanism(s);
	struct buf out = BUF(LIMIT_AUTH);
	struct slice response;
	int rc = SASLSERVER_MORE, steps = 0;

	while (rc == SASLSERVER_MORE) {
		(void)slice_until(&in, '\n', &response);
		buf_clear(&out);
		rc = saslserver_step(s, slice_eq(response, SLICE("-")) ?
		    NULL : &response, &out, f);
		if (++steps > 4)
			abort();
	}
	if (rc == SASLSERVER_DONE && (m == SASL_SCRAM ||
	    m == SASL_SCRAM_PLUS || m == SASL_CRAM_MD5 || (!let_in &&
	    m != SASL_EXTERNAL) || !slice_caseeq(saslserver_user(s),
	    SLICE("in"))))
		abort();
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct saslserver_ops ops = { check, verifier, digest,
		check };
	static const struct sasl_binding binding = { "tls-exporter",
		{ "x", 1 } };
	struct saslserver_conf conf = { .ops = &ops, .private = 1,
		.host = "mx", .certificate = SLICE("in"),
		.bindings = &binding, .nbindings = 1 };
	struct slice in = { (const char *)data, size }, text;
	unsigned m = 1 + (unsigned)(slice_getc(&in) & 0xff) %
	    (SASL_MECHANISMS - 1);
	struct fail f = { 0 };
	struct saslserver *s;
	int32_t c;

	let_in = 0;
	s = saslserver_new(&conf, slice_str(sasl_name(
	    (enum sasl_mechanism)m)), &f);
	if (s == NULL)
		abort();
	talk(s, in, &f);
	saslserver_free(&s);
	text = slice_str(f.text);
	while ((c = utf8_next(&text)) != -1)
		if (c < 0 || utf8_unsafe(c))
			abort();
	return 0;
}
