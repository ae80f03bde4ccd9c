/* SPDX-License-Identifier: ISC */
/*
 * smtp-send: the SMTP client.  Reads a message from standard input, or with
 * -l the paths of many, and hands them to a server over one connection;
 * writes what became of each recipient.  With -Q they are messages of the
 * queue.
 *
 *	smtp-send [-0ejlnrtv] [-A mechanism] [-f sender] [-N when] [-O address]
 *	    [-o key=value] [-P fd] [-p command] [-R full | hdrs] [-V id]
 *	    server | -a account [recipient ...]
 *	smtp-send -Q [-v] [-A mechanism] [-o key=value] [-P fd] [-p command]
 *	    server | -a account
 */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "cli.h"
#include "examine.h"
#include "family.h"
#include "mem.h"
#include "options.h"
#include "paths.h"
#include "spooled.h"

enum {
	CONNECTIONS = 20, /* to one host at most */
};

/* What the batch asks for its letters. */
struct source {
	const struct options *o;
	struct paths paths;
	int given; /* the one message of standard input */
	struct results results;
};

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

/* The next letter; -1 where it cannot be opened. */
static int
next_letter(void *ctx, struct letter *l)
{
	struct source *s = ctx;
	struct fail f = { 0 };
	char *path;

	if ((path = next_path(s)) == NULL)
		return 0;
	if (open_letter(s, l, path, &f) == 0)
		return 1;
	results_unsent(&s->results, path, &f);
	letter_close(l);
	free(path);
	return -1;
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
	int rc;

	while ((rc = next_letter(s, &l)) != 0) {
		if (rc == -1)
			continue;
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

	b->server.client->login.wanted = 0;
	return examine(b, form == RESULTS_JSON, out, &f) == 0 ? 0 :
	    cli_report(&f);
}

/* -Q: messages of the queue. */
static int
send_queue(struct batch *b, struct queue *q)
{
	spooled_start(q, STDIN_FILENO);
	b->next = spooled_next;
	b->ready = spooled_ready;
	b->settled = spooled_settled;
	b->waits = spooled_waits;
	b->hold = 1;
	b->done = spooled_done;
	b->ctx = q;
	batch_run(b);
	spooled_end(q);
	return q->status;
}

static void
set_server(struct reach *r, struct options *o)
{
	r->client = &o->client;
	r->route.trace = o->client.trace;
	r->route.nameserver = o->nameserver;
	r->route.sts.use = o->sts;
	r->hosts = o->hosts;
	r->retry_now = o->retry_now;
	r->connections = o->connections;
	r->slot.fd = -1;
	memcpy(r->helo, o->helo, sizeof(r->helo));
}

int
main(int argc, char *argv[])
{
	struct options o = { .end_of_path = '\n', .hosts = -1,
		.connections = CONNECTIONS };
	struct output out = output_to(STDOUT_FILENO, "standard output");
	struct batch b = { .next = next_letter, .ready = letter_ready,
		.done = letter_done };
	struct source s = { .o = &o };
	struct queue q = { .batch = &b, .ask = &o.letter.ask, .out = &out };
	struct fail f = { 0 };

	cli_start("smtp-send", "[-0ejlnrtv] [-A mechanism] [-f sender] "
	    "[-N when] [-O address] [-o key=value] [-P fd] [-p command] "
	    "[-R full | hdrs] [-V id] server | -a account [recipient ...]\n"
	    "       smtp-send -Q [-v] [-A mechanism] [-o key=value] [-P fd] "
	    "[-p command] server | -a account");
	client_start(&o.client, &family_smtp);
	options_parse(&o, argc, argv);
	(void)signal(SIGPIPE, SIG_IGN);
	if (client_find(&o.client, &f) == -1 ||
	    family_check(&o.client, &f) == -1)
		cli_exit(&f);
	if (o.letter.sender == NULL && !o.queue)
		o.letter.sender = o.client.target.a.from;
	paths_start(&s.paths, STDIN_FILENO, o.end_of_path);
	s.results = (struct results){ .form = o.form, .out = &out,
		.several = o.list };
	set_server(&b.server, &o);
	b.ctx = &s;
	if (o.examine)
		s.results.status = look_at(&b, o.form, &out);
	else if (o.queue)
		s.results.status = send_queue(&b, &q);
	else if (o.dry)
		show_all(&s);
	else
		batch_run(&b);
	client_end(&o.client);
	cli_finish(&out, s.results.status);
}
