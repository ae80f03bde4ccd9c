/* SPDX-License-Identifier: ISC */
/* sasl: what both sides of an authentication share; see sasl.h. */

#include <stdio.h>

#include "base64word.h"
#include "digest.h"
#include "limits.h"
#include "sasl.h"
#include "utf8.h"

static const struct {
	const char *name;
	int clear;
} mechanisms[SASL_MECHANISMS] = {
	[SASL_NONE] = { "", 0 },
	[SASL_EXTERNAL] = { "EXTERNAL", 0 },
	[SASL_SCRAM_PLUS] = { "SCRAM-SHA-256-PLUS", 0 },
	[SASL_SCRAM] = { "SCRAM-SHA-256", 0 },
	[SASL_OAUTHBEARER] = { "OAUTHBEARER", 1 },
	[SASL_XOAUTH2] = { "XOAUTH2", 1 },
	[SASL_PLAIN] = { "PLAIN", 1 },
	[SASL_LOGIN] = { "LOGIN", 1 },
	[SASL_CRAM_MD5] = { "CRAM-MD5", 0 },
};

enum sasl_mechanism
sasl_find(struct slice name)
{
	unsigned m;

	for (m = SASL_NONE + 1; m < SASL_MECHANISMS; m++)
		if (slice_caseeq(name, slice_str(mechanisms[m].name)))
			return (enum sasl_mechanism)m;
	return SASL_NONE;
}

const char *
sasl_name(enum sasl_mechanism m)
{
	return mechanisms[m].name;
}

int
sasl_is_clear(enum sasl_mechanism m)
{
	return mechanisms[m].clear;
}

int
sasl_name_ok(struct slice name)
{
	int32_t c;

	if (name.n == 0 || name.n > LIMIT_AUTH_NAME)
		return 0;
	while ((c = utf8_next(&name)) != -1)
		if (c < 0 || utf8_unsafe(c))
			return 0;
	return 1;
}

int
sasl_token_ok(struct slice token)
{
	size_t i;

	if (token.n == 0)
		return 0;
	for (i = 0; i < token.n; i++)
		if (token.p[i] <= ' ' || token.p[i] > '~')
			return 0;
	return 1;
}

int
sasl_cram_md5(struct slice password, struct slice challenge,
    char out[SASL_CRAM_DIGEST], struct fail *f)
{
	unsigned char digest[DIGEST_MD5];
	size_t i;

	if (digest_hmac_md5(password, challenge, digest, f) == -1)
		return -1;
	for (i = 0; i < sizeof(digest); i++)
		(void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
	return 0;
}

int
sasl_line_read(struct slice line, int initial, struct buf *out,
    struct fail *f)
{
	if (line.n > LIMIT_AUTH_LINE)
		return fail_set(f, EX_PROTOCOL,
		    "authentication: a line longer than %d bytes",
		    LIMIT_AUTH_LINE);
	if (slice_eq(line, SLICE("*")))
		return 1;
	if (initial && slice_eq(line, SLICE("=")))
		return 0;
	return base64word_decode(line, out) == 0 ? 0 : fail_set(f,
	    EX_PROTOCOL, "authentication: a line that is no base64");
}

int
sasl_line_write(struct slice bytes, int initial, struct buf *out)
{
	if (initial && bytes.n == 0)
		return buf_addc(out, '=');
	return base64word_encode(bytes, out);
}
