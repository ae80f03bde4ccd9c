/* SPDX-License-Identifier: ISC */
/* Unit test of mailboxlist: files that others rename while it looks, and two
 * files of one base. */

#include <signal.h>
#include <sys/wait.h>

#include "box.h"
#include "mailboxlist.h"

static struct mailboxlist l;
static struct fail f;

static void
start(void)
{
	mailboxlist_free(&l);
	(void)close(l.dirs[0]);
	(void)close(l.dirs[1]);
	box_start();
	l = (struct mailboxlist){ .dirs = {
	    open(path_of("cur"), O_RDONLY | O_DIRECTORY),
	    open(path_of("new"), O_RDONLY | O_DIRECTORY) } };
}

static void
look(int add)
{
	if (mailboxlist_look(&l, add, &f) == -1)
		abort();
}

static void
quiet(void)
{
	start();
	file("new/1", "");
	box_freshen();
	look(1);
	CHECK_INT(mailboxlist_changed(&l), 1); /* it has just changed */
	box_age();
	look(1);
	CHECK_INT(mailboxlist_changed(&l), 0);
	CHECK_INT(mailboxlist_find(&l, 0, &f), 0);
	CHECK(l.entries[0].shown.name == NULL);
	look(0);
	CHECK_STR(l.entries[0].shown.name, "1"); /* it was there all the time */
	move("new/1", "cur/1:2,S");
	CHECK_INT(mailboxlist_changed(&l), 1);
	CHECK_INT(mailboxlist_find(&l, 0, &f), 1);
	CHECK_STR(l.entries[0].shown.name, "1:2,S");
	CHECK_SLICE(mailboxlist_base(&l, 0), SLICE("1"));
	file("new/2", "");
	look(0);
	CHECK_INT(l.n, 1);
	look(1);
	CHECK_INT(l.n, 2);
}

static void
sorted(void)
{
	static const char *const names[] = { "new/9.b", "cur/7.M2a:2,S",
		"new/7.M10", "new/9.a", "new/10", "cur/x", "cur/9.ab" };
	static const char *const want[] = { "x", "7.M2a:2,S", "7.M10", "9.a",
		"9.ab", "9.b", "10" };
	size_t i;

	start();
	for (i = 0; i < 7; i++)
		file(names[i], "");
	box_age();
	look(1);
	mailboxlist_sort(&l, 0);
	CHECK_INT(l.n, 7);
	for (i = 0; i < 7; i++)
		CHECK_STR(l.entries[i].shown.name, want[i]);
	/* They are found where they are now. */
	gone("new/10");
	gone("new/9.b");
	file("new/8", "");
	file("new/8.b", "");
	box_age();
	look(1);
	CHECK_INT(l.n, 9);
	mailboxlist_sort(&l, 2);
	CHECK_INT(l.n, 7);
	CHECK_STR(l.entries[3].shown.name, "8");
	l.entries[6].shown.uid = 3;
	l.entries[2].shown.uid = 4;
	mailboxlist_sort(&l, 0);
	CHECK_STR(l.entries[4].shown.name, "9.a");
	CHECK_STR(l.entries[5].shown.name, "9.ab");
	CHECK_INT(l.entries[6].shown.uid, 4);
	look(1);
	CHECK_INT(l.n, 7);
}

static void
twins(void)
{
	start();
	file("new/1.x,S=2", "a\n");
	file("cur/1.x,S=2:2,S", "b\n");
	look(1);
	mailboxlist_sort(&l, 0);
	CHECK_INT(l.n, 2);
	CHECK_STR(l.entries[0].shown.name, "1.x,S=2");
	CHECK(strncmp(l.entries[1].shown.name, "1.x_", 4) == 0);
	CHECK(strstr(l.entries[1].shown.name, ",S=2:2,S") != NULL);
	CHECK(!exists("cur/1.x,S=2:2,S"));
	CHECK_STR(content("new/1.x,S=2"), "a\n");
	/* One file under both names, as who renames by links leaves it. */
	start();
	file("new/1.x", "a\n");
	CHECK(link(path_of("new/1.x"), path_of("cur/1.x:2,")) == 0);
	look(1);
	CHECK_INT(l.n, 1);
	CHECK(exists("new/1.x") && exists("cur/1.x:2,"));
}

/* Renames and moves them to and fro until it is killed. */
static void
restless(int n)
{
	char from[50], to[50];
	unsigned i, round;

	for (round = 0;; round++)
		for (i = 0; i < (unsigned)n; i++) {
			(void)snprintf(from, sizeof(from), round % 2 == 0 ?
			    "new/%u.x" : "cur/%u.x:2,S", i);
			(void)snprintf(to, sizeof(to), round % 2 != 0 ?
			    "new/%u.x" : "cur/%u.x:2,S", i);
			move(from, to);
		}
}

static void
busy(void)
{
	enum { N = 5000 };
	char one[20];
	pid_t pid;
	int i;
	size_t k;

	start();
	for (i = 0; i < N; i++) {
		(void)snprintf(one, sizeof(one), "new/%d.x", i);
		file(one, "");
	}
	look(1);
	CHECK_INT(l.n, N);
	if ((pid = fork()) == 0)
		restless(N);
	for (i = 0; i < 20; i++) {
		look(1);
		CHECK_INT(l.n, N);
		for (k = 0; k < l.n; k++)
			CHECK(l.entries[k].shown.name != NULL);
	}
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	box_age();
	look(1);
	CHECK_INT(l.n, N);
	for (k = 0; k < l.n; k++)
		CHECK(exists(l.entries[k].shown.in_new ? "new" : "cur") &&
		    faccessat(l.dirs[l.entries[k].shown.in_new],
		    l.entries[k].shown.name, F_OK, 0) == 0);
}

int
main(void)
{
	l.dirs[0] = l.dirs[1] = -1;
	if (mkdtemp(top) == NULL)
		return 1;
	RUN(quiet);
	RUN(sorted);
	RUN(twins);
	RUN(busy);
	mailboxlist_free(&l);
	box_end();
	return unit_done();
}
