/* SPDX-License-Identifier: ISC */
/* Unit test of digest, by the vectors of RFC 4231, RFC 2202, RFC 7914, 11, and
 * what Python's hashlib says. */

#include "digest.h"
#include "unit.h"

static struct fail f;

/* The first "n" bytes in hexadecimal. */
static const char *
hex(const unsigned char *p, size_t n)
{
	static char out[2 * DIGEST_SHA256 + 1];
	size_t i;

	for (i = 0; i < n; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", p[i]);
	return out;
}

/* "n" bytes "c". */
static struct slice
many(int c, size_t n)
{
	static char bytes[200];

	memset(bytes, c, n);
	return (struct slice){ bytes, n };
}

/* RFC 1321, A.5, and the example of RFC 1939, 7. */
static void
md5(void)
{
	unsigned char got[DIGEST_MD5];

	CHECK_INT(digest_md5(SLICE(""), got, &f), 0);
	CHECK_STR(hex(got, DIGEST_MD5), "d41d8cd98f00b204e9800998ecf8427e");
	CHECK_INT(digest_md5(SLICE("<1896.697170952@dbc.mtview.ca.us>"
	    "tanstaaf"), got, &f), 0);
	CHECK_STR(hex(got, DIGEST_MD5), "c4c9334bac560ecc979e58001b3e22fb");
}

static void
sha256(void)
{
	unsigned char got[DIGEST_SHA256];

	CHECK_INT(digest_sha256(SLICE(""), got, &f), 0);
	CHECK_STR(hex(got, DIGEST_SHA256), "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	CHECK_INT(digest_sha256(SLICE("abc"), got, &f), 0);
	CHECK_STR(hex(got, DIGEST_SHA256), "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	CHECK_INT(digest_sha256(many(0, 119), got, &f), 0);
	CHECK_STR(hex(got, DIGEST_SHA256), "f616b0d54e78571a9611f343c9f8e022"
	    "e859e920381ab0e4d3da01e193a7bd7e");
}

/* However it is cut, it is the same. */
static void
in_pieces(void)
{
	unsigned char want[DIGEST_SHA256], got[DIGEST_SHA256];
	struct slice all = many(7, 119);
	struct digest *d;
	size_t cut;

	CHECK_INT(digest_sha256(all, want, &f), 0);
	for (cut = 0; cut <= all.n; cut++) {
		d = digest_begin(&f);
		CHECK(d != NULL);
		CHECK_INT(digest_add(d, slice_sub(all, 0, cut), &f), 0);
		CHECK_INT(digest_add(d, slice_sub(all, cut, all.n), &f), 0);
		CHECK_INT(digest_end(&d, got, &f), 0);
		CHECK(d == NULL && memcmp(got, want, sizeof(got)) == 0);
	}
	CHECK_INT(digest_end(&d, got, &f), 0);
}

static void
hmac_sha256(void)
{
	static const char jefe[] = "what do ya want for nothing?";
	static const char long_key[] =
	    "Test Using Larger Than Block-Size Key - Hash Key First";
	unsigned char got[DIGEST_SHA256];

	CHECK_INT(digest_hmac_sha256(many(0x0b, 20), SLICE("Hi There"), got,
	    &f), 0);
	CHECK_STR(hex(got, DIGEST_SHA256), "b0344c61d8db38535ca8afceaf0bf12b"
	    "881dc200c9833da726e9376c2e32cff7");
	CHECK_INT(digest_hmac_sha256(SLICE("Jefe"), slice_str(jefe), got,
	    &f), 0);
	CHECK_STR(hex(got, DIGEST_SHA256), "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
	CHECK_INT(digest_hmac_sha256(many(0xaa, 131), slice_str(long_key), got,
	    &f), 0);
	CHECK_STR(hex(got, DIGEST_SHA256), "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54");
	CHECK_INT(digest_hmac_sha256(SLICE(""), SLICE(""), got,
	    &f), 0);
	CHECK_STR(hex(got, DIGEST_SHA256), "b613679a0814d9ec772f95d778c35fc5"
	    "ff1697c493715653c6c712144292c5ad");
}

static void
hmac_md5(void)
{
	unsigned char got[DIGEST_MD5];

	CHECK_INT(digest_hmac_md5(SLICE("Jefe"),
	    SLICE("what do ya want for nothing?"), got, &f), 0);
	CHECK_STR(hex(got, DIGEST_MD5), "750c783e6ab0b503eaa86e310a5db738");
	CHECK_INT(digest_hmac_md5(many(0xaa, 80), SLICE("Test Using Larger "
	    "Than Block-Size Key - Hash Key First"), got, &f), 0);
	CHECK_STR(hex(got, DIGEST_MD5), "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
}

static void
pbkdf2(void)
{
	static const struct {
		struct digest_pbkdf2 in;
		const char *want;
	} cases[] = {
		{ { SLICE("passwd"), SLICE("salt"), 1 },
		    "55ac046e56e3089fec1691c22544b605"
		    "f94185216dde0465e68b9d57c20dacbc" },
		{ { SLICE("password"), SLICE("salt"), 4096 },
		    "c5e478d59288c841aa530db6845c4c8d"
		    "962893a001ce4e11a4963873aa98134a" },
		{ { SLICE(""), SLICE("\0\1"), 2 },
		    "700e5d5fc147816cd28cd7a8462e3256"
		    "30cabcd8cd172fb1d9f3af9df6917a98" },
		{ { SLICE("pass\0word"), SLICE("sa\0lt"), 80000 },
		    "b567930e218579d3053758b844090964"
		    "40f9d0f19afb92c3842838d63bc05895" },
	};
	unsigned char got[DIGEST_SHA256];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].want);
		CHECK_INT(digest_pbkdf2(&cases[i].in, got, &f), 0);
		CHECK_STR(hex(got, DIGEST_SHA256), cases[i].want);
	}
	CHECK_INT(digest_pbkdf2(&(struct digest_pbkdf2){ SLICE("a"),
	    SLICE("b"), 1U << 31 }, got, &f), -1);
	CHECK_INT(f.class, EX_UNAVAILABLE);
}

static void
equal(void)
{
	CHECK(digest_equal(SLICE(""), SLICE("")));
	CHECK(digest_equal(SLICE("a\0b"), SLICE("a\0b")));
	CHECK(!digest_equal(SLICE("a\0b"), SLICE("a\0c")));
	CHECK(!digest_equal(SLICE("xb"), SLICE("ab")));
	CHECK(!digest_equal(SLICE("ab"), SLICE("abc")));
	CHECK(!digest_equal(SLICE("\x80"), SLICE("\0")));
}

static void
random_bytes(void)
{
	unsigned char a[256], b[256];

	CHECK_INT(digest_random(a, sizeof(a), &f), 0);
	CHECK_INT(digest_random(b, sizeof(b), &f), 0);
	CHECK(memcmp(a, b, sizeof(a)) != 0);
	CHECK_INT(digest_random(a, 257, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
}

int
main(void)
{
	RUN(md5);
	RUN(sha256);
	RUN(in_pieces);
	RUN(hmac_sha256);
	RUN(hmac_md5);
	RUN(pbkdf2);
	RUN(equal);
	RUN(random_bytes);
	return unit_done();
}
