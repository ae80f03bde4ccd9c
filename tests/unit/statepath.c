/* SPDX-License-Identifier: ISC */
/* Tests of statepath: names that no two mailboxes share, and that stay in their
 * directory. */

#include "statepath.h"
#include "unit.h"

static struct fail f;

static void
path_is(const char *mailbox, const char *maildir, const char *want)
{
	struct client c = { 0 };
	struct statepath p = { &c, "imap", mailbox };
	char *got;

	c.target.command = "doveadm exec imap";
	c.login.user = "alice";
	got = statepath_of(&p, maildir, &f);
	CHECK(got != NULL);
	if (got != NULL)
		CHECK_STR(got, want);
	free(got);
}

static void
named(void)
{
	char deep[400], *got;
	struct client c = { 0 };
	struct statepath p = { &c, "imap", deep };

	path_is("INBOX", "box",
	    "box/mailpipe-imap.alice@pipe:doveadm%20exec%20imap,INBOX");
	path_is(NULL, "box",
	    "box/mailpipe-imap.alice@pipe:doveadm%20exec%20imap");
	path_is("../a,b", "box", "box/mailpipe-imap.alice@pipe:"
	    "doveadm%20exec%20imap,..%2Fa%2Cb");
	CHECK_INT(setenv("HOME", "/h", 1), 0);
	CHECK_INT(unsetenv("XDG_STATE_HOME"), 0);
	path_is("INBOX", NULL, "/h/.local/state/mailpipe/imap/alice@pipe:"
	    "doveadm%20exec%20imap,INBOX");
	CHECK_INT(setenv("HOME", "h", 1), 0);
	CHECK(statepath_of(&p, NULL, &f) == NULL);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK_STR(f.text, "HOME is no absolute path: where is the state to "
	    "be kept?");
	CHECK_INT(setenv("XDG_STATE_HOME", "/s", 1), 0);
	path_is("INBOX", NULL,
	    "/s/mailpipe/imap/alice@pipe:doveadm%20exec%20imap,INBOX");
	c.target.command = "x";
	memset(deep, 'd', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	got = statepath_of(&p, "box", &f);
	CHECK(got != NULL && strlen(got) < 250 && strchr(got, '=') != NULL);
	free(got);
}

int
main(void)
{
	RUN(named);
	return unit_done();
}
