/* SPDX-License-Identifier: ISC */
/* smtpurl: where mail is sent to; see smtpurl.h. */

#include <string.h>

#include "argv.h"
#include "smtpurl.h"

const struct url_scheme smtpurl_schemes[] = {
	{ .name = "smtp", .port = "25" },
	{ .name = "smtps", .port = "465", .tls = 1 },
	/* No port is LMTP's; 24 is for private mail systems, and 25 must not
	 * be (RFC 2033, 5). */
	{ .name = "lmtp", .port = "24" },
	{ .name = "mx", .port = "25", .automatic = 1 },
	{ .name = NULL },
};

int
smtpurl_check(const struct url *u, int login, struct fail *f)
{
	if (strcmp(u->scheme, "lmtp") == 0 && strcmp(u->port, "25") == 0)
		return fail_set(f, EX_USAGE, "LMTP must not use port 25");
	/* Whoever takes the mail of a domain knows none of our users. */
	if (strcmp(u->scheme, "mx") == 0 && login)
		return fail_set(f, EX_USAGE, "with mx:// nobody logs in");
	return 0;
}

/* The name of an account has no colon, as work:INBOX is a mailbox of one. */
int
smtpurl_is(struct slice server)
{
	return slice_find(server, ':') < server.n;
}

static int
check_command(const char *command, struct fail *f)
{
	struct arena arena = { 0 };
	int rc = argv_split(slice_str(command), &arena, f) == NULL ? -1 : 0;

	arena_free(&arena);
	return rc;
}

/* What nobody calls an account is a server that was written in another way. */
static int
check_account(struct slice name, struct fail *f)
{
	struct slice rest = name, word;

	if (slice_peek(name) == '[')
		return fail_set(f, EX_USAGE,
		    "an address is written as in smtp://[192.0.2.1]");
	if (slice_peek(name) == '-')
		return fail_set(f, EX_USAGE, "neither a URL, as "
		    "smtp://host, nor an account, whose name begins with no -");
	(void)slice_word(&rest, &word);
	if (word.n < name.n)
		return fail_set(f, EX_USAGE, "neither a URL, as "
		    "smtp://host:port, nor an account, whose name has no "
		    "blanks");
	return 0;
}

int
smtpurl_good(const char *server, struct fail *f)
{
	struct url u;

	if (slice_peek(slice_str(server)) == '[' ||
	    !smtpurl_is(slice_str(server)))
		return check_account(slice_str(server), f);
	if (url_server(server, smtpurl_schemes, &u, f) == NULL)
		return -1;
	if (strcmp(u.scheme, "pipe") == 0)
		return check_command(server + strlen("pipe:"), f);
	return smtpurl_check(&u, u.user[0] != '\0', f);
}
