/* SPDX-License-Identifier: ISC */
/* scram: what both sides of SCRAM-SHA-256 compute; see scram.h. */

#include <string.h>

#include "base64word.h"
#include "scram.h"

enum { SALT = 16 }; /* bytes of a new one */

static struct slice
key_slice(const unsigned char *key)
{
	return (struct slice){ (const char *)key, SCRAM_KEY };
}

int
scram_derive(struct slice password, struct scram_verifier *v,
    unsigned char client[SCRAM_KEY], struct fail *f)
{
	unsigned char salted[SCRAM_KEY], key[SCRAM_KEY];
	struct digest_pbkdf2 p = { password,
		{ (const char *)v->salt, v->nsalt }, v->iterations };
	int rc = -1;

	if (digest_pbkdf2(&p, salted, f) == 0 &&
	    digest_hmac_sha256(key_slice(salted), SLICE("Client Key"), key,
		f) == 0 &&
	    digest_sha256(key_slice(key), v->stored, f) == 0 &&
	    digest_hmac_sha256(key_slice(salted), SLICE("Server Key"),
		v->server, f) == 0)
		rc = 0;
	if (client != NULL)
		memcpy(client, key, SCRAM_KEY);
	explicit_bzero(salted, sizeof(salted));
	explicit_bzero(key, sizeof(key));
	return rc;
}

int
scram_make(struct slice password, struct scram_verifier *v, struct fail *f)
{
	v->iterations = LIMIT_SCRAM_OURS;
	v->nsalt = SALT;
	if (digest_random(v->salt, SALT, f) == -1)
		return -1;
	return scram_derive(password, v, NULL, f);
}

/* HMAC of "what" and the user's name in lower case. */
static int
fake_bytes(struct slice secret, const char *what, struct slice user,
    unsigned char to[SCRAM_KEY], struct fail *f)
{
	struct buf text = BUF(64 + user.n);
	int c, rc;

	(void)buf_adds(&text, what);
	while ((c = slice_getc(&user)) != -1)
		(void)buf_addc(&text, slice_lower(c));
	rc = digest_hmac_sha256(secret, buf_slice(&text), to, f);
	buf_free(&text);
	return rc;
}

int
scram_fake(struct slice secret, struct slice user, struct scram_verifier *v,
    struct fail *f)
{
	unsigned char salt[SCRAM_KEY];

	if (fake_bytes(secret, "salt ", user, salt, f) == -1 ||
	    fake_bytes(secret, "stored ", user, v->stored, f) == -1 ||
	    fake_bytes(secret, "server ", user, v->server, f) == -1)
		return -1;
	v->nsalt = SALT;
	memcpy(v->salt, salt, SALT);
	return 0;
}

int
scram_bytes(struct slice base64, unsigned char *to, size_t max)
{
	struct buf bytes = BUF(max);
	int n = -1;

	if (base64word_decode(base64, &bytes) == 0 && bytes.n > 0) {
		memcpy(to, bytes.p, bytes.n);
		n = (int)bytes.n;
	}
	buf_wipe(&bytes);
	return n;
}

int
scram_read(struct slice text, struct scram_verifier *v)
{
	struct slice name, iterations, salt, stored;
	uint64_t number;
	int n;

	if (!slice_until(&text, '$', &name) ||
	    !slice_eq(name, SLICE("SCRAM-SHA-256")) ||
	    !slice_until(&text, ',', &iterations) ||
	    slice_uint(iterations, LIMIT_SCRAM_LEAST, LIMIT_SCRAM_MOST,
		&number) == -1 ||
	    !slice_until(&text, '$', &salt) ||
	    (n = scram_bytes(salt, v->salt, sizeof(v->salt))) == -1 ||
	    !slice_until(&text, ',', &stored) ||
	    scram_bytes(stored, v->stored, SCRAM_KEY) != SCRAM_KEY ||
	    scram_bytes(text, v->server, SCRAM_KEY) != SCRAM_KEY)
		return -1;
	v->iterations = (unsigned)number;
	v->nsalt = (size_t)n;
	return 0;
}

int
scram_write(const struct scram_verifier *v, struct buf *out)
{
	struct slice salt = { (const char *)v->salt, v->nsalt };

	return buf_addf(out, "SCRAM-SHA-256$%u,", v->iterations) == 0 &&
	    base64word_encode(salt, out) == 0 && buf_addc(out, '$') == 0 &&
	    base64word_encode(key_slice(v->stored), out) == 0 &&
	    buf_addc(out, ',') == 0 &&
	    base64word_encode(key_slice(v->server), out) == 0 ? 0 : -1;
}

/* "out" is ClientSignature XOR "in": the proof of a key, the key of a
 * proof. */
static int
sign_over(const struct scram_verifier *v, struct slice message,
    struct slice in, unsigned char out[SCRAM_KEY], struct fail *f)
{
	size_t i;

	if (digest_hmac_sha256(key_slice(v->stored), message, out, f) == -1)
		return -1;
	for (i = 0; i < SCRAM_KEY; i++)
		out[i] ^= (unsigned char)in.p[i];
	return 0;
}

int
scram_proof(const struct scram_verifier *v,
    const unsigned char client[SCRAM_KEY], struct slice message,
    unsigned char proof[SCRAM_KEY], struct fail *f)
{
	return sign_over(v, message, key_slice(client), proof, f);
}

int
scram_signature(const struct scram_verifier *v, struct slice message,
    unsigned char signature[SCRAM_KEY], struct fail *f)
{
	return digest_hmac_sha256(key_slice(v->server), message, signature, f);
}

int
scram_proves(const struct scram_verifier *v, struct slice message,
    struct slice proof, struct fail *f)
{
	unsigned char key[SCRAM_KEY], stored[SCRAM_KEY];
	int rc = -1;

	if (proof.n != SCRAM_KEY)
		return 0;
	if (sign_over(v, message, proof, key, f) == 0 &&
	    digest_sha256(key_slice(key), stored, f) == 0)
		rc = digest_equal(key_slice(stored), key_slice(v->stored));
	explicit_bzero(key, sizeof(key));
	return rc;
}

int
scram_take(struct slice *message, int name, struct slice *value)
{
	if (message->n < 2 || message->p[0] != name || message->p[1] != '=')
		return -1;
	*message = slice_sub(*message, 2, message->n);
	(void)slice_until(message, ',', value);
	return 0;
}

int
scram_name_write(struct slice name, struct buf *out)
{
	int c, rc = 0;

	while (rc == 0 && (c = slice_getc(&name)) != -1)
		rc = c == ',' ? buf_adds(out, "=2C") :
		    c == '=' ? buf_adds(out, "=3D") : buf_addc(out, c);
	return rc;
}

int
scram_name_read(struct slice saslname, struct buf *out)
{
	int c, rc = 0;

	while (rc == 0 && (c = slice_getc(&saslname)) != -1) {
		if (c == '=') {
			if (slice_starts(saslname, SLICE("2C")))
				c = ',';
			else if (!slice_starts(saslname, SLICE("3D")))
				return -1;
			saslname = slice_sub(saslname, 2, saslname.n);
		}
		rc = c == '\0' ? -1 : buf_addc(out, c);
	}
	return rc;
}
