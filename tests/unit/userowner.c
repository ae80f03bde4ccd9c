/* SPDX-License-Identifier: ISC */
/* Unit test of userowner: who owns the way to a Maildir. */

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"
#include "userowner.h"

enum { OTHER = 64002 };

static char top[] = "/tmp/mailpipe-unit.XXXXXX";
static uid_t alice = 64001;
static struct fail fail;

/* "top", "/" and "name". */
static const char *
at(const char *name)
{
	static char path[200];

	(void)snprintf(path, sizeof(path), "%s/%s", top, name);
	return path;
}

static void
add(const char *name, uid_t owner)
{
	if (mkdir(at(name), 0755) == -1 || chown(at(name), owner, owner) == -1)
		abort();
}

static void
add_link(const char *name, const char *target, uid_t owner)
{
	if (symlink(target, at(name)) == -1 ||
	    lchown(at(name), owner, owner) == -1)
		abort();
}

/* The owner of top/name, or -1; its class is in "fail". */
static long
owner(const char *name)
{
	struct userowner o;

	return userowner_find(at(name), &o, &fail) == 0 ? (long)o.uid : -1;
}

/* Links in another's hands can be made by root alone. */
static void
as_root(void)
{
	struct userowner o;

	add("root", 0);
	add("alice", alice);
	add("alice/root", 0);
	add("alice/other", OTHER);
	add("other", OTHER);
	add_link("alice/led", "../other", alice);
	add_link("alice/led-to-root", "../root", alice);
	add_link("led", "alice", 0);
	add_link("nowhere", "gone", alice);
	CHECK_INT(owner("alice"), alice);
	CHECK_INT(owner("alice/Maildir/not/there"), alice);
	CHECK_INT(owner("/alice//Maildir/"), alice);
	CHECK_INT(owner("alice/root"), alice);
	CHECK_INT(owner("led/Maildir"), alice);
	CHECK_INT(owner("alice/led-to-root"), alice);
	CHECK_INT(owner("nowhere"), alice);
	CHECK_INT(owner("alice/other"), -1);
	CHECK_INT(fail.class, EX_TEMPFAIL);
	CHECK_INT(fail.error, EPERM);
	CHECK_INT(owner("alice/led"), -1);
	CHECK_INT(fail.class, EX_TEMPFAIL);
	CHECK_INT(owner("root/Maildir"), -1);
	CHECK_INT(fail.class, EX_CONFIG);
	CHECK(strstr(fail.text, "root/Maildir: no owner but root: chown ") !=
	    NULL);
	/* A group is not taken from the directory but for who has no name. */
	CHECK_INT(userowner_find(at("alice"), &o, &fail), 0);
	CHECK_INT(o.gid, alice);
}

static void
as_anybody(void)
{
	FILE *file;

	CHECK_INT(userowner_find("/", &(struct userowner){ 0 }, &fail), -1);
	CHECK_INT(fail.class, EX_CONFIG);
	add("mine", alice);
	CHECK_INT(owner("mine/Maildir"), alice);
	if ((file = fopen(at("file"), "w")) == NULL || fclose(file) != 0)
		abort();
	CHECK_INT(owner("file/Maildir"), -1);
	CHECK_INT(fail.class, EX_TEMPFAIL);
	CHECK_INT(fail.error, ENOTDIR);
}

int
main(void)
{
	static const char *const made[] = { "alice/led", "alice/led-to-root",
		"alice/root", "alice/other", "alice", "led", "nowhere",
		"other", "root", "mine", "file", "" };
	size_t i;

	if (mkdtemp(top) == NULL || chmod(top, 0755) == -1)
		return 1;
	if (geteuid() != 0)
		alice = geteuid();
	RUN(as_anybody);
	if (geteuid() == 0)
		RUN(as_root);
	for (i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		(void)remove(at(made[i]));
	return unit_done();
}
