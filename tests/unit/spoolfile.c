/* SPDX-License-Identifier: ISC */
/* Unit test of spoolnew and spoolfile: what was written is read, and what was
 * damaged is told. */

#include <fcntl.h>
#include <unistd.h>

#include "buf.h"
#include "filelock.h"
#include "spoolfile.h"
#include "unit.h"

static char top[] = "/tmp/mailpipe-unit.XXXXXX";
static struct spool spool;
static char path[SPOOL_NAME];

static const struct spool_to to[] = {
	{ SLICE("bob@example.net"), SLICE("rfc822;bob@example.net"),
	    SPOOL_SUCCESS | SPOOL_DELAY },
	{ SLICE("\"a b\"@example.org"), SLICE(""), 0 },
	{ SLICE("root"), SLICE(""), SPOOL_NEVER },
};

static void
write_message(void)
{
	struct spool_envelope e = { .sender = SLICE("alice@example.org"),
		.envelope_id = SLICE("x+2B1"), .arrival = 1700000000,
		.hold = 1700000017,
		.ret = SPOOL_RET_HDRS, .body8 = 1, .utf8 = 1 };
	struct spool_name name = { SPOOL_NEW, 17, "" };
	struct fail f = { 0 };
	struct spoolnew *n = spoolnew_begin(&spool, &e, to, 3, &f);

	CHECK(n != NULL);
	memcpy(name.id, spoolnew_id(n), SPOOL_ID);
	spoolnew_write(n, SLICE("Subject: x\n\n"));
	spoolnew_write(n, SLICE("body"));
	CHECK(spoolnew_commit(&n, SPOOL_NEW, 17, &f) == 0 && n == NULL);
	spool_path(path, &name);
}

static void
test_read(void)
{
	struct spoolfile m;
	struct fail f = { 0 };
	char text[64] = "";

	CHECK(spoolfile_open(&m, spool.dir, path, &f) == 0);
	CHECK(m.nto == 3 && m.size == 17 && m.envelope.body8 &&
	    m.envelope.utf8 && !m.envelope.require_tls &&
	    m.envelope.ret == SPOOL_RET_HDRS &&
	    m.envelope.arrival == 1700000000 &&
	    spoolfile_begun(&m) == 1700000017);
	CHECK(slice_eq(m.envelope.sender, SLICE("alice@example.org")));
	CHECK(slice_eq(m.envelope.envelope_id, SLICE("x+2B1")));
	CHECK(slice_eq(m.to[0].to.original, to[0].original));
	CHECK(m.to[0].to.notify == to[0].notify && m.to[2].to.notify ==
	    SPOOL_NEVER);
	CHECK(slice_eq(m.to[1].to.address, to[1].address));
	CHECK(pread(m.fd, text, m.size, (off_t)m.message) == 17);
	CHECK(strcmp(text, "Subject: x\n\nbody\n") == 0);
	spoolfile_close(&m);
}

static void
test_journal(void)
{
	struct spool_entry e = { 1700000001, 1, SPOOL_DEFERRED, 450,
		SLICE("4.2.1"), SLICE("mx.example.net"),
		SLICE("come\tback\n250 2.0.0 ok") }, last;
	char line[SPOOL_ENTRY];
	struct fail f = { 0 };
	struct spoolfile m, other;

	CHECK(spoolfile_open(&m, spool.dir, path, &f) == 0 &&
	    spoolfile_open(&other, spool.dir, path, &f) == 0);
	CHECK(spoolfile_lock(&m, 1, &f) == 1 &&
	    spoolfile_lock(&other, 1, &f) == 0 &&
	    spoolfile_lock(&other, 2, &f) == 1 &&
	    spoolfile_lock(&m, 0, &f) == 0);
	CHECK(spoolfile_append(&m, &e, &f) == 0);
	CHECK(m.to[0].attempts == 1 && !m.to[0].settled);
	CHECK(write(other.fd, "1700", 4) == 4);
	CHECK(spoolfile_read(&other, &f) == 0 && other.torn);
	e = (struct spool_entry){ .when = 1700000002, .class = SPOOL_DOWN };
	CHECK(spoolfile_append(&other, &e, &f) == 0);
	CHECK(other.to[0].attempts == 2 && other.to[1].attempts == 1);
	e = (struct spool_entry){ .when = 1700000003, .number = 2,
		.class = SPOOL_SENT, .code = 250 };
	CHECK(spoolfile_append(&other, &e, &f) == 0);
	e.number = 99;
	CHECK(spoolfile_append(&other, &e, &f) == 0);
	CHECK(spoolfile_read(&m, &f) == 0 && spoolfile_pending(&m) == 2);
	CHECK(spoolfile_last(&m, 2, line, &last, &f) == 1 && last.code == 250);
	spoolfile_close(&other);
	CHECK(spoolfile_lock(&m, 0, &f) == 1);
	CHECK(unlinkat(spool.dir, path, 0) == 0);
	CHECK(spoolfile_lock(&m, 0, &f) == 0);
	spoolfile_close(&m);
}

/* What somebody else did not write to its end does not spoil our line, though
 * we have read the journal before. */
static void
test_torn(void)
{
	struct spool_entry e = { .when = 17, .number = 1, .class = SPOOL_SENT };
	struct fail f = { 0 };
	struct spoolfile m;

	write_message();
	CHECK(spoolfile_open(&m, spool.dir, path, &f) == 0 && !m.torn);
	CHECK(write(m.fd, "1700000000\t1\tdef", 16) == 16);
	CHECK(spoolfile_append(&m, &e, &f) == 0 && m.to[0].settled);
	spoolfile_close(&m);
	CHECK(spoolfile_open(&m, spool.dir, path, &f) == 0);
	CHECK(m.to[0].settled && !m.torn);
	spoolfile_close(&m);
}

