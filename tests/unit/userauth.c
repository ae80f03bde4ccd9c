/* SPDX-License-Identifier: ISC */
/* Unit test of userauth: who may log in. */

#include <crypt.h>
#include <dlfcn.h>
#include <unistd.h>

#include "password.h"
#include "unit.h"
#include "userauth.h"

static struct fail f;
static const char *domains[] = { "example.org", "example.net" };
static char path[] = "/tmp/mailpipe-unit.XXXXXX";
static int fd = -1;

#define VERIFIER "SCRAM-SHA-256$4096,W22ZaJ0SNY7soEsUEjb6gQ==$" \
	"WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=," \
	"wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
static char pencil[PASSWORD_HASH];

static struct conf
with_users(const char *text)
{
	struct conf c = { .domains = domains, .ndomains = 2, .users = path,
		.maildirs = "/m/%d/%u", .recipient_delimiter = '+' };
	size_t n = strlen(text);

	if (ftruncate(fd, 0) == -1 ||
	    pwrite(fd, text, n, 0) != (ssize_t)n)
		abort();
	return c;
}

static struct conf
usual(void)
{
	static char text[4000];

	if (pencil[0] == '\0' &&
	    password_hash(SLICE("pencil"), pencil, &f) == -1)
		abort();
	(void)snprintf(text, sizeof(text),
	    "# comment\n"
	    "locked@example.org:!%s:/m/locked::" VERIFIER "\n"
	    "alice@example.org:%s:::" VERIFIER "\n"
	    "alice@example.org:%s:/second\n"
	    "Bob@Example.NET:%s:/m/bob\n"
	    "carol@example.org:!:/m/carol\n"
	    "dave@example.org::/m/dave\n"
	    "eve@example.org:%s:/m/eve::SCRAM-SHA-256$1,x$y,z\n", pencil,
	    pencil, "$1$nobody$x", pencil, pencil);
	return with_users(text);
}

static const struct {
	const char *name, *password;
	int want;
} logins[] = {
	{ "alice@example.org", "pencil", 1 },
	{ "ALICE@EXAMPLE.ORG", "pencil", 1 },
	{ "alice", "pencil", 1 },
	{ "bob@example.net", "pencil", 1 },
	{ "eve@example.org", "pencil", 1 },
	{ "alice@example.org", "Pencil", 0 },
	{ "alice@example.org", "", 0 },
	{ "alice@example.net", "pencil", 0 },
	{ "alice@", "pencil", 0 },
	{ "alice+x@example.org", "pencil", 0 },
	{ "bob", "pencil", 0 },
	{ "locked@example.org", "pencil", 0 },
	{ "carol@example.org", "pencil", 0 },
	{ "carol@example.org", "!", 0 },
	{ "dave@example.org", "", 0 },
	{ "dave@example.org", "pencil", 0 },
	{ "nobody@example.org", "pencil", 0 },
	{ "", "", 0 },
	{ "# comment", "pencil", 0 },
};

static void
passwords(void)
{
	struct conf c = usual();
	size_t i;

	for (i = 0; i < sizeof(logins) / sizeof(logins[0]); i++) {
		CASE(logins[i].name);
		CHECK_INT(userauth_password(&c, slice_str(logins[i].name),
		    slice_str(logins[i].password), &f), logins[i].want);
	}
}

/* How often passwords are hashed, and by which method the last was. */
static int hashed;
static char method[4];

/* Called by password.c in the place of crypt_r. */
char *password_crypt(const char *phrase, const char *setting,
    struct crypt_data *data);

char *
password_crypt(const char *phrase, const char *setting, struct crypt_data *data)
{
	char *(*original)(const char *, const char *, struct crypt_data *);
	void *symbol = dlsym(dlopen("libcrypt.so.1", RTLD_NOW), "crypt_r");

	memcpy(&original, &symbol, sizeof(symbol));
	hashed++;
	(void)snprintf(method, sizeof(method), "%.3s", setting);
	return original(phrase, setting, data);
}

/* Whoever it is that cannot log in, it takes one hash by the method that the
 * others have. */
static void
costs(void)
{
	static const char *const names[] = { "alice@example.org",
		"nobody@example.org", "carol@example.org",
		"dave@example.org", "locked@example.org", "" };
	struct conf c = usual();
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CASE(names[i]);
		hashed = 0;
		CHECK_INT(userauth_password(&c, slice_str(names[i]),
		    SLICE("x"), &f), 0);
		CHECK_INT(hashed, 1);
		CHECK_STR(method, "$y$");
	}
	c = with_users("a@example.org:!:\nb@example.org:$1$a$b:\n");
	hashed = 0;
	CHECK_INT(userauth_password(&c, SLICE("a"), SLICE("x"), &f), 0);
	CHECK_INT(hashed, 1);
	CHECK_STR(method, "$1$");
	c = with_users("");
	CHECK_INT(userauth_password(&c, SLICE("a"), SLICE("x"), &f), 0);
	CHECK_INT(hashed, 2);
	CHECK_STR(method, "$y$");
}

