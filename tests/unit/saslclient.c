/* SPDX-License-Identifier: ISC */
/* Unit test of saslclient: which mechanism is chosen, and what it says. */

#include "limits.h"
#include "saslclient.h"
#include "unit.h"

static struct fail f;
static const struct sasl_binding exporter = { "tls-exporter", { "xyz", 3 } };

#define ALL "LOGIN PLAIN CRAM-MD5 XOAUTH2 OAUTHBEARER SCRAM-SHA-1 " \
	"SCRAM-SHA-256 SCRAM-SHA-256-PLUS EXTERNAL GSSAPI"
#define SHOW(m) "authentication: " m " would show the password or token to " \
	"whoever listens"
#define NOTHING(m) "authentication: the server offers no mechanism that can " \
	"be used (" m ")"

enum { PRIVATE = 1, BOUND = 2, TOKEN = 4, CERT = 8, ALLOWED = 16 };

static struct saslclient_conf
conf_of(int flags)
{
	return (struct saslclient_conf){
		.user = SLICE("tim"),
		.secret = flags & CERT ? SLICE("") :
		    SLICE("tanstaaftanstaaf"),
		.token = (flags & TOKEN) != 0,
		.private = (flags & PRIVATE) != 0,
		.clear_allowed = (flags & ALLOWED) != 0,
		.binding = flags & BOUND ? &exporter : NULL,
		.host = "mx.example.org",
		.port = 587,
	};
}

static const struct {
	const char *offered;
	int flags;
	const char *mechanism; /* NULL: the best */
	const char *want;
	int class;
} choices[] = {
	{ ALL, PRIVATE | BOUND, NULL, "SCRAM-SHA-256-PLUS", 0 },
	{ ALL, PRIVATE, NULL, "SCRAM-SHA-256", 0 },
	{ "login plain cram-md5", PRIVATE, NULL, "PLAIN", 0 },
	{ "LOGIN CRAM-MD5", PRIVATE, NULL, "LOGIN", 0 },
	{ "CRAM-MD5", PRIVATE, NULL, "CRAM-MD5", 0 },
	{ ALL, PRIVATE | TOKEN, NULL, "OAUTHBEARER", 0 },
	{ "PLAIN XOAUTH2", PRIVATE | TOKEN, NULL, "XOAUTH2", 0 },
	{ ALL, PRIVATE | CERT, NULL, "EXTERNAL", 0 },
	{ ALL, 0, NULL, "SCRAM-SHA-256", 0 },
	{ "LOGIN PLAIN CRAM-MD5", 0, NULL, "CRAM-MD5", 0 },
	{ "LOGIN PLAIN", ALLOWED, NULL, "PLAIN", 0 },
	{ "LOGIN PLAIN", PRIVATE, "login", "LOGIN", 0 },
	{ ALL, PRIVATE | BOUND, "SCRAM-SHA-256", "SCRAM-SHA-256", 0 },
	{ "", PRIVATE, "PLAIN", "PLAIN", 0 },
	{ "LOGIN PLAIN", 0, NULL, SHOW("LOGIN"), EX_NOPERM },
	{ "LOGIN", 0, "PLAIN", SHOW("PLAIN"), EX_NOPERM },
	{ "XOAUTH2", TOKEN, NULL, SHOW("XOAUTH2"), EX_NOPERM },
	{ "", PRIVATE, NULL, NOTHING(""), EX_NOPERM },
	{ "GSSAPI \x1b[m", PRIVATE, NULL, NOTHING("GSSAPI \\x1b[m"),
	    EX_NOPERM },
	{ "PLAIN LOGIN", PRIVATE | TOKEN, NULL, NOTHING("PLAIN LOGIN"),
	    EX_NOPERM },
	{ "PLAIN LOGIN", PRIVATE | CERT, NULL, NOTHING("PLAIN LOGIN"),
	    EX_NOPERM },
	{ ALL, PRIVATE, "SCRAM-SHA-1", "authentication: SCRAM-SHA-1: unknown "
	    "mechanism", EX_CONFIG },
	{ ALL, PRIVATE, "SCRAM-SHA-256-PLUS", "authentication: "
	    "SCRAM-SHA-256-PLUS needs TLS", EX_CONFIG },
	{ ALL, PRIVATE, "OAUTHBEARER", "authentication: OAUTHBEARER needs a "
	    "token", EX_CONFIG },
	{ ALL, PRIVATE | TOKEN, "PLAIN", "authentication: PLAIN needs a "
	    "password", EX_CONFIG },
	{ ALL, PRIVATE, "EXTERNAL", "authentication: EXTERNAL takes no "
	    "password", EX_CONFIG },
};

