/* SPDX-License-Identifier: ISC */
/*
 * mailq-add: puts the message on standard input into the queue, and writes its
 * id when it is there durably.
 *
 *	mailq-add [-t] [-c conf] [-F name] [-f sender] [-l list] [-N when]
 *	    [-O address] [-R full | hdrs] [-V id] [-w when] [recipient ...]
 *
 * It may be setgid, for users who cannot write to the queue.
 */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "addr.h"
#include "ask.h"
#include "cli.h"
#include "conf.h"
#include "incoming.h"
#include "letterhead.h"
#include "limits.h"
#include "owner.h"
#include "recipients.h"
#include "self.h"
#include "text.h"
#include "timestamp.h"
#include "utf8.h"

#define EXPECTED "-w: expected a time as 2026-12-01T08:00:00+01:00, or a " \
	"delay as +90s, +30m, +2h or +1d"

enum {
	MOST = (LIMIT_SPOOL_RECIPIENTS + LIMIT_RECIPIENTS - 1) /
	    LIMIT_RECIPIENTS, /* files of one message */
};

struct options {
	const char *conf;
	const char *name;   /* -F */
	const char *sender; /* NULL: from the message */
	const char *list;
	int from_header;
	int64_t due;
	struct ask ask;
	char *const *to;
	size_t nto;
};

/* A message with all that is known of it. */
struct adding {
	const struct options *o;
	struct conf conf;
	struct incoming message;
	struct recipients recipients;
	struct spool_envelope envelope;
	struct spool spool;
	struct spoolnew *files[MOST]; /* LIMIT_RECIPIENTS of the recipients
					 each */
	size_t nfiles;
	struct arena arena;
};

/* "90", "2h": 0 with the time that is so far from now, or -1. */
static int
parse_delay(struct slice value, int64_t *due)
{
	static const char units[] = "smhd";
	static const unsigned seconds[] = { 1, 60, 3600, 86400 };
	const char *unit = NULL;
	uint64_t n;

	if (value.n > 0)
		unit = strchr(units, value.p[value.n - 1]);
	if (unit != NULL)
		value.n--;
	if (slice_uint(value, 0, SPOOL_DUE_MOST, &n) == -1)
		return -1;
	*due = time(NULL) +
	    (int64_t)n * seconds[unit == NULL ? 0 : unit - units];
	return 0;
}

/* "+90", "+2h", and what -o hold of smtp-send takes. */
static int
parse_when(struct options *o, struct slice value, struct fail *f)
{
	char last[TIMESTAMP_TEXT];

	if (slice_starts(value, SLICE("+"))) {
		if (parse_delay(slice_sub(value, 1, value.n), &o->due) == -1)
			return fail_set(f, EX_USAGE, EXPECTED);
	} else {
		if (ask_key(&o->ask, SLICE("hold"), value) != 1)
			return fail_set(f, EX_USAGE, EXPECTED);
		o->due = o->ask.hold_until > 0 ? o->ask.hold_until :
		    time(NULL) + (int64_t)o->ask.hold_for;
	}
	/* Whoever reads the file of a message takes no more digits. */
	if (o->due > SPOOL_DUE_MOST)
		return fail_set(f, EX_USAGE, "-w: %s is after %s, the last "
		    "time that the queue knows", TEXT_SHOW(value),
		    timestamp_format(last, SPOOL_DUE_MOST));
	return 0;
}

static void
parse_option(struct options *o, int c)
{
	struct fail f = { 0 };

	switch (c) {
	case 'c':
		o->conf = optarg;
		break;
	case 'F':
		o->name = optarg;
		break;
	case 'f':
		o->sender = optarg;
		break;
	case 'l':
		o->list = optarg;
		break;
	case 'N':
	case 'O':
	case 'R':
	case 'V':
		if (ask_option(&o->ask, c, optarg, &f) == -1)
			cli_exit(&f);
		break;
	case 't':
		o->from_header = 1;
		break;
	case 'w':
		if (parse_when(o, slice_str(optarg), &f) == -1)
			cli_exit(&f);
		break;
	default:
		cli_usage();
	}
}

static void
parse_arguments(struct options *o, int argc, char *argv[])
{
	struct fail f = { 0 };
	int c;

	/* "+": behind the first recipient nothing is an option, whatever an
	 * address that a script got from elsewhere begins with. */
	while ((c = getopt(argc, argv, "+c:F:f:l:N:O:R:tV:w:")) != -1)
		parse_option(o, c);
	o->to = argv + optind;
	o->nto = (size_t)(argc - optind);
	if (o->nto == 0 && o->list == NULL && !o->from_header) {
		(void)fail_set(&f, EX_USAGE, "no recipient");
		cli_exit(&f);
	}
}

