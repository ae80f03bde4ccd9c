/* SPDX-License-Identifier: ISC */
/* Unit test of underway: lines of runs and messages, and what became of these;
 * what popstate does with it, killed at each step, is tested there. */

#include <time.h>

#include "files.h"
#include "maildirbatch.h"
#include "underway.h"

#define FIRST "mailpipe-test 1\n"
#define RUN_ID "0123456789abcdef"
#define NAME "1.M2P3R" RUN_ID "Q1.host"

static struct fail f;
static struct statefile file;
static struct underway u;
static char fetched_keys[200];

/* Keys begin with a digit; those with a 9 are known. */
static int
known(void *ctx, struct slice key)
{
	(void)ctx;
	if (key.n == 0 || key.p[0] < '0' || key.p[0] > '9')
		return -1;
	return key.p[0] == '9';
}

static void
fetched(void *ctx, struct slice key)
{
	size_t n = strlen(fetched_keys);

	(void)ctx;
	(void)snprintf(fetched_keys + n, sizeof(fetched_keys) - n, "%.*s|",
	    SLICE_ARG(key));
}

static int
take(void *ctx, const struct statefile_line *line)
{
	return underway_take(ctx, line) == 1 ? 0 : -1;
}

static void
start(const char *text)
{
	(void)nftw(files_path("box"), files_delete, 8, FTW_DEPTH | FTW_PHYS);
	(void)nftw(files_path("other"), files_delete, 8, FTW_DEPTH | FTW_PHYS);
	if (mkdir(files_path("box"), 0700) == -1 ||
	    mkdir(files_path("other"), 0700) == -1 ||
	    mkdir(files_path("other/tmp"), 0700) == -1 ||
	    mkdir(files_path("other/new"), 0700) == -1)
		abort();
	files_write("box/state", slice_str(text));
}

static void
open_state(void)
{
	static char path[300];

	(void)snprintf(path, sizeof(path), "%s", files_path("box/state"));
	file = (struct statefile){ .kind = "test", .fd = -1 };
	u = (struct underway){ .file = &file, .known = known,
		.fetched = fetched };
	fetched_keys[0] = '\0';
	underway_start(&u);
	CHECK_INT(statefile_open(&file, path, &f), 0);
	CHECK_INT(statefile_read(&file, take, &u, &f), 0);
}

static void
close_state(void)
{
	underway_free(&u);
	statefile_close(&file);
}

static void
lines(void)
{
	static const struct {
		const char *line;
		int bad;
	} cases[] = {
		{ "run\t" RUN_ID "\tboot\t/x", 0 },
		{ "run\t" RUN_ID "\tboot\t.", 0 },
		{ "run\t" RUN_ID "\tboot", 1 },
		{ "run\t" RUN_ID "\tboot\t", 1 },
		{ "run\t" RUN_ID "0\tboot\t/x", 1 },
		{ "run\t" RUN_ID "\tboot\t%00", 1 },
		{ "pending\t1\t" NAME, 0 }, { "pending\t1\t2\t" NAME, 0 },
		{ "pending\t9\t" NAME, 0 }, { "pending\tx\t" NAME, 1 },
		{ "pending\t" NAME, 1 }, { "pending\t\t" NAME, 1 },
		{ "done\t" RUN_ID, 0 }, { "done\tanother", 0 },
		{ "other\tx", 1 },
	};
	char text[400];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].line);
		(void)snprintf(text, sizeof(text), FIRST "1\trun\t" RUN_ID
		    "\tboot\t.\n1\t%s\n", cases[i].line);
		start(text);
		open_state();
		CHECK_INT(file.bad, cases[i].bad);
		close_state();
	}
	start(FIRST "1\tpending\t1\t" NAME "\n");
	open_state();
	CHECK_INT(file.bad, 1); /* of no run */
	close_state();
}

/* A message is looked for in the Maildir of its run, wherever the file is. */
static void
found(void)
{
	char text[900];

	start("");
	(void)snprintf(text, sizeof(text), FIRST "1\trun\t" RUN_ID
	    "\tboot\t%s\n1\tpending\t1\t2\t" NAME ",S=1,W=1\n"
	    "1\tpending\t2\tnowhere\n1\tpending\t9\t" NAME "\n",
	    files_path("other"));
	files_write("box/state", slice_str(text));
	files_write("other/tmp/" NAME, SLICE("x"));
	files_write("other/tmp/1.M2P3R" RUN_ID "Q2.host", SLICE("y"));
	open_state();
	CHECK_INT(underway_recover(&u, &f), 0);
	CHECK_STR(fetched_keys, "1\t2|");
	close_state();
	CHECK_INT(access(files_path("other/new/" NAME ",S=1,W=1"), F_OK), 0);
	CHECK_INT(rmdir(files_path("other/tmp")), 0);
	/* It is done. */
	open_state();
	CHECK_INT(underway_recover(&u, &f), 0);
	CHECK_STR(fetched_keys, "1\t2|");
	close_state();
}

/* What is noted is read again, and moved on where it is nowhere. */
static void
noted(void)
{
	char run[MAILDIRBATCH_RUN];

	start(FIRST);
	CHECK_INT(maildirbatch_run(run, &f), 0);
	open_state();
	underway_run(&u, run, files_path("other"));
	underway_pending(&u, SLICE("1\t7"), "name,S=1");
	CHECK_INT(statefile_write(&file, 1, &f), 0);
	close_state();
	open_state();
	CHECK_INT(file.bad, 0);
	CHECK_INT(statefile_replace(&file, &f), 0);
	underway_again(&u);
	underway_pending(&u, SLICE("1\t8"), "name,S=1");
	CHECK_INT(statefile_write(&file, 1, &f), 0);
	CHECK_INT(statefile_replaced(&file, 1, &f), 0);
	close_state();
	open_state();
	CHECK_INT(file.lines, 3);
	CHECK_INT(underway_recover(&u, &f), 0);
	CHECK_STR(fetched_keys, strcmp(u.boot, "-") == 0 ? "" : "1\t8|");
	close_state();
}

int
main(void)
{
	files_start();
	RUN(lines);
	RUN(found);
	RUN(noted);
	files_end();
	return unit_done();
}
