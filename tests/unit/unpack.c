/* SPDX-License-Identifier: ISC */
/* Files for what is found in the content of a leaf, beside that of the part
 * and in a tree. */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../cmd/mime/unpack.h"
#include "unit.h"

static char top[] = "/tmp/mailpipe-unpack.XXXXXX";

/* What the tests make. */
static const char *const left[] = { "d/part-1.txt", "d/x", "d/x~1",
	"d/part-1.bin", "d/1/files/x", "d/1/files/x~1", "d/1/files/part-1.bin",
	"d/1/files", "d/1/body", "d/1/raw", "d/1/header", "d/1/type", "d/1",
	"d/structure.json", "d", "said" };

static void
clean(void)
{
	size_t i;

	for (i = 0; i < sizeof(left) / sizeof(left[0]); i++)
		(void)remove(left[i]);
}

static void
find(struct unpack *u, const struct mime_part *part, const char *name)
{
	struct unpack_file *file = unpacksave_extra(u, part, slice_str(name));

	CHECK(file != NULL);
	if (file == NULL)
		return;
	output_put(&file->out, SLICE("found"));
	CHECK_INT(unpackfile_end(u, &file, part), 0);
	CHECK(file == NULL);
}

/* Finds something at the start of the content and before its end. */
static int
event(void *ctx, enum mime_event what, struct mime_part *part,
    struct slice bytes, struct fail *f)
{
	struct unpack *u = ctx;
	mime_handler *next = u->as_tree ? unpacktree_event : unpacksave_event;

	if (what == MIME_BODY || what == MIME_END)
		find(u, part, what == MIME_BODY ? "../../x" : "x");
	if (what == MIME_END)
		find(u, part, "..");
	return next(ctx, what, part, bytes, f);
}

static struct slice
content(const char *path)
{
	static char held[4096];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd == -1 ? -1 : read(fd, held, sizeof(held));

	if (n == -1)
		return SLICE("it cannot be read");
	(void)close(fd);
	return (struct slice){ held, (size_t)n };
}

static void
unpack(int as_tree)
{
	struct unpack u = { .dir = CREATE_NONE, .path = "m",
		.as_tree = as_tree };
	int said = open("said", O_RDWR | O_CREAT | O_TRUNC, 0600);
	struct fail f;
	struct mime *m;

	u.out = output_to(said, "said");
	CHECK_INT(create_in(&u.dir, "d", &f), 0);
	u.dir.exact = as_tree;
	if (as_tree)
		CHECK_INT(unpacktree_start(&u), 0);
	m = mime_new(event, &u);
	CHECK_INT(mime_push(m, SLICE("A: b\n\ntext"), &f), 0);
	CHECK_INT(mime_end(m, &f), 0);
	if (as_tree)
		unpacktree_end(&u, 1, NULL);
	mime_free(&m);
	CHECK_INT(u.status, 0);
	CHECK_INT(output_flush(&u.out, &f), 0);
	output_free(&u.out);
	leaf_free(&u.leaf);
	create_free(&u.dir);
	(void)close(said);
}

static void
beside_the_part(void)
{
	clean();
	unpack(0);
	CHECK_SLICE(content("d/part-1.txt"), SLICE("text"));
	CHECK_SLICE(content("d/x"), SLICE("found"));
	CHECK_SLICE(content("d/x~1"), SLICE("found"));
	CHECK_SLICE(content("said"), SLICE("1\td/x\n1\td/x~1\n"
	    "1\td/part-1.bin\n1\td/part-1.txt\n"));
}

static void
in_the_tree(void)
{
	clean();
	unpack(1);
	CHECK_SLICE(content("d/1/body"), SLICE("text"));
	CHECK_SLICE(content("d/1/files/x"), SLICE("found"));
	CHECK_SLICE(content("said"), SLICE("1\td/1/type\n1\td/1/header\n"
	    "1\td/1/files/x\n1\td/1/files/x~1\n1\td/1/files/part-1.bin\n"
	    "1\td/1/raw\n1\td/1/body\n-\td/structure.json\n"));
}

/* What is open when the message breaks off is gone. */
static void
broken_off(void)
{
	struct unpack u = { .dir = CREATE_NONE, .path = "m" };
	struct unpack_file *one, *two, *three;
	struct fail f;

	clean();
	CHECK_INT(create_in(&u.dir, "d", &f), 0);
	one = unpackfile_open(&u, &u.dir, NULL, SLICE("x"));
	two = unpackfile_open(&u, &u.dir, NULL, SLICE("x"));
	three = unpackfile_open(&u, &u.dir, NULL, SLICE("part-1.txt"));
	CHECK(one != NULL && two != NULL && three != NULL);
	unpackfile_drop_all(&u, two);
	CHECK_INT(access("d/x", F_OK), -1);
	CHECK_INT(access("d/x~1", F_OK), 0);
	CHECK_INT(access("d/part-1.txt", F_OK), -1);
	CHECK(u.open == two);
	u.file = two;
	unpacksave_abort(&u);
	CHECK_INT(access("d/x~1", F_OK), -1);
	CHECK(u.open == NULL && u.file == NULL);
	create_free(&u.dir);
}

/* A file whose bytes cannot be written is gone, and counts. */
static void
not_written(void)
{
	struct unpack u = { .dir = CREATE_NONE, .path = "m",
		.flaws_shown = 1000 };
	struct unpack_file *file;
	struct fail f;

	clean();
	CHECK_INT(create_in(&u.dir, "d", &f), 0);
	file = unpackfile_open(&u, &u.dir, NULL, SLICE("x"));
	CHECK(file != NULL && access("d/x", F_OK) == 0);
	(void)close(file->out.fd);
	file->out.fd = open("/dev/null", O_RDONLY);
	output_put(&file->out, SLICE("lost"));
	CHECK_INT(unpackfile_end(&u, &file, NULL), -1);
	CHECK_INT(access("d/x", F_OK), -1);
	CHECK_INT(u.status, EX_IOERR);
	CHECK_INT(u.flaws_shown, 1001);
	create_free(&u.dir);
}

int
main(void)
{
	if (mkdtemp(top) == NULL || chdir(top) == -1)
		return 1;
	RUN(beside_the_part);
	RUN(in_the_tree);
	RUN(broken_off);
	RUN(not_written);
	clean();
	(void)rmdir(top);
	return unit_done();
}