/* Setgid, we open what the user names as the user could. */
static int
read_list(struct adding *a, struct fail *f)
{
	gid_t ours = getegid();
	int rc = -1;

	if (setegid(getgid()) == -1)
		return fail_errno(f, EX_OSERR, "setegid");
	rc = recipients_read(&a->recipients, a->o->list, f);
	if (setegid(ours) == -1)
		return fail_errno(f, EX_OSERR, "setegid");
	return rc;
}

static int
given_recipients(struct adding *a, struct fail *f)
{
	const struct options *o = a->o;
	size_t i;

	a->recipients.notify = o->ask.notify;
	a->recipients.original = slice_str(o->ask.orcpt);
	a->recipients.conf = &a->conf;
	for (i = 0; i < o->nto; i++)
		if (recipients_add(&a->recipients, slice_str(o->to[i]), f) ==
		    -1) {
			f->class = f->class == EX_DATAERR ? EX_USAGE : f->class;
			return -1;
		}
	return o->list != NULL && read_list(a, f) == -1 ? -1 : 0;
}

static int
recipient_of_field(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	return recipients_add(ctx, m->spec, f);
}

static int
all_recipients(struct adding *a, struct fail *f)
{
	if (a->o->from_header && letterhead_recipients(a->message.fields,
	    addr_list_local, recipient_of_field, &a->recipients, f) == -1)
		return fail_at(f, "standard input");
	if (a->recipients.n == 0)
		return fail_set(f, EX_DATAERR,
		    "standard input: no recipient");
	return 0;
}

/* As it is sent: a user here is one of this host, and what is ASCII already
 * stays as it is. */
static int
set_sender(struct adding *a, struct slice address, struct fail *f)
{
	char text[ADDR_TEXT];
	struct buf whole = BUF(ADDR_TEXT - 1);
	int rc = 0;

	(void)buf_add(&whole, address);
	if (slice_find(address, '@') == address.n &&
	    (buf_addc(&whole, '@') == -1 ||
	    buf_adds(&whole, a->conf.hostname) == -1))
		rc = fail_set(f, EX_DATAERR, "%s: too long",
		    TEXT_SHOW(address));
	if (rc == 0)
		rc = addr_to_ascii(buf_slice(&whole), text, f);
	if (rc == 0)
		a->envelope.sender = arena_slice(&a->arena, slice_str(text));
	buf_free(&whole);
	return rc;
}

static int
find_sender(struct adding *a, struct fail *f)
{
	const char *text = a->o->sender;
	struct slice given = slice_str(text != NULL ? text : ""), found;
	char own[ADDR_TEXT];

	if (given.n > 1 && given.p[0] == '<' && given.p[given.n - 1] == '>')
		given = slice_sub(given, 1, given.n - 1);
	if (text != NULL)
		return given.n > 0 && set_sender(a, given, f) == -1 ?
		    fail_argument(f, "-f") : 0;
	if (letterhead_sender(a->message.fields, addr_list_local, &a->arena,
	    &found))
		return set_sender(a, found, f);
	if (self_address_at(own, a->conf.hostname, f) == -1)
		return fail_at(f, "no sender was given by -f, and");
	return set_sender(a, slice_str(own), f);
}

/* A From that lacks is the sender; what has none is from who runs this. */
static int
add_from(struct adding *a, struct fail *f)
{
	char own[ADDR_TEXT];

	if ((a->message.seen & LETTERHEAD_FROM) != 0)
		return 0;
	if (a->envelope.sender.n > 0) {
		memcpy(own, a->envelope.sender.p, a->envelope.sender.n);
		own[a->envelope.sender.n] = '\0';
	} else if (self_address_at(own, a->conf.hostname, f) == -1)
		return -1;
	return incoming_from(&a->message, a->o->name, own, f);
}

static int
is_utf8(const struct adding *a)
{
	size_t i;

	if (a->message.utf8 || !utf8_ascii(a->envelope.sender))
		return 1;
	for (i = 0; i < a->recipients.n; i++)
		if (!utf8_ascii(a->recipients.to[i].address))
			return 1;
	return 0;
}

