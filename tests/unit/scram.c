/* SPDX-License-Identifier: ISC */
/* Unit test of scram: the example of RFC 7677, and verifiers as text. */

#include "base64word.h"
#include "scram.h"
#include "unit.h"

static struct fail f;

/* RFC 7677, 3 */
static const char message[] = "n=user,r=rOprNGfwEbeRWgbNEkqO,"
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

static struct scram_verifier
example(unsigned char client[SCRAM_KEY])
{
	struct scram_verifier v = { .iterations = 4096, .nsalt = 16 };

	CHECK_INT(scram_bytes(SLICE("W22ZaJ0SNY7soEsUEjb6gQ=="), v.salt, 64),
	    16);
	CHECK_INT(scram_derive(SLICE("pencil"), &v, client, &f), 0);
	return v;
}

static void
check_base64(const unsigned char *key, const char *want)
{
	struct buf out = BUF(100);

	CHECK_INT(base64word_encode((struct slice){ (const char *)key,
	    SCRAM_KEY }, &out), 0);
	CHECK_SLICE(buf_slice(&out), slice_str(want));
	buf_free(&out);
}

static void
exchange(void)
{
	unsigned char client[SCRAM_KEY], proof[SCRAM_KEY];
	unsigned char signature[SCRAM_KEY];
	struct scram_verifier v = example(client);
	struct slice made = { (const char *)proof, SCRAM_KEY };

	CHECK_INT(scram_proof(&v, client, slice_str(message), proof, &f), 0);
	check_base64(proof, "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
	CHECK_INT(scram_signature(&v, slice_str(message), signature, &f), 0);
	check_base64(signature,
	    "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");

	CHECK_INT(scram_proves(&v, slice_str(message), made, &f), 1);
	CHECK_INT(scram_proves(&v, slice_str(message + 1), made, &f), 0);
	CHECK_INT(scram_proves(&v, slice_str(message),
	    slice_sub(made, 0, 31), &f), 0);
	CHECK_INT(scram_proves(&v, slice_str(message), SLICE(""), &f), 0);
	proof[31] ^= 1;
	CHECK_INT(scram_proves(&v, slice_str(message), made, &f), 0);
	/* StoredKey itself proves nothing. */
	made.p = (const char *)v.stored;
	CHECK_INT(scram_proves(&v, slice_str(message), made, &f), 0);
}

static void
as_text(void)
{
	static const char text[] = "SCRAM-SHA-256$4096,"
	    "W22ZaJ0SNY7soEsUEjb6gQ==$"
	    "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,"
	    "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
	struct scram_verifier v = example(NULL), back;
	struct buf out = BUF(300);

	CHECK_INT(scram_write(&v, &out), 0);
	CHECK_SLICE(buf_slice(&out), slice_str(text));
	CHECK_INT(scram_read(buf_slice(&out), &back), 0);
	CHECK_INT(back.iterations, 4096);
	CHECK_INT(back.nsalt, 16);
	CHECK(memcmp(back.salt, v.salt, 16) == 0);
	CHECK(memcmp(back.stored, v.stored, SCRAM_KEY) == 0);
	CHECK(memcmp(back.server, v.server, SCRAM_KEY) == 0);
	buf_free(&out);
	out = BUF(sizeof(text) - 2);
	CHECK_INT(scram_write(&v, &out), -1);
	buf_free(&out);
}

static void
no_text(void)
{
#define S "W22ZaJ0SNY7soEsUEjb6gQ=="
#define K "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
	static const char *const texts[] = {
		"", "SCRAM-SHA-256", "SCRAM-SHA-256$",
		"SCRAM-SHA-1$4096," S "$" K "," K,
		"scram-sha-256$4096," S "$" K "," K,
		"SCRAM-SHA-256$4095," S "$" K "," K,
		"SCRAM-SHA-256$2000001," S "$" K "," K,
		"SCRAM-SHA-256$4294971392," S "$" K "," K,
		"SCRAM-SHA-256$-4096," S "$" K "," K,
		"SCRAM-SHA-256$4096:" S "$" K ":" K,
		"SCRAM-SHA-256$4096,$" K "," K,
		"SCRAM-SHA-256$4096,AAAA" K K "$" K "," K,
		"SCRAM-SHA-256$4096,W22ZaJ0SNY7soEsUEjb6g$" K "," K,
		"SCRAM-SHA-256$4096," S "$" S "," K,
		"SCRAM-SHA-256$4096," S "$" K "," S,
		"SCRAM-SHA-256$4096," S "$" K "AAAA," K,
		"SCRAM-SHA-256$4096," S "$" K "," K " ",
		"SCRAM-SHA-256$4096," S "$" K "," K "," K,
	};
	struct scram_verifier v;
	size_t i;

	CHECK_INT(scram_read(SLICE("SCRAM-SHA-256$4096," S "$" K "," K), &v),
	    0);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct slice exact = unit_exact(slice_str(texts[i]));

		CASE(texts[i]);
		CHECK_INT(scram_read(exact, &v), -1);
		free((void *)(uintptr_t)exact.p);
	}
}

