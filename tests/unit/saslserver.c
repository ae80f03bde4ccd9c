/* SPDX-License-Identifier: ISC */
/* Unit test of saslserver: every mechanism with our own client, and clients
 * that break the rules. */

#include "limits.h"
#include "saslclient.h"
#include "saslserver.h"
#include "unit.h"

static struct fail f;
static const struct sasl_binding bindings[] = {
	{ "tls-server-end-point", { "hash of the certificate", 23 } },
	{ "tls-exporter", { "\0\1\2\3", 4 } },
};
static struct saslclient_conf client_conf;

/* The one user is tim, whose password is also his token. */
#define SECRET "tanstaaftanstaaf"

static int
is_tim(struct slice user)
{
	if (slice_eq(user, SLICE("busy")))
		return fail_set(&f, EX_TEMPFAIL, "database: down");
	return slice_caseeq(user, SLICE("tim"));
}

static int
check_password(void *ctx, struct slice user, struct slice password,
    struct fail *fail)
{
	CHECK_STR((const char *)ctx, "ctx");
	CHECK(fail == &f);
	return is_tim(user) != 1 ? is_tim(user) :
	    slice_eq(password, SLICE(SECRET));
}

static int
find_verifier(void *ctx, struct slice user, struct scram_verifier *v,
    struct fail *fail)
{
	static struct scram_verifier of_tim;

	(void)ctx;
	if (of_tim.iterations == 0)
		CHECK_INT(scram_make(SLICE(SECRET), &of_tim, fail), 0);
	if (is_tim(user) == 1)
		*v = of_tim;
	return is_tim(user);
}

static int
check_digest(void *ctx, struct slice user, struct slice challenge,
    struct slice digest, struct fail *fail)
{
	char want[SASL_CRAM_DIGEST];

	(void)ctx;
	CHECK_INT(sasl_cram_md5(SLICE(SECRET), challenge, want, fail), 0);
	return is_tim(user) != 1 ? is_tim(user) :
	    slice_eq(digest, slice_str(want));
}

static const struct saslserver_ops all_ops = { check_password, find_verifier,
	check_digest, check_password };
static const struct saslserver_ops no_ops;

static struct saslserver_conf
server_conf(void)
{
	return (struct saslserver_conf){ .ops = &all_ops,
		.ctx = (void *)(uintptr_t)"ctx", .private = 1,
		.host = "mx.example.org", .certificate = SLICE("tim"),
		.bindings = bindings, .nbindings = 2 };
}

static void
offered(struct saslserver_conf conf, const char *want)
{
	struct buf out = BUF(200);

	CHECK_INT(saslserver_offer(&conf, &out), 0);
	CHECK_SLICE(buf_slice(&out), slice_str(want));
	buf_free(&out);
}

static void
offers(void)
{
	struct saslserver_conf conf = server_conf();
	struct buf small = BUF(10);

	offered(conf, "EXTERNAL SCRAM-SHA-256-PLUS SCRAM-SHA-256 OAUTHBEARER "
	    "XOAUTH2 PLAIN LOGIN CRAM-MD5");
	CHECK_INT(saslserver_offer(&conf, &small), -1);
	buf_free(&small);
	conf.private = 0;
	offered(conf, "EXTERNAL SCRAM-SHA-256-PLUS SCRAM-SHA-256 CRAM-MD5");
	conf.nbindings = 0;
	conf.certificate = SLICE("");
	offered(conf, "SCRAM-SHA-256 CRAM-MD5");
	conf.ops = &no_ops;
	offered(conf, "");
	conf.ops = &(struct saslserver_ops){ .password = check_password };
	conf.private = 1;
	offered(conf, "PLAIN LOGIN");
	conf.ops = &(struct saslserver_ops){ .token = check_password };
	offered(conf, "OAUTHBEARER XOAUTH2");
}

