/* SPDX-License-Identifier: ISC */
/* Unit test of beside: a program in our directory, and one that is not. */

#include <unistd.h>

#include "beside.h"
#include "unit.h"

static void
found(void)
{
	char own[BESIDE_PATH], path[BESIDE_PATH];
	ssize_t n = readlink("/proc/self/exe", own, sizeof(own) - 1);

	CHECK(n > 0);
	own[n] = '\0';
	CHECK_INT(beside_find(path, strrchr(own, '/') + 1), 1);
	CHECK_STR(path, own);
	CHECK_INT(beside_find(path, "no-such-command"), 0);
	CHECK_STR(path, "no-such-command");
}

static void
not_to_be_had(void)
{
	char name[] = "no-such-command", *argv[] = { name, NULL };
	struct fail f = { 0 };

	CHECK_INT(beside_exec(argv, &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
}

int
main(void)
{
	RUN(found);
	RUN(not_to_be_had);
	return unit_done();
}
