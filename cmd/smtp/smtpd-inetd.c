/* SPDX-License-Identifier: ISC */
/*
 * smtpd-inetd: the server of SMTP and LMTP.  Reads commands from descriptor 0
 * and writes replies to 1, or accepts on what LISTEN_FDS hands over; delivers
 * durably into Maildirs.
 *
 *	smtpd-inetd [-aLrSTv] [-c connections] [-f conf]
 */

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "allowance.h"
#include "cli.h"
#include "log.h"
#include "openssl.h"
#include "rates.h"
#include "session.h"
#include "tlsservice.h"
#include "unprivileged.h"

struct options {
	const char *conf;
	unsigned connections; /* 0: what the configuration says */
	int add; /* -a */
	int implicit; /* -T */
	int lmtp; /* -L */
	int relay; /* -r */
	int submission; /* -S */
	int trace;
};

static void
parse_arguments(struct options *o, int argc, char *argv[])
{
	struct fail f = { 0 };
	uint64_t n;
	int c;

	while ((c = getopt(argc, argv, "+ac:f:LrSTv")) != -1)
		switch (c) {
		case 'a':
			o->add = 1;
			break;
		case 'c':
			if (slice_uint(slice_str(optarg), 1, 100000, &n) == -1)
				cli_usage();
			o->connections = (unsigned)n;
			break;
		case 'f':
			o->conf = optarg;
			break;
		case 'L':
			o->lmtp = 1;
			break;
		case 'r':
			o->relay = 1;
			break;
		case 'S':
			o->submission = 1;
			break;
		case 'T':
			o->implicit = 1;
			break;
		case 'v':
			o->trace = 1;
			break;
		default:
			cli_usage();
		}
	if (optind < argc || (o->lmtp && (o->submission || o->relay)) ||
	    (o->add && (o->lmtp || o->relay || o->submission || o->implicit)))
		cli_usage();
	if (o->add && geteuid() == 0) {
		(void)fail_set(&f, EX_USAGE, "-a is not for root, as it runs "
		    "as who starts it");
		cli_exit(&f);
	}
}

static void *
ready(void *ctx)
{
	struct server *server = ctx;
	struct fail f = { 0 };
	struct session *s = session_open(server, &f);

	if (s == NULL) {
		log_line("%s", f.text);
		server->failed = f.class;
	}
	return s;
}

static int
session(void *ctx, void *opened, struct conn *c, const struct peer *peer)
{
	const struct server *server = ctx;
	struct session *s = opened;

	if (s != NULL)
		return session_run(&s, c, peer);
	session_refuse(server, c);
	return server->failed;
}

static void
help(void *ctx, int socket)
{
	session_help(ctx, socket);
}

static int
exempt(void *ctx, const struct peer *peer)
{
	return allowance_exempt(ctx, peer);
}

static const char *
refusal(void *ctx, uint64_t network)
{
	return allowance_refusal(ctx, network);
}

/* Is there a queue?  By LMTP who sends has one.  1 where that is new. */
static int
look_for_queue(struct server *server)
{
	struct fail ignored; /* who needs it is told by the depot */
	int had = server->queue;

	server->queue = !server->lmtp && !server->add &&
	    enqueue_exists(&server->conf, &ignored);
	return server->queue != had;
}

static int
outdated(void *ctx)
{
	struct server *server = ctx;

	return places_changed(&server->places, &server->conf, server->queue);
}

/* For a listener alone: the others read nothing of TLS before it is needed. */
static int
prepare(void *ctx, struct fail *f)
{
	struct server *server = ctx;
	struct fail later; /* it is told to who needs it */

	server->listens = 1;
	(void)outdated(server);
	(void)unprivileged_prepare(&server->conf, &later);
	if (server->tls != NULL)
		return tlsservice_prepare(server->tls, f);
	if (server->submission)
		(void)openssl_load(&later);
	return 0;
}

static int
refresh(void *ctx)
{
	struct server *server = ctx;
	int queue = look_for_queue(server);

	return (server->tls != NULL && tlsservice_refresh(server->tls)) ||
	    queue;
}

/* For -a: who starts it is no stranger, and may do what mailq-add does; a
 * user need not be able to read a key. */
static void
trust(struct conf *c)
{
	c->check_sender_domain = 0;
	c->nfilters = 0;
	c->reports = NULL;
	c->greet_delay = 0;
	c->connections_per_minute = 0;
	c->messages_per_minute = c->recipients_per_minute = 0;
	c->proxy_from.n = c->xclient_from.n = 0;
	c->tls_certificates.n = c->tls_keys.n = 0;
	if (c->max_recipients > LIMIT_RECIPIENTS)
		c->max_recipients = LIMIT_RECIPIENTS;
}

/* What there is to be read before privileges are given up. */
static int
configure(struct server *server, const char *path, struct fail *f)
{
	if (conf_load_for_all(&server->conf, path, f) == -1)
		return -1;
	if (server->add)
		trust(&server->conf);
	if (tlsservice_open(&server->conf, "smtp esmtp", &server->tls,
	    f) == -1 || allowance_open(server, f) == -1)
		return -1;
	(void)look_for_queue(server);
	if (server->implicit && server->tls == NULL)
		return fail_set(f, EX_CONFIG,
		    "-T needs Tls-Certificate in the configuration");
	return 0;
}

static void
unconfigure(struct server *server)
{
	rates_close(&server->rates);
	places_forget(&server->places);
	tlsserver_free(&server->tls);
	conf_free(&server->conf);
}

int
main(int argc, char *argv[])
{
	struct options o = { 0 };
	struct server server = { 0 };
	struct serve serve = { .ready = ready, .session = session,
		.help = help, .prepare = prepare,
		.refresh = refresh, .outdated = outdated, .exempt = exempt,
		.refusal = refusal, .ctx = &server };
	struct fail f = { 0 };
	int status;

	cli_start("smtpd-inetd", "[-aLrSTv] [-c connections] [-f conf]");
	parse_arguments(&o, argc, argv);
	log_start(cli_name(), !serve_is_handed());
	(void)umask(077);
	tzset(); /* once, not in each connection's process */
	server.trace = o.trace;
	server.implicit = o.implicit;
	server.lmtp = o.lmtp;
	server.submission = o.submission;
	server.relay = o.relay;
	server.add = o.add;
	if (configure(&server, o.conf, &f) == -1) {
		log_line("%s", f.text);
		unconfigure(&server);
		if (!o.implicit)
			serve_refuse("421 4.3.0 no mail can be taken now\r\n");
		return f.class;
	}
	serve.connections = o.connections != 0 ? o.connections :
	    server.conf.connections;
	serve.per_address = server.conf.connections_per_address;
	serve.busy = server.implicit ? "" :
	    "421 4.7.0 too many connections\r\n";
	status = serve_run(&serve, &f);
	if (f.text[0] != '\0')
		log_line("%s", f.text);
	unconfigure(&server);
	return status;
}