static void
not_offered(void)
{
	struct saslserver_conf conf = server_conf();

	CHECK(saslserver_new(&conf, SLICE("GSSAPI\x1b"), &f) == NULL);
	CHECK_INT(f.class, EX_UNAVAILABLE);
	CHECK_STR(f.text, "authentication: GSSAPI\\x1b is not offered");
	CHECK(saslserver_new(&conf, SLICE(""), &f) == NULL);
	conf.private = 0;
	CHECK(saslserver_new(&conf, SLICE("plain"), &f) == NULL);
	CHECK_INT(f.class, EX_NOPERM);
	CHECK_STR(f.text, "authentication: PLAIN needs TLS");
	conf.ops = &no_ops;
	CHECK(saslserver_new(&conf, SLICE("SCRAM-SHA-256"), &f) == NULL);
	CHECK_INT(f.class, EX_UNAVAILABLE);
}

/* Both sides, to the end: "tim", or what failed on the side that did. */
static const char *
both(const char *mechanism, const struct saslserver_conf *conf)
{
	static char text[sizeof(f.text)];
	struct buf offer = BUF(200), up = BUF(LIMIT_AUTH), down = up;
	struct saslserver *s = NULL;
	struct saslclient *c;
	struct slice response;
	int rc, first;

	client_conf.mechanism = mechanism;
	(void)saslserver_offer(conf, &offer);
	client_conf.offered = buf_slice(&offer);
	c = saslclient_new(&client_conf, &f);
	rc = c == NULL ? -1 : saslclient_first(c, &up, &f);
	first = rc == 1;
	if (rc != -1 && (s = saslserver_new(conf, slice_str(sasl_name(
	    saslclient_mechanism(c))), &f)) == NULL)
		rc = -1;
	while (rc != -1) {
		response = buf_slice(&up);
		buf_clear(&down);
		rc = saslserver_step(s, first ? &response : NULL, &down, &f);
		first = 1;
		if (rc != SASLSERVER_MORE)
			break;
		buf_clear(&up);
		rc = saslclient_step(c, buf_slice(&down), &up, &f);
	}
	if (rc == -1 && c != NULL)
		saslclient_refused(c, &f);
	if (rc == SASLSERVER_DONE)
		rc = saslclient_end(c, &f);
	if (rc == 0)
		(void)snprintf(text, sizeof(text), "%.*s",
		    SLICE_ARG(saslserver_user(s)));
	else
		(void)snprintf(text, sizeof(text), "%s", f.text);
	saslclient_free(&c);
	saslserver_free(&s);
	buf_free(&offer);
	buf_wipe(&up);
	buf_wipe(&down);
	return text;
}

static const char *const mechanisms[] = { "EXTERNAL", "SCRAM-SHA-256-PLUS",
	"SCRAM-SHA-256", "OAUTHBEARER", "XOAUTH2", "PLAIN", "LOGIN",
	"CRAM-MD5", NULL };

static void
set_client(const char *mechanism, const char *user, const char *secret)
{
	int token = strstr(mechanism, "OAUTH") != NULL;

	client_conf = (struct saslclient_conf){ .user = slice_str(user),
		.secret = slice_str(strcmp(mechanism, "EXTERNAL") == 0 ? "" :
		secret), .token = token, .private = 1,
		.binding = &bindings[1] };
}

static void
logged_in(void)
{
	struct saslserver_conf conf = server_conf();
	size_t i;

	for (i = 0; mechanisms[i] != NULL; i++) {
		CASE(mechanisms[i]);
		set_client(mechanisms[i], "tim", SECRET);
		CHECK_STR(both(mechanisms[i], &conf), "tim");
	}
	CHECK_STR(both(NULL, &conf), "tim");
	client_conf.binding = &bindings[0];
	CHECK_STR(both("SCRAM-SHA-256-PLUS", &conf), "tim");
	client_conf.binding = NULL;
	CHECK_STR(both("SCRAM-SHA-256", &conf), "tim");
}

