/* SPDX-License-Identifier: ISC */
/* scramclient: the client's side of SCRAM-SHA-256; see scramclient.h. */

#include <stdlib.h>
#include <string.h>

#include "base64word.h"
#include "limits.h"
#include "mem.h"
#include "password.h"
#include "scram.h"
#include "scramclient.h"
#include "text.h"

enum {
	NONCE = 18,		/* random bytes of ours */
	MESSAGE = LIMIT_AUTH,
};

struct scramclient {
	struct scramclient_conf conf;
	int step;
	int proved;
	struct buf password; /* prepared */
	struct buf nonce;    /* ours */
	struct buf signed_message; /* AuthMessage, as far as it is known */
	struct scram_verifier v;
};

static int
make_nonce(struct scramclient *c, struct fail *f)
{
	char bytes[NONCE];

	if (c->conf.nonce != NULL)
		return buf_adds(&c->nonce, c->conf.nonce);
	if (digest_random(bytes, sizeof(bytes), f) == -1)
		return -1;
	return base64word_encode((struct slice){ bytes, sizeof(bytes) },
	    &c->nonce);
}

struct scramclient *
scramclient_new(const struct scramclient_conf *conf, struct fail *f)
{
	struct scramclient *c = mem_alloc(sizeof(*c));

	c->conf = *conf;
	c->password = BUF(conf->password.n);
	c->nonce = BUF(LIMIT_SCRAM_NONCE);
	c->signed_message = BUF(MESSAGE);
	if (password_prepare(conf->password, &c->password, f) == -1 ||
	    make_nonce(c, f) == -1)
		scramclient_free(&c);
	return c;
}

static int
no_room(struct fail *f)
{
	return fail_set(f, EX_DATAERR, "authentication: a name or a channel "
	    "binding too long for SCRAM");
}

static int
malformed(struct fail *f)
{
	return fail_set(f, EX_PROTOCOL,
	    "authentication: not a message of SCRAM");
}

/* gs2-header */
static int
add_header(const struct scramclient *c, struct buf *out)
{
	if (buf_addc(out, c->conf.flag) == -1 || (c->conf.flag == 'p' &&
	    (buf_addc(out, '=') == -1 ||
	    buf_adds(out, c->conf.binding->type) == -1)) ||
	    buf_addc(out, ',') == -1)
		return -1;
	if (c->conf.authzid.n > 0 && (buf_adds(out, "a=") == -1 ||
	    scram_name_write(c->conf.authzid, out) == -1))
		return -1;
	return buf_addc(out, ',');
}

static int
first_message(struct scramclient *c, struct buf *out, struct fail *f)
{
	struct buf *bare = &c->signed_message;

	if (buf_adds(bare, "n=") == -1 ||
	    scram_name_write(c->conf.user, bare) == -1 ||
	    buf_adds(bare, ",r=") == -1 ||
	    buf_add(bare, buf_slice(&c->nonce)) == -1 ||
	    add_header(c, out) == -1 ||
	    buf_add(out, buf_slice(bare)) == -1)
		return no_room(f);
	return 0;
}

/* server-first-message: nonce, salt and iterations; extensions that are not
 * mandatory are passed over. */
static int
read_first(struct scramclient *c, struct slice message, struct slice *nonce,
    struct fail *f)
{
	struct slice salt, iterations;
	uint64_t number;
	int n;

	if (slice_starts(message, SLICE("m=")))
		return fail_set(f, EX_PROTOCOL,
		    "authentication: SCRAM with an unknown extension");
	if (scram_take(&message, 'r', nonce) == -1 ||
	    scram_take(&message, 's', &salt) == -1 ||
	    scram_take(&message, 'i', &iterations) == -1 ||
	    (n = scram_bytes(salt, c->v.salt, sizeof(c->v.salt))) == -1 ||
	    nonce->n > LIMIT_SCRAM_NONCE)
		return malformed(f);
	if (nonce->n <= c->nonce.n ||
	    !slice_starts(*nonce, buf_slice(&c->nonce)))
		return fail_set(f, EX_PROTOCOL, "authentication: the server's "
		    "nonce does not begin with ours");
	if (slice_uint(iterations, LIMIT_SCRAM_LEAST, LIMIT_SCRAM_MOST,
	    &number) == -1)
		return fail_set(f, EX_PROTOCOL, "authentication: the server "
		    "wants %s iterations, which are not %d to %d",
		    TEXT_SHOW(iterations), LIMIT_SCRAM_LEAST,
		    LIMIT_SCRAM_MOST);
	c->v.iterations = (unsigned)number;
	c->v.nsalt = (size_t)n;
	return 0;
}

