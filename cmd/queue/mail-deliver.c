/* SPDX-License-Identifier: ISC */
/*
 * mail-deliver: final delivery.  Reads a message from standard input, and
 * gives it to a user here, by the aliases and the user's ~/.forward, or to a
 * Maildir; writes nothing.  With -Q it reads which messages of the queue are to
 * be delivered, and writes what became of each recipient.
 *
 *	mail-deliver [-v] [-c conf] [-f sender] [-t seconds] user
 *	mail-deliver [-v] [-f sender] -m maildir
 *	mail-deliver -Q [-v] [-c conf] [-t seconds]
 */

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "addr.h"
#include "cli.h"
#include "delivery.h"
#include "deliverqueue.h"
#include "limits.h"
#include "text.h"

static const char synopsis[] = "[-v] [-c conf] [-f sender] [-t seconds] user\n"
    "       mail-deliver [-v] [-f sender] -m maildir\n"
    "       mail-deliver -Q [-v] [-c conf] [-t seconds]";

struct options {
	const char *conf;
	const char *maildir;
	int queue;
	const char *recipient;
	struct delivery delivery;
	char sender[ADDR_TEXT];
};

static void
show(const char *step, const char *what)
{
	cli_warn("%s: %s", step, what);
}

static unsigned
parse_seconds(const char *value)
{
	struct fail f = { 0 };
	uint64_t seconds;

	if (slice_uint(slice_str(value), 1, 86400, &seconds) == -1) {
		(void)fail_set(&f, EX_USAGE,
		    "-t: expected seconds, from 1 to 86400");
		cli_exit(&f);
	}
	return (unsigned)seconds;
}

static void
parse(struct options *o, int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "+c:f:m:Qt:v")) != -1)
		switch (c) {
		case 'c':
			o->conf = optarg;
			break;
		case 'f':
			o->delivery.sender = optarg;
			break;
		case 'm':
			o->maildir = optarg;
			break;
		case 'Q':
			o->queue = 1;
			break;
		case 't':
			o->delivery.program_time = parse_seconds(optarg);
			break;
		case 'v':
			o->delivery.trace = show;
			break;
		default:
			cli_usage();
		}
	o->recipient = argv[optind];
	if (argc - optind != (o->maildir == NULL && !o->queue) ||
	    (o->queue && (o->maildir != NULL || o->delivery.sender != NULL)))
		cli_usage();
}

/* The sender as an address, or "" for none; of whom no domain is said is of
 * this host. */
static int
take_sender(struct options *o, const struct conf *conf, struct fail *f)
{
	struct slice given = slice_str(o->delivery.sender);
	struct buf text = BUF(sizeof(o->sender) - 1);
	struct addr a;
	int rc = 0;

	if (given.n > 1 && given.p[0] == '<' && given.p[given.n - 1] == '>')
		given = slice_sub(given, 1, given.n - 1);
	o->delivery.sender = o->sender;
	if (given.n > 0) {
		if (buf_add(&text, given) == -1 ||
		    (slice_find(given, '@') == given.n &&
		    (buf_addc(&text, '@') == -1 ||
		    buf_adds(&text, conf->hostname) == -1)))
			rc = fail_set(f, EX_DATAERR, "too long");
		else if ((rc = addr_check_utf8(buf_slice(&text), &a, f)) == 0)
			(void)addr_format(o->sender, &a);
	}
	buf_free(&text);
	return rc == 0 ? 0 : fail_at(f, "-f");
}

static int
deliver(struct options *o)
{
	const char *to = o->maildir != NULL ? o->maildir : o->recipient;
	struct delivery_result r;

	if (o->maildir != NULL)
		delivery_into(&o->delivery, to, &r);
	else
		delivery_to(&o->delivery, to, &r);
	if (r.class != 0)
		cli_warn("%s: %s %s", TEXT_SHOW(slice_str(to)), r.code,
		    r.text);
	else if (r.left_out[0] != '\0')
		cli_warn("%s: delivered in part: %s",
		    TEXT_SHOW(slice_str(to)), r.left_out);
	return r.class;
}

/* One message, from standard input. */
static int
deliver_input(struct options *o, struct fail *f)
{
	struct input in;
	int status = EX_TEMPFAIL;

	if (input_open(&in, "-", UINT64_MAX, f) == -1) {
		(void)cli_report(f);
	} else if (o->delivery.sender != NULL &&
	    take_sender(o, o->delivery.conf, f) == -1) {
		status = cli_report(f);
	} else {
		o->delivery.message = &in;
		status = deliver(o);
	}
	input_close(&in);
	return status;
}

static int
deliver_queue(struct options *o, struct fail *f)
{
	/* Nobody reads the results any more: the journal has them. */
	(void)signal(SIGPIPE, SIG_IGN);
	return deliverqueue_run(&o->delivery, STDIN_FILENO, STDOUT_FILENO,
	    f) == 0 ? 0 : cli_report(f);
}

int
main(int argc, char *argv[])
{
	struct options o = { .delivery.program_time = LIMIT_DELIVER_PROGRAM };
	struct fail f = { 0 };
	struct conf conf = { 0 };
	int status = EX_TEMPFAIL;

	cli_start("mail-deliver", synopsis);
	parse(&o, argc, argv);
	o.delivery.conf = &conf;
	/* What can be mended must not return mail to its sender. */
	if (conf_load_for_all(&conf, o.conf, &f) == -1)
		(void)cli_report(&f);
	else if (o.queue)
		status = deliver_queue(&o, &f);
	else
		status = deliver_input(&o, &f);
	conf_free(&conf);
	return status;
}