static void
choice(void)
{
	size_t i;

	for (i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		struct saslclient_conf conf = conf_of(choices[i].flags);
		struct saslclient *c;

		CASE(choices[i].want);
		conf.offered = slice_str(choices[i].offered);
		conf.mechanism = choices[i].mechanism;
		f.class = 0;
		c = saslclient_new(&conf, &f);
		CHECK_STR(c == NULL ? f.text :
		    sasl_name(saslclient_mechanism(c)), choices[i].want);
		CHECK_INT(f.class, choices[i].class);
		saslclient_free(&c);
	}
}

/* What is said by "mechanism": each response with | behind it.  "challenges"
 * are separated by |, too.  At the end "accepted", or what failed. */
static const char *
talk(struct saslclient_conf conf, struct slice challenges, int accepted)
{
	static char text[1000];
	struct saslclient *c = saslclient_new(&conf, &f);
	struct buf all = BUF(sizeof(text) - 1), out = BUF(LIMIT_AUTH);
	struct slice challenge;
	int rc = c == NULL ? -1 : saslclient_first(c, &out, &f);

	while (rc >= 0) {
		if (rc == 1 || out.n > 0 || challenges.n == 0) {
			(void)buf_add(&all, buf_slice(&out));
			(void)buf_addc(&all, '|');
		}
		buf_clear(&out);
		if (challenges.n == 0)
			break;
		(void)slice_until(&challenges, '|', &challenge);
		rc = saslclient_step(c, challenge, &out, &f);
		rc = rc == 0 ? 1 : rc;
	}
	if (rc >= 0 && accepted)
		rc = saslclient_end(c, &f);
	if (rc >= 0 && !accepted) {
		rc = fail_set(&f, EX_NOPERM, "refused");
		saslclient_refused(c, &f);
	}
	(void)buf_adds(&all, rc >= 0 ? "accepted" : f.text);
	memcpy(text, buf_str(&all), all.n + 1);
	saslclient_free(&c);
	buf_free(&all);
	buf_wipe(&out);
	return text;
}

#define NO_CHALLENGE "authentication: a challenge where none can be"
#define EARLY(m) "authentication: the server accepted before " m " was through"

