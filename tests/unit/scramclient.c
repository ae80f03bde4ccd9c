/* SPDX-License-Identifier: ISC */
/* Unit test of scramclient: the example of RFC 7677, and servers that break
 * the rules. */

#include "scramclient.h"
#include "unit.h"

static struct fail f;

#define NONCE "rOprNGfwEbeRWgbNEkqO"
#define BOTH NONCE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define FIRST "r=" BOTH ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
#define FINAL "c=biws,r=" BOTH \
	",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
#define SIGNATURE "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

static struct scramclient *
start(void)
{
	static const struct scramclient_conf conf = {
		.user = { "user", 4 }, .password = { "pencil", 6 },
		.flag = 'n', .nonce = NONCE,
	};
	struct scramclient *c = scramclient_new(&conf, &f);

	if (c == NULL)
		abort();
	return c;
}

/* One step: what was written, or what failed. */
static const char *
step(struct scramclient *c, struct slice message)
{
	static char out[600];
	struct slice exact = unit_exact(message);
	struct buf b = BUF(sizeof(out) - 1);
	int rc = scramclient_step(c, exact, &b, &f);

	(void)snprintf(out, sizeof(out), "%s", rc == 0 ? buf_str(&b) :
	    f.text);
	buf_free(&b);
	free((void *)(uintptr_t)exact.p);
	return out;
}

static void
example(void)
{
	struct scramclient *c = start();

	CHECK_STR(step(c, SLICE("")), "n,,n=user,r=" NONCE);
	CHECK_STR(step(c, SLICE(FIRST)), FINAL);
	CHECK_INT(scramclient_proved(c), 0);
	CHECK_STR(step(c, SLICE(SIGNATURE)), "");
	CHECK_INT(scramclient_proved(c), 1);
	CHECK_STR(step(c, SLICE("")), "authentication: not a message of SCRAM");
	scramclient_free(&c);
	CHECK(c == NULL);
	scramclient_free(&c);
}

/* Extensions that are not mandatory are passed over, and signed. */
static void
extensions(void)
{
	struct scramclient *c = start();

	(void)step(c, SLICE(""));
	CHECK(strncmp(step(c, SLICE(FIRST ",x=1,y=")), "c=biws,r=", 9) == 0);
	CHECK_STR(step(c, SLICE(SIGNATURE)), "authentication: the server does "
	    "not know the password, so it is another");
	scramclient_free(&c);
}

#define MALFORMED "authentication: not a message of SCRAM"
#define OTHER_NONCE "authentication: the server's nonce does not begin with " \
	"ours"
#define COUNT(n) "authentication: the server wants " n " iterations, which " \
	"are not 4096 to 2000000"
#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const struct {
	struct slice message;
	const char *want;
	int class;
} firsts[] = {
	{ SLICE(""), MALFORMED, EX_PROTOCOL },
	{ SLICE("r="), MALFORMED, EX_PROTOCOL },
	{ SLICE("r=" BOTH), MALFORMED, EX_PROTOCOL },
	{ SLICE("r=" BOTH ",s=QSXCR+Q6sek8bf92"), MALFORMED, EX_PROTOCOL },
	{ SLICE("r=" BOTH ",i=4096,s=QSXCR+Q6sek8bf92"), MALFORMED,
	    EX_PROTOCOL },
	{ SLICE("r=" BOTH ",s=,i=4096"), MALFORMED, EX_PROTOCOL },
	{ SLICE("r=" BOTH ",s=QSXCR+Q6sek8bf9,i=4096"), MALFORMED,
	    EX_PROTOCOL },
	{ SLICE("r=" BOTH ",s=" HUNDRED ",i=4096"), MALFORMED, EX_PROTOCOL },
	{ SLICE("r=" NONCE HUNDRED HUNDRED HUNDRED ",s=AAAA,i=4096"),
	    MALFORMED, EX_PROTOCOL },
	{ SLICE("e=other-error"), MALFORMED, EX_PROTOCOL },
	{ SLICE("m=1," FIRST), "authentication: SCRAM with an unknown "
	    "extension", EX_PROTOCOL },
	{ SLICE("r=" NONCE ",s=AAAA,i=4096"), OTHER_NONCE, EX_PROTOCOL },
	{ SLICE("r=x" NONCE ",s=AAAA,i=4096"), OTHER_NONCE, EX_PROTOCOL },
	{ SLICE("r=rOprNGfwEbeRWgbNEkq0%hv,s=AAAA,i=4096"), OTHER_NONCE,
	    EX_PROTOCOL },
	{ SLICE("r=" BOTH ",s=AAAA,i=4095"), COUNT("4095"), EX_PROTOCOL },
	{ SLICE("r=" BOTH ",s=AAAA,i=0"), COUNT("0"), EX_PROTOCOL },
	{ SLICE("r=" BOTH ",s=AAAA,i=-1"), COUNT("-1"), EX_PROTOCOL },
	{ SLICE("r=" BOTH ",s=AAAA,i="), COUNT(""), EX_PROTOCOL },
	{ SLICE("r=" BOTH ",s=AAAA,i=2000001"), COUNT("2000001"),
	    EX_PROTOCOL },
	{ SLICE("r=" BOTH ",s=AAAA,i=2147483648"), COUNT("2147483648"),
	    EX_PROTOCOL },
	{ SLICE("r=" BOTH ",s=AAAA,i=18446744073709555712"),
	    COUNT("18446744073709555712"), EX_PROTOCOL },
	{ SLICE("r=" BOTH ",s=AAAA,i=\x1b[31m"), COUNT("\\x1b[31m"),
	    EX_PROTOCOL },
};

