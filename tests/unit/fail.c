/* SPDX-License-Identifier: ISC */
/* Tests of fail: one sentence and one class. */

#include <errno.h>

#include "fail.h"
#include "unit.h"

static void
sentences(void)
{
	struct fail f = { 0 };

	CHECK_INT(fail_set(&f, EX_PROTOCOL, "%s: %d lines", "mx", 3), -1);
	CHECK_INT(f.class, EX_PROTOCOL);
	CHECK_INT(f.error, 0);
	CHECK_STR(f.text, "mx: 3 lines");
	errno = ENOENT;
	CHECK_INT(fail_errno(&f, EX_NOINPUT, "%s: open", "letter"), -1);
	CHECK_INT(f.class, EX_NOINPUT);
	CHECK_INT(f.error, ENOENT);
	CHECK_STR(f.text, "letter: open: No such file or directory");
	CHECK_INT(fail_at(&f, "part 2"), -1);
	CHECK_INT(f.class, EX_NOINPUT);
	CHECK_INT(f.error, ENOENT);
	CHECK_STR(f.text, "part 2: letter: open: No such file or directory");
	CHECK_INT(fail_at(&f, "part 2"), -1);
	CHECK_STR(f.text, "part 2: letter: open: No such file or directory");
	CHECK_INT(fail_at(&f, "part"), -1);
	CHECK_STR(f.text,
	    "part: part 2: letter: open: No such file or directory");
	(void)fail_set(&f, EX_DATAERR, "other");
	CHECK_INT(f.error, 0);
	CHECK_INT(fail_argument(&f, "-f"), -1);
	CHECK_INT(f.class, EX_USAGE);
	CHECK_STR(f.text, "-f: other");
	(void)fail_set(&f, EX_NOHOST, "unknown");
	CHECK_INT(fail_argument(&f, "-f"), -1);
	CHECK_INT(f.class, EX_NOHOST);
}

static void
cut(void)
{
	struct fail f = { 0 };
	char text[2000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)fail_set(&f, EX_DATAERR, "%s", text);
	CHECK_INT(strlen(f.text), sizeof(f.text) - 1);
	errno = EIO;
	(void)fail_errno(&f, EX_IOERR, "%s", text);
	CHECK_INT(strlen(f.text), sizeof(f.text) - 1);
	(void)fail_set(&f, EX_DATAERR, "cause");
	(void)fail_at(&f, text);
	CHECK_INT(strlen(f.text), 200 + strlen(": cause"));
	CHECK(strstr(f.text, "x: cause") != NULL);
	(void)fail_set(&f, EX_DATAERR, "%s", text);
	(void)fail_at(&f, text);
	CHECK_INT(strlen(f.text), 200 + 2 + 300);
}

static void
room(void)
{
	static const int causes[] = { ENOSPC, EDQUOT, EFBIG, EIO, EROFS };
	struct fail f = { 0 };

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		errno = causes[i];
		(void)fail_errno(&f, EX_IOERR, "file: write");
		CHECK_INT(fail_is_full(&f), i < 3);
	}
	errno = ENOSPC;
	(void)fail_set(&f, EX_IOERR, "file: write");
	CHECK_INT(fail_is_full(&f), 0);
}

int
main(void)
{
	RUN(sentences);
	RUN(cut);
	RUN(room);
	return unit_done();
}
