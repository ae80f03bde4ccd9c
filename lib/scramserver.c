/* SPDX-License-Identifier: ISC */
/* scramserver: the server's side of SCRAM-SHA-256; see scramserver.h. */

#include <stdlib.h>
#include <string.h>

#include "base64word.h"
#include "mem.h"
#include "scramserver.h"
#include "text.h"

enum {
	NONCE = 18, /* random bytes of ours */
	MESSAGE = LIMIT_AUTH,
};

struct scramserver {
	struct scramserver_conf conf;
	struct buf header; /* gs2-header, as it was sent */
	const struct sasl_binding *binding; /* chosen by it */
	struct buf user;
	struct buf nonce;	   /* the client's, then ours behind it */
	struct buf signed_message; /* AuthMessage, as far as it is known */
	struct scram_verifier v;
	int known;
};

struct scramserver *
scramserver_new(const struct scramserver_conf *conf)
{
	struct scramserver *s = mem_alloc(sizeof(*s));

	s->conf = *conf;
	s->header = BUF(MESSAGE);
	s->user = BUF(LIMIT_AUTH_NAME);
	s->nonce = BUF(2 * LIMIT_SCRAM_NONCE);
	s->signed_message = BUF(2 * MESSAGE);
	return s;
}

static int
malformed(struct fail *f)
{
	return fail_set(f, EX_PROTOCOL,
	    "authentication: not a message of SCRAM");
}

/* gs2-cbind-flag: n, y or p=type. */
static int
read_flag(struct scramserver *s, struct slice flag, struct fail *f)
{
	size_t i;

	if (slice_eq(flag, SLICE("y")) && s->conf.nbindings > 0)
		return fail_set(f, EX_NOPERM, "authentication: the list of "
		    "mechanisms was changed on its way to the client");
	if (slice_eq(flag, SLICE("y")) || slice_eq(flag, SLICE("n")))
		return s->conf.plus ? malformed(f) : 0;
	if (!slice_starts(flag, SLICE("p=")) || !s->conf.plus)
		return malformed(f);
	flag = slice_sub(flag, 2, flag.n);
	for (i = 0; i < s->conf.nbindings; i++)
		if (slice_eq(flag, slice_str(s->conf.bindings[i].type)))
			s->binding = &s->conf.bindings[i];
	return s->binding != NULL ? 0 : fail_set(f, EX_PROTOCOL,
	    "authentication: channel binding %s is not there",
	    TEXT_SHOW(flag));
}

/* Takes "flag,[a=authzid]," off the front; "authzid" gets the name. */
static int
read_header(struct scramserver *s, struct slice *message,
    struct buf *authzid, struct fail *f)
{
	struct slice all = *message, flag, name;

	if (!slice_until(message, ',', &flag) ||
	    !slice_until(message, ',', &name) ||
	    buf_add(&s->header, slice_sub(all, 0, all.n - message->n)) == -1)
		return malformed(f);
	if (name.n > 0 && (!slice_starts(name, SLICE("a=")) ||
	    scram_name_read(slice_sub(name, 2, name.n), authzid) == -1 ||
	    authzid->n == 0))
		return malformed(f);
	return read_flag(s, flag, f);
}

static int
nonce_ok(struct slice nonce)
{
	size_t i;

	if (nonce.n == 0 || nonce.n > LIMIT_SCRAM_NONCE)
		return 0;
	for (i = 0; i < nonce.n; i++)
		if (nonce.p[i] <= ' ' || nonce.p[i] > '~')
			return 0;
	return 1;
}

/* client-first-message-bare; extensions behind the nonce are passed over. */
static int
read_bare(struct scramserver *s, struct slice message, struct fail *f)
{
	struct slice all = message, name, nonce;

	if (slice_starts(message, SLICE("m=")))
		return fail_set(f, EX_PROTOCOL,
		    "authentication: SCRAM with an unknown extension");
	if (scram_take(&message, 'n', &name) == -1 ||
	    scram_take(&message, 'r', &nonce) == -1 || !nonce_ok(nonce) ||
	    scram_name_read(name, &s->user) == -1 ||
	    !sasl_name_ok(buf_slice(&s->user)) ||
	    buf_add(&s->nonce, nonce) == -1 ||
	    buf_add(&s->signed_message, all) == -1)
		return malformed(f);
	return 0;
}

int
scramserver_first(struct scramserver *s, struct slice message, struct fail *f)
{
	struct buf authzid = BUF(LIMIT_AUTH_NAME);
	int rc = -1;

	if (message.n > MESSAGE)
		(void)malformed(f);
	else if (read_header(s, &message, &authzid, f) == 0 &&
	    read_bare(s, message, f) == 0)
		rc = 0;
	if (rc == 0 && authzid.n > 0 &&
	    !slice_caseeq(buf_slice(&authzid), buf_slice(&s->user)))
		rc = fail_set(f, EX_NOPERM, "authentication: %s: may not act "
		    "as another user", TEXT_SHOW(buf_slice(&s->user)));
	buf_free(&authzid);
	return rc;
}