/* A wrong secret and an unknown user: the same words, but for the name. */
static void
refused(void)
{
	struct saslserver_conf conf = server_conf();
	size_t i;

	for (i = 1; mechanisms[i] != NULL; i++) {
		const char *user = "tim", *secret = "wrong", *what;
		int again;

		CASE(mechanisms[i]);
		for (again = 0; again < 2; again++) {
			char want[100];

			set_client(mechanisms[i], user, secret);
			what = client_conf.token ? "token" : "password";
			(void)snprintf(want, sizeof(want), "authentication: "
			    "%s: wrong %s%s", user, what,
			    !client_conf.token ? "" : mechanisms[i][0] == 'X' ?
			    " ({\"status\":\"401\",\"schemes\":\"bearer\"})" :
			    " ({\"status\":\"invalid_token\"})");
			CHECK_STR(both(mechanisms[i], &conf), want);
			CHECK_INT(f.class, EX_NOPERM);
			user = "eve";
			secret = SECRET;
		}
		set_client(mechanisms[i], "busy", SECRET);
		CHECK(strncmp(both(mechanisms[i], &conf), "database: down",
		    14) == 0);
		CHECK_INT(f.class, EX_TEMPFAIL);
	}
}

/* As another user: nobody may; as oneself in other letters everybody. */
static void
authzid(void)
{
	struct saslserver_conf conf = server_conf();
	static const char *const able[] = { "EXTERNAL", "SCRAM-SHA-256",
		"SCRAM-SHA-256-PLUS", "PLAIN" };
	size_t i;

	for (i = 0; i < sizeof(able) / sizeof(able[0]); i++) {
		CASE(able[i]);
		set_client(able[i], "tim", SECRET);
		client_conf.authzid = SLICE("TIM");
		CHECK_STR(both(able[i], &conf), "tim");
		client_conf.authzid = SLICE("root");
		CHECK_STR(both(able[i], &conf),
		    "authentication: tim: may not act as another user");
		CHECK_INT(f.class, EX_NOPERM);
	}
}

/* Somebody between takes -PLUS out of the list; another channel. */
static void
attacked(void)
{
	struct saslserver_conf conf = server_conf();
	struct saslserver *s = saslserver_new(&conf, SLICE("SCRAM-SHA-256"),
	    &f);
	struct sasl_binding other = { "tls-exporter", SLICE("\0\1\2\4") };
	struct buf up = BUF(LIMIT_AUTH), down = up;
	struct slice response;
	struct saslclient *c;

	set_client("SCRAM-SHA-256", "tim", SECRET);
	client_conf.offered = SLICE("SCRAM-SHA-256 PLAIN");
	c = saslclient_new(&client_conf, &f);
	CHECK_INT(saslclient_first(c, &up, &f), 1);
	response = buf_slice(&up);
	CHECK_INT(saslserver_step(s, &response, &down, &f), -1);
	CHECK_INT(f.class, EX_NOPERM);
	CHECK(strstr(f.text, "was changed on its way") != NULL);
	/* And there is no second try. */
	CHECK_INT(saslserver_step(s, &response, &down, &f), -1);
	CHECK_INT(f.class, EX_PROTOCOL);
	saslclient_free(&c);
	saslserver_free(&s);
	buf_wipe(&up);
	buf_wipe(&down);

	client_conf.binding = &other;
	CHECK_STR(both("SCRAM-SHA-256-PLUS", &conf), "authentication: tim: "
	    "another channel or another nonce");
}

/* What a verifier looks like from outside: it stays the same for a user who
 * is not there, and is of the size of a true one. */
static void
made_up(void)
{
	struct saslserver_conf conf = server_conf();
	char salts[4][200];
	int i;

	for (i = 0; i < 4; i++) {
		struct saslserver *s = saslserver_new(&conf,
		    SLICE("SCRAM-SHA-256"), &f);
		struct slice first[] = { SLICE("n,,n=eve,r=x"),
			SLICE("n,,n=EVE,r=x"), SLICE("n,,n=eva,r=x"),
			SLICE("n,,n=tim,r=x") };
		struct buf down = BUF(LIMIT_AUTH);

		CHECK_INT(saslserver_step(s, &first[i], &down, &f), 0);
		(void)snprintf(salts[i], sizeof(salts[i]), "%s",
		    strchr(buf_str(&down), ','));
		buf_free(&down);
		saslserver_free(&s);
	}
	CHECK_STR(salts[1], salts[0]);
	CHECK(strcmp(salts[2], salts[0]) != 0);
	CHECK_INT(strlen(salts[3]), strlen(salts[0]));
	CHECK_STR(strstr(salts[0], ",i="), strstr(salts[3], ",i="));
}