static const struct {
	const char *mechanism;
	int flags;
	struct slice challenges;
	int accepted;
	struct slice want; /* ^A shown as it is, NUL too */
} talks[] = {
	{ "EXTERNAL", PRIVATE | CERT, SLICE(""), 1, SLICE("|accepted") },
	{ "EXTERNAL", PRIVATE | CERT, SLICE("x"), 1, SLICE("|" NO_CHALLENGE) },
	{ "PLAIN", PRIVATE, SLICE(""), 1,
	    SLICE("\0tim\0tanstaaftanstaaf|accepted") },
	{ "PLAIN", PRIVATE, SLICE("more"), 1,
	    SLICE("\0tim\0tanstaaftanstaaf|" NO_CHALLENGE) },
	{ "LOGIN", PRIVATE, SLICE("Username:|Password:"), 1,
	    SLICE("tim|tanstaaftanstaaf|accepted") },
	{ "LOGIN", PRIVATE, SLICE("User Name\0|"), 1,
	    SLICE("tim|" EARLY("LOGIN")) },
	{ "LOGIN", PRIVATE, SLICE("a|b|c"), 1,
	    SLICE("tim|tanstaaftanstaaf|" NO_CHALLENGE) },
	{ "CRAM-MD5", 0, SLICE("<1896.697170952@postoffice.reston.mci.net>"),
	    1, SLICE("tim b913a602c7eda7a495b4e6e7334d3890|accepted") },
	{ "CRAM-MD5", 0, SLICE(""), 1, SLICE("|" EARLY("CRAM-MD5")) },
	{ "CRAM-MD5", 0, SLICE("|"), 1, SLICE(NO_CHALLENGE) },
	{ "OAUTHBEARER", PRIVATE | TOKEN, SLICE(""), 1, SLICE("n,a=tim,\1"
	    "host=mx.example.org\1port=587\1auth=Bearer tanstaaftanstaaf"
	    "\1\1|accepted") },
	{ "OAUTHBEARER", PRIVATE | TOKEN, SLICE("{\"status\":\"\x1b[m\"}"), 0,
	    SLICE("n,a=tim,\1host=mx.example.org\1port=587\1auth=Bearer "
	    "tanstaaftanstaaf\1\1|\1|refused ({\"status\":\"\\x1b[m\"})") },
	{ "OAUTHBEARER", PRIVATE | TOKEN, SLICE("{}"), 1,
	    SLICE("n,a=tim,\1host=mx.example.org\1port=587\1auth=Bearer "
	    "tanstaaftanstaaf\1\1|\1|" EARLY("OAUTHBEARER")) },
	{ "OAUTHBEARER", PRIVATE | TOKEN, SLICE("{}|{}"), 1,
	    SLICE("n,a=tim,\1host=mx.example.org\1port=587\1auth=Bearer "
	    "tanstaaftanstaaf\1\1|\1|" NO_CHALLENGE) },
	{ "XOAUTH2", PRIVATE | TOKEN, SLICE("{\"status\":\"401\"}"), 0,
	    SLICE("user=tim\1auth=Bearer tanstaaftanstaaf\1\1||refused "
	    "({\"status\":\"401\"})") },
};

static void
talked(void)
{
	size_t i;

	for (i = 0; i < sizeof(talks) / sizeof(talks[0]); i++) {
		struct saslclient_conf conf = conf_of(talks[i].flags);
		const char *got;

		CASE(talks[i].mechanism);
		conf.mechanism = talks[i].mechanism;
		got = talk(conf, talks[i].challenges, talks[i].accepted);
		CHECK_SLICE(((struct slice){ got, talks[i].want.n }),
		    talks[i].want);
		CHECK_INT(got[talks[i].want.n], '\0');
	}
}

