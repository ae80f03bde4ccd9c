/* SPDX-License-Identifier: ISC */
/* Unit test of places: when what was confined to them is so to others. */

#include <fcntl.h>
#include <sys/stat.h>

#include "../../cmd/smtp/places.h"
#include "files.h"

static struct conf conf;
static struct places_seen seen;

static void
make(const char *name)
{
	CHECK_INT(mkdir(files_path(name), 0700), 0);
}

static void
move(const char *from, const char *to)
{
	char path[2][4096];

	(void)snprintf(path[0], sizeof(path[0]), "%s", files_path(from));
	(void)snprintf(path[1], sizeof(path[1]), "%s", files_path(to));
	CHECK_INT(rename(path[0], path[1]), 0);
}

static void
write_users(const char *directory)
{
	char text[8192];

	(void)snprintf(text, sizeof(text), "bob@example.org:!:%s/bob\n",
	    files_path(directory));
	files_write("users", slice_str(text));
}

/* Once, and then it is known. */
static void
check_changed(const char *what)
{
	CASE(what);
	CHECK_INT(places_changed(&seen, &conf, 1), 1);
	CHECK_INT(places_changed(&seen, &conf, 1), 0);
}

static void
changes(void)
{
	static const struct timespec times[] = { { 1, 0 }, { 1, 0 } };

	make("mail");
	make("maim");
	make("spool");
	write_users("mail");
	(void)utimensat(AT_FDCWD, conf.users, times, 0);
	check_changed("the first look");
	CASE("a message");
	make("mail/bob");
	files_write("spool/x", SLICE("x"));
	CHECK_INT(places_changed(&seen, &conf, 1), 0);
	CASE("no queue");
	CHECK_INT(places_changed(&seen, &conf, 0), 1);
	check_changed("a queue");
	write_users("maim");
	(void)utimensat(AT_FDCWD, conf.users, times, 0);
	check_changed("as long, and as old");
	move("maim", "old");
	check_changed("a directory is gone");
	make("maim");
	check_changed("another one");
	move("spool", "spool.old");
	make("spool");
	check_changed("another spool");
	CASE("where Maildirs were");
	move("mail", "mail.old");
	CHECK_INT(places_changed(&seen, &conf, 1), 0);
	write_users("none/of/it");
	check_changed("a directory that is not there");
	CHECK_INT(unlink(conf.users), 0);
	check_changed("no users file");
	CASE("the spool is still there");
	CHECK_INT(places_changed(&seen, &conf, 1), 0);
	conf.users = NULL;
	CASE("the machine's users");
	CHECK_INT(places_changed(&seen, &conf, 0), 0);
}

int
main(void)
{
	char *users, *spool;

	files_start();
	users = strdup(files_path("users"));
	spool = strdup(files_path("spool"));
	conf = (struct conf){ .users = users, .spool = spool };
	RUN(changes);
	places_forget(&seen);
	free(users);
	free(spool);
	files_end();
	return unit_done();
}
