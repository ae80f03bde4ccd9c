/* SPDX-License-Identifier: ISC */
/* Unit test of spoolnew: what an envelope may not hold, and what is left. */

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filelock.h"
#include "spoolnew.h"
#include "unit.h"

static char top[] = "/tmp/mailpipe-unit.XXXXXX";
static struct spool spool;
static ino_t synced[2]; /* the last two */

/* In the place of the library's. */
int
fsync(int fd)
{
	struct stat st;

	synced[0] = synced[1];
	synced[1] = fstat(fd, &st) == 0 ? st.st_ino : 0;
	return (int)syscall(SYS_fsync, fd);
}

static const struct {
	const char *sender, *envelope_id, *to, *original;
	int ok;
} envelopes[] = {
	{ "a@example.org", "", "b@example.org", "", 1 },
	{ "", "", "b@example.org", "", 1 },
	{ "a@example.org", "", "b", "", 1 },
	{ "a@example.org", "", "", "", 0 },
	{ "a@example.org", "", "b@example.org\nRecipient: c@d", "", 0 },
	{ "a@example.org\n", "", "b@example.org", "", 0 },
	{ "a@example.org", "x\ny", "b@example.org", "", 0 },
	{ "a@example.org", "x y", "b@example.org", "", 0 },
	{ "a@example.org", "", "b@example.org", "rfc822;b\nSize:", 0 },
	{ "a@example.org", "", "b c@example.org", "", 0 },
	{ "a@example.org", "", "b@", "", 0 },
};

static void
test_envelopes(void)
{
	struct spool_envelope e = { .arrival = 1700000000 };
	struct spool_to to = { .notify = 0 };
	struct spoolnew *n;
	struct fail f;
	size_t i;

	for (i = 0; i < sizeof(envelopes) / sizeof(envelopes[0]); i++) {
		CASE(envelopes[i].to);
		e.sender = slice_str(envelopes[i].sender);
		e.envelope_id = slice_str(envelopes[i].envelope_id);
		to.address = slice_str(envelopes[i].to);
		to.original = slice_str(envelopes[i].original);
		f = (struct fail){ 0 };
		n = spoolnew_begin(&spool, &e, &to, 1, &f);
		CHECK_INT(n != NULL, envelopes[i].ok);
		CHECK_INT(f.class, envelopes[i].ok ? 0 : EX_DATAERR);
		spoolnew_abort(&n);
	}
}

static int
seen(void *ctx, const struct spool_name *name, struct fail *f)
{
	(void)f;
	*(struct spool_name *)ctx = *name;
	return 0;
}

static void
test_commit(void)
{
	struct spool_envelope e = { .sender = SLICE("a@example.org") };
	struct spool_to to = { .address = SLICE("b@example.org") };
	struct spool_name name = { .due = -1 };
	struct fail f = { 0 };
	struct spoolnew *n;

	n = spoolnew_begin(&spool, &e, &to, 1, &f);
	spoolnew_write(n, SLICE("x"));
	CHECK(spoolnew_sync(n, &f) == 0);
	CHECK(spool_each(&spool, 1U << SPOOL_NEW, seen, &name, &f) == 0 &&
	    name.due == -1);
	CHECK(spoolnew_commit(&n, SPOOL_HOLD, 17, &f) == 0);
	CHECK(spool_each(&spool, 1U << SPOOL_HOLD, seen, &name, &f) == 0 &&
	    name.due == 17);
}

static int
add_one(void)
{
	struct spool_envelope e = { .sender = SLICE("a@example.org") };
	struct spool_to to = { .address = SLICE("b@example.org") };
	struct fail f = { 0 };
	struct spoolnew *n;

	spool_ahead(&spool);
	n = spoolnew_begin(&spool, &e, &to, 1, &f);
	return n == NULL ? -1 : spoolnew_commit(&n, SPOOL_NEW, 0, &f);
}

