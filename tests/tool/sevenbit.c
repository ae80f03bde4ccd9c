/* SPDX-License-Identifier: ISC */
/* sevenbit: standard input as a message of 7-bit text, by lib/sevenbit.c. */

#include <stdint.h>
#include <unistd.h>

#include "cli.h"
#include "sevenbit.h"

static int
put(void *ctx, struct slice bytes, struct fail *f)
{
	(void)f;
	output_put(ctx, bytes);
	return 0;
}

int
main(void)
{
	struct output out = output_to(STDOUT_FILENO, "standard output");
	struct fail f = { .class = 0 };
	struct input in;

	cli_start("sevenbit", "");
	if (input_open(&in, "-", UINT64_MAX, &f) == -1 ||
	    sevenbit_convert(&in, put, &out, &f) == -1)
		cli_exit(&f);
	cli_finish(&out, 0);
}
