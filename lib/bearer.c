/* SPDX-License-Identifier: ISC */
/* bearer: users and tokens in OAUTHBEARER and XOAUTH2; see bearer.h. */

#include "bearer.h"
#include "scram.h"

static int
write_header(const struct bearer *b, struct buf *out)
{
	if (buf_adds(out, "n,a=") == -1 ||
	    scram_name_write(b->user, out) == -1 ||
	    buf_adds(out, ",\1") == -1)
		return -1;
	if (b->host == NULL)
		return 0;
	return buf_adds(out, "host=") == 0 && buf_adds(out, b->host) == 0 ?
	    buf_addf(out, "\1port=%u\1", b->port) : -1;
}

static int
write_user(const struct bearer *b, struct buf *out)
{
	return buf_adds(out, "user=") == 0 && buf_add(out, b->user) == 0 ?
	    buf_addc(out, 1) : -1;
}

int
bearer_write(enum sasl_mechanism m, const struct bearer *b, struct buf *out)
{
	if ((m == SASL_XOAUTH2 ? write_user : write_header)(b, out) == -1)
		return -1;
	return buf_adds(out, "auth=Bearer ") == 0 &&
	    buf_add(out, b->token) == 0 ? buf_adds(out, "\1\1") : -1;
}

/* gs2-header and kvsep.  There is no mechanism that binds, so "y" is as good
 * as "n". */
static int
read_header(struct slice *in, struct buf *user)
{
	struct slice flag, name, end;

	if (!slice_until(in, ',', &flag) ||
	    !(slice_eq(flag, SLICE("n")) || slice_eq(flag, SLICE("y"))) ||
	    !slice_until(in, ',', &name) ||
	    !slice_starts(name, SLICE("a=")) ||
	    !slice_until(in, 1, &end) || end.n > 0)
		return -1;
	return scram_name_read(slice_sub(name, 2, name.n), user);
}

static int
read_user(struct slice *in, struct buf *user)
{
	struct slice name;

	if (!slice_casestarts(*in, SLICE("user=")))
		return -1;
	*in = slice_sub(*in, 5, in->n);
	return slice_until(in, 1, &name) ? buf_add(user, name) : -1;
}

/* Pairs that end in ^A each, and a last ^A: the value of "auth". */
static int
read_pairs(struct slice in, struct slice *auth)
{
	struct slice pair, key;

	*auth = SLICE("");
	while (slice_until(&in, 1, &pair)) {
		if (pair.n == 0)
			return in.n == 0 ? 0 : -1;
		if (!slice_until(&pair, '=', &key))
			return -1;
		if (slice_caseeq(key, SLICE("auth")))
			*auth = pair;
	}
	return -1;
}

int
bearer_read(enum sasl_mechanism m, struct slice in, struct buf *user,
    struct slice *token)
{
	struct slice auth;

	if ((m == SASL_XOAUTH2 ? read_user : read_header)(&in, user) == -1 ||
	    read_pairs(in, &auth) == -1 ||
	    !slice_casestarts(auth, SLICE("Bearer ")))
		return -1;
	*token = slice_trim(slice_sub(auth, 7, auth.n));
	return sasl_name_ok(buf_slice(user)) && sasl_token_ok(*token) ? 0 :
	    -1;
}

const char *
bearer_refusal(enum sasl_mechanism m)
{
	return m == SASL_XOAUTH2 ?
	    "{\"status\":\"401\",\"schemes\":\"bearer\"}" :
	    "{\"status\":\"invalid_token\"}";
}