static int
names(const char *part)
{
	char path[64];
	DIR *d;
	int n = -2; /* "." and ".." */

	(void)snprintf(path, sizeof(path), "%s/%s", top, part);
	if ((d = opendir(path)) == NULL)
		return -1;
	while (readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return n;
}

/* Who adds many has a nest from the ninth on, where that is faster, and never
 * two; nothing is left of it.  Where it was taken away all is as before. */
static void
test_many(void)
{
	char first[NEST_NAME];
	int i, before = names("new");

	for (i = 0; i < 8; i++)
		CHECK_INT(add_one(), 0);
	CHECK_INT(names("tmp"), 0);
	CHECK_INT(names("new") - before, 8);
	CHECK_INT(add_one(), 0);
	CHECK_INT(names("tmp"), nest_pays(spool.dir));
	CHECK_INT(spool.nest != -1, nest_pays(spool.dir));
	memcpy(first, spool.nest_name, sizeof(first));
	nest_remove(spool.dir, first);
	for (; i < 1100; i++)
		CHECK_INT(add_one(), 0);
	CHECK_INT(names("tmp"), nest_pays(spool.dir));
	if (nest_pays(spool.dir))
		CHECK(strcmp(first, spool.nest_name) != 0);
	spool_leave(&spool);
	CHECK_INT(names("tmp"), 0);
	CHECK_INT(spool.nest, -1);
	CHECK_INT(names("new") - before, 1101);
	spool.added = 0;
}

/* Begins one that has a blank. */
static struct spoolnew *
begin_blank(struct spool_name *name)
{
	struct spool_envelope e = { .sender = SLICE("a@example.org") };
	struct spool_to to = { .address = SLICE("b@example.org") };
	struct spoolnew *n;
	struct fail f;

	while (spool_next_id(&spool) == NULL)
		CHECK_INT(add_one(), 0);
	n = spoolnew_begin(&spool, &e, &to, 1, &f);
	*name = (struct spool_name){ .state = SPOOL_NEW };
	memcpy(name->id, spoolnew_id(n), SPOOL_ID);
	return n;
}

static int
is_there(const struct spool_name *name)
{
	char path[SPOOL_NAME];

	return faccessat(spool.dir, spool_path(path, name), F_OK, 0) == 0;
}

/* 1 where somebody else has it locked. */
static int
is_locked(const struct spool_name *name)
{
	char path[SPOOL_NAME];
	int fd = openat(spool.dir, spool_path(path, name), O_RDWR), held;

	held = filelock_is_held(fd, 0, 0);
	(void)close(fd);
	return held;
}

static ino_t
inode_of(int dir, const char *path)
{
	struct stat st;

	return fstatat(dir, path, &st, 0) == 0 ? st.st_ino : 0;
}

/* On a disk without a journal a rename may be half there after a crash, and
 * what has two names is no message. */
static void
test_one_name(void)
{
	struct fail f = { 0 };
	struct spool_name name;
	struct spoolnew *n = begin_blank(&name);
	ino_t made_in = spool.nest != -1 ? inode_of(spool.nest, ".") :
	    inode_of(spool.dir, "tmp");

	CHECK(made_in != 0);
	CHECK(synced[0] == made_in || synced[1] == made_in);
	CHECK(synced[1] == inode_of(spool.dir, "new"));
	CHECK(spoolnew_commit(&n, SPOOL_NEW, 0, &f) == 0);
	spool_leave(&spool);
	spool.added = 0;
}

/* A file has its name before its message, and is locked until that is there;
 * then nobody has it, and no child that was forked meanwhile. */
static void
test_blank(void)
{
	struct fail f = { 0 };
	struct spool_name name;
	struct spoolnew *n = begin_blank(&name);
	pid_t child;

	CHECK(is_there(&name) && is_locked(&name));
	if ((child = fork()) == 0) {
		(void)pause();
		_exit(0);
	}
	spoolnew_write(n, SLICE("x"));
	CHECK(spoolnew_sync(n, &f) == 0);
	CHECK(is_locked(&name));
	CHECK(spoolnew_commit(&n, SPOOL_NEW, 0, &f) == 0);
	CHECK(is_there(&name) && !is_locked(&name));
	CHECK(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
}

static void
test_blank_elsewhere(void)
{
	struct fail f = { 0 };
	struct spool_name name, held;
	struct spoolnew *n = begin_blank(&name);

	held = name;
	held.state = SPOOL_HOLD;
	CHECK(spoolnew_commit(&n, SPOOL_HOLD, 0, &f) == 0);
	CHECK(!is_there(&name) && is_there(&held) && !is_locked(&held));
	n = begin_blank(&name);
	held = name;
	held.due = 17;
	CHECK(spoolnew_commit(&n, SPOOL_NEW, 17, &f) == 0);
	CHECK(!is_there(&name) && is_there(&held) && !is_locked(&held));
	n = begin_blank(&name);
	spoolnew_write(n, SLICE("x"));
	spoolnew_abort(&n);
	CHECK(!is_there(&name));
}

/* What was taken away is not said to be there. */
static void
test_blank_gone(void)
{
	struct fail f = { 0 };
	struct spool_name name, failed;
	struct spoolnew *n = begin_blank(&name);

	CHECK(spool_remove(&spool, &name, &f) == 0);
	CHECK_INT(spoolnew_commit(&n, SPOOL_NEW, 0, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	n = begin_blank(&name);
	failed = name;
	failed.state = SPOOL_FAILED;
	CHECK(spool_rename(&spool, &name, &failed, &f) == 0);
	CHECK_INT(spoolnew_commit(&n, SPOOL_NEW, 0, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
}

int
main(void)
{
	struct fail f = { 0 };

	CHECK(mkdtemp(top) != NULL);
	CHECK(spool_open(&spool, top, NULL, &f) == 0);
	RUN(test_envelopes);
	RUN(test_commit);
	RUN(test_many);
	RUN(test_one_name);
	RUN(test_blank);
	RUN(test_blank_elsewhere);
	RUN(test_blank_gone);
	spool_leave(&spool);
	spool_close(&spool);
	return unit_done();
}
