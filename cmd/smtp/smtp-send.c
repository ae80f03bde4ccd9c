/* SPDX-License-Identifier: ISC */
/*
 * smtp-send: the SMTP client.  Reads a message from standard input, or with
 * -l the paths of many, and hands them to a server over one connection;
 * writes what became of each recipient.
 *
 *	smtp-send [-0ejlnrtv] [-A mechanism] [-f sender] [-N when] [-O address]
 *	    [-o key=value] [-P fd] [-p command] [-R full|hdrs] [-V id]
 *	    server | -a account [recipient ...]
 */

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "cli.h"
#include "dial.h"
#include "examine.h"
#include "idn.h"
#include "limits.h"
#include "mem.h"
#include "paths.h"
#include "results.h"
#include "target.h"
#include "utf8.h"

struct options {
	int end_of_path; /* of a line of -l: LF, or NUL with -0 */
	int list;	 /* -l */
	int dry;	 /* -n */
	int examine;	 /* -e */
	int trace;
	enum results_form form;
	struct secure secure;
	struct login login;
	unsigned timeout;
	char helo[IDN_DOMAIN]; /* empty: this host's */
	const char *source;
	struct target target;
	struct letter_options letter;
};

/* What the batch asks for its letters. */
struct source {
	const struct options *o;
	struct paths paths;
	int given; /* the one message of standard input */
	struct results results;
};

/* A domain or an address literal, roughly: nothing that could be more than
 * one word of a command.  It is in ASCII before anybody knows whether there
 * will be SMTPUTF8 (RFC 6531, 3.7.1). */
static void
parse_helo(struct options *o, const char *value)
{
	struct fail f = { 0 };
	size_t n;

	if (idn_to_ascii(slice_str(value), o->helo, &f) == -1) {
		if (utf8_ascii(slice_str(value)))
			cli_usage();
		if (f.class == EX_DATAERR)
			f.class = EX_USAGE;
		(void)fail_at(&f, "-o helo");
		cli_exit(&f);
	}
	n = strspn(o->helo, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]");
	if (n == 0 || o->helo[n] != '\0')
		cli_usage();
}

static void
parse_option(struct options *o, const char *text)
{
	struct slice value = slice_str(text), key;
	uint64_t n;

	if (!slice_until(&value, '=', &key))
		cli_usage();
	if (slice_eq(key, SLICE("helo")))
		parse_helo(o, value.p);
	else if (slice_eq(key, SLICE("proxy")) && value.n > 0)
		o->target.via = value.p;
	else if (slice_eq(key, SLICE("source")) && dial_is_address(value.p))
		o->source = value.p;
	else if (slice_eq(key, SLICE("timeout")) &&
	    slice_uint(value, 1, 86400, &n) == 0)
		o->timeout = (unsigned)n;
	else if (ask_key(&o->letter.ask, key, value) != 1 &&
	    secure_option(&o->secure, key, value) != 1 &&
	    login_option(&o->login, key, value) != 1)
		cli_usage();
}

static void
parse_ask(struct options *o, int option, const char *value)
{
	struct fail f = { 0 };

	if (ask_option(&o->letter.ask, option, value, &f) == -1)
		cli_exit(&f);
}

/* An option that has a value. */
static void
parse_valued(struct options *o, int c, const char *value)
{
	switch (c) {
	case 'A':
		o->login.mechanism = value;
		break;
	case 'a':
		o->target.account = value;
		break;
	case 'f':
		o->letter.sender = value;
		break;
	case 'N':
	case 'O':
	case 'R':
	case 'V':
		parse_ask(o, c, value);
		break;
	case 'o':
		parse_option(o, value);
		break;
	case 'P':
		if (login_descriptor(&o->login, value) == -1)
			cli_usage();
		break;
	case 'p':
		o->login.command = value;
		break;
	default:
		cli_usage();
	}
}

static void
parse_flag(struct options *o, int c)
{
	switch (c) {
	case '0':
		o->end_of_path = '\0';
		break;
	case 'e':
		o->examine = 1;
		o->secure.look = 1;
		break;
	case 'j':
		o->form = RESULTS_JSON;
		break;
	case 'l':
		o->list = 1;
		break;
	case 'n':
		o->dry = 1;
		break;
	case 'r':
		if (o->form == RESULTS_FAILURES)
			o->form = RESULTS_COLUMNS;
		break;
	case 't':
		o->letter.from_header = 1;
		break;
	case 'v':
		o->trace = 1;
		break;
	default:
		cli_usage();
	}
}