/* client-final-message-without-proof */
static int
add_final(struct scramclient *c, struct slice nonce, struct buf *out,
    struct fail *f)
{
	struct buf input = BUF(MESSAGE); /* cbind-input */
	int rc = -1;

	if (add_header(c, &input) == 0 && (c->conf.flag != 'p' ||
	    buf_add(&input, c->conf.binding->data) == 0) &&
	    buf_adds(out, "c=") == 0 &&
	    base64word_encode(buf_slice(&input), out) == 0 &&
	    buf_adds(out, ",r=") == 0)
		rc = buf_add(out, nonce);
	buf_free(&input);
	return rc == 0 ? 0 : no_room(f);
}

static int
add_proof(struct scramclient *c, struct buf *out, struct fail *f)
{
	unsigned char client[SCRAM_KEY], proof[SCRAM_KEY];
	int rc = -1;

	if (scram_derive(buf_slice(&c->password), &c->v, client, f) == 0)
		rc = scram_proof(&c->v, client,
		    buf_slice(&c->signed_message), proof, f);
	explicit_bzero(client, sizeof(client));
	if (rc == -1)
		return -1;
	if (buf_adds(out, ",p=") == -1 || base64word_encode(
	    (struct slice){ (char *)proof, sizeof(proof) }, out) == -1)
		return no_room(f);
	return 0;
}

static int
final_message(struct scramclient *c, struct slice message, struct buf *out,
    struct fail *f)
{
	size_t start = out->n;
	struct slice nonce;

	if (read_first(c, message, &nonce, f) == -1 ||
	    add_final(c, nonce, out, f) == -1)
		return -1;
	if (buf_addc(&c->signed_message, ',') == -1 ||
	    buf_add(&c->signed_message, message) == -1 ||
	    buf_addc(&c->signed_message, ',') == -1 ||
	    buf_add(&c->signed_message, slice_sub(buf_slice(out), start,
		out->n)) == -1)
		return malformed(f);
	return add_proof(c, out, f);
}

/* server-final-message */
static int
check_server(struct scramclient *c, struct slice message, struct fail *f)
{
	unsigned char want[SCRAM_KEY], got[SCRAM_KEY];
	struct slice value;

	if (scram_take(&message, 'e', &value) == 0)
		return fail_set(f, EX_NOPERM, "authentication: refused: %s",
		    TEXT_SHOW(value));
	if (scram_take(&message, 'v', &value) == -1 ||
	    scram_bytes(value, got, sizeof(got)) != SCRAM_KEY)
		return malformed(f);
	if (scram_signature(&c->v, buf_slice(&c->signed_message), want,
	    f) == -1)
		return -1;
	if (!digest_equal((struct slice){ (char *)want, SCRAM_KEY },
	    (struct slice){ (char *)got, SCRAM_KEY }))
		return fail_set(f, EX_NOPERM, "authentication: the server "
		    "does not know the password, so it is another");
	c->proved = 1;
	return 0;
}

int
scramclient_step(struct scramclient *c, struct slice message,
    struct buf *out, struct fail *f)
{
	switch (c->step++) {
	case 0:
		return message.n == 0 ? first_message(c, out, f) :
		    malformed(f);
	case 1:
		return final_message(c, message, out, f);
	case 2:
		return check_server(c, message, f);
	default:
		return malformed(f);
	}
}

int
scramclient_proved(const struct scramclient *c)
{
	return c->proved;
}

void
scramclient_free(struct scramclient **c)
{
	if (*c == NULL)
		return;
	buf_wipe(&(*c)->password);
	buf_free(&(*c)->nonce);
	buf_free(&(*c)->signed_message);
	explicit_bzero(*c, sizeof(**c));
	free(*c);
	*c = NULL;
}
