/* SPDX-License-Identifier: ISC */
/* Unit test of bearer: users and tokens, and the example of RFC 7628. */

#include "bearer.h"
#include "limits.h"
#include "unit.h"

#define TOKEN "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="

static void
written(void)
{
	struct bearer b = { SLICE("user@example.com"), SLICE(TOKEN),
		"server.example.com", 143 };
	struct buf out = BUF(300);

	CHECK_INT(bearer_write(SASL_OAUTHBEARER, &b, &out), 0);
	CHECK_SLICE(buf_slice(&out), SLICE("n,a=user@example.com,\1"
	    "host=server.example.com\1port=143\1auth=Bearer " TOKEN
	    "\1\1"));
	buf_clear(&out);
	CHECK_INT(bearer_write(SASL_XOAUTH2, &b, &out), 0);
	CHECK_SLICE(buf_slice(&out), SLICE("user=user@example.com\1"
	    "auth=Bearer " TOKEN "\1\1"));
	buf_clear(&out);
	b.host = NULL;
	b.user = SLICE("a,b=c");
	CHECK_INT(bearer_write(SASL_OAUTHBEARER, &b, &out), 0);
	CHECK_SLICE(buf_slice(&out), SLICE("n,a=a=2Cb=3Dc,\1auth=Bearer "
	    TOKEN "\1\1"));
	buf_free(&out);
	out = BUF(60);
	CHECK_INT(bearer_write(SASL_OAUTHBEARER, &b, &out), -1);
	CHECK_INT(bearer_write(SASL_XOAUTH2, &b, &out), -1);
	buf_free(&out);
}

enum { O = SASL_OAUTHBEARER, X = SASL_XOAUTH2 };

static const struct {
	int mechanism;
	struct slice in;
	const char *want; /* user|token; NULL: not of the form */
} cases[] = {
	{ O, SLICE("n,a=u@x,\1host=h\1port=1\1auth=Bearer t\1\1"), "u@x|t" },
	{ O, SLICE("y,a=u=2Cv,\1auth=bearer  t \1\1"), "u,v|t" },
	{ O, SLICE("n,a=u,\1x=\1AUTH=Bearer t\1\1"), "u|t" },
	{ X, SLICE("user=u@x\1auth=Bearer t\1\1"), "u@x|t" },
	{ O, SLICE(""), NULL },
	{ O, SLICE("\1"), NULL },
	{ O, SLICE("n,,\1auth=Bearer t\1\1"), NULL },
	{ O, SLICE("n,a=,\1auth=Bearer t\1\1"), NULL },
	{ O, SLICE("n,a=u=,\1auth=Bearer t\1\1"), NULL },
	{ O, SLICE("n,a=u,x\1auth=Bearer t\1\1"), NULL },
	{ O, SLICE("p=tls-exporter,a=u,\1auth=Bearer t\1\1"), NULL },
	{ O, SLICE("n,a=u,\1auth=Bearer t\1"), NULL },
	{ O, SLICE("n,a=u,\1auth=Bearer t"), NULL },
	{ O, SLICE("n,a=u,\1auth=Bearer t\1\1x"), NULL },
	{ O, SLICE("n,a=u,\1auth=Bearer t\1\1\1"), NULL },
	{ O, SLICE("n,a=u,\1auth=Basic t\1\1"), NULL },
	{ O, SLICE("n,a=u,\1auth=Bearer \1\1"), NULL },
	{ O, SLICE("n,a=u,\1auth=Bearer a b\1\1"), NULL },
	{ O, SLICE("n,a=u,\1auth=Bearer a\0b\1\1"), NULL },
	{ O, SLICE("n,a=u,\1auth\1\1"), NULL },
	{ O, SLICE("n,a=u,\1\1"), NULL },
	{ X, SLICE(""), NULL },
	{ X, SLICE("user=u"), NULL },
	{ X, SLICE("user=\1auth=Bearer t\1\1"), NULL },
	{ X, SLICE("user=u\1auth=Bearer t\1"), NULL },
	{ X, SLICE("user=u\nv\1auth=Bearer t\1\1"), NULL },
	{ X, SLICE("auth=Bearer t\1user=u\1\1"), NULL },
};

static void
read_forms(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice exact = unit_exact(cases[i].in), token;
		struct buf user = BUF(LIMIT_AUTH_NAME);
		char got[100];
		int rc;

		CASE(cases[i].in.p);
		rc = bearer_read((enum sasl_mechanism)cases[i].mechanism,
		    exact, &user, &token);
		CHECK_INT(rc, cases[i].want == NULL ? -1 : 0);
		if (rc == 0) {
			(void)snprintf(got, sizeof(got), "%s|%.*s",
			    buf_str(&user), SLICE_ARG(token));
			CHECK_STR(got, cases[i].want);
		}
		buf_free(&user);
		free((void *)(uintptr_t)exact.p);
	}
}

static void
refusals(void)
{
	CHECK_STR(bearer_refusal(SASL_OAUTHBEARER),
	    "{\"status\":\"invalid_token\"}");
	CHECK(strstr(bearer_refusal(SASL_XOAUTH2), "401") != NULL);
}

int
main(void)
{
	RUN(written);
	RUN(read_forms);
	RUN(refusals);
	return unit_done();
}
