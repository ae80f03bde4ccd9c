/* SPDX-License-Identifier: ISC */
/* Unit test of tlscache: what was saved is there, and nothing else is. */

#include <fcntl.h>

#include "tlscache.h"
#include "tlspeer.h"

static int
load_is(const char *name, struct slice want)
{
	struct buf out = BUF(TLSCACHE_MAX);
	int rc = tlscache_load(name, &out);

	if (rc == 0)
		CHECK_SLICE(buf_slice(&out), want);
	else
		CHECK_INT(out.n, 0);
	buf_free(&out);
	return rc;
}

static void
kept(void)
{
	struct stat st;

	CHECK_INT(load_is("one", SLICE("")), -1);
	tlscache_save("one", SLICE("a\0b"));
	CHECK_INT(load_is("one", SLICE("a\0b")), 0);
	CHECK_INT(load_is("two", SLICE("")), -1);
	tlscache_save("one", SLICE("longer than it was"));
	CHECK_INT(load_is("one", SLICE("longer than it was")), 0);
	CHECK_INT(stat("mailpipe", &st), 0);
	CHECK_INT(st.st_mode & 0777, 0700);
	CHECK_INT(stat("mailpipe/one", &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
}

/* Files that somebody else may have had a hand in. */
static void
not_ours(void)
{
	tlscache_save("one", SLICE("x"));
	CHECK_INT(chmod("mailpipe/one", 0620), 0);
	CHECK_INT(load_is("one", SLICE("")), -1);
	tlscache_save("one", SLICE("y"));
	CHECK_INT(load_is("one", SLICE("y")), 0);
	CHECK_INT(rename("mailpipe/one", "there"), 0);
	CHECK_INT(symlink("../there", "mailpipe/one"), 0);
	CHECK_INT(load_is("one", SLICE("")), -1);
	CHECK_INT(unlink("mailpipe/one"), 0);
	CHECK_INT(mkfifo("mailpipe/one", 0600), 0);
	CHECK_INT(load_is("one", SLICE("")), -1);
	CHECK_INT(unlink("mailpipe/one"), 0);
}

static void
too_long(void)
{
	static char block[TLSCACHE_MAX + 1];

	tlscache_save("long", (struct slice){ block, TLSCACHE_MAX });
	CHECK_INT(load_is("long", (struct slice){ block, TLSCACHE_MAX }), 0);
	tlscache_save("longer", (struct slice){ block, sizeof(block) });
	CHECK_INT(load_is("longer", SLICE("")), -1);
}

/* A home that nothing has kept a cache in, and one deep below. */
static void
made(void)
{
	char *top = getcwd(NULL, 0), path[200];

	(void)snprintf(path, sizeof(path), "%s/some/where/deep", top);
	CHECK_INT(setenv("XDG_CACHE_HOME", path, 1), 0);
	tlscache_save("one", SLICE("deep"));
	CHECK_INT(load_is("one", SLICE("deep")), 0);
	CHECK_INT(access("some/where/deep/mailpipe/one", F_OK), 0);
	CHECK_INT(unsetenv("XDG_CACHE_HOME"), 0);
	CHECK_INT(setenv("HOME", top, 1), 0);
	tlscache_save("one", SLICE("at home"));
	CHECK_INT(load_is("one", SLICE("at home")), 0);
	CHECK_INT(access(".cache/mailpipe/one", F_OK), 0);
	free(top);
}

static void
no_place(void)
{
	CHECK_INT(unsetenv("HOME"), 0);
	CHECK_INT(setenv("XDG_CACHE_HOME", "relative", 1), 0);
	tlscache_save("one", SLICE("x"));
	CHECK_INT(load_is("one", SLICE("")), -1);
	CHECK_INT(access("relative", F_OK), -1);
	CHECK_INT(setenv("XDG_CACHE_HOME", "/dev/null/no/cache", 1), 0);
	tlscache_save("one", SLICE("x"));
	CHECK_INT(load_is("one", SLICE("")), -1);
}

int
main(void)
{
	char place[64];

	tlspeer_start(place);
	RUN(kept);
	RUN(not_ours);
	RUN(too_long);
	RUN(made);
	RUN(no_place);
	tlspeer_end(place);
	return unit_done();
}
