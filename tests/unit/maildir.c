/* SPDX-License-Identifier: ISC */
/* Unit test of maildir: names, sizes, copies, and nothing left behind. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "maildir.h"
#include "unit.h"

static char top[] = "/tmp/mailpipe-unit.XXXXXX";

static const char *
path_of(const char *name)
{
	static char path[8][200];
	static unsigned next;
	char *p = path[next++ % 8];

	(void)snprintf(p, sizeof(path[0]), "%s/%s", top, name);
	return p;
}

/* How many files are in the directory; the last one's name. */
static int
files(const char *name, char last[256])
{
	DIR *dir = opendir(path_of(name));
	const struct dirent *e;
	int n = 0;

	if (dir == NULL)
		return -1;
	while ((e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.') {
			(void)snprintf(last, 256, "%s", e->d_name);
			n++;
		}
	(void)closedir(dir);
	return n;
}

static struct slice
contents(const char *dir, const char *name)
{
	static char data[4096];
	char path[600];
	FILE *file;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/%s/%s", top, dir, name);
	if ((file = fopen(path, "rb")) == NULL)
		return SLICE("not there");
	n = fread(data, 1, sizeof(data), file);
	(void)fclose(file);
	return (struct slice){ data, n };
}

static void
names_and_sizes(void)
{
	struct maildir *m;
	struct fail f = { 0 };
	struct stat st;
	char name[256], id[64];
	long pid;
	int used = 0;

	m = maildir_begin(path_of("names"), &f);
	CHECK(m != NULL);
	CHECK_INT(files("names/tmp", name), 0); /* it has no name yet */
	maildir_write(m, SLICE("a\nb"));
	maildir_write(m, SLICE(""));
	maildir_write(m, SLICE("\0c\n\n"));
	(void)snprintf(id, sizeof(id), "%s", maildir_id(m));
	CHECK_INT(files("names/new", name), 0);
	CHECK_INT(maildir_commit(&m, NULL, 0, &f), 0);
	CHECK(m == NULL);
	CHECK_INT(files("names/tmp", name), 0);
	CHECK_INT(files("names/cur", name), 0);
	CHECK_INT(files("names/new", name), 1);
	CHECK_SLICE(contents("names/new", name), SLICE("a\nb\0c\n\n"));
	CHECK(slice_starts(slice_str(name), slice_str(id)));
	CHECK(slice_ends(slice_str(name), SLICE(",S=7,W=10")));
	CHECK(sscanf(name, "%*[0-9].M%*6[0-9]P%ldQ%*[0-9].%n", &pid,
	    &used) == 1 && used > 0);
	CHECK_INT(pid, getpid());
	CHECK(strchr(name + used, ':') == NULL);
	CHECK_INT(stat(path_of("names"), &st), 0);
	CHECK_INT(st.st_mode & 07777, 0700);
}

static void
an_empty_one(void)
{
	struct maildir *m;
	struct fail f = { 0 };
	char name[256];

	m = maildir_begin(path_of("empty"), &f);
	CHECK_INT(maildir_commit(&m, NULL, 0, &f), 0);
	CHECK_INT(files("empty/new", name), 1);
	CHECK(slice_ends(slice_str(name), SLICE(",S=0,W=0")));
}

static void
given_up(void)
{
	struct maildir *m;
	struct fail f = { 0 };
	char name[256];

	m = maildir_begin(path_of("up"), &f);
	maildir_write(m, SLICE("text"));
	maildir_abort(&m);
	CHECK(m == NULL);
	CHECK_INT(files("up/tmp", name), 0);
	CHECK_INT(files("up/new", name), 0);
	maildir_abort(&m);
}

static void
many_at_a_time(void)
{
	struct maildir *m[50];
	struct fail f = { 0 };
	char name[256];
	int i;

	for (i = 0; i < 50; i++)
		CHECK((m[i] = maildir_begin(path_of("many"), &f)) != NULL);
	for (i = 0; i < 50; i++)
		CHECK_INT(maildir_commit(&m[i], NULL, 0, &f), 0);
	CHECK_INT(files("many/tmp", name), 0);
	CHECK_INT(files("many/new", name), 50);
}

static void
several(void)
{
	const char *others[] = { path_of("second"), path_of("third") };
	struct maildir *m;
	struct fail f = { 0 };
	struct stat a, b, c;
	char name[256], path[600];

	CHECK((m = maildir_begin(others[0], &f)) != NULL);
	maildir_abort(&m);
	CHECK_INT(rmdir(path_of("second/new")), 0);
	m = maildir_begin(path_of("first"), &f);
	maildir_write(m, SLICE("text\n"));
	CHECK_INT(maildir_commit(&m, others, 2, &f), 0);
	CHECK_INT(files("first/new", name), 1);
	(void)snprintf(path, sizeof(path), "first/new/%s", name);
	CHECK_INT(stat(path_of(path), &a), 0);
	(void)snprintf(path, sizeof(path), "second/new/%s", name);
	CHECK_INT(stat(path_of(path), &b), 0);
	(void)snprintf(path, sizeof(path), "third/new/%s", name);
	CHECK_INT(stat(path_of(path), &c), 0);
	CHECK(a.st_ino == b.st_ino && b.st_ino == c.st_ino);
	CHECK_INT(a.st_nlink, 3);
	CHECK_INT(a.st_mode & 07777, 0600);
	CHECK_INT(files("first/tmp", name), 0);
	CHECK_INT(files("second/tmp", name), 0);
	CHECK_INT(files("third/tmp", name), 0);
}

/* One that cannot have it: nobody has it, and nothing is left. */
static void
one_of_several_fails(void)
{
	const char *others[] = { path_of("good"), path_of("file") };
	struct maildir *m;
	struct fail f = { 0 };
	char name[256];

	(void)close(creat(others[1], 0600));
	m = maildir_begin(path_of("main"), &f);
	maildir_write(m, SLICE("text\n"));
	CHECK_INT(maildir_commit(&m, others, 2, &f), -1);
	CHECK(m == NULL);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK(strstr(f.text, "/file") != NULL);
	CHECK_INT(files("main/tmp", name), 0);
	CHECK_INT(files("main/new", name), 0);
	CHECK_INT(files("good/tmp", name), 0);
	CHECK_INT(files("good/new", name), 0);
}

static void
no_maildir(void)
{
	struct fail f = { 0 };

	CHECK(maildir_begin(path_of("not/there"), &f) == NULL);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_INT(f.error, ENOENT);
	(void)close(creat(path_of("plain"), 0600));
	CHECK(maildir_begin(path_of("plain"), &f) == NULL);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_INT(f.error, ENOTDIR);
	CHECK_INT(mkfifo(path_of("fifo"), 0600), 0);
	CHECK(maildir_begin(path_of("fifo"), &f) == NULL);
	CHECK_INT(f.error, ENOTDIR);
}

static void
no_room(void)
{
	static char block[65536];
	struct rlimit before, small;
	struct maildir *m;
	struct fail f = { 0 };
	char name[256];
	int i;

	(void)signal(SIGXFSZ, SIG_IGN);
	(void)getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = 100000;
	(void)setrlimit(RLIMIT_FSIZE, &small);
	m = maildir_begin(path_of("full"), &f);
	for (i = 0; i < 10; i++)
		maildir_write(m, (struct slice){ block, sizeof(block) });
	CHECK_INT(maildir_commit(&m, NULL, 0, &f), -1);
	(void)setrlimit(RLIMIT_FSIZE, &before);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_INT(f.error, EFBIG);
	CHECK_INT(files("full/tmp", name), 0);
	CHECK_INT(files("full/new", name), 0);
}

int
main(void)
{
	if (mkdtemp(top) == NULL)
		return 1;
	RUN(names_and_sizes);
	RUN(an_empty_one);
	RUN(given_up);
	RUN(many_at_a_time);
	RUN(several);
	RUN(one_of_several_fails);
	RUN(no_maildir);
	RUN(no_room);
	(void)nftw(top, files_delete, 8, FTW_DEPTH | FTW_PHYS);
	return unit_done();
}
