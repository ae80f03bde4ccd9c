/* SPDX-License-Identifier: ISC */
/* digest: digests, what is built from them, and random bytes; see digest.h. */

#include <unistd.h>

#include "digest.h"
#include "openssl.h"

static const unsigned char *
bytes_of(struct slice s)
{
	return (const unsigned char *)s.p;
}

int
digest_md5(struct slice in, unsigned char to[DIGEST_MD5], struct fail *f)
{
	const struct openssl *o = openssl_load(f);
	unsigned n;

	if (o == NULL)
		return -1;
	return o->EVP_Digest(in.p, in.n, to, &n, o->EVP_md5(), NULL) == 1 ?
	    0 : openssl_fail(f, EX_UNAVAILABLE, "MD5");
}

int
digest_sha256(struct slice in, unsigned char to[DIGEST_SHA256],
    struct fail *f)
{
	const struct openssl *o = openssl_load(f);
	unsigned n;

	if (o == NULL)
		return -1;
	return o->EVP_Digest(in.p, in.n, to, &n, o->EVP_sha256(), NULL) == 1 ?
	    0 : openssl_fail(f, EX_UNAVAILABLE, "SHA-256");
}

/* It is OpenSSL's own, under a name of ours. */
static EVP_MD_CTX *
context_of(struct digest *d)
{
	return (EVP_MD_CTX *)(void *)d;
}

struct digest *
digest_begin(struct fail *f)
{
	const struct openssl *o = openssl_load(f);
	EVP_MD_CTX *ctx = o == NULL ? NULL : o->EVP_MD_CTX_new();

	if (ctx != NULL && o->EVP_DigestInit_ex(ctx, o->EVP_sha256(),
	    NULL) == 1)
		return (struct digest *)(void *)ctx;
	if (o != NULL) {
		(void)openssl_fail(f, EX_UNAVAILABLE, "SHA-256");
		o->EVP_MD_CTX_free(ctx);
	}
	return NULL;
}

int
digest_add(struct digest *d, struct slice in, struct fail *f)
{
	return openssl_loaded()->EVP_DigestUpdate(context_of(d), in.p,
	    in.n) == 1 ? 0 : openssl_fail(f, EX_UNAVAILABLE, "SHA-256");
}

int
digest_end(struct digest **d, unsigned char to[DIGEST_SHA256], struct fail *f)
{
	const struct openssl *o = openssl_loaded();
	unsigned n;
	int rc;

	if (*d == NULL)
		return 0;
	rc = o->EVP_DigestFinal_ex(context_of(*d), to, &n);
	o->EVP_MD_CTX_free(context_of(*d));
	*d = NULL;
	return rc == 1 ? 0 : openssl_fail(f, EX_UNAVAILABLE, "SHA-256");
}

static int
hmac(const struct openssl *o, const EVP_MD *md, const struct slice part[2],
    unsigned char *to)
{
	unsigned n;

	return part[0].n <= INT32_MAX && o->HMAC(md, part[0].p, (int)part[0].n,
	    bytes_of(part[1]), part[1].n, to, &n) != NULL ? 0 : -1;
}

int
digest_hmac_sha256(struct slice key, struct slice in,
    unsigned char to[DIGEST_SHA256], struct fail *f)
{
	const struct openssl *o = openssl_load(f);
	const struct slice part[] = { key, in };

	if (o == NULL)
		return -1;
	return hmac(o, o->EVP_sha256(), part, to) == 0 ? 0 :
	    openssl_fail(f, EX_UNAVAILABLE, "HMAC-SHA-256");
}

int
digest_hmac_md5(struct slice key, struct slice in,
    unsigned char to[DIGEST_MD5], struct fail *f)
{
	const struct openssl *o = openssl_load(f);
	const struct slice part[] = { key, in };

	if (o == NULL)
		return -1;
	return hmac(o, o->EVP_md5(), part, to) == 0 ? 0 :
	    openssl_fail(f, EX_UNAVAILABLE, "HMAC-MD5");
}

int
digest_pbkdf2(const struct digest_pbkdf2 *p, unsigned char to[DIGEST_SHA256],
    struct fail *f)
{
	const struct openssl *o = openssl_load(f);

	if (o == NULL)
		return -1;
	if (p->password.n <= INT32_MAX && p->salt.n <= INT32_MAX &&
	    p->iterations <= INT32_MAX &&
	    o->PKCS5_PBKDF2_HMAC(p->password.p, (int)p->password.n,
	    bytes_of(p->salt), (int)p->salt.n, (int)p->iterations,
	    o->EVP_sha256(), DIGEST_SHA256, to) == 1)
		return 0;
	return openssl_fail(f, EX_UNAVAILABLE, "PBKDF2");
}

int
digest_random(void *to, size_t n, struct fail *f)
{
	return getentropy(to, n) == 0 ? 0 :
	    fail_errno(f, EX_TEMPFAIL, "random bytes");
}

int
digest_equal(struct slice a, struct slice b)
{
	volatile unsigned char different = 0;
	size_t i;

	if (a.n != b.n)
		return 0;
	for (i = 0; i < a.n; i++)
		different |= (unsigned char)(a.p[i] ^ b.p[i]);
	return different == 0;
}
