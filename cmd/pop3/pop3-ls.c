/* SPDX-License-Identifier: ISC */
/*
 * pop3-ls: lists the messages of a POP3 mailbox: number, size, unique-id, and
 * with -s date, author and subject; -u lists unique-ids alone, -q tells how
 * many there are.
 *
 *	pop3-ls [-jqsuv] [-A mechanism] [-o key=value] [-P fd] [-p command]
 *	    server | -a account
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "headline.h"
#include "json.h"
#include "limits.h"
#include "listing.h"
#include "options.h"
#include "text.h"

enum {
	ROW = 8 * (LIMIT_HEADER + LISTING_UID), /* with all its escapes */
};

struct ls {
	struct pop pop;
	int json;
	int totals;   /* -q */
	int subjects; /* -s */
	int uids;     /* -u */
	int tty;
	const char *ask; /* for a header: TOP, or RETR where there is no TOP */
	struct buf header;
	struct headline headline;
	struct buf row;
	struct output out;
	int status;
};

static void
put_row(struct ls *l)
{
	(void)buf_addc(&l->row, '\n');
	output_put(&l->out, buf_slice(&l->row));
	buf_clear(&l->row);
}

static void
add_column(struct ls *l, struct slice value)
{
	(void)buf_addc(&l->row, '\t');
	(void)text_column(&l->row, value, l->tty);
}

static void
write_columns(struct ls *l, const struct listing_message *m)
{
	(void)buf_addf(&l->row, "%u\t%" PRIu64, m->number, m->size);
	add_column(l, m->uid);
	if (!l->subjects)
		return;
	add_column(l, slice_str(l->headline.date));
	add_column(l, buf_slice(&l->headline.from));
	add_column(l, buf_slice(&l->headline.subject));
}

static void
write_json(struct ls *l, const struct listing_message *m)
{
	struct json j = { .out = &l->row };

	json_open(&j, '{');
	json_key(&j, "number");
	json_uint(&j, m->number);
	json_key(&j, "size");
	json_uint(&j, m->size);
	json_string_or_null(&j, "uid", m->uid);
	json_key(&j, "unique");
	json_bool(&j, m->unique);
	if (l->subjects) {
		json_string_or_null(&j, "date", slice_str(l->headline.date));
		json_string_or_null(&j, "from", buf_slice(&l->headline.from));
		json_string_or_null(&j, "subject",
		    buf_slice(&l->headline.subject));
	}
	json_close(&j, '}');
}

static void
write_message(struct ls *l, const struct listing_message *m)
{
	if (l->json)
		write_json(l, m);
	else if (!l->uids)
		write_columns(l, m);
	else if (m->uid.n == 0)
		return;
	else if (l->tty)
		(void)text_column(&l->row, m->uid, 1);
	else
		(void)buf_add(&l->row, m->uid);
	put_row(l);
}

/* Bytes of a header; what is beyond the longest there can be is of no use. */
static int
take_header(void *ctx, struct slice piece, struct fail *f)
{
	struct ls *l = ctx;

	(void)buf_add(&l->header, slice_sub(piece, 0, LIMIT_HEADER -
	    l->header.n));
	if (l->pop.body.size > LIMIT_MESSAGE && strcmp(l->ask, "TOP") == 0)
		return fail_set(f, EX_PROTOCOL, "TOP: more than %d bytes",
		    LIMIT_MESSAGE);
	return 0;
}

static void
ask_header(struct ls *l, const struct listing_message *m)
{
	if (strcmp(l->ask, "TOP") == 0)
		pop_say(&l->pop, "TOP %u 0", m->number);
	else
		pop_say(&l->pop, "RETR %u", m->number);
}

/* The headline of "m", which is empty where the server has none for us: 0, or
 * -1 where the connection is of no use any more. */
static int
get_headline(struct ls *l, const struct listing_message *m, struct fail *f)
{
	char name[32];
	int rc = pop_reply(&l->pop, NULL, f);

	buf_clear(&l->header);
	if (rc == 1)
		rc = pop_body(&l->pop, take_header, l, f) == -1 ? -1 : 1;
	headline_read(&l->headline, buf_slice(&l->header));
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	(void)snprintf(name, sizeof(name), "message %u", m->number);
	(void)fail_at(f, name);
	(void)fail_at(f, pop_name(&l->pop));
	l->status = cli_worse(l->status, cli_report(f));
	return 0;
}

/* Finds out whether TOP is there, with the first message, where CAPA does not
 * say so: 0, or -1. */
