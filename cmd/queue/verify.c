/* SPDX-License-Identifier: ISC */
/* verify: whether mail for somebody could be delivered; see verify.h. */

#include "addr.h"
#include "expand.h"
#include "spool.h"
#include "text.h"
#include "users.h"
#include "verify.h"

static int
tell(struct output *out, struct slice address, const char *what, int status)
{
	output_put(out, slice_str(TEXT_SHOW(address)));
	output_put(out, SLICE(" ... "));
	output_put(out, slice_str(what));
	output_putc(out, '\n');
	return status;
}

static int
verify_here(const struct conf *conf, const struct addr *a,
    struct slice address, struct output *out)
{
	struct conf asks = *conf;
	struct fail f = { 0 };
	struct expansion x;
	int status;

	/* Who is not root finds itself alone among the machine's users. */
	asks.as_root = 1;
	switch (expand_find_all(&asks, a, &x, &f)) {
	case USERS_FOUND:
		status = tell(out, address, "deliverable: here", 0);
		break;
	case USERS_ELSEWHERE:
		status = tell(out, address,
		    "deliverable: by way of another host", 0);
		break;
	case USERS_FAILED:
		status = tell(out, address, f.text, EX_TEMPFAIL);
		break;
	default:
		status = tell(out, address, "undeliverable: no such user",
		    EX_NOUSER);
	}
	expand_free(&x);
	return status;
}

int
verify_address(const struct conf *conf, struct slice address,
    struct output *out)
{
	struct addr a = { .local = address };
	struct fail f = { 0 };

	if (!spool_is_address(address))
		return tell(out, address, "undeliverable: no mail address",
		    EX_DATAERR);
	if (slice_find(address, '@') < address.n)
		(void)addr_check_utf8(address, &a, &f);
	return verify_here(conf, &a, address, out);
}
