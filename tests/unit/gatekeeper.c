/* SPDX-License-Identifier: ISC */
/* Unit test of gatekeeper: what the side of the network cannot have of it, once
 * somebody has taken that over. */

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "../../cmd/pop3/gateframe.h"
#include "../../cmd/pop3/gatekeeper.h"
#include "apart.h"
#include "files.h"
#include "password.h"

static const char *domains[] = { "example.org" };
static struct server server;
static struct apart keeper;

static void
serve(void *ctx, int fd)
{
	(void)ctx;
	gatekeeper(&server, fd);
}

static void
begin(void)
{
	struct fail f = { 0 };

	keeper = (struct apart){ .fd = -1 };
	CHECK_INT(apart_start(&keeper, serve, NULL, &f), 0);
}

static void
say(uint32_t kind, struct slice bytes)
{
	struct gateframe frame = { kind, (uint32_t)bytes.n };

	(void)apart_ask(&keeper, (struct slice){ (char *)&frame,
	    sizeof(frame) }, bytes);
}

static struct gatefacts
facts_of(const char *certificate)
{
	struct gatefacts facts;

	memset(&facts, 0, sizeof(facts));
	memcpy(facts.certificate, certificate, strlen(certificate));
	facts.private = 1;
	return facts;
}

static void
tell(const struct gatefacts *facts)
{
	say(GATEFRAME_FACTS, (struct slice){ (const char *)facts,
	    sizeof(*facts) });
}

/* The class of the answer, 0 where somebody has logged in, -1 where the other
 * process has ended. */
static int
hear(void)
{
	struct gateanswer a;
	char bytes[LIMIT_AUTH];

	if (apart_get(keeper.fd, &a, sizeof(a)) == -1)
		return -1;
	CHECK(a.n <= sizeof(bytes));
	CHECK_INT(apart_get(keeper.fd, bytes, a.n), 0);
	if (a.rc == -1) {
		CHECK_INT(a.then, GATEANSWER_NOTHING);
		return a.fail.class;
	}
	return 0;
}

/* It ends, without a word, whatever it is asked. */
static void
ends(const char *name)
{
	CASE(name);
	say(GATEFRAME_PASSWORD, SLICE("alice\0wrong"));
	CHECK_INT(hear(), -1);
	apart_end(&keeper);
}

static void
nonsense(void)
{
	static char much[GATEFRAME_MOST + 1];
	struct gatefacts facts = facts_of("");

	begin();
	say(GATEFRAME_PASSWORD, SLICE("alice\0pencil"));
	ends("before the facts");
	begin();
	say(GATEFRAME_FACTS, SLICE("x"));
	ends("facts of another length");
	begin();
	tell(&facts);
	say(GATEFRAME_PASSWORD, (struct slice){ much, sizeof(much) });
	ends("too long");
	begin();
	tell(&facts);
	say(77, SLICE(""));
	ends("no request");
	facts.nbindings = 3;
	begin();
	tell(&facts);
	ends("three bindings");
	facts.nbindings = 1;
	facts.lengths[0] = GATEFRAME_BINDING + 1;
	begin();
	tell(&facts);
	ends("a binding that is too long");
	facts = facts_of("");
	memset(facts.client, 'a', sizeof(facts.client));
	memset(facts.certificate, 'a', sizeof(facts.certificate));
	memset(facts.types, 'a', sizeof(facts.types));
	facts.nbindings = 2;
	begin();
	tell(&facts);
	CASE("strings without an end");
	say(GATEFRAME_STEP, SLICE("\0alice\0pencil"));
	CHECK_INT(hear(), EX_PROTOCOL); /* nothing was begun */
	say(GATEFRAME_NONE, SLICE(""));
	CHECK_INT(hear(), EX_PROTOCOL);
	apart_end(&keeper);
}

static void
wrong(void)
{
	struct gatefacts facts = facts_of("alice@example.org");
	int i;

	begin();
	tell(&facts);
	say(GATEFRAME_PASSWORD, SLICE("alice"));
	CHECK_INT(hear(), EX_NOPERM);
	say(GATEFRAME_PASSWORD, SLICE("\0\0\0"));
	CHECK_INT(hear(), EX_NOPERM);
	/* Nothing vouches for a certificate. */
	say(GATEFRAME_BEGIN, SLICE("EXTERNAL"));
	CHECK_INT(hear(), EX_UNAVAILABLE);
	say(GATEFRAME_STEP, SLICE(""));
	CHECK_INT(hear(), EX_PROTOCOL);
	/* A step more than there is. */
	say(GATEFRAME_BEGIN, SLICE("PLAIN"));
	CHECK_INT(hear(), 0);
	say(GATEFRAME_STEP, SLICE("\0alice\0wrong"));
	CHECK_INT(hear(), EX_NOPERM);
	say(GATEFRAME_STEP, SLICE("\0alice\0pencil"));
	CHECK_INT(hear(), EX_PROTOCOL);
	for (i = 3; i < LIMIT_AUTH_ASKED; i++) {
		say(GATEFRAME_PASSWORD, SLICE("alice\0wrong"));
		CHECK_INT(hear(), EX_NOPERM);
	}
	say(GATEFRAME_PASSWORD, SLICE("alice\0pencil"));
	CHECK_INT(hear(), EX_TEMPFAIL); /* too many */
	apart_end(&keeper);
}

/* Not even the right one, in clear text from elsewhere. */
static void
not_private(void)
{
	struct gatefacts facts = facts_of("");

	facts.private = 0;
	begin();
	tell(&facts);
	say(GATEFRAME_PASSWORD, SLICE("alice\0pencil"));
	CHECK_INT(hear(), EX_NOPERM);
	say(GATEFRAME_BEGIN, SLICE("PLAIN"));
	CHECK_INT(hear(), EX_NOPERM);
	apart_end(&keeper);
}

int
main(void)
{
	char hash[PASSWORD_HASH], text[PASSWORD_HASH + 400];
	struct fail f;

	(void)signal(SIGPIPE, SIG_IGN);
	files_start();
	if (password_hash(SLICE("pencil"), hash, &f) == -1)
		abort();
	(void)snprintf(text, sizeof(text), "alice@example.org:%s:%s\n", hash,
	    files_path("alice"));
	files_write("users", slice_str(text));
	server.conf = (struct conf){ .domains = domains, .ndomains = 1,
		.hostname = "mx.example.org", .users = files_path("users") };
	RUN(nonsense);
	RUN(wrong);
	RUN(not_private);
	files_end();
	return unit_done();
}
