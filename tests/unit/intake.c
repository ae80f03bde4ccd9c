/* SPDX-License-Identifier: ISC */
/* Unit test of intake: batches, what is noted of them, and what is left. */

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>

#include "files.h"
#include "intake.h"

static struct fail f;
static struct statefile file;
static struct underway u;
static struct intake t;
static int facts[2][2000];
static char told[4000]; /* a letter for each batch, and its facts */

static int
known(void *ctx, struct slice key)
{
	(void)ctx;
	(void)key;
	return 0;
}

static void
fetched(void *ctx, struct slice key)
{
	size_t n = strlen(told);

	(void)ctx;
	(void)snprintf(told + n, sizeof(told) - n, "%.*s|", SLICE_ARG(key));
}

static int
take(void *ctx, const struct statefile_line *line)
{
	return underway_take(ctx, line) == 1 ? 0 : -1;
}

static struct slice
key_of(void *ctx, const struct intake_batch *b, size_t i)
{
	static char key[20];

	(void)ctx;
	(void)snprintf(key, sizeof(key), "k%d", ((int *)b->facts)[i]);
	return slice_str(key);
}

static int
delivered(void *ctx, const struct intake_batch *b, struct fail *why)
{
	const int *fact = b->facts;
	size_t n = strlen(told);

	(void)ctx;
	(void)why;
	if (b->n > 0)
		(void)snprintf(told + n, sizeof(told) - n, "%d-%d|", fact[0],
		    fact[b->n - 1]);
	return 0;
}

static void
open_state(void)
{
	static char path[300];

	(void)snprintf(path, sizeof(path), "%s", files_path("state"));
	file = (struct statefile){ .kind = "test", .fd = -1 };
	u = (struct underway){ .file = &file, .known = known,
		.fetched = fetched };
	told[0] = '\0';
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
start(int remembers)
{
	static char box[300];

	(void)nftw(files_path("box"), files_delete, 8, FTW_DEPTH | FTW_PHYS);
	(void)unlink(files_path("state"));
	(void)snprintf(box, sizeof(box), "%s", files_path("box"));
	open_state();
	t = (struct intake){ .maildir = box, .key = key_of,
		.underway = remembers ? &u : NULL, .delivered = delivered,
		.now.facts = facts[0], .before.facts = facts[1] };
	CHECK_INT(intake_start(&t, &f), 0);
}

/* Messages "from" to "to". */
static void
bring(int from, int to)
{
	for (; from <= to; from++) {
		CHECK_INT(intake_begin(&t, &f), 0);
		CHECK_INT(maildirbatch_write(t.now.batch, SLICE("x"), &f), 0);
		((int *)t.now.facts)[t.now.n] = from;
		CHECK_INT(intake_end(&t, 1, &f), 0);
	}
}

/* How many are there, of a Maildir that may have none yet. */
static int
count(const char *directory)
{
	DIR *d = opendir(files_path(directory));
	struct dirent *e;
	int n = 0;

	while (d != NULL && (e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	if (d != NULL)
		(void)closedir(d);
	return n;
}

/* How many lines of the state have that word. */
static size_t
lines_of(const char *word)
{
	static char text[400000];
	FILE *in = fopen(files_path("state"), "r");
	size_t n = 0;

	while (in != NULL && fgets(text, sizeof(text), in) != NULL)
		n += strstr(text, word) != NULL;
	if (in != NULL)
		(void)fclose(in);
	return n;
}

/* The first batches are small, and facts stay with their messages. */
static void
batches(void)
{
	int remembers;

	for (remembers = 0; remembers < 2; remembers++) {
		start(remembers);
		bring(1, 70);
		CHECK_STR(told, "");
		bring(71, 200);
		CHECK_STR(told, "1-64|");
		CHECK_INT(count("box/new"), 64);
		CHECK_INT(intake_settle(&t, &f), 0);
		CHECK_STR(told, "1-64|65-192|193-200|");
		CHECK_INT(intake_settle(&t, &f), 0);
		bring(201, 202);
		CHECK_INT(intake_begin(&t, &f), 0);
		intake_drop(&t);
		CHECK_INT(intake_settle(&t, &f), 0);
		CHECK_STR(told, "1-64|65-192|193-200|201-202|");
		intake_close(&t);
		CHECK_INT(count("box/new"), 202);
		CHECK_INT(count("box/tmp"), 0);
		CHECK_INT(lines_of("\tpending\tk"), remembers ? 202 : 0);
		CHECK_INT(lines_of("\trun\t"), remembers);
		CHECK_INT(lines_of("\tdone\t"), remembers);
		close_state();
	}
}

/* What is not settled is nowhere. */
static void
given_up(void)
{
	start(1);
	bring(1, 70);
	intake_close(&t);
	CHECK_STR(told, "");
	CHECK_INT(count("box/new"), 0);
	CHECK_INT(count("box/tmp"), 0);
	CHECK_INT(lines_of("\tpending\t"), 0);
	CHECK_INT(lines_of("\tdone\t"), 1);
	close_state();
}

/* What was noted, and could not be delivered, is there for the next run. */
static void
left(void)
{
	start(1);
	bring(1, 3);
	CHECK_INT(rmdir(files_path("box/new")), 0);
	files_write("box/new", SLICE(""));
	CHECK_INT(intake_settle(&t, &f), -1);
	intake_close(&t);
	CHECK_STR(told, "");
	CHECK_INT(count("box/tmp"), 3);
	CHECK_INT(lines_of("\tdone\t"), 0);
	close_state();
	CHECK_INT(unlink(files_path("box/new")), 0);
	CHECK_INT(mkdir(files_path("box/new"), 0700), 0);
	open_state();
	CHECK_INT(underway_recover(&u, &f), 0);
	CHECK_STR(told, "k1|k2|k3|");
	CHECK_INT(count("box/new"), 3);
	CHECK_INT(count("box/tmp"), 0);
	CHECK_INT(lines_of("\tdone\t"), 1);
	close_state();
}

/* Where there is room for some notes, these are delivered. */
static void
full(void)
{
	struct rlimit limit, before;
	struct stat st;

	(void)signal(SIGXFSZ, SIG_IGN);
	start(1);
	bring(1, 40);
	CHECK_INT(stat(files_path("state"), &st), 0);
	CHECK_INT(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = (rlim_t)st.st_size + 1000;
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
	CHECK_INT(intake_settle(&t, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &before), 0);
	CHECK(count("box/new") > 2 && count("box/new") < 20);
	CHECK_INT(lines_of("\tpending\t"), count("box/new"));
	CHECK_INT(count("box/tmp"), 0);
	intake_close(&t);
	CHECK_INT(lines_of("\tdone\t"), 1);
	close_state();
}

/* Where none could be begun, what is whole is not what is given up. */
static void
none_begun(void)
{
	start(1);
	bring(1, 3);
	CHECK_INT(intake_begin(&t, &f), 0);
	intake_drop(&t);
	intake_drop(&t);
	CHECK_INT(intake_settle(&t, &f), 0);
	CHECK_STR(told, "1-3|");
	CHECK_INT(count("box/new"), 3);
	intake_close(&t);
	close_state();
}

int
main(void)
{
	files_start();
	RUN(batches);
	RUN(given_up);
	RUN(none_begun);
	RUN(left);
	RUN(full);
	files_end();
	return unit_done();
}
