/* SPDX-License-Identifier: ISC */
/* family: the servers that smtp-send knows; see family.h. */

#include <string.h>

#include "family.h"

static const char *
find_server(const struct account *a)
{
	return a->smtp;
}

static const struct secure_scheme schemes[] = {
	{ .name = "smtp", .port = "25" },
	{ .name = "smtps", .port = "465", .tls = 1 },
	/* No port is LMTP's; 24 is for private mail systems, and 25 must not
	 * be (RFC 2033, 5). */
	{ .name = "lmtp", .port = "24" },
	{ .name = "mx", .port = "25", .automatic = 1 },
};

const struct target_family family_smtp = {
	.key = "Smtp",
	.server = find_server,
	.schemes = schemes,
	.nschemes = sizeof(schemes) / sizeof(schemes[0]),
};

static int
check(const struct client *c, struct fail *f)
{
	const struct url *u = &c->target.url;

	if (strcmp(u->scheme, "lmtp") == 0 && strcmp(u->port, "25") == 0)
		return fail_set(f, EX_USAGE, "LMTP must not use port 25");
	if (strcmp(u->scheme, "mx") != 0)
		return 0;
	/* Whoever takes the mail of a domain knows none of our users; and what
	 * the name service says, a proxy would not be told. */
	if (c->login.wanted)
		return fail_set(f, EX_USAGE, "with mx:// nobody logs in");
	if (c->target.via != NULL)
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
