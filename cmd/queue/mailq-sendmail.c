/* SPDX-License-Identifier: ISC */
/*
 * mailq-sendmail: sendmail(8) for every program that calls it: reads a message
 * from standard input and has mailq-add put it into the queue.
 *
 *	mailq-sendmail [-it] [-F name] [-f sender] [-N when] [-R full | hdrs]
 *	    [-V id] [recipient ...]
 *	mailq-sendmail -bp
 *	mailq-sendmail -bs
 *	mailq-sendmail -bv recipient ...
 *	mailq-sendmail -q
 *
 * As mailq it lists the queue, as newaliases it does nothing.
 */

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addr.h"
#include "ask.h"
#include "beside.h"
#include "cli.h"
#include "io.h"
#include "mem.h"
#include "recipients.h"
#include "scratch.h"
#include "text.h"
#include "verify.h"

enum {
	BLOCK = 65536,
	ARGUMENTS = 20, /* that mailq-add gets at most, without recipients */
};

/* exec(3) changes no argument. */
#define WORD(s) ((char *)(uintptr_t)(s))

/* All that sendmail, Postfix, Exim and others take, with what is behind it. */
#define OPTIONS "A:B:C:D:E:F:GIL:M:N:O:Q::R:TUV:X:b:cd::e:f:h:imno:p:q::r:stvx"

static const char synopsis[] =
    "[-it] [-F name] [-f sender] [-N when] [-R full | hdrs] [-V id] "
    "[recipient ...]\n"
    "       mailq-sendmail -bp\n"
    "       mailq-sendmail -bs\n"
    "       mailq-sendmail -bv recipient ...\n"
    "       mailq-sendmail -q";

struct options {
	int mode;	    /* of -b; 0: a message is read */
	int queue;	    /* -q */
	int dots;	    /* a dot alone does not end the message */
	int from_header;
	const char *name;
	const char *sender;
	const char *notify, *ret, *id;
	char *const *to;
	size_t nto;
};

/* "<a@b>" and "Joe <a@b>" are "a@b", and "<>" nobody. */
static const char *
without_brackets(char *text)
{
	size_t n = strlen(text);
	char *from = strrchr(text, '<');

	if (from == NULL || text[n - 1] != '>')
		return text;
	text[n - 1] = '\0';
	return from + 1;
}

/* What mailq-add would refuse is of no weight to who gives it unattended, and
 * the message is. */
static const char *
if_good(int c, const char *value)
{
	struct ask ask = { 0 };
	struct fail f = { 0 };

	if (ask_option(&ask, c, value, &f) == 0)
		return value;
	cli_warn("%s: not taken", f.text);
	return NULL;
}

/* Those of -o that Exim takes with a value in the next argument. */
static int
is_valued(const char *option)
{
	static const char *const valued[] = { "Ma", "Maa", "Mai", "Mas",
		"Mi", "Mm", "Mr", "Ms", "Mt", "P", "X" };
	size_t i;

	for (i = 0; i < sizeof(valued) / sizeof(valued[0]); i++)
		if (strcmp(option, valued[i]) == 0)
			return 1;
	return 0;
}

static void
parse_option(struct options *o, int c)
{
	switch (c) {
	case 'b':
		o->mode = optarg[0];
		break;
	case 'F':
		o->name = optarg;
		break;
	case 'f':
	case 'r':
		o->sender = without_brackets(optarg);
		break;
	case 'i':
		o->dots = 1;
		break;
	case 'N':
		o->notify = if_good(c, optarg);
		break;
	case 'o':
		o->dots |= optarg[0] == 'i';
		break;
	case 'q':
		o->queue = 1;
		break;
	case 'R':
		o->ret = if_good(c, optarg);
		break;
	case 't':
		o->from_header = 1;
		break;
	case 'V':
		o->id = if_good(c, optarg);
		break;
	case '?':
		cli_usage();
	default:
		/* What does not matter here. */
		break;
	}
}

static void
parse_arguments(struct options *o, int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "+" OPTIONS)) != -1) {
		parse_option(o, c);
		if (c == 'o' && is_valued(optarg) && optind < argc)
			optind++;
	}
	o->to = argv + optind;
	o->nto = (size_t)(argc - optind);
}

_Noreturn static void
become(const char *name, const char *option)
{
	char *argv[] = { WORD(name), WORD(option), NULL };
	struct fail f = { 0 };

	(void)beside_exec(argv, &f);
	cli_exit(&f);
}

static int
add_recipient(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	return recipients_add(ctx, m->spec, f);
}

/* Those of the arguments, each of which may be a list as in a header. */
static int
find_recipients(const struct options *o, struct recipients *r, struct fail *f)
{
	size_t i;

	for (i = 0; i < o->nto; i++)
		if (addr_list_local(slice_str(o->to[i]), add_recipient, r, f) ==
		    -1) {
			f->class = f->class == EX_DATAERR ? EX_USAGE : f->class;
			return fail_at(f, TEXT_SHOW(slice_str(o->to[i])));
		}
	if (r->n == 0 && !o->from_header)
		return fail_set(f, EX_USAGE, "no recipient");
	return 0;
}

/* -bv */
static int
verify_all(const struct recipients *r, struct output *out, struct fail *f)
{
	struct conf conf;
	int status = 0;
	size_t i;

	if (conf_load(&conf, NULL, f) == -1) {
		status = cli_report(f);
	} else {
		for (i = 0; i < r->n; i++)
			status = cli_worse(status, verify_address(&conf,
			    r->to[i].address, out));
	}
	conf_free(&conf);
	return status;
}