/* What is over is over: the user does not change any more. */
static void
ended(void)
{
	struct saslserver_conf conf = server_conf();
	struct saslserver *s = saslserver_new(&conf, SLICE("PLAIN"), &f);
	struct slice response = SLICE("\0tim\0" SECRET);
	struct buf down = BUF(LIMIT_AUTH);

	CHECK_INT(saslserver_step(s, &response, &down, &f), SASLSERVER_DONE);
	CHECK_INT(saslserver_step(s, &response, &down, &f), -1);
	CHECK_INT(f.class, EX_PROTOCOL);
	CHECK_SLICE(saslserver_user(s), SLICE("tim"));
	buf_free(&down);
	saslserver_free(&s);
}

static const struct {
	const char *mechanism;
	struct slice responses; /* ^B between them; "-": none */
	const char *want;	/* challenges with | behind them, the result */
} talks[] = {
	{ "PLAIN", SLICE("-\2\0tim\0" SECRET), "|tim" },
	{ "PLAIN", SLICE("tim\0tim\0" SECRET), "tim" },
	{ "PLAIN", SLICE("TIM\0tim\0" SECRET), "tim" },
	{ "PLAIN", SLICE("tom\0tim\0" SECRET), "77" },
	{ "PLAIN", SLICE("\0tim\0"), "77" },
	{ "PLAIN", SLICE(""), "76" },
	{ "PLAIN", SLICE("tim"), "76" },
	{ "PLAIN", SLICE("\0tim"), "76" },
	{ "PLAIN", SLICE("\0\0" SECRET), "76" },
	{ "PLAIN", SLICE("\0tim\0" SECRET "\0"), "76" },
	{ "PLAIN", SLICE("\0tim\nx\0" SECRET), "76" },
	{ "PLAIN", SLICE("-\2-"), "|76" },
	{ "LOGIN", SLICE("-\2tim\2" SECRET), "Username:|Password:|tim" },
	{ "LOGIN", SLICE("tim\2" SECRET), "Password:|tim" },
	{ "LOGIN", SLICE("-\2\2"), "Username:|76" },
	{ "LOGIN", SLICE("-\2tim\2"), "Username:|Password:|77" },
	{ "LOGIN", SLICE("-\2tim\2" SECRET "\0"), "Username:|Password:|76" },
	{ "LOGIN", SLICE("-\2t\0m\2x"), "Username:|76" },
	{ "CRAM-MD5", SLICE("tim 0"), "76" },
	{ "EXTERNAL", SLICE(""), "tim" },
	{ "EXTERNAL", SLICE("-\2"), "|tim" },
	{ "EXTERNAL", SLICE("Tim"), "tim" },
	{ "EXTERNAL", SLICE("tom"), "77" },
	{ "XOAUTH2", SLICE("user=tim\1auth=Bearer " SECRET "\1\1"), "tim" },
	{ "XOAUTH2", SLICE("user=tim\1auth=Bearer x\1\1\2"),
	    "{\"status\":\"401\",\"schemes\":\"bearer\"}|77" },
	{ "OAUTHBEARER", SLICE("n,a=tim,\1auth=Bearer x\1\1\2\1"),
	    "{\"status\":\"invalid_token\"}|77" },
	{ "OAUTHBEARER", SLICE("n,a=busy,\1auth=Bearer x\1\1"), "75" },
	{ "OAUTHBEARER", SLICE("n,,\1auth=Bearer x\1\1"), "76" },
	{ "SCRAM-SHA-256", SLICE("-\2"), "|76" },
	{ "SCRAM-SHA-256", SLICE("n,,n=busy,r=x"), "75" },
	{ "SCRAM-SHA-256-PLUS", SLICE("n,,n=tim,r=x"), "76" },
};

