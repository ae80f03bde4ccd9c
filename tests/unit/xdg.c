/* SPDX-License-Identifier: ISC */
/* Unit test of xdg: which variables count. */

#include <stdlib.h>

#include "unit.h"
#include "xdg.h"

/* NULL: it is not set. */
static void
set(const char *variable, const char *value)
{
	CHECK_INT(value == NULL ? unsetenv(variable) :
	    setenv(variable, value, 1), 0);
}

static void
found(void)
{
	static const struct {
		const char *named, *home, *want, *why;
	} table[] = {
		{ "/x", "/home/alice", "/x/mailpipe", NULL },
		{ "/x", NULL, "/x/mailpipe", NULL },
		{ "/x", "relative", "/x/mailpipe", NULL },
		{ NULL, "/home/alice", "/home/alice/.cache/mailpipe", NULL },
		{ "", "/home/alice", "/home/alice/.cache/mailpipe", NULL },
		{ "x", "/home/alice", "/home/alice/.cache/mailpipe", NULL },
		{ "./x", NULL, "", "HOME is not set" },
		{ NULL, NULL, "", "HOME is not set" },
		{ NULL, "", "", "HOME is not set" },
		{ NULL, "alice", "", "HOME is no absolute path" },
		{ "x", ".", "", "HOME is no absolute path" },
		{ "/a-directory-whose-name-is-long", "/home/alice", "",
		    "the path is too long" },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct buf out = BUF(30);
		const char *why;

		CASE(table[i].why == NULL ? table[i].want : table[i].why);
		set("XDG_CACHE_HOME", table[i].named);
		set("HOME", table[i].home);
		why = xdg_directory("XDG_CACHE_HOME", ".cache", &out);
		CHECK_STR(why == NULL ? "" : why,
		    table[i].why == NULL ? "" : table[i].why);
		if (why == NULL)
			CHECK_SLICE(buf_slice(&out),
			    slice_str(table[i].want));
		buf_free(&out);
	}
}

int
main(void)
{
	RUN(found);
	return unit_done();
}