static void
complete_envelope(struct adding *a)
{
	const struct ask *ask = &a->o->ask;

	a->envelope.arrival = time(NULL);
	a->envelope.hold = a->o->due;
	a->envelope.body8 = a->message.body8;
	a->envelope.utf8 = is_utf8(a);
	a->envelope.envelope_id = slice_str(ask->envid);
	if (ask->ret != NULL)
		a->envelope.ret = strcmp(ask->ret, "FULL") == 0 ?
		    SPOOL_RET_FULL : SPOOL_RET_HDRS;
}

/* Writes one file for each so many recipients, and all of them to the disk. */
static int
write_files(struct adding *a, struct fail *f)
{
	size_t at, n;

	for (at = 0; at < a->recipients.n; at += n) {
		struct spoolnew **file = &a->files[a->nfiles];

		n = a->recipients.n - at;
		n = n < LIMIT_RECIPIENTS ? n : LIMIT_RECIPIENTS;
		*file = spoolnew_begin(&a->spool, &a->envelope,
		    a->recipients.to + at, n, f);
		if (*file == NULL)
			return -1;
		if (a->nfiles++ == 0)
			incoming_complete(&a->message, spoolnew_id(*file),
			    a->conf.hostname);
		if (incoming_write(&a->message, a->conf.hostname, *file, f) ==
		    -1 || spoolnew_sync(*file, f) == -1)
			return -1;
	}
	return 0;
}

/* Gives the files their names: all of them, or none is left. */
static int
commit_files(struct adding *a, struct output *out, struct fail *f)
{
	struct spool_name name = { SPOOL_NEW, a->o->due, "" };
	struct buf ids = BUF((size_t)MOST * SPOOL_ID);
	struct fail ignored;
	size_t i, j;

	for (i = 0; i < a->nfiles; i++) {
		(void)buf_adds(&ids, spoolnew_id(a->files[i]));
		(void)buf_addc(&ids, '\n');
		if (spoolnew_commit(&a->files[i], SPOOL_NEW, a->o->due, f) ==
		    0)
			continue;
		for (j = 0; j < i; j++) {
			memcpy(name.id, ids.p + j * SPOOL_ID, SPOOL_ID - 1);
			(void)spool_remove(&a->spool, &name, &ignored);
		}
		buf_free(&ids);
		return -1;
	}
	output_put(out, buf_slice(&ids));
	buf_free(&ids);
	return 0;
}

static int
add(struct adding *a, struct output *out, struct fail *f)
{
	if (conf_load(&a->conf, a->o->conf, f) == -1 ||
	    given_recipients(a, f) == -1 ||
	    incoming_open(&a->message, a->conf.hostname,
	    a->conf.max_message_size, f) == -1 ||
	    all_recipients(a, f) == -1 || find_sender(a, f) == -1 ||
	    add_from(a, f) == -1)
		return -1;
	complete_envelope(a);
	if (spool_open(&a->spool, a->conf.spool, a->conf.user, f) == -1 ||
	    write_files(a, f) == -1 || commit_files(a, out, f) == -1) {
		owner_explain(&a->spool, f);
		return -1;
	}
	return 0;
}

/* What has not got its name by now gets none. */
static void
give_up(struct adding *a)
{
	size_t i;

	for (i = 0; i < a->nfiles; i++)
		spoolnew_abort(&a->files[i]);
	incoming_close(&a->message);
	recipients_free(&a->recipients);
	spool_close(&a->spool);
	conf_free(&a->conf);
	arena_free(&a->arena);
}

int
main(int argc, char *argv[])
{
	struct output out = output_of_done(STDOUT_FILENO, "standard output");
	struct options o = { 0 };
	struct adding a = { .o = &o, .spool.dir = -1,
		.message.in.fd = -1 };
	struct fail f = { 0 };
	int rc;

	cli_start("mailq-add", "[-t] [-c conf] [-F name] [-f sender] "
	    "[-l list] [-N when] [-O address] [-R full | hdrs] [-V id] "
	    "[-w when] [recipient ...]");
	parse_arguments(&o, argc, argv);
	/* Whoever runs it could have it read any file. */
	if (o.conf != NULL && getauxval(AT_SECURE) != 0) {
		(void)fail_set(&f, EX_NOPERM,
		    "-c: not where the command is setgid");
		cli_exit(&f);
	}
	if (conf_unheeded() != NULL)
		cli_warn("MAILPIPE_CONF=%s does not count where the command is "
		    "setgid: this is the queue of the host",
		    TEXT_SHOW(slice_str(conf_unheeded())));
	(void)umask(077);
	(void)signal(SIGXFSZ, SIG_IGN);
	rc = add(&a, &out, &f);
	give_up(&a);
	if (rc == -1)
		cli_exit(&f);
	cli_finish(&out, 0);
}
