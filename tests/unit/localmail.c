/* SPDX-License-Identifier: ISC */
/* Unit test of localmail: one message, its mailboxes, their owners. */

#include <errno.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "limits.h"
#include "localmail.h"
#include "unit.h"

static const char *const domains[] = { "example.org" };
enum { OWNER = 64001 }; /* where this is root's process */

static char top[] = "/tmp/mailpipe-unit.XXXXXX";
static char users[100];
static struct conf conf = { .domains = (const char **)domains, .ndomains = 1,
	.recipient_delimiter = '+', .users = users,
	.max_recipients = 1000 };

/* How many files match; the inode of the last. */
static int
count(const char *pattern, ino_t *inode)
{
	char path[200];
	struct stat st;
	glob_t found;
	int n;

	(void)snprintf(path, sizeof(path), "%s/%s", top, pattern);
	if (glob(path, 0, NULL, &found) != 0)
		return 0;
	n = (int)found.gl_pathc;
	if (inode != NULL && stat(found.gl_pathv[n - 1], &st) == 0)
		*inode = st.st_ino;
	globfree(&found);
	return n;
}

static int
add(struct localmail *b, const char *local, struct fail *f)
{
	struct addr a = { slice_str(local), SLICE("example.org") };

	return localmail_add(b, &a, 0, f);
}

static void
one_file_for_all(void)
{
	struct localmail b = { .conf = &conf, .root = geteuid() == 0 };
	struct fail f = { 0 };
	const char *id = NULL;
	ino_t alice = 1, bob = 2;

	CHECK_INT(add(&b, "alice", &f), USERS_FOUND);
	CHECK_INT(add(&b, "bob+x", &f), USERS_FOUND);
	CHECK_INT(add(&b, "nobody", &f), USERS_NONE);
	CHECK_INT(add(&b, "bob", &f), USERS_FOUND);
	CHECK_INT(add(&b, "BOB", &f), USERS_FOUND);
	CHECK_INT(b.nowners, 1);
	CHECK_INT(b.owners[0].nmaildirs, 2);
	CHECK_INT(localmail_begin(&b, &id, &f), 0);
	CHECK(id != NULL && strlen(id) > 10);
	localmail_write(&b, SLICE("text\n"));
	CHECK_INT(count("*/new/*", NULL), 0);
	CHECK_INT(localmail_commit(&b, &f), 0);
	CHECK_INT(count("alice/new/*,S=5,W=6", &alice), 1);
	CHECK_INT(count("bob/new/*,S=5,W=6", &bob), 1);
	CHECK(alice == bob);
	CHECK_INT(count("*/tmp/*", NULL), 0);
	CHECK_INT(b.nowners, 0);
	free(b.owners);
}

static void
given_up(void)
{
	struct localmail b = { .conf = &conf, .root = geteuid() == 0 };
	int before = count("*/new/*", NULL);
	struct fail f = { 0 };
	const char *id;

	CHECK_INT(add(&b, "alice", &f), USERS_FOUND);
	CHECK_INT(localmail_begin(&b, &id, &f), 0);
	localmail_write(&b, SLICE("x\n"));
	localmail_abort(&b);
	CHECK_INT(count("alice/tmp/*", NULL), 0);
	CHECK_INT(count("*/new/*", NULL), before);
	localmail_abort(&b);
	/* The next message has nothing of this one. */
	CHECK_INT(add(&b, "bob", &f), USERS_FOUND);
	CHECK_INT(b.owners[0].nmaildirs, 1);
	localmail_abort(&b);
	free(b.owners);
}