static void
made_and_fake(void)
{
	struct scram_verifier a, b, c = { .iterations = 5000 };

	CHECK_INT(scram_make(SLICE("pencil"), &a, &f), 0);
	CHECK_INT(scram_make(SLICE("pencil"), &b, &f), 0);
	CHECK_INT(a.iterations, LIMIT_SCRAM_OURS);
	CHECK_INT(a.nsalt, 16);
	CHECK(memcmp(a.salt, b.salt, 16) != 0);
	CHECK(memcmp(a.stored, b.stored, SCRAM_KEY) != 0);

	a = b = c;
	CHECK_INT(scram_fake(SLICE("key"), SLICE("eve@x"), &a, &f), 0);
	CHECK_INT(scram_fake(SLICE("key"), SLICE("EVE@x"), &b, &f), 0);
	CHECK_INT(a.iterations, 5000);
	CHECK_INT(a.nsalt, 16);
	CHECK(memcmp(&a, &b, sizeof(a)) == 0);
	CHECK(memcmp(a.salt, a.stored, 16) != 0);
	CHECK(memcmp(a.stored, a.server, SCRAM_KEY) != 0);
	b = c;
	CHECK_INT(scram_fake(SLICE("key"), SLICE("eva@x"), &b, &f), 0);
	CHECK(memcmp(a.salt, b.salt, 16) != 0);
	CHECK_INT(scram_fake(SLICE("kez"), SLICE("eve@x"), &b, &f), 0);
	CHECK(memcmp(a.salt, b.salt, 16) != 0);
}

static void
attributes(void)
{
	struct slice rest = SLICE("n=a,r=,x"), value;

	CHECK_INT(scram_take(&rest, 'r', &value), -1);
	CHECK_INT(scram_take(&rest, 'n', &value), 0);
	CHECK_SLICE(value, SLICE("a"));
	CHECK_INT(scram_take(&rest, 'r', &value), 0);
	CHECK_INT(value.n, 0);
	CHECK_INT(scram_take(&rest, 'x', &value), -1);
	CHECK_SLICE(rest, SLICE("x"));
}

static void
names(void)
{
	static const char *const bad[] = { "=", "=2", "=2c", "a=41", "==3D" };
	struct buf out = BUF(20);
	size_t i;

	CHECK_INT(scram_name_write(SLICE("a=b,c"), &out), 0);
	CHECK_SLICE(buf_slice(&out), SLICE("a=3Db=2Cc"));
	buf_clear(&out);
	CHECK_INT(scram_name_read(SLICE("a=3Db=2Cc"), &out), 0);
	CHECK_SLICE(buf_slice(&out), SLICE("a=b,c"));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct slice exact = unit_exact(slice_str(bad[i]));

		CASE(bad[i]);
		CHECK_INT(scram_name_read(exact, &out), -1);
		free((void *)(uintptr_t)exact.p);
	}
	CHECK_INT(scram_name_read(SLICE("a\0b"), &out), -1);
	buf_clear(&out);
	CHECK_INT(scram_name_read(SLICE("123456789012345678901"), &out), -1);
	buf_free(&out);
}

int
main(void)
{
	RUN(exchange);
	RUN(as_text);
	RUN(no_text);
	RUN(made_and_fake);
	RUN(attributes);
	RUN(names);
	return unit_done();
}