/* The header of SCRAM says what the client could do (RFC 5802, 6). */
static void
header(void)
{
	static const struct {
		const char *offered, *mechanism;
		int flags;
		const char *want;
	} cases[] = {
		{ "SCRAM-SHA-256", NULL, 0, "n,,n=tim,r=" },
		{ "SCRAM-SHA-256", NULL, BOUND, "y,,n=tim,r=" },
		{ "SCRAM-SHA-256 SCRAM-SHA-256-PLUS", NULL, 0,
		    "n,,n=tim,r=" },
		{ "SCRAM-SHA-256 SCRAM-SHA-256-PLUS", NULL, BOUND,
		    "p=tls-exporter,,n=tim,r=" },
		/* It is known to be there, and was not wanted. */
		{ "SCRAM-SHA-256 SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", BOUND,
		    "n,,n=tim,r=" },
		/* Nothing is known of what is there. */
		{ "", "SCRAM-SHA-256", BOUND, "n,,n=tim,r=" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct saslclient_conf conf = conf_of(cases[i].flags);
		const char *got;

		CASE(cases[i].want);
		conf.offered = slice_str(cases[i].offered);
		conf.mechanism = cases[i].mechanism;
		got = talk(conf, SLICE("e=x"), 1);
		CHECK(strncmp(got, cases[i].want, strlen(cases[i].want)) ==
		    0);
		got = talk(conf, SLICE(""), 1);
		CHECK(strstr(got, EARLY("SCRAM-SHA-256")) != NULL ||
		    strstr(got, EARLY("SCRAM-SHA-256-PLUS")) != NULL);
	}
}

static void
as_another(void)
{
	struct saslclient_conf conf = conf_of(PRIVATE);

	conf.authzid = SLICE("bob");
	conf.mechanism = "PLAIN";
	CHECK(memcmp(talk(conf, SLICE(""), 1), "bob\0tim\0tan", 11) == 0);
	conf.mechanism = "LOGIN";
	CHECK_STR(talk(conf, SLICE(""), 1),
	    "authentication: LOGIN cannot act as another user");
	CHECK_INT(f.class, EX_CONFIG);
	conf.mechanism = "OAUTHBEARER";
	conf.token = 1;
	CHECK(strncmp(talk(conf, SLICE(""), 1), "n,a=bob,", 8) == 0);
}

static void
unfit(void)
{
	static char many[LIMIT_SECRET + 1];
	struct saslclient_conf conf = conf_of(PRIVATE);
	struct buf out = BUF(LIMIT_AUTH);
	struct saslclient *c;

	conf.mechanism = "PLAIN";
	conf.user = SLICE("a\0b");
	CHECK_STR(talk(conf, SLICE(""), 1),
	    "authentication: a\\x00b: cannot be a user's name");
	CHECK_INT(f.class, EX_DATAERR);
	conf.user = SLICE("");
	CHECK(saslclient_new(&conf, &f) == NULL);
	conf = conf_of(PRIVATE);
	conf.mechanism = "PLAIN";
	conf.secret = SLICE("a\0b");
	CHECK(saslclient_new(&conf, &f) == NULL);
	CHECK_INT(f.class, EX_DATAERR);
	memset(many, 'x', sizeof(many));
	conf.secret = (struct slice){ many, LIMIT_SECRET + 1 };
	CHECK(saslclient_new(&conf, &f) == NULL);
	conf.secret.n--;
	c = saslclient_new(&conf, &f);
	CHECK(c != NULL);
	CHECK_INT(saslclient_first(c, &out, &f), 1);
	CHECK_INT(out.n, LIMIT_SECRET + 5);
	buf_wipe(&out);
	out = BUF(LIMIT_SECRET);
	CHECK_INT(saslclient_step(c, SLICE(""), &out, &f), -1);
	saslclient_free(&c);
	c = saslclient_new(&conf, &f);
	CHECK_INT(saslclient_first(c, &out, &f), -1);
	CHECK_STR(f.text, "authentication: a response longer than 8192 bytes");
	saslclient_free(&c);
	buf_wipe(&out);
	conf.token = 1;
	conf.mechanism = "XOAUTH2";
	conf.secret = SLICE("t\1auth=Bearer u");
	CHECK(saslclient_new(&conf, &f) == NULL);
	CHECK_INT(f.class, EX_DATAERR);
	conf = conf_of(PRIVATE);
	conf.mechanism = "SCRAM-SHA-256";
	conf.secret = SLICE("caf\xe9");
	CHECK(saslclient_new(&conf, &f) == NULL);
	CHECK_INT(f.class, EX_DATAERR);
}

/* Without one that was asked for, only what can be used fits. */
static void
fitting(void)
{
	static const struct {
		const char *offered;
		int flags;
		const char *mechanism;
		int want;
	} cases[] = {
		{ "PLAIN", PRIVATE, NULL, 1 }, { "", PRIVATE, NULL, 0 },
		{ "PLAIN LOGIN", 0, NULL, 0 }, { "", PRIVATE, "plain", 1 },
		{ "X-OTHER", PRIVATE, NULL, 0 },
		{ "", PRIVATE | TOKEN, NULL, 1 },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct saslclient_conf conf = conf_of(cases[i].flags);

		CASE(cases[i].offered);
		conf.offered = slice_str(cases[i].offered);
		conf.mechanism = cases[i].mechanism;
		CHECK_INT(saslclient_fits(&conf), cases[i].want);
	}
}

int
main(void)
{
	RUN(choice);
	RUN(fitting);
	RUN(talked);
	RUN(header);
	RUN(as_another);
	RUN(unfit);
	return unit_done();
}
