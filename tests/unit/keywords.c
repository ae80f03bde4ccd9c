/* SPDX-License-Identifier: ISC */
/* Tests of keywords: the file as Dovecot has it, whole whenever the process
 * ends. */

#include <fcntl.h>

#include "files.h"
#include "io.h"
#include "keywords.h"
#include "step.h"

static struct fail f;
static struct keywords k;

static int
open_box(void)
{
	return open(files_path("box"), O_RDONLY | O_DIRECTORY);
}

static void
start(void)
{
	(void)nftw(files_path("box"), files_delete, 8, FTW_DEPTH | FTW_PHYS);
	CHECK_INT(mkdir(files_path("box"), 0700), 0);
	CHECK_INT(mkdir(files_path("box/tmp"), 0700), 0);
}

/* What is in the file. */
static const char *
text(void)
{
	static char all[10000];
	int fd = open(files_path("box/dovecot-keywords"), O_RDONLY);
	ssize_t n = fd == -1 ? 0 : io_read(fd, all, sizeof(all) - 1);

	all[n > 0 ? n : 0] = '\0';
	if (fd != -1)
		(void)close(fd);
	return all;
}

static int
add(const char *name)
{
	struct slice names[2] = { slice_str(name), SLICE("$Junk") };
	int dir = open_box(), rc = keywords_add(&k, dir, names, 2, &f);

	(void)close(dir);
	return rc;
}

static int
read_box(void)
{
	int dir = open_box(), rc = keywords_read(&k, dir, &f);

	(void)close(dir);
	return rc;
}

static void
added(void)
{
	start();
	CHECK_INT(read_box(), 0);
	CHECK_INT(keywords_find(&k, SLICE("$Junk")), -1);
	CHECK_INT(add("work"), 0);
	CHECK_STR(text(), "0 work\n1 $Junk\n");
	CHECK_INT(add("WORK"), 0);
	CHECK_STR(text(), "0 work\n1 $Junk\n");
	CHECK_INT(keywords_find(&k, SLICE("$JUNK")), 1);
	CHECK_INT(access(files_path("box/dovecot-uidlist.lock"), F_OK), -1);
}

/* Letters stay what they are, also where others have given them since, and a
 * gap is filled. */
static void
kept(void)
{
	start();
	CHECK_INT(read_box(), 0);
	files_write("box/dovecot-keywords",
	    SLICE("0 a\n3 d\nx\n3 other\n26 late\n\n4 no end"));
	CHECK_INT(add("new"), 0);
	CHECK_STR(text(), "0 a\n1 new\n2 $Junk\n3 d\n4 no end\n");
	CHECK_INT(keywords_find(&k, SLICE("D")), 3);
}

/* A time that is later in whole seconds, and the mode of the old one. */
static void
time_grows(void)
{
	struct stat before, after;

	start();
	files_write("box/dovecot-keywords", SLICE("0 a\n"));
	CHECK_INT(chmod(files_path("box/dovecot-keywords"), 0640), 0);
	CHECK_INT(stat(files_path("box/dovecot-keywords"), &before), 0);
	CHECK_INT(add("b"), 0);
	CHECK_INT(stat(files_path("box/dovecot-keywords"), &after), 0);
	CHECK(after.st_mtime > before.st_mtime);
	CHECK_INT(after.st_mode & 0777, 0640);
}

/* There are no more than 26, and no keyword can break the lines. */
static void
refused(void)
{
	char name[300];
	int i;

	start();
	CHECK_INT(add("a\n5 b"), 0);
	CHECK_INT(add("a b"), 0);
	CHECK_INT(add(""), 0);
	CHECK_INT(add("\xe4"), 0);
	memset(name, 'x', sizeof(name));
	name[KEYWORDS_NAME + 1] = '\0';
	CHECK_INT(add(name), 0);
	CHECK_STR(text(), "0 $Junk\n");
	name[KEYWORDS_NAME] = '\0';
	CHECK_INT(add(name), 0);
	CHECK_INT(keywords_find(&k, slice_str(name)), 1);
	for (i = 2; i < 30; i++) {
		(void)snprintf(name, sizeof(name), "k%d", i);
		CHECK_INT(add(name), 0);
		CHECK_INT(keywords_find(&k, slice_str(name)),
		    i < KEYWORDS ? i : -1);
	}
	CHECK(strstr(text(), "25 k25\n") != NULL);
	CHECK(strstr(text(), "26") == NULL);
}

static void
something_else(void)
{
	start();
	CHECK_INT(mkdir(files_path("box/dovecot-keywords"), 0700), 0);
	CHECK_INT(add("a"), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_INT(access(files_path("box/dovecot-uidlist.lock"), F_OK), -1);
	CHECK_INT(rmdir(files_path("box/dovecot-keywords")), 0);
	files_write("elsewhere", SLICE("0 a\n"));
	CHECK_INT(symlink(files_path("elsewhere"),
	    files_path("box/dovecot-keywords")), 0);
	CHECK_INT(add("a"), -1);
}

static void
one_more(void)
{
	if (add("more") == -1)
		_exit(3);
}

static void
killed_at_each_step(void)
{
	long n;
	int rc;

	for (n = 1, rc = 1; rc == 1; n++) {
		start();
		files_write("box/dovecot-keywords", SLICE("0 a\n"));
		rc = step_kill(one_more, n);
		CHECK(strcmp(text(), "0 a\n") == 0 ||
		    strcmp(text(), "0 a\n1 more\n2 $Junk\n") == 0);
		CHECK_INT(add("more"), 0);
		CHECK_STR(text(), "0 a\n1 more\n2 $Junk\n");
	}
	CHECK(n > 10);
}

int
main(void)
{
	files_start();
	RUN(added);
	RUN(kept);
	RUN(time_grows);
	RUN(refused);
	RUN(something_else);
	RUN(killed_at_each_step);
	keywords_free(&k);
	files_end();
	return unit_done();
}