static void
hostile_first(void)
{
	size_t i;

	for (i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
		struct scramclient *c = start();

		CASE(firsts[i].message.p);
		(void)step(c, SLICE(""));
		CHECK_STR(step(c, firsts[i].message), firsts[i].want);
		CHECK_INT(f.class, firsts[i].class);
		CHECK_INT(scramclient_proved(c), 0);
		scramclient_free(&c);
	}
}

static const struct {
	struct slice message;
	const char *want;
	int class;
} finals[] = {
	{ SLICE(""), MALFORMED, EX_PROTOCOL },
	{ SLICE("v="), MALFORMED, EX_PROTOCOL },
	{ SLICE("v=AAAA"), MALFORMED, EX_PROTOCOL },
	{ SLICE("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4"), MALFORMED,
	    EX_PROTOCOL },
	{ SLICE("x=1," SIGNATURE), MALFORMED, EX_PROTOCOL },
	{ SLICE("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5="), MALFORMED,
	    EX_PROTOCOL },
	{ SLICE("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
	    "authentication: the server does not know the password, so it is "
	    "another", EX_NOPERM },
	{ SLICE("e=invalid-proof"), "authentication: refused: invalid-proof",
	    EX_NOPERM },
	{ SLICE("e=\x1b]0;\r\nx,v=1"), "authentication: refused: "
	    "\\x1b]0;\\x0d\\x0ax", EX_NOPERM },
};

static void
hostile_final(void)
{
	size_t i;

	for (i = 0; i < sizeof(finals) / sizeof(finals[0]); i++) {
		struct scramclient *c = start();

		CASE(finals[i].message.p);
		(void)step(c, SLICE(""));
		CHECK_STR(step(c, SLICE(FIRST)), FINAL);
		CHECK_STR(step(c, finals[i].message), finals[i].want);
		CHECK_INT(f.class, finals[i].class);
		CHECK_INT(scramclient_proved(c), 0);
		scramclient_free(&c);
	}
}

/* The headers, and what is bound: "p=tls-exporter,," and the bytes. */
static void
binding(void)
{
	struct sasl_binding exporter = { "tls-exporter", SLICE("\0\1\2") };
	struct scramclient_conf conf = { SLICE("a,b=c"), SLICE("d,e"),
		SLICE("pencil"), 'p', &exporter, NONCE };
	struct scramclient *c = scramclient_new(&conf, &f);

	CHECK_STR(step(c, SLICE("")),
	    "p=tls-exporter,a=d=2Ce,n=a=2Cb=3Dc,r=" NONCE);
	CHECK(strncmp(step(c, SLICE(FIRST)),
	    "c=cD10bHMtZXhwb3J0ZXIsYT1kPTJDZSwAAQI=,r=" NONCE, 60) == 0);
	scramclient_free(&c);

	conf.flag = 'y';
	conf.authzid = SLICE("");
	c = scramclient_new(&conf, &f);
	CHECK_STR(step(c, SLICE("")), "y,,n=a=2Cb=3Dc,r=" NONCE);
	CHECK(strncmp(step(c, SLICE(FIRST)), "c=eSws,r=", 9) == 0);
	scramclient_free(&c);
}

static void
nonces(void)
{
	struct scramclient_conf conf = { SLICE("user"), SLICE(""),
		SLICE("pencil"), 'n', NULL, NULL };
	struct scramclient *c = scramclient_new(&conf, &f);
	char first[100];

	(void)snprintf(first, sizeof(first), "%s", step(c, SLICE("")));
	CHECK_INT(strlen(first), strlen("n,,n=user,r=") + 24);
	scramclient_free(&c);
	c = scramclient_new(&conf, &f);
	CHECK(strcmp(first, step(c, SLICE(""))) != 0);
	scramclient_free(&c);
}

static void
no_password(void)
{
	struct scramclient_conf conf = { SLICE("user"), SLICE(""),
		SLICE("a\tb"), 'n', NULL, NULL };

	CHECK(scramclient_new(&conf, &f) == NULL);
	CHECK_INT(f.class, EX_DATAERR);
	conf.password = SLICE("a\xff");
	CHECK(scramclient_new(&conf, &f) == NULL);
	conf.password = SLICE("");
	CHECK(scramclient_new(&conf, &f) == NULL);
}

/* A response that does not fit says so. */
static void
no_room(void)
{
	struct scramclient *c = start();
	struct buf out = BUF(10);

	CHECK_INT(scramclient_step(c, SLICE(""), &out, &f), -1);
	CHECK_INT(f.class, EX_DATAERR);
	buf_free(&out);
	scramclient_free(&c);
}

int
main(void)
{
	RUN(example);
	RUN(extensions);
	RUN(hostile_first);
	RUN(hostile_final);
	RUN(binding);
	RUN(nonces);
	RUN(no_password);
	RUN(no_room);
	return unit_done();
}