/* A journal longer than what is read at once, and an envelope that is. */
static void
test_long(void)
{
	struct spool_to many[500];
	struct spool_envelope e = { .sender = SLICE("a@example.org") };
	struct spool_name name = { SPOOL_NEW, 17, "" };
	struct spool_entry entry = { .class = SPOOL_DEFERRED,
		.text = SLICE("not now, and not for a long time") };
	struct fail f = { 0 };
	struct spoolnew *n;
	struct spoolfile m;
	size_t i;

	for (i = 0; i < 500; i++)
		many[i] = (struct spool_to){ .address =
		    SLICE("somebody.with.a.long.name@example.net") };
	n = spoolnew_begin(&spool, &e, many, 500, &f);
	memcpy(name.id, spoolnew_id(n), SPOOL_ID);
	CHECK(spoolnew_commit(&n, SPOOL_NEW, 17, &f) == 0);
	spool_path(path, &name);
	CHECK(spoolfile_open(&m, spool.dir, path, &f) == 0 && m.nto == 500);
	for (i = 1; i <= 500; i++) {
		entry.number = i;
		entry.when = (int64_t)i;
		CHECK(spoolfile_append(&m, &entry, &f) == 0);
	}
	spoolfile_close(&m);
	CHECK(spoolfile_open(&m, spool.dir, path, &f) == 0);
	for (i = 1; i <= 500; i++) {
		char line[SPOOL_ENTRY];

		CHECK(m.to[i - 1].attempts == 1);
		CHECK(spoolfile_last(&m, i, line, &entry, &f) == 1 &&
		    entry.when == (int64_t)i);
	}
	spoolfile_close(&m);
}

/* A message that is cut anywhere is none, before its journal. */
static void
test_cut(void)
{
	char bytes[4096];
	struct fail f = { 0 };
	struct spoolfile m;
	ssize_t n;
	int fd;

	write_message();
	CHECK(spoolfile_open(&m, spool.dir, path, &f) == 0);
	n = pread(m.fd, bytes, sizeof(bytes), 0);
	spoolfile_close(&m);
	while (n-- > 0) {
		fd = openat(spool.dir, path, O_WRONLY);
		CHECK(ftruncate(fd, n) == 0);
		(void)close(fd);
		CHECK(spoolfile_open(&m, spool.dir, path, &f) == -1 &&
		    f.class == EX_DATAERR);
		spoolfile_close(&m);
	}
}

/* Opens a file of these bytes, which somebody has locked. */
static int
open_written(struct slice bytes, int locked, struct spoolfile *m)
{
	char name[] = "new/0000000000.0000000000000001";
	struct fail f = { 0 };
	int fd = openat(spool.dir, name, O_CREAT | O_TRUNC | O_RDWR, 0600);

	CHECK(write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n);
	CHECK(!locked || filelock_take(fd, 0, 0) == 0);
	(void)spoolfile_open(m, spool.dir, name, &f);
	spoolfile_close(m);
	(void)close(fd);
	return f.class;
}

/* As long as it is locked it may come yet; then what has no size is not damaged
 * but was never written. */
static void
test_unwritten(void)
{
	static const struct {
		const char *bytes;
		int unwritten;
	} files[] = {
		{ "", 1 }, { "S", 1 }, { "Size: ", 1 }, { "Size: ---", 1 },
		{ "Size: --------------------\nId: 1", 1 },
		{ "Size: -------------------0\nId: 1", 0 },
		{ "Size: 0", 0 },
		{ "Size: 00000000000000000005\nId: 0000000000000001\n", 0 },
		{ "Size: 00000000000000000005\nId: 0000000000000001\n"
		    "Arrival: 17\nSender: \nRecipient: root\n\nabc\n", 0 },
		{ "size: --------------------\n", 0 },
		{ "Size: 00000000000000000004\nId: 0000000000000002\n"
		    "Arrival: 17\nSender: \nRecipient: root\n\nabc\n", 0 },
		{ "Size: 00000000000000000004\nId: 0000000000000001\n"
		    "Arrival: 17\nSender: \nRecipient: root\n\nabcd", 0 },
	};
	static char nothing[5000];
	struct spoolfile m;
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		CASE(files[i].bytes);
		CHECK_INT(open_written(slice_str(files[i].bytes), 1, &m),
		    EX_NOINPUT);
		CHECK_INT(m.unwritten, 1);
		CHECK_INT(open_written(slice_str(files[i].bytes), 0, &m),
		    EX_DATAERR);
		CHECK_INT(m.unwritten, files[i].unwritten);
	}
	CHECK_INT(open_written(SLICE("Size: 00000000000000000004\n"
	    "Id: 0000000000000001\nArrival: 17\nSender: \nRecipient: root\n"
	    "\nabc\n"), 1, &m), 0);
	CHECK_INT(m.unwritten, 0);
	CHECK_INT(open_written((struct slice){ nothing, sizeof(nothing) }, 0,
	    &m), EX_DATAERR);
	CHECK_INT(m.unwritten, 1);
	nothing[sizeof(nothing) - 1] = 'x';
	CHECK_INT(open_written((struct slice){ nothing, sizeof(nothing) }, 0,
	    &m), EX_DATAERR);
	CHECK_INT(m.unwritten, 0);
}

int
main(void)
{
	struct fail f = { 0 };

	CHECK(mkdtemp(top) != NULL);
	CHECK(spool_open(&spool, top, NULL, &f) == 0);
	write_message();
	RUN(test_read);
	RUN(test_journal);
	RUN(test_torn);
	RUN(test_unwritten);
	RUN(test_long);
	RUN(test_cut);
	spool_close(&spool);
	return unit_done();
}
