/* SPDX-License-Identifier: ISC */
/*
 * smtpd-inetd: the SMTP server.  Reads commands from descriptor 0 and writes
 * replies to 1, or accepts on what LISTEN_FDS hands over; delivers durably
 * into Maildirs.
 *
 *	smtpd-inetd [-v] [-c connections] [-f conf]
 */

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "log.h"
#include "session.h"

struct options {
	const char *conf;
	unsigned connections; /* 0: what the configuration says */
	int trace;
};

struct server {
	struct conf conf;
	int trace;
};

static void
parse_arguments(struct options *o, int argc, char *argv[])
{
	uint64_t n;
	int c;

	while ((c = getopt(argc, argv, "c:f:v")) != -1)
		switch (c) {
		case 'c':
			if (slice_uint(slice_str(optarg), 1, 100000, &n) == -1)
				cli_usage();
			o->connections = (unsigned)n;
			break;
		case 'f':
			o->conf = optarg;
			break;
		case 'v':
			o->trace = 1;
			break;
		default:
			cli_usage();
		}
	if (optind < argc)
		cli_usage();
}

static int
session(void *ctx, struct conn *c, const struct peer *peer)
{
	const struct server *server = ctx;

	return session_run(&server->conf, c, peer, server->trace);
}

int
main(int argc, char *argv[])
{
	struct options o = { 0 };
	struct server server = { 0 };
	struct serve serve = { .session = session, .ctx = &server };
	struct fail f = { 0 };
	int status;

	cli_start("smtpd-inetd", "[-v] [-c connections] [-f conf]");
	parse_arguments(&o, argc, argv);
	log_start(cli_name());
	if (conf_load(&server.conf, o.conf, &f) == -1) {
		log_line("%s", f.text);
		conf_free(&server.conf);
		return f.class;
	}
	(void)umask(077);
	tzset(); /* once, not in each connection's process */
	server.trace = o.trace;
	serve.connections = o.connections != 0 ? o.connections :
	    server.conf.connections;
	serve.per_address = server.conf.connections_per_address;
	serve.busy = "421 4.7.0 too many connections\r\n";
	status = serve_run(&serve, &f);
	if (f.text[0] != '\0')
		log_line("%s", f.text);
	conf_free(&server.conf);
	return status;
}