/* The bytes of "text" up to a line of a dot, *ended: there is one.  "start":
 * a line begins here. */
static size_t
until_dot(struct slice text, int *start, int *ended)
{
	struct slice rest = text;

	*ended = 0;
	while (rest.n > 0) {
		size_t n = slice_find(rest, '\n');
		struct slice line = slice_sub(rest, 0, n);

		if (*start && n < rest.n && (slice_eq(line, SLICE(".")) ||
		    slice_eq(line, SLICE(".\r")))) {
			*ended = 1;
			return text.n - rest.n;
		}
		/* What is not all here may become one. */
		if (n == rest.n && *start && line.n <= 2 &&
		    slice_starts(SLICE(".\r"), line))
			return text.n - rest.n;
		*start = n < rest.n;
		rest = slice_sub(rest, n + 1, rest.n);
	}
	return text.n;
}

/* Copies standard input up to a line of a dot to "fd": 0, or -1 with errno. */
static int
copy_until_dot(int fd)
{
	static char block[BLOCK];
	size_t held = 0, taken;
	int start = 1, ended = 0;
	ssize_t n;

	while (!ended && (n = read(STDIN_FILENO, block + held,
	    sizeof(block) - held)) != 0) {
		if (n == -1)
			return -1;
		taken = until_dot((struct slice){ block, held + (size_t)n },
		    &start, &ended);
		if (io_write(fd, (struct slice){ block, taken }) == -1)
			return -1;
		held += (size_t)n - taken;
		memmove(block, block + taken, held);
	}
	/* What is held at the end is a dot. */
	return lseek(fd, 0, SEEK_SET) == -1 ||
	    dup2(fd, STDIN_FILENO) == -1 ? -1 : 0;
}

/* Without -i the message is what comes before a line of a dot. */
static int
take_until_dot(struct fail *f)
{
	int fd = scratch_open(f);

	if (fd == -1)
		return -1;
	if (copy_until_dot(fd) == -1) {
		(void)fail_errno(f, EX_IOERR, "standard input");
		f->class = fail_is_full(f) ? EX_TEMPFAIL : f->class;
		return -1;
	}
	(void)close(fd);
	return 0;
}

static void
add_argument(char ***argv, const char *option, const char *value)
{
	if (value == NULL)
		return;
	*(*argv)++ = WORD(option);
	*(*argv)++ = WORD(value);
}

/* The arguments of mailq-add. */
static char **
make_arguments(const struct options *o, struct recipients *r)
{
	char **argv = mem_resize(NULL, ARGUMENTS + r->n, sizeof(*argv));
	char **end = argv;
	size_t i;

	*end++ = WORD("mailq-add");
	if (o->from_header)
		*end++ = WORD("-t");
	add_argument(&end, "-F", o->name);
	add_argument(&end, "-f", o->sender);
	add_argument(&end, "-N", o->notify);
	add_argument(&end, "-R", o->ret);
	add_argument(&end, "-V", o->id);
	*end++ = WORD("--");
	for (i = 0; i < r->n; i++)
		*end++ = arena_str(&r->arena, r->to[i].address);
	*end = NULL;
	return argv;
}

static int
add(const struct options *o, struct recipients *r, struct fail *f)
{
	char **argv;
	int null;

	if (!o->dots && take_until_dot(f) == -1)
		return -1;
	/* Who calls sendmail expects no id. */
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null == -1 || dup2(null, STDOUT_FILENO) == -1)
		return fail_errno(f, EX_OSERR, "/dev/null");
	argv = make_arguments(o, r);
	(void)beside_exec(argv, f);
	free(argv);
	return -1;
}

/* What is asked for beside taking a message. */
static void
do_mode(const struct options *o)
{
	struct fail f = { 0 };

	if (o->mode == 'p')
		become("mailq-ls", NULL);
	if (o->mode == 's')
		/* Users have the rights of mailq-add. */
		become("smtpd-inetd", geteuid() == 0 ? "-r" : "-a");
	if (o->mode == 'i')
		exit(0);
	if (o->mode != 0 && o->mode != 'm' && o->mode != 'v') {
		(void)fail_set(&f, EX_UNAVAILABLE,
		    "-b%c: there is no daemon and no such mode", o->mode);
		cli_exit(&f);
	}
	if (o->queue)
		become("mailq-run", NULL);
}

/* The other names under which sendmail is there. */
static void
do_name(const char *name)
{
	const char *last = strrchr(name, '/');

	last = last == NULL ? name : last + 1;
	if (strcmp(last, "mailq") == 0)
		become("mailq-ls", NULL);
	if (strcmp(last, "newaliases") == 0)
		exit(0);
}

int
main(int argc, char *argv[])
{
	struct output out = output_to(STDOUT_FILENO, "standard output");
	struct recipients r = { 0 };
	struct options o = { 0 };
	struct fail f = { 0 };
	int status = 0;

	cli_start("mailq-sendmail", synopsis);
	do_name(argc > 0 ? argv[0] : "");
	parse_arguments(&o, argc, argv);
	(void)signal(SIGXFSZ, SIG_IGN);
	do_mode(&o);
	if (find_recipients(&o, &r, &f) == -1)
		status = cli_report(&f);
	else if (o.mode == 'v')
		status = verify_all(&r, &out, &f);
	else if (add(&o, &r, &f) == -1)
		status = cli_report(&f);
	recipients_free(&r);
	cli_finish(&out, status);
}
