/* SPDX-License-Identifier: ISC */
/* New files and directories in a directory where something is in the way. */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../cmd/mime/create.h"
#include "name.h"
#include "unit.h"

static char top[] = "/tmp/mailpipe-create.XXXXXX";

/* What the tests make, and what they find in the way. */
static const char *const left[] = { "d/a", "d/a~1", "d/a~2", "d/A~3", "d/a~4",
	"d/link", "d/link~1", "d/fifo", "d/fifo~1", "d/sub/x", "d/sub",
	"d/loop", "d/x", "d", "link", "outside/x", "outside" };

static void
clean(void)
{
	size_t i;

	for (i = 0; i < sizeof(left) / sizeof(left[0]); i++)
		(void)remove(left[i]);
}

static void
prepare(struct create *c)
{
	struct fail f;

	clean();
	CHECK_INT(mkdir("outside", 0700), 0);
	CHECK_INT(create_in(c, "d", &f), 0);
	CHECK_INT(symlink("../outside/x", "d/link"), 0);
	CHECK_INT(mkfifo("d/fifo", 0600), 0);
}

/* A file of that name is called "want", or cannot be where that is NULL. */
static void
check(struct create *c, const char *name, const char *want)
{
	struct buf made = BUF(NAME_ROOM);
	struct fail f = { 0 };
	int fd = create_file(c, slice_str(name), &made, &f);

	CASE(name);
	CHECK_INT(fd == -1, want == NULL);
	if (want != NULL)
		CHECK_SLICE(buf_slice(&made), slice_str(want));
	else
		CHECK_INT(f.class, EX_CANTCREAT);
	if (fd != -1)
		(void)close(fd);
	buf_free(&made);
}

static void
variants(void)
{
	struct create c;

	prepare(&c);
	check(&c, "a", "a");
	check(&c, "a", "a~1");
	check(&c, "a~2", "a~2");
	check(&c, "A", "A~3");
	check(&c, "a", "a~4");
	check(&c, "link", "link~1");
	check(&c, "fifo", "fifo~1");
	CHECK_INT(access("outside/x", F_OK), -1);
	create_free(&c);
}

static void
exact(void)
{
	struct create c;

	prepare(&c);
	c.exact = 1;
	check(&c, "a", "a");
	check(&c, "a", NULL);
	check(&c, "link", NULL);
	check(&c, "fifo", NULL);
	CHECK_INT(access("outside/x", F_OK), -1);
	create_free(&c);
}

static void
check_dir(struct create *c, const char *name, const char *sentence)
{
	struct create sub;
	struct fail f = { 0 };

	CASE(name);
	CHECK_INT(create_dir(c, name, &sub, &f), sentence == NULL ? 0 : -1);
	CHECK_STR(f.text, sentence == NULL ? "" : sentence);
	if (sentence == NULL)
		check(&sub, "x", "x");
	create_free(&sub);
}

/* A directory is made, never entered. */
static void
directories(void)
{
	struct create c;
	struct stat st;

	prepare(&c);
	CHECK_INT(symlink("../outside", "d/loop"), 0);
	check_dir(&c, "sub", NULL);
	check_dir(&c, "sub", "d/sub: mkdir: File exists");
	check_dir(&c, "loop", "d/loop: mkdir: File exists");
	check_dir(&c, "link", "d/link: mkdir: File exists");
	check_dir(&c, "fifo", "d/fifo: mkdir: File exists");
	CHECK_INT(access("outside/x", F_OK), -1);
	CHECK(stat("d/sub/x", &st) == 0 && S_ISREG(st.st_mode));
	create_free(&c);
}

/* The directory itself is the user's, and may be a link. */
static void
top_directory(void)
{
	struct create c;
	struct fail f = { 0 };

	clean();
	CHECK_INT(mkdir("outside", 0700), 0);
	CHECK_INT(symlink("outside", "link"), 0);
	CHECK_INT(create_in(&c, "link", &f), 0);
	check(&c, "x", "x");
	CHECK_INT(access("outside/x", F_OK), 0);
	create_free(&c);
	CHECK_INT(create_in(&c, "outside/x", &f), -1);
	CHECK_INT(f.class, EX_CANTCREAT);
	CHECK_STR(f.text, "outside/x: open: Not a directory");
	create_free(&c);
}

static void
undone(void)
{
	struct buf made = BUF(NAME_ROOM);
	struct create c;
	struct fail f;

	prepare(&c);
	(void)close(create_file(&c, SLICE("x"), &made, &f));
	CHECK_INT(access("d/x", F_OK), 0);
	create_undo(&c, &made);
	CHECK_INT(access("d/x", F_OK), -1);
	buf_free(&made);
	create_free(&c);
}

int
main(void)
{
	if (mkdtemp(top) == NULL || chdir(top) == -1)
		return 1;
	RUN(variants);
	RUN(exact);
	RUN(directories);
	RUN(top_directory);
	RUN(undone);
	clean();
	(void)rmdir(top);
	return unit_done();
}
