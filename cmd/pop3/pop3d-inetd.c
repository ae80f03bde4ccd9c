/* SPDX-License-Identifier: ISC */
/*
 * pop3d-inetd: the server of POP3.  Reads commands from descriptor 0 and writes
 * replies to 1, or accepts on what LISTEN_FDS hands over.
 *
 *	pop3d-inetd [-MTv] [-c connections] [-f conf]
 */

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "admission.h"
#include "apart.h"
#include "cli.h"
#include "entry.h"
#include "gatekeeper.h"
#include "helpers.h"
#include "insider.h"
#include "log.h"
#include "serve.h"

struct options {
	const char *conf;
	unsigned connections; /* 0: what the configuration says */
	int implicit; /* -T */
	int inside; /* -M */
	int trace;
};

static void
parse_arguments(struct options *o, int argc, char *argv[])
{
	uint64_t n;
	int c;

	while ((c = getopt(argc, argv, "+c:f:MTv")) != -1)
		switch (c) {
		case 'c':
			if (slice_uint(slice_str(optarg), 1, 100000, &n) == -1)
				cli_usage();
			o->connections = (unsigned)n;
			break;
		case 'f':
			o->conf = optarg;
			break;
		case 'M':
			o->inside = 1;
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
	/* Who comes to a socket has not logged in. */
	if (optind < argc ||
	    (o->inside && (o->implicit || serve_is_handed())))
		cli_usage();
}

static void *
ready(void *ctx)
{
	struct server *server = ctx;
	struct fail f = { 0 };
	struct entry *e = entry_open(server, &f);

	if (e == NULL) {
		log_line("%s", f.text);
		server->failed = f.class;
	}
	return e;
}

static int
session(void *ctx, void *opened, struct conn *c, const struct peer *peer)
{
	const struct server *server = ctx;
	struct entry *e = opened;

	if (server->inside)
		return insider_run(server, c, peer);
	if (e != NULL)
		return entry_run(&e, c, peer);
	entry_refuse(server, c);
	return server->failed;
}

/* For one session: it becomes the user's. */
static void
help(void *ctx, int socket)
{
	int channel = helpers_take(socket, 0);

	if (channel == -1)
		return;
	apart_begin(channel);
	gatekeeper(ctx, STDIN_FILENO);
}

static int
exempt(void *ctx, const struct peer *peer)
{
	const struct server *server = ctx;

	return admission_exempt(&server->conf, peer);
}

static const char *
refusal(void *ctx, uint64_t network)
{
	const struct server *server = ctx;

	return admission_refusal(&server->conf, server->rates, network);
}

static int
prepare(void *ctx, struct fail *f)
{
	struct server *server = ctx;

	gatekeeper_prepare(server);
	return server->tls != NULL ? tlsservice_prepare(server->tls, f) : 0;
}

static int
refresh(void *ctx)
{
	struct server *server = ctx;

	return server->tls != NULL && tlsservice_refresh(server->tls);
}

/* What there is to be read before privileges are given up. */
static int
configure(struct server *server, struct fail *f)
{
	if (conf_load_for_all(&server->conf, server->path, f) == -1)
		return -1;
	if (server->inside)
		return 0;
	if (tlsservice_open(&server->conf, "pop3", &server->tls, f) == -1)
		return -1;
	if (server->conf.connections_per_minute != 0 &&
	    (server->rates = rates_open(f)) == NULL)
		return -1;
	if (server->implicit && server->tls == NULL)
		return fail_set(f, EX_CONFIG,
		    "-T needs Tls-Certificate in the configuration");
	return 0;
}

static void
unconfigure(struct server *server)
{
	rates_close(&server->rates);
	tlsserver_free(&server->tls);
	conf_free(&server->conf);
}

static int
run(const struct options *o, struct server *server, struct fail *f)
{
	struct serve serve = { .ready = o->inside ? NULL : ready,
		.session = session, .help = help, .prepare = prepare,
		.refresh = refresh, .exempt = exempt,
		.refusal = refusal, .ctx = server };

	if (configure(server, f) == -1) {
		if (!o->implicit)
			serve_refuse("-ERR [SYS/TEMP] nobody can log in "
			    "now\r\n");
		return f->class;
	}
	serve.connections = o->connections != 0 ? o->connections :
	    server->conf.connections;
	serve.per_address = server->conf.connections_per_address;
	serve.busy = server->implicit ? "" :
	    "-ERR [SYS/TEMP] too many connections\r\n";
	return serve_run(&serve, f);
}

int
main(int argc, char *argv[])
{
	struct options o = { 0 };
	struct server server = { 0 };
	struct fail f = { 0 };
	int status;

	cli_start("pop3d-inetd", "[-MTv] [-c connections] [-f conf]");
	parse_arguments(&o, argc, argv);
	log_start(cli_name(), !serve_is_handed());
	(void)umask(077);
	tzset(); /* once, not in each connection's process */
	server.path = o.conf;
	server.trace = o.trace;
	server.implicit = o.implicit;
	server.inside = o.inside;
	status = run(&o, &server, &f);
	if (f.text[0] != '\0')
		log_line("%s", f.text);
	unconfigure(&server);
	return status;
}
