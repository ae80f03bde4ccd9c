/* SPDX-License-Identifier: ISC */
/* Fuzz target: a hostile server; the first byte chooses the mechanism, lines
 * are challenges.  Only the true end of an exchange is one, what is said of it
 * is safe to be shown, and the password is sent where it may be alone. */

#include "foreign.h"
#include "limits.h"
#include "saslclient.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* For SCRAM a nonce that a fuzzer could know is not to be had, so that its
 * challenges are made to begin with ours. */
static void
add_nonce(struct slice first, struct slice *challenge, struct buf *room)
{
	struct slice nonce = slice_sub(first, slice_find(first, 'r') + 2,
	    first.n);

	if (!slice_starts(*challenge, SLICE("r=@")))
		return;
	buf_clear(room);
	(void)buf_adds(room, "r=");
	(void)buf_add(room, nonce);
	(void)buf_add(room, slice_sub(*challenge, 3, challenge->n));
	*challenge = buf_slice(room);
}

static void
talk(struct saslclient *c, struct slice in, struct fail *f)
{
	struct buf first = BUF(LIMIT_AUTH), out = first, room = BUF(99999);
	enum sasl_mechanism m = saslclient_mechanism(c);
	struct slice challenge;
	int rc = saslclient_first(c, &first, f);

	while (rc != -1 && in.n > 0) {
		(void)slice_until(&in, '\n', &challenge);
		if (m == SASL_SCRAM || m == SASL_SCRAM_PLUS)
			add_nonce(buf_slice(&first), &challenge, &room);
		buf_clear(&out);
		rc = saslclient_step(c, challenge, &out, f);
		if (out.n > LIMIT_AUTH || (!sasl_is_clear(m) && out.n > 0 &&
		    memmem(out.p, out.n, "tanstaaf", 8) != NULL))
			abort();
	}
	if (rc != -1 && saslclient_end(c, f) == 0 &&
	    (m == SASL_SCRAM || m == SASL_SCRAM_PLUS))
		abort();
	saslclient_refused(c, f);
	foreign_text(slice_str(f->text));
	buf_free(&first);
	buf_free(&out);
	buf_free(&room);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sasl_binding binding = { "tls-exporter",
		{ "x", 1 } };
	struct slice in = { (const char *)data, size };
	unsigned m = 1 + (unsigned)(slice_getc(&in) & 0xff) %
	    (SASL_MECHANISMS - 1);
	int token = m == SASL_XOAUTH2 || m == SASL_OAUTHBEARER;
	struct saslclient_conf conf = { .user = SLICE("tim"),
		.secret = m == SASL_EXTERNAL ? SLICE("") : SLICE("tanstaaf"),
		.mechanism = sasl_name((enum sasl_mechanism)m),
		.token = token, .private = 1, .binding = &binding,
		.host = "mx", .port = 25 };
	struct fail f = { 0 };
	struct saslclient *c = saslclient_new(&conf, &f);

	if (c == NULL)
		abort();
	talk(c, in, &f);
	saslclient_free(&c);
	return 0;
}