static void
parse_arguments(struct options *o, int argc, char *argv[])
{
	int c;

	/* "+": behind the server nothing is an option, whatever an address
	 * that a script got from elsewhere begins with. */
	while ((c = getopt(argc, argv, "+0A:a:ef:jlN:nO:o:P:p:R:rtV:v")) != -1)
		if (strchr("AafNOoPpRV", c) != NULL)
			parse_valued(o, c, optarg);
		else
			parse_flag(o, c);
	if (o->target.account == NULL && optind == argc)
		cli_usage();
	if (o->target.account == NULL)
		o->target.text = argv[optind++];
	o->letter.to = argv + optind;
	o->letter.nto = (size_t)(argc - optind);
	if (o->examine ? o->letter.nto > 0 :
	    o->letter.nto == 0 && !o->letter.from_header)
		cli_usage();
	if (o->list && o->form == RESULTS_FAILURES && !o->dry)
		o->form = RESULTS_COLUMNS;
}

/* The path of the next message; NULL where there is none. */
static char *
next_path(struct source *s)
{
	struct fail f = { 0 };
	char *path;

	if (!s->o->list)
		return s->given++ ? NULL : mem_str(SLICE("-"));
	path = paths_next(&s->paths, &f);
	if (path == NULL && f.class != 0)
		s->results.status = cli_worse(s->results.status,
		    cli_report(&f));
	return path;
}

static int
open_letter(struct source *s, struct letter *l, const char *path,
    struct fail *f)
{
	/* letter_close is next, in any case. */
	memset(l, 0, sizeof(*l));
	l->in.fd = -1;
	if (s->o->list && strcmp(path, "-") == 0)
		return fail_set(f, EX_DATAERR,
		    "-: standard input is the list of paths");
	return letter_open(l, path, &s->o->letter, f);
}

/* The next letter that can be opened. */
static int
next_letter(void *ctx, struct letter *l)
{
	struct source *s = ctx;
	struct fail f = { 0 };
	char *path;

	for (;;) {
		if ((path = next_path(s)) == NULL)
			return 0;
		if (open_letter(s, l, path, &f) == 0)
			return 1;
		results_unsent(&s->results, path, &f);
		letter_close(l);
		free(path);
	}
}

static int
letter_ready(void *ctx)
{
	struct source *s = ctx;

	return !s->o->list || paths_ready(&s->paths);
}

static void
letter_done(void *ctx, struct letter *l)
{
	struct source *s = ctx;

	results_letter(&s->results, l);
	free((char *)(uintptr_t)l->path);
}

/* -n: without a connection. */
static void
show_all(struct source *s)
{
	struct letter l;

	while (next_letter(s, &l) == 1) {
		results_envelope(&s->results, &l);
		free((char *)(uintptr_t)l.path);
		letter_close(&l);
	}
}

/* -e: the server, and no mail. */
static int
look_at(struct batch *b, enum results_form form, struct output *out)
{
	struct fail f = { 0 };

	b->login.wanted = 0;
	return examine(b, form == RESULTS_JSON, out, &f) == 0 ? 0 :
	    cli_report(&f);
}

int
main(int argc, char *argv[])
{
	struct options o = { .end_of_path = '\n' };
	struct output out = output_to(STDOUT_FILENO, "standard output");
	struct batch b = { .connect = LIMIT_CONNECT, .next = next_letter,
		.ready = letter_ready, .done = letter_done };
	struct source s = { .o = &o };
	struct fail f = { 0 };

	cli_start("smtp-send", "[-0ejlnrtv] [-A mechanism] [-f sender] "
	    "[-N when] [-O address] [-o key=value] [-P fd] [-p command] "
	    "[-R full|hdrs] [-V id] server | -a account [recipient ...]");
	login_start(&o.login);
	parse_arguments(&o, argc, argv);
	(void)signal(SIGPIPE, SIG_IGN);
	if (target_find(&o.target, &o.secure, &o.login, &f) == -1)
		cli_exit(&f);
	if (o.letter.sender == NULL)
		o.letter.sender = o.target.a.from;
	paths_start(&s.paths, STDIN_FILENO, o.end_of_path);
	s.results = (struct results){ .form = o.form, .out = &out,
		.several = o.list };
	b.url = &o.target.url;
	b.command = o.target.command;
	b.proxy = o.target.via == NULL ? NULL : &o.target.proxy;
	b.secure = o.secure;
	b.login = o.login;
	b.timeout = o.timeout;
	b.source = o.source;
	b.trace = o.trace;
	b.ctx = &s;
	if (o.timeout != 0 && o.timeout < b.connect)
		b.connect = o.timeout;
	memcpy(b.helo, o.helo, strlen(o.helo) + 1);
	if (o.examine)
		s.results.status = look_at(&b, o.form, &out);
	else if (o.dry)
		show_all(&s);
	else
		batch_run(&b);
	target_free(&o.target);
	cli_finish(&out, s.results.status);
}
