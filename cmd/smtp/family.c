/* SPDX-License-Identifier: ISC */
/* family: the servers that smtp-send knows; see family.h. */

#include <string.h>

#include "family.h"
#include "smtpurl.h"

static const char *
find_server(const struct account *a)
{
	return a->smtp;
}

const struct target_family family_smtp = {
	.key = "Smtp",
	.server = find_server,
	.schemes = smtpurl_schemes,
};

static int
check(const struct client *c, struct fail *f)
{
	const struct url *u = &c->target.url;

	if (smtpurl_check(u, c->login.wanted, f) == -1)
		return -1;
	/* What the name service says, a proxy would not be told. */
	if (strcmp(u->scheme, "mx") == 0 && c->target.via != NULL)
		return fail_set(f, EX_USAGE, "a proxy is not for mx://");
	return 0;
}

int
family_check(const struct client *c, struct fail *f)
{
	int rc = check(c, f);

	if (rc == -1 && c->target.account != NULL)
		f->class = EX_CONFIG;
	return rc;
}