static void
one_that_fails(void)
{
	struct localmail b = { .conf = &conf, .root = geteuid() == 0 };
	int before = count("*/new/*", NULL);
	struct fail f = { 0 };
	const char *id;

	CHECK_INT(add(&b, "broken", &f), USERS_FOUND);
	CHECK_INT(add(&b, "alice", &f), USERS_FOUND);
	CHECK_INT(localmail_begin(&b, &id, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_INT(b.nowners, 0);
	CHECK_INT(count("*/new/*", NULL), before);
	CHECK_INT(count("*/tmp/*", NULL), 0);
	CHECK_INT(geteuid() == 0, b.root);
	free(b.owners);
}

/* Says what is in a file below "top". */
static void
put(const char *name, const char *text)
{
	char path[200];
	FILE *out;

	(void)snprintf(path, sizeof(path), "%s/%s", top, name);
	if ((out = fopen(path, "w")) == NULL || fputs(text, out) == EOF ||
	    fclose(out) != 0)
		abort();
}

/* A full one among the members, or one of a list that is no good: nobody is
 * added. */
static void
all_or_none(void)
{
	struct localmail b = { .conf = &conf, .root = geteuid() == 0 };
	struct fail f = { 0 };
	char aliases[100];

	(void)snprintf(aliases, sizeof(aliases), "%s/aliases", top);
	put("aliases", "both: alice, bob\nfull: alice, small\n"
	    "pipe: alice, |x\n");
	conf.aliases = aliases;
	CHECK_INT(add(&b, "small", &f), USERS_FULL);
	CHECK_INT(add(&b, "full", &f), USERS_FULL);
	CHECK_INT(add(&b, "pipe", &f), USERS_FAILED);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK_INT(b.nowners, 0);
	CHECK_INT(add(&b, "both", &f), USERS_FOUND);
	CHECK_INT(b.nmaildirs, 2);
	conf.max_recipients = 2;
	CHECK_INT(add(&b, "alice", &f), USERS_TOO_MANY);
	conf.max_recipients = 1000;
	localmail_abort(&b);
	conf.aliases = NULL;
	free(b.owners);
}

/* The size that was announced counts, and the one that came. */
static void
over_quota(void)
{
	struct localmail b = { .conf = &conf, .root = geteuid() == 0 };
	struct addr a = { SLICE("large"), SLICE("example.org") };
	struct fail f = { 0 };
	const char *id;

	CHECK_INT(localmail_add(&b, &a, 11, &f), USERS_FULL);
	CHECK_INT(localmail_add(&b, &a, 10, &f), USERS_FOUND);
	CHECK_INT(localmail_begin(&b, &id, &f), 0);
	localmail_write(&b, SLICE("12345678901"));
	CHECK_INT(localmail_commit(&b, &f), -1);
	CHECK_INT(f.error, EDQUOT);
	CHECK_INT(count("*/tmp/*", NULL), 0);
	CHECK_INT(count("large/new/*", NULL), 0);
	CHECK_INT(geteuid() == 0, b.root);
	free(b.owners);
}

/* Directories can be given away by root alone. */
static void
many_owners(void)
{
	struct localmail b = { .conf = &conf, .root = 1 };
	struct fail f = { 0 };
	char name[20], path[200];
	struct stat st;
	const char *id;
	unsigned i;

	if (geteuid() != 0)
		return;
	for (i = 0; i <= LIMIT_OWNERS; i++) {
		(void)snprintf(name, sizeof(name), "own%u", i);
		(void)snprintf(path, sizeof(path), "%s/%s", top, name);
		CHECK(mkdir(path, 0700) == 0 &&
		    chown(path, 70000 + i, 70000 + i) == 0);
		CHECK_INT(add(&b, name, &f), i < LIMIT_OWNERS ? USERS_FOUND :
		    USERS_TOO_MANY);
	}
	CHECK_INT(localmail_begin(&b, &id, &f), 0);
	localmail_write(&b, SLICE("text\n"));
	CHECK_INT(localmail_commit(&b, &f), 0);
	CHECK_INT(count("own*/new/*,S=5,W=6", NULL), LIMIT_OWNERS);
	(void)snprintf(path, sizeof(path), "%s/own42/new", top);
	CHECK_INT(stat(path, &st), 0);
	CHECK_INT(st.st_uid, 70042);
	CHECK_INT(st.st_gid, 70042);
	CHECK_INT(geteuid(), 0);
	/* The next message may have it. */
	CHECK_INT(add(&b, name, &f), USERS_FOUND);
	localmail_abort(&b);
	free(b.owners);
}

/* As root all of them are one user's, who is not root. */
static int
make_maildirs(void)
{
	static const char *const names[] = { "alice", "bob", "large",
		"users" };
	char path[200];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", top, names[i]);
		if ((mkdir(path, 0700) == -1 && i < 3) || (geteuid() == 0 &&
		    chown(path, OWNER, OWNER) == -1))
			return -1;
	}
	return 0;
}

/* With "each" one that fails, or has no room, keeps nothing from others. */
static void
each_its_own(void)
{
	struct localmail b = { .conf = &conf, .root = geteuid() == 0,
		.each = 1 };
	int before = count("*/new/*", NULL);
	struct fail f = { 0 };
	const char *id = NULL;

	CHECK_INT(add(&b, "large", &f), USERS_FOUND);
	CHECK_INT(add(&b, "nobody", &f), USERS_NONE);
	CHECK_INT(add(&b, "broken", &f), USERS_FOUND);
	CHECK_INT(add(&b, "alice", &f), USERS_FOUND);
	CHECK_INT(add(&b, "alice+x", &f), USERS_FOUND);
	CHECK_INT(b.nowners, 3);
	CHECK_INT(localmail_begin(&b, &id, &f), 0);
	localmail_write(&b, SLICE("longer than ten\n"));
	CHECK_INT(localmail_commit(&b, &f), 0);
	CHECK_INT(count("*/new/*", NULL), before + 1);
	CHECK_INT(localmail_outcome(&b, 0, &f), -1);
	CHECK_INT(f.error, EDQUOT);
	CHECK_INT(localmail_outcome(&b, 1, &f), -1);
	CHECK_INT(localmail_outcome(&b, 2, &f), 0);
	CHECK_INT(localmail_outcome(&b, 3, &f), 0);
	CHECK_INT(localmail_outcome(&b, 4, &f), -1);
	localmail_abort(&b);
	CHECK_INT(localmail_outcome(&b, 0, &f), -1);
	free(b.owners);
}

int
main(void)
{
	FILE *file;
	int i;

	if (mkdtemp(top) == NULL || chmod(top, 0711) == -1)
		return 1;
	(void)snprintf(users, sizeof(users), "%s/users", top);
	if ((file = fopen(users, "w")) == NULL)
		return 1;
	(void)fprintf(file, "alice@example.org:!:%s/alice\n"
	    "bob@example.org:!:%s/bob\nbroken@example.org:!:%s/users\n"
	    "small@example.org:!:%s/bob:0,1C\n"
	    "large@example.org:!:%s/large:10\n", top, top, top, top, top);
	for (i = 0; i <= LIMIT_OWNERS; i++)
		(void)fprintf(file, "own%d@example.org:!:%s/own%d\n", i, top,
		    i);
	if (fclose(file) != 0 || make_maildirs() == -1)
		return 1;
	RUN(one_file_for_all);
	RUN(given_up);
	RUN(one_that_fails);
	RUN(all_or_none);
	RUN(over_quota);
	RUN(many_owners);
	RUN(each_its_own);
	(void)nftw(top, files_delete, 8, FTW_DEPTH | FTW_PHYS);
	return unit_done();
}