static void
talked(void)
{
	struct saslserver_conf conf = server_conf();
	size_t i;

	for (i = 0; i < sizeof(talks) / sizeof(talks[0]); i++) {
		struct saslserver *s = saslserver_new(&conf,
		    slice_str(talks[i].mechanism), &f);
		struct buf all = BUF(500), down = BUF(LIMIT_AUTH);
		struct slice rest = talks[i].responses, one;
		int rc = SASLSERVER_MORE, more = 1;

		CASE(talks[i].responses.p);
		while (rc == SASLSERVER_MORE && more) {
			more = slice_until(&rest, 2, &one);
			one = unit_exact(one);
			buf_clear(&down);
			rc = saslserver_step(s, slice_eq(one, SLICE("-")) ?
			    NULL : &one, &down, &f);
			free((void *)(uintptr_t)one.p);
			if (rc == SASLSERVER_MORE) {
				(void)buf_add(&all, buf_slice(&down));
				(void)buf_addc(&all, '|');
			}
		}
		if (rc == SASLSERVER_DONE)
			(void)buf_add(&all, saslserver_user(s));
		else
			(void)buf_addf(&all, "%d", f.class);
		CHECK_SLICE(buf_slice(&all), slice_str(talks[i].want));
		saslserver_free(&s);
		buf_free(&all);
		buf_free(&down);
	}
}

/* RFC 2195: the challenge is new each time, and a digest of another does not
 * help; the name may have spaces. */
static void
cram(void)
{
	static const char *const responses[] = { "", "tim",
		"tim ", "tim 0123", " 0123456789abcdef0123456789abcdef",
		"tim 0123456789abcdef0123456789abcdefx",
		"tim 0123456789abcdef0123456789abcdef" };
	struct saslserver_conf conf = server_conf();
	char before[100] = "";
	size_t i;

	for (i = 0; i < sizeof(responses) / sizeof(responses[0]); i++) {
		struct saslserver *s = saslserver_new(&conf,
		    SLICE("CRAM-MD5"), &f);
		struct slice response = slice_str(responses[i]);
		struct buf down = BUF(LIMIT_AUTH);

		CASE(responses[i]);
		CHECK_INT(saslserver_step(s, NULL, &down, &f), 0);
		CHECK(slice_starts(buf_slice(&down), SLICE("<")));
		CHECK(slice_ends(buf_slice(&down), SLICE("@mx.example.org>")));
		CHECK(!slice_eq(buf_slice(&down), slice_str(before)));
		(void)snprintf(before, sizeof(before), "%s", buf_str(&down));
		CHECK_INT(saslserver_step(s, &response, &down, &f), -1);
		CHECK_INT(f.class, i == 6 ? EX_NOPERM : EX_PROTOCOL);
		buf_free(&down);
		saslserver_free(&s);
	}
}

static void
too_long(void)
{
	static char text[LIMIT_AUTH + 1];
	struct saslserver_conf conf = server_conf();
	struct slice response = { text, sizeof(text) };
	size_t i;

	for (i = 0; mechanisms[i] != NULL; i++) {
		struct saslserver *s = saslserver_new(&conf,
		    slice_str(mechanisms[i]), &f);
		struct buf down = BUF(LIMIT_AUTH);

		CASE(mechanisms[i]);
		CHECK_INT(saslserver_step(s, &response, &down, &f), -1);
		CHECK_INT(f.class, EX_PROTOCOL);
		buf_free(&down);
		saslserver_free(&s);
	}
}

int
main(void)
{
	RUN(offers);
	RUN(not_offered);
	RUN(logged_in);
	RUN(refused);
	RUN(authzid);
	RUN(attacked);
	RUN(made_up);
	RUN(ended);
	RUN(talked);
	RUN(cram);
	RUN(too_long);
	return unit_done();
}
