/* SPDX-License-Identifier: ISC */
/* Unit test of spool: names, ids, and where messages are. */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool.h"
#include "unit.h"

static const struct {
	const char *file;
	int ok;
	int64_t due;
} names[] = {
	{ "1700000000.0123456789abcdef", 1, 1700000000 },
	{ "0000000000.vvvvvvvvvvvvvvvv", 1, 0 },
	{ "1700000000.0123456789abcdeg", 1, 1700000000 },
	{ "1700000000.0123456789abcdew", 0, 0 },
	{ "1700000000.0123456789abcde", 0, 0 },
	{ "1700000000.0123456789abcdefa", 0, 0 },
	{ "170000000x.0123456789abcdef", 0, 0 },
	{ "1700000000-0123456789abcdef", 0, 0 },
	{ "../000000a.0123456789abcdef", 0, 0 },
	{ "1700000000.0123456789ABCDEF", 0, 0 },
	{ ".", 0, 0 },
	{ "", 0, 0 },
};

static void
test_names(void)
{
	char path[SPOOL_NAME];
	struct spool_name name;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CHECK((spool_name(slice_str(names[i].file), SPOOL_CUR, &name) ==
		    0) == names[i].ok);
		if (!names[i].ok)
			continue;
		CHECK(name.due == names[i].due);
		CHECK(strcmp(spool_path(path, &name) + 4, names[i].file) == 0);
	}
}

static void
test_ids(void)
{
	char a[SPOOL_ID], b[SPOOL_ID];
	struct fail f = { 0 };

	CHECK(spool_new_id(a, &f) == 0 && spool_new_id(b, &f) == 0);
	CHECK(spool_is_id(slice_str(a)) && strcmp(a, b) != 0);
	/* What came first sorts first. */
	CHECK(strncmp(a, b, 11) <= 0);
}

static int
count(void *ctx, const struct spool_name *name, struct fail *f)
{
	int *n = ctx;

	(void)name;
	(void)f;
	(*n)++;
	return 0;
}

static void
test_directory(void)
{
	char top[] = "/tmp/mailpipe-unit.XXXXXX";
	struct spool_name name = { SPOOL_NEW, 17, "0123456789abcdef" }, found;
	struct spool_name later = { SPOOL_CUR, 99, "0123456789abcdef" };
	char path[SPOOL_NAME];
	struct fail f = { 0 };
	struct spool s;
	int n = 0;

	CHECK(mkdtemp(top) != NULL);
	CHECK(spool_open(&s, top, NULL, &f) == 0);
	(void)close(openat(s.dir, spool_path(path, &name), O_CREAT | O_WRONLY,
	    0600));
	(void)close(openat(s.dir, "new/README", O_CREAT | O_WRONLY, 0600));
	CHECK(spool_each(&s, 1U << SPOOL_NEW, count, &n, &f) == 0 && n == 1);
	CHECK(spool_rename(&s, &name, &later, &f) == 0);
	CHECK(spool_rename(&s, &name, &later, &f) == -1 &&
	    f.class == EX_TEMPFAIL && f.error == ENOENT);
	CHECK(spool_find(&s, name.id, &found, &f) == 1 &&
	    found.state == SPOOL_CUR && found.due == 99);
	CHECK(spool_remove(&s, &later, &f) == 0);
	CHECK(spool_find(&s, name.id, &found, &f) == 0);
	spool_close(&s);
	CHECK(chmod(top, 0777) == 0);
	CHECK(spool_open(&s, top, NULL, &f) == -1 && f.class == EX_CONFIG);
	spool_close(&s);
}

/* What somebody else made, for a group, and left empty. */
static void
test_shared(void)
{
	char top[] = "/tmp/mailpipe-unit.XXXXXX";
	struct fail f = { 0 };
	struct stat st;
	struct spool s;

	CHECK(mkdtemp(top) != NULL && chmod(top, 02770) == 0);
	CHECK(spool_open(&s, top, NULL, &f) == 0);
	CHECK(fstatat(s.dir, "new", &st, 0) == 0 &&
	    (st.st_mode & 07777) == 02770);
	spool_close(&s);
}

int
main(void)
{
	RUN(test_names);
	RUN(test_ids);
	RUN(test_directory);
	RUN(test_shared);
	return unit_done();
}
