/* SPDX-License-Identifier: ISC */
/* Unit test of scramserver: the example of RFC 7677, and clients that break
 * the rules. */

#include "scramserver.h"
#include "unit.h"

static struct fail f;

#define NONCE "rOprNGfwEbeRWgbNEkqO"
#define OURS "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define BOTH NONCE OURS
#define PROOF "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
#define MALFORMED "authentication: not a message of SCRAM"

static const struct sasl_binding bindings[] = {
	{ "tls-exporter", { "\0\1\2", 3 } },
	{ "tls-server-end-point", { "hash", 4 } },
};

static struct scramserver *
start(int plus, size_t nbindings)
{
	return scramserver_new(&(struct scramserver_conf){ plus, bindings,
	    nbindings, OURS });
}

static const struct scram_verifier *
pencil(void)
{
	static struct scram_verifier v;

	if (v.iterations == 0 && scram_read(SLICE("SCRAM-SHA-256$4096,"
	    "W22ZaJ0SNY7soEsUEjb6gQ==$"
	    "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,"
	    "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="), &v) == -1)
		abort();
	return &v;
}

/* "" or what failed. */
static const char *
first(struct scramserver *s, struct slice message)
{
	struct slice exact = unit_exact(message);
	int rc = scramserver_first(s, exact, &f);

	free((void *)(uintptr_t)exact.p);
	return rc == 0 ? "" : f.text;
}

/* What was written, or what failed. */
static const char *
final(struct scramserver *s, struct slice message)
{
	static char out[600];
	struct slice exact = unit_exact(message);
	struct buf b = BUF(sizeof(out) - 1);
	int rc = scramserver_final(s, exact, &b, &f);

	(void)snprintf(out, sizeof(out), "%s", rc == 0 ? buf_str(&b) :
	    f.text);
	buf_free(&b);
	free((void *)(uintptr_t)exact.p);
	return out;
}

static void
challenge(struct scramserver *s, int known)
{
	struct buf out = BUF(300);

	CHECK_INT(scramserver_challenge(s, pencil(), known, &out, &f), 0);
	CHECK_SLICE(buf_slice(&out), SLICE("r=" BOTH
	    ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
	buf_free(&out);
}

static void
example(void)
{
	struct scramserver *s = start(0, 0);

	CHECK_STR(first(s, SLICE("n,,n=user,r=" NONCE)), "");
	CHECK_SLICE(scramserver_user(s), SLICE("user"));
	challenge(s, 1);
	CHECK_STR(final(s, SLICE("c=biws,r=" BOTH "," PROOF)),
	    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
	scramserver_free(&s);
	CHECK(s == NULL);
	scramserver_free(&s);
}

/* The right proof does not help who is not there, and looks the same. */
static void
unknown(void)
{
	struct scramserver *s = start(0, 0);

	CHECK_STR(first(s, SLICE("n,,n=user,r=" NONCE)), "");
	challenge(s, 0);
	CHECK_STR(final(s, SLICE("c=biws,r=" BOTH "," PROOF)),
	    "authentication: user: wrong password");
	CHECK_INT(f.class, EX_NOPERM);
	scramserver_free(&s);
}

#define DOWNGRADE "authentication: the list of mechanisms was changed on its " \
	"way to the client"
#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const struct {
	struct slice message;
	int plus;
	size_t nbindings;
	const char *want;
	int class;
} firsts[] = {
	{ SLICE("n,a=USER,n=user,r=x"), 0, 0, "", 0 },
	{ SLICE("n,,n=user,r=x,y=1"), 0, 0, "", 0 },
	{ SLICE("y,,n=user,r=x"), 0, 0, "", 0 },
	{ SLICE("n,,n=user,r=x"), 0, 2, "", 0 },
	{ SLICE("p=tls-exporter,,n=user,r=x"), 1, 2, "", 0 },
	{ SLICE("p=tls-server-end-point,,n=user,r=x"), 1, 2, "", 0 },
	{ SLICE("y,,n=user,r=x"), 0, 1, DOWNGRADE, EX_NOPERM },
	{ SLICE("y,,n=user,r=x"), 1, 1, DOWNGRADE, EX_NOPERM },
	{ SLICE("n,,n=user,r=x"), 1, 1, MALFORMED, EX_PROTOCOL },
	{ SLICE("p=tls-exporter,,n=user,r=x"), 0, 2, MALFORMED, EX_PROTOCOL },
	{ SLICE("p=tls-unique,,n=user,r=x"), 1, 2, "authentication: channel "
	    "binding tls-unique is not there", EX_PROTOCOL },
	{ SLICE("p=tls-server-end-point,,n=user,r=x"), 1, 1, "authentication: "
	    "channel binding tls-server-end-point is not there",
	    EX_PROTOCOL },
	{ SLICE("p=,,n=user,r=x"), 1, 1,
	    "authentication: channel binding  is not there", EX_PROTOCOL },
	{ SLICE("n,a=root,n=user,r=x"), 0, 0, "authentication: user: may not "
	    "act as another user", EX_NOPERM },
	{ SLICE("n,,m=1,n=user,r=x"), 0, 0, "authentication: SCRAM with an "
	    "unknown extension", EX_PROTOCOL },
	{ SLICE(""), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n"), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n,"), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n,,"), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("N,,n=user,r=x"), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n=,,n=user,r=x"), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n,a=,n=user,r=x"), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n,b=user,n=user,r=x"), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n,,n=user"), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n,,r=x,n=user"), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n,,n=user,r="), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n,,n=,r=x"), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n,,n=us=er,r=x"), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n,,n=us=2,r=x"), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n,,n=us\0er,r=x"), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n,,n=us\rer,r=x"), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n,,n=us\xff" "er,r=x"), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n,,n=user,r=a b"), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n,,n=user,r=a\x7f"), 0, 0, MALFORMED, EX_PROTOCOL },
	{ SLICE("n,,n=user,r=" HUNDRED HUNDRED HUNDRED), 0, 0, MALFORMED,
	    EX_PROTOCOL },
	{ SLICE("n,,n=" HUNDRED HUNDRED HUNDRED HUNDRED ",r=x"), 0, 0,
	    MALFORMED, EX_PROTOCOL },
};