static int
try_top(struct ls *l, const struct listing_message *m, struct fail *f)
{
	int rc;

	l->ask = "TOP";
	if ((l->pop.offers & (POP_CAPA | POP_TOP)) == (POP_CAPA | POP_TOP))
		return 0;
	ask_header(l, m);
	if ((rc = pop_reply(&l->pop, NULL, f)) == 1)
		return pop_body(&l->pop, take_header, l, f);
	if (rc == 0)
		l->ask = "RETR";
	return rc;
}

static int
list_headlines(struct ls *l, const struct listing *from, struct fail *f)
{
	size_t i, asked = 0, window;

	if (from->n == 0)
		return 0;
	if (try_top(l, &from->message[0], f) == -1)
		return -1;
	/* A whole message takes longer than a round trip. */
	window = strcmp(l->ask, "TOP") == 0 ? pop_window(&l->pop) : 1;
	for (i = 0; i < from->n; i++) {
		while (asked < from->n && asked - i < window)
			ask_header(l, &from->message[asked++]);
		if (get_headline(l, &from->message[i], f) == -1)
			return -1;
		write_message(l, &from->message[i]);
	}
	return 0;
}

/* What is wrong with unique-ids, where it matters. */
static void
report_doubt(struct ls *l, const struct listing *from)
{
	struct fail f = from->why;

	if (f.class == EX_PROTOCOL || (l->uids && f.class != 0)) {
		(void)fail_at(&f, pop_name(&l->pop));
		l->status = cli_worse(l->status, cli_report(&f));
	}
}

static int
list(struct ls *l, struct fail *f)
{
	struct listing from = { 0 };
	int rc = listing_get(&from, &l->pop, LISTING_UIDS, f);
	size_t i;

	if (rc == 0 && l->subjects)
		rc = list_headlines(l, &from, f);
	else if (rc == 0)
		for (i = 0; i < from.n; i++)
			write_message(l, &from.message[i]);
	if (rc == 0)
		report_doubt(l, &from);
	listing_free(&from);
	return rc;
}

static int
show_totals(struct ls *l, struct fail *f)
{
	struct json j = { .out = &l->row };
	uint64_t messages, octets;

	if (pop_stat(&l->pop, &messages, &octets, f) == -1)
		return -1;
	if (!l->json) {
		(void)buf_addf(&l->row, "%" PRIu64 "\t%" PRIu64, messages,
		    octets);
		put_row(l);
		return 0;
	}
	json_open(&j, '{');
	json_key(&j, "messages");
	json_uint(&j, messages);
	json_key(&j, "octets");
	json_uint(&j, octets);
	json_close(&j, '}');
	put_row(l);
	return 0;
}

static void
run(struct ls *l)
{
	struct pop *p = &l->pop;
	struct fail f = { 0 };
	int rc = pop_open(p, &f);

	if (rc == 0) {
		rc = l->totals ? show_totals(l, &f) : list(l, &f);
		/* Nothing is to be deleted: whatever it says is well. */
		if (rc == 0)
			(void)pop_quit(p, &f);
		else
			(void)fail_at(&f, pop_name(p));
	}
	pop_close(p, rc == 0 ? NULL : &f);
	if (rc == -1)
		l->status = cli_worse(l->status, cli_report(&f));
}

static void
parse(struct ls *l, int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "+" OPTIONS "jqsu")) != -1)
		switch (c) {
		case 'j':
			l->json = 1;
			break;
		case 'q':
			l->totals = 1;
			break;
		case 's':
			l->subjects = 1;
			break;
		case 'u':
			l->uids = 1;
			break;
		default:
			if (options_take(&l->pop, c, optarg) != 1)
				cli_usage();
		}
	if ((l->totals && (l->subjects || l->uids)) ||
	    (l->uids && (l->subjects || l->json)))
		cli_usage();
	options_server(&l->pop, argc, argv);
	if (optind != argc)
		cli_usage();
}

int
main(int argc, char *argv[])
{
	struct ls l = { .header = BUF(LIMIT_HEADER), .row = BUF(ROW),
		.headline = headline_new(), .tty = isatty(STDOUT_FILENO),
		.out = output_to(STDOUT_FILENO, "standard output") };

	cli_start("pop3-ls", "[-jqsuv] [-A mechanism] [-o key=value] [-P fd] "
	    "[-p command] server | -a account");
	options_start(&l.pop);
	parse(&l, argc, argv);
	run(&l);
	pop_end(&l.pop);
	headline_free(&l.headline);
	buf_free(&l.header);
	buf_free(&l.row);
	cli_finish(&l.out, l.status);
}
