/* SPDX-License-Identifier: ISC */
/* Tests of lastdir: files in directories, and what happens to those. */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../cmd/mime/lastdir.h"
#include "unit.h"

static char home[] = "/tmp/mailpipe-unit.XXXXXX";

/* A file whose content is one letter. */
static void
write_file(const char *path, char letter)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);

	if (fd == -1 || write(fd, &letter, 1) != 1 || close(fd) == -1)
		abort();
}

/* That letter, or '!' where the file cannot be opened. */
static char
letter_of(struct lastdir *d, const char *path)
{
	int fd = lastdir_open(d, slice_str(path), O_RDONLY | O_CLOEXEC);
	char letter = '?';

	if (fd == -1)
		return '!';
	if (read(fd, &letter, 1) != 1 || close(fd) == -1)
		abort();
	return letter;
}

static void
begin(void)
{
	if (mkdtemp(home) == NULL || chdir(home) == -1 ||
	    mkdir("a", 0700) == -1 || mkdir("a/b", 0700) == -1)
		abort();
	write_file("x", '0');
	write_file("a/x", '1');
	write_file("a/y", '2');
	write_file("a/b/x", '3');
}

static void
end(void)
{
	if (unlink("x") == -1 || unlink("a/x") == -1 || unlink("a/y") == -1 ||
	    unlink("a/b/x") == -1 || rmdir("a/b") == -1 || rmdir("a") == -1 ||
	    chdir("/") == -1 || rmdir(home) == -1)
		abort();
}

static void
finds_files(void)
{
	struct lastdir d = { .fd = -1 };

	CHECK_INT(letter_of(&d, "a/x"), '1');
	CHECK_INT(d.fd, -1);
	CHECK_INT(letter_of(&d, "a/y"), '2');
	CHECK(d.fd != -1);
	CHECK_INT(letter_of(&d, "x"), '0');
	CHECK_INT(letter_of(&d, "a/none"), '!');
	CHECK_INT(errno, ENOENT);
	CHECK_INT(letter_of(&d, "a/x"), '1');
	CHECK_INT(letter_of(&d, "a/b/x"), '3');
	CHECK_INT(d.fd, -1);
	CHECK_INT(letter_of(&d, "a/b/x"), '3');
	CHECK_INT(letter_of(&d, "b/x"), '!');
	CHECK_INT(letter_of(&d, "b/x"), '!');
	CHECK_INT(letter_of(&d, "a/x"), '1');
	lastdir_forget(&d);
	CHECK_INT(d.fd, -1);
	CHECK_INT(letter_of(&d, "a/y"), '2');
	lastdir_forget(&d);
}

/* One whose name is too long to be kept is reached in the ordinary way. */
static void
long_names(void)
{
	struct lastdir d = { .fd = -1 };
	char path[LASTDIR_MOST + 64];
	size_t n = 0;

	while (n < LASTDIR_MOST)
		n += (size_t)snprintf(path + n, sizeof(path) - n, "a/../");
	(void)snprintf(path + n, sizeof(path) - n, "a/x");
	CHECK_INT(letter_of(&d, "a/y"), '2');
	CHECK_INT(letter_of(&d, path), '1');
	CHECK_INT(letter_of(&d, path), '1');
	CHECK_INT(d.fd, -1);
	CHECK_INT(d.n, 0);
	lastdir_forget(&d);
}

/* What has its name now is seen once the old one is forgotten. */
static void
another_directory(void)
{
	struct lastdir d = { .fd = -1 };

	CHECK_INT(letter_of(&d, "a/x"), '1');
	CHECK_INT(letter_of(&d, "a/x"), '1');
	if (rename("a", "c") == -1 || mkdir("a", 0700) == -1)
		abort();
	write_file("a/x", 'n');
	CHECK_INT(letter_of(&d, "a/x"), '1');
	lastdir_forget(&d);
	CHECK_INT(letter_of(&d, "a/x"), 'n');
	lastdir_forget(&d);
	if (unlink("a/x") == -1 || rmdir("a") == -1 || rename("c", "a") == -1)
		abort();
}

int
main(void)
{
	begin();
	RUN(finds_files);
	RUN(long_names);
	RUN(another_directory);
	end();
	return unit_done();
}
