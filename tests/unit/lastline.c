/* SPDX-License-Identifier: ISC */
/* Tests of lastline. */

#include <string.h>

#include "lastline.h"
#include "unit.h"

static void
lines(void)
{
	struct lastline l = { .n = 0 };

	lastline_end(&l);
	CHECK_STR(l.text, "");
	lastline_take(&l, SLICE("one\ntw"));
	CHECK_STR(l.text, "one");
	lastline_take(&l, SLICE("o\r\n\n"));
	CHECK_STR(l.text, "two");
	lastline_take(&l, SLICE("th\0ree"));
	CHECK_STR(l.text, "two");
	lastline_end(&l);
	CHECK_STR(l.text, "three");
	lastline_end(&l);
	CHECK_STR(l.text, "three");
}

static void
long_line(void)
{
	struct lastline l = { .n = 0 };
	int i;

	for (i = 0; i < LASTLINE; i++)
		lastline_take(&l, SLICE("xy"));
	lastline_take(&l, SLICE("\n"));
	CHECK_INT(strlen(l.text), LASTLINE - 1);
	lastline_take(&l, SLICE("short\n"));
	CHECK_STR(l.text, "short");
}

int
main(void)
{
	RUN(lines);
	RUN(long_line);
	return unit_done();
}
