/* SPDX-License-Identifier: ISC */
/* Unit test of spoollend: who gets blanks, and who does not. */

#include <dirent.h>
#include <errno.h>
#include <sys/socket.h>

#include "files.h"
#include "filelock.h"
#include "spoolfile.h"
#include "spoollend.h"

static struct spool spool;
static struct spoollend lent;
static int broken; /* the disk */

/* In the place of the library's. */
int
fdatasync(int fd)
{
	if (!broken)
		return fsync(fd);
	errno = EIO;
	return -1;
}

/* Adds messages until there is a blank for the next one. */
static void
make_blanks(void)
{
	struct spool_envelope e = { .sender = SLICE("a@example.org") };
	struct spool_to to = { .address = SLICE("b@example.org") };
	struct fail f = { 0 };
	struct spoolnew *n;

	do {
		spool_ahead(&spool);
		n = spoolnew_begin(&spool, &e, &to, 1, &f);
		CHECK_INT(spoolnew_commit(&n, SPOOL_NEW, 0, &f), 0);
	} while (spool_next_id(&spool) == NULL);
}

/* The directory that tests are made in may be on any file system. */
static void
nobody_else(void)
{
	char id[SPOOL_ID];

	CHECK_INT(spoollend_take(&lent, &spool, getuid(), SPOOL_BLANKS), 0);
	make_blanks();
	memcpy(id, spool_next_id(&spool), SPOOL_ID);
	CHECK_INT(spoollend_take(&lent, &spool, getuid() + 1, SPOOL_BLANKS),
	    0);
	CHECK_STR(spool_next_id(&spool), id);
}

static void
all_of_them(void)
{
	struct spool other = { 0 };
	const char *next;
	char id[SPOOL_ID];
	int pair[2];
	size_t n;

	memcpy(id, spool_next_id(&spool), SPOOL_ID);
	n = spoollend_take(&lent, &spool, getuid(), SPOOL_BLANKS);
	CHECK_INT(n > 0, filelock_is_kept(spool.dir));
	if (n == 0)
		return;
	CHECK(spool_next_id(&spool) == NULL);
	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	CHECK_INT(spoollend_give(&lent, pair[0]), 0);
	CASE("another number than was told");
	CHECK_INT(spoollend_receive(&other, spool.path, n + 1, pair[1]), -1);
	CHECK(other.path == NULL);
	CASE("none");
	CHECK_INT(spoollend_receive(&other, spool.path, 0, pair[1]), -1);
	CHECK_INT(spoollend_receive(&other, spool.path, SPOOL_BLANKS + 1,
	    pair[1]), -1);
	(void)close(pair[0]);
	(void)close(pair[1]);
	CASE("one is gone");
	make_blanks();
	next = spool_next_id(&spool);
	CHECK_INT(spoollend_take(&lent, &spool, getuid(), 1), 1);
	CHECK_STR(lent.ids[0], next);
	CHECK(spool_next_id(&spool) != NULL && spool_next_id(&spool) != next);
	CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	(void)close(pair[1]);
	CHECK_INT(spoollend_give(&lent, pair[0]), -1);
	(void)close(pair[0]);
}

/* The borrower cannot remove it, and whoever can may be gone: nobody is to take
 * it for a message. */
static void
not_synced(void)
{
	struct spool_envelope e = { .sender = SLICE("a@example.org") };
	struct spool_to to = { .address = SLICE("b@example.org") };
	struct spool_name name = { .state = SPOOL_NEW };
	struct spool borrowed = { 0 };
	struct fail f = { 0 };
	char path[SPOOL_NAME];
	struct spoolfile m;
	struct spoolnew *n;
	int fd;

	make_blanks();
	fd = spool_blank(&spool, name.id);
	spool_borrow(&borrowed, spool.path, &fd,
	    (const char (*)[SPOOL_ID])&name.id, 1);
	n = spoolnew_begin(&borrowed, &e, &to, 1, &f);
	spoolnew_write(n, SLICE("Subject: x\n\n"));
	broken = 1;
	CHECK_INT(spoolnew_commit(&n, SPOOL_NEW, 0, &f), -1);
	broken = 0;
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_INT(spoolfile_open(&m, spool.dir, spool_path(path, &name), &f),
	    -1);
	CHECK_INT(spoolfile_is_left(&m, SPOOL_NEW), 1);
	spoolfile_close(&m);
	CHECK_INT(spool_remove(&spool, &name, &f), 0);
	spool_leave(&borrowed);
	spool_close(&borrowed);
}

int
main(void)
{
	struct fail f = { 0 };

	files_start();
	CHECK_INT(spool_open(&spool, files_path("spool"), NULL, &f), 0);
	RUN(nobody_else);
	RUN(all_of_them);
	RUN(not_synced);
	spoollend_end(&lent, &spool);
	spool_leave(&spool);
	spool_close(&spool);
	files_end();
	return unit_done();
}