static int
verifier(const struct conf *c, const char *name, struct scram_verifier *v)
{
	return userauth_verifier(c, slice_str(name), v, &f);
}

static void
verifiers(void)
{
	struct conf c = usual();
	struct scram_verifier want, v, again;

	CHECK_INT(scram_read(SLICE(VERIFIER), &want), 0);
	CHECK_INT(verifier(&c, "alice@example.org", &v), 1);
	CHECK(memcmp(v.stored, want.stored, SCRAM_KEY) == 0);
	CHECK_INT(verifier(&c, "alice", &v), 1);

	CHECK_INT(verifier(&c, "nobody@example.org", &v), 0);
	CHECK_INT(v.iterations, 4096);
	CHECK_INT(v.nsalt, 16);
	CHECK(memcmp(v.stored, want.stored, SCRAM_KEY) != 0);
	CHECK(memcmp(v.salt, want.salt, 16) != 0);
	CHECK_INT(verifier(&c, "Nobody", &again), 0);
	CHECK(memcmp(&v, &again, sizeof(v)) == 0);
	CHECK_INT(verifier(&c, "nobody@example.net", &again), 0);
	CHECK(memcmp(v.salt, again.salt, 16) != 0);

	/* Who is there, but has none, or may not log in. */
	CHECK_INT(verifier(&c, "bob@example.net", &v), 0);
	CHECK_INT(v.nsalt, 16);
	CHECK_INT(verifier(&c, "eve@example.org", &v), 0);
	CHECK_INT(v.iterations, 4096);
	CHECK_INT(verifier(&c, "locked@example.org", &v), 0);
	CHECK(memcmp(v.stored, want.stored, SCRAM_KEY) != 0);

	c = with_users("bob@example.net:$1$a$b:/m/bob\n");
	CHECK_INT(verifier(&c, "bob@example.net", &v), 0);
	CHECK_INT(v.iterations, 0);
}

static const char *
mailbox(const struct conf *c, const char *name)
{
	static char out[600];
	struct arena arena = { 0 };
	struct userauth_mailbox m;
	int rc = userauth_mailbox(c, slice_str(name), &arena, &m, &f);

	if (rc == 1)
		(void)snprintf(out, sizeof(out), "%s %s%s", m.address,
		    m.user.maildir, m.may_log_in ? "" : " locked");
	else
		(void)snprintf(out, sizeof(out), "%s", rc == 0 ? "-" : f.text);
	arena_free(&arena);
	return out;
}

static void
mailboxes(void)
{
	struct conf c = usual();

	CHECK_STR(mailbox(&c, "Alice"),
	    "alice@example.org /m/example.org/alice");
	CHECK_STR(mailbox(&c, "BOB@example.net"), "Bob@Example.NET /m/bob");
	CHECK_STR(mailbox(&c, "carol@example.org"),
	    "carol@example.org /m/carol locked");
	CHECK_STR(mailbox(&c, "nobody@example.org"), "-");
	c.maildirs = NULL;
	CHECK_STR(mailbox(&c, "alice"),
	    "user alice: no absolute path of a Maildir: it needs one in the "
	    "users file, or Maildirs in the configuration");
	CHECK_INT(f.class, EX_CONFIG);
}

static void
mistakes(void)
{
	struct conf c = with_users("alice@example.org:x:/m\nbad\n");
	struct scram_verifier v;

	CHECK_INT(userauth_password(&c, SLICE("alice"), SLICE("x"), &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK_INT(verifier(&c, "alice", &v), -1);
	c.users = "/nowhere/users";
	CHECK_INT(userauth_password(&c, SLICE("alice"), SLICE("x"), &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
	c.users = NULL;
	CHECK_INT(userauth_password(&c, SLICE("alice"), SLICE("x"), &f), -1);
	CHECK_STR(f.text, "there is no Users in the configuration");
}

int
main(void)
{
	/* For root a Maildir needs an owner; that is users' affair. */
	if (getuid() == 0 && seteuid(65534) == -1)
		return 1;
	if ((fd = mkstemp(path)) == -1)
		return 1;
	RUN(passwords);
	RUN(costs);
	RUN(verifiers);
	RUN(mailboxes);
	RUN(mistakes);
	(void)unlink(path);
	if (getuid() == 0 && seteuid(0) == -1)
		return 1;
	return unit_done();
}