struct slice
scramserver_user(const struct scramserver *s)
{
	return buf_slice(&s->user);
}

static int
add_nonce(struct scramserver *s, struct fail *f)
{
	char bytes[NONCE];

	if (s->conf.nonce != NULL)
		return buf_adds(&s->nonce, s->conf.nonce);
	if (digest_random(bytes, sizeof(bytes), f) == -1)
		return -1;
	return base64word_encode((struct slice){ bytes, sizeof(bytes) },
	    &s->nonce);
}

int
scramserver_challenge(struct scramserver *s, const struct scram_verifier *v,
    int known, struct buf *out, struct fail *f)
{
	struct slice salt = { (const char *)v->salt, v->nsalt };
	size_t start = out->n;

	s->v = *v;
	s->known = known;
	if (add_nonce(s, f) == -1)
		return -1;
	if (buf_adds(out, "r=") == -1 ||
	    buf_add(out, buf_slice(&s->nonce)) == -1 ||
	    buf_adds(out, ",s=") == -1 ||
	    base64word_encode(salt, out) == -1 ||
	    buf_addf(out, ",i=%u", v->iterations) == -1 ||
	    buf_addc(&s->signed_message, ',') == -1 ||
	    buf_add(&s->signed_message, slice_sub(buf_slice(out), start,
		out->n)) == -1)
		return fail_set(f, EX_SOFTWARE,
		    "authentication: no room for a challenge");
	return 0;
}

/* Whether "c" is the base64 of what the channel has, too. */
static int
binds(const struct scramserver *s, struct slice c)
{
	struct buf want = BUF(2 * MESSAGE), bytes = BUF(MESSAGE);
	int same;

	(void)buf_add(&want, buf_slice(&s->header));
	if (s->binding != NULL)
		(void)buf_add(&want, s->binding->data);
	same = base64word_decode(c, &bytes) == 0 &&
	    digest_equal(buf_slice(&bytes), buf_slice(&want));
	buf_free(&want);
	buf_free(&bytes);
	return same;
}

/* client-final-message: the proof is the last field, and behind extensions
 * that are passed over. */
static int
read_final(struct scramserver *s, struct slice message,
    unsigned char proof[SCRAM_KEY], struct fail *f)
{
	struct slice rest = message, c, nonce, field;
	size_t signed_n; /* bytes before the comma before the proof */

	if (scram_take(&rest, 'c', &c) == -1 ||
	    scram_take(&rest, 'r', &nonce) == -1)
		return malformed(f);
	while (!slice_starts(rest, SLICE("p=")) &&
	    slice_until(&rest, ',', &field))
		;
	signed_n = message.n - rest.n - 1;
	if (scram_take(&rest, 'p', &field) == -1 ||
	    field.p + field.n != message.p + message.n ||
	    scram_bytes(field, proof, SCRAM_KEY) != SCRAM_KEY ||
	    buf_addc(&s->signed_message, ',') == -1 ||
	    buf_add(&s->signed_message, slice_sub(message, 0, signed_n)) ==
	    -1)
		return malformed(f);
	if (!binds(s, c) || !slice_eq(nonce, buf_slice(&s->nonce)))
		return fail_set(f, EX_NOPERM, "authentication: %s: another "
		    "channel or another nonce",
		    TEXT_SHOW(buf_slice(&s->user)));
	return 0;
}

int
scramserver_final(struct scramserver *s, struct slice message,
    struct buf *out, struct fail *f)
{
	unsigned char proof[SCRAM_KEY], signature[SCRAM_KEY];
	int proved;

	if (read_final(s, message, proof, f) == -1 ||
	    (proved = scram_proves(&s->v, buf_slice(&s->signed_message),
		(struct slice){ (char *)proof, SCRAM_KEY }, f)) == -1 ||
	    scram_signature(&s->v, buf_slice(&s->signed_message), signature,
		f) == -1)
		return -1;
	if (!(proved & s->known))
		return fail_set(f, EX_NOPERM, "authentication: %s: wrong "
		    "password", TEXT_SHOW(buf_slice(&s->user)));
	if (buf_adds(out, "v=") == -1 || base64word_encode(
	    (struct slice){ (char *)signature, SCRAM_KEY }, out) == -1)
		return fail_set(f, EX_SOFTWARE,
		    "authentication: no room for a signature");
	return 0;
}

void
scramserver_free(struct scramserver **s)
{
	if (*s == NULL)
		return;
	buf_free(&(*s)->header);
	buf_free(&(*s)->user);
	buf_free(&(*s)->nonce);
	buf_free(&(*s)->signed_message);
	explicit_bzero(*s, sizeof(**s));
	free(*s);
	*s = NULL;
}