static void
first_messages(void)
{
	size_t i;

	for (i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
		struct scramserver *s = start(firsts[i].plus,
		    firsts[i].nbindings);

		CASE(firsts[i].message.p);
		f.class = 0;
		CHECK_STR(first(s, firsts[i].message), firsts[i].want);
		CHECK_INT(f.class, firsts[i].class);
		scramserver_free(&s);
	}
}

#define REFUSED "authentication: user: wrong password"
#define OTHER "authentication: user: another channel or another nonce"

static const struct {
	struct slice message;
	const char *want;
	int class;
} finals[] = {
	{ SLICE(""), MALFORMED, EX_PROTOCOL },
	{ SLICE("c=biws"), MALFORMED, EX_PROTOCOL },
	{ SLICE("c=biws,r=" BOTH), MALFORMED, EX_PROTOCOL },
	{ SLICE("c=biws,r=" BOTH ","), MALFORMED, EX_PROTOCOL },
	{ SLICE("c=biws,r=" BOTH ",p="), MALFORMED, EX_PROTOCOL },
	{ SLICE("c=biws,r=" BOTH ",p=AAAA"), MALFORMED, EX_PROTOCOL },
	{ SLICE("c=biws,r=" BOTH "," PROOF ","), MALFORMED, EX_PROTOCOL },
	{ SLICE("c=biws,r=" BOTH "," PROOF ",x=1"), MALFORMED, EX_PROTOCOL },
	{ SLICE("c=biws,r=" BOTH "," PROOF "AAAA"), MALFORMED, EX_PROTOCOL },
	{ SLICE("c=biws," PROOF), MALFORMED, EX_PROTOCOL },
	{ SLICE(PROOF), MALFORMED, EX_PROTOCOL },
	{ SLICE("r=" BOTH ",c=biws," PROOF), MALFORMED, EX_PROTOCOL },
	{ SLICE("c=,r=" BOTH "," PROOF), OTHER, EX_NOPERM },
	{ SLICE("c=!,r=" BOTH "," PROOF), OTHER, EX_NOPERM },
	{ SLICE("c=eSws,r=" BOTH "," PROOF), OTHER, EX_NOPERM },
	{ SLICE("c=biws,r=" NONCE "," PROOF), OTHER, EX_NOPERM },
	{ SLICE("c=biws,r=" BOTH "x," PROOF), OTHER, EX_NOPERM },
	{ SLICE("c=biws,r=," PROOF), OTHER, EX_NOPERM },
	{ SLICE("c=biws,r=" BOTH ",x=1," PROOF), REFUSED, EX_NOPERM },
	{ SLICE("c=biws,r=" BOTH
	    ",p=eHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="), REFUSED,
	    EX_NOPERM },
};

static void
final_messages(void)
{
	size_t i;

	for (i = 0; i < sizeof(finals) / sizeof(finals[0]); i++) {
		struct scramserver *s = start(0, 0);

		CASE(finals[i].message.p);
		CHECK_STR(first(s, SLICE("n,,n=user,r=" NONCE)), "");
		challenge(s, 1);
		CHECK_STR(final(s, finals[i].message), finals[i].want);
		CHECK_INT(f.class, finals[i].class);
		scramserver_free(&s);
	}
}

/* What is bound has to be of this channel: header and bytes. */
static void
binding(void)
{
	static const struct {
		const char *c;
		const char *want;
	} cases[] = {
		/* p=tls-exporter,,\0\1\2 */
		{ "cD10bHMtZXhwb3J0ZXIsLAABAg==", REFUSED },
		/* ... \0\1\3; nothing; n,, */
		{ "cD10bHMtZXhwb3J0ZXIsLAABAw==", OTHER },
		{ "cD10bHMtZXhwb3J0ZXIsLA==", OTHER },
		{ "biws", OTHER },
	};
	char message[300];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scramserver *s = start(1, 2);

		CASE(cases[i].c);
		CHECK_STR(first(s, SLICE("p=tls-exporter,,n=user,r=" NONCE)),
		    "");
		challenge(s, 1);
		(void)snprintf(message, sizeof(message), "c=%s,r=%s,%s",
		    cases[i].c, BOTH, PROOF);
		CHECK_STR(final(s, slice_str(message)), cases[i].want);
		scramserver_free(&s);
	}
}

int
main(void)
{
	RUN(example);
	RUN(unknown);
	RUN(first_messages);
	RUN(final_messages);
	RUN(binding);
	return unit_done();
}
