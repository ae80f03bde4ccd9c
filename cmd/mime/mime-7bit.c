/* SPDX-License-Identifier: ISC */
/*
 * mime-7bit [-7 | -8] [message]
 *
 * A filter: reads one message and writes it with what is not 7-bit encoded, or
 * with its text decoded to 8bit.  Nothing is written of a message that cannot
 * be converted.
 */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "eightbit.h"
#include "message.h"
#include "sevenbit.h"
#include "text.h"
#include "tty.h"

typedef int conversion(const struct input *in,
    int (*put)(void *ctx, struct slice bytes, struct fail *f), void *ctx,
    struct fail *f);

struct sink {
	struct output out;
	struct tty tty;
	int to_tty;
};

static conversion *
parse_args(int argc, char *argv[])
{
	int seven = 0, eight = 0, c;

	while ((c = getopt(argc, argv, "+78")) != -1) {
		switch (c) {
		case '7':
			seven = 1;
			break;
		case '8':
			eight = 1;
			break;
		default:
			cli_usage();
		}
	}
	if ((seven && eight) || argc - optind > 1)
		cli_usage();
	return eight ? eightbit_convert : sevenbit_convert;
}

/* A failed write ends it at once. */
static int
put(void *ctx, struct slice bytes, struct fail *f)
{
	struct sink *s = ctx;

	if (s->to_tty)
		tty_put(&s->tty, bytes, &s->out);
	else
		output_put(&s->out, bytes);
	return s->out.error == 0 ? 0 : output_flush(&s->out, f);
}

/* An exit status, after its line. */
static int
convert(conversion *how, const char *path, struct sink *to)
{
	struct fail f = { 0 };
	struct input in;
	int rc;

	if (input_open(&in, path, UINT64_MAX, &f) == -1)
		return cli_report(&f);
	rc = how(&in, put, to, &f);
	if (rc == -1 && f.class == EX_DATAERR)
		(void)fail_at(&f, TEXT_SHOW(slice_str(in.name)));
	input_close(&in);
	return rc == -1 ? cli_report(&f) : 0;
}

int
main(int argc, char *argv[])
{
	struct sink to = { .tty = { .nheld = 0 } };
	conversion *how;
	char *path;
	int status;

	cli_start("mime-7bit", "[-7 | -8] [message]");
	how = parse_args(argc, argv);
	path = message_path(optind < argc ? argv[optind] : "-");
	/* A file that grows too long is a failed write. */
	(void)signal(SIGXFSZ, SIG_IGN);
	to.out = output_to(STDOUT_FILENO, "standard output");
	to.to_tty = isatty(STDOUT_FILENO);
	status = convert(how, path, &to);
	tty_end(&to.tty, &to.out);
	free(path);
	cli_finish(&to.out, status);
}
