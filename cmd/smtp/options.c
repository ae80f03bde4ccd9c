/* SPDX-License-Identifier: ISC */
/* options: the command line of smtp-send; see options.h. */

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "dns.h"
#include "hosts.h"
#include "limits.h"
#include "options.h"
#include "text.h"
#include "utf8.h"

/* What is known of hosts, in a directory that has to be there. */
static void
open_hosts(struct options *o, const char *path)
{
	struct fail f = { 0 };

	if (o->hosts != -1)
		(void)close(o->hosts);
	o->hosts = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (o->hosts == -1) {
		(void)fail_errno(&f, EX_CONFIG, "-o hosts: %s",
		    TEXT_SHOW(slice_str(path)));
		cli_exit(&f);
	}
}

/* One -o of how hosts are found and how often they are connected to: 1, -1
 * where it is not good, 0 where it is of something else. */
static int
parse_hosts(struct options *o, struct slice key, struct slice value)
{
	union dns_server ignored;
	uint64_t n;

	if (slice_eq(key, SLICE("connections"))) {
		if (slice_uint(value, 1, HOSTS_MOST, &n) == -1)
			return -1;
		o->connections = (unsigned)n;
	} else if (slice_eq(key, SLICE("hosts"))) {
		open_hosts(o, value.p);
	} else if (slice_eq(key, SLICE("nameserver"))) {
		o->nameserver = value.p;
		if (dns_server(value.p, &ignored) == -1)
			return -1;
	} else if (slice_eq(key, SLICE("retry"))) {
		if (!slice_eq(value, SLICE("now")))
			return -1;
		o->retry_now = 1;
	} else if (slice_eq(key, SLICE("sts"))) {
		o->sts = slice_eq(value, SLICE("yes")) ? STSASK_YES :
		    STSASK_NO;
		if (o->sts == STSASK_NO && !slice_eq(value, SLICE("no")))
			return -1;
	} else {
		return 0;
	}
	return 1;
}

/* What is expected of each -o that smtp-send has. */
static const struct {
	const char *key, *value;
} expected[] = {
	{ "auth-clear", "yes or no" },
	{ "ca", "a file" },
	{ "cert", "a file" },
	{ "chunking", "yes or no" },
	{ "connections", "a number from 1 to 1000" },
	{ "helo", "a domain or an address in brackets" },
	{ "hold", "seconds, or a date and time" },
	{ "hosts", "a directory" },
	{ "key", "a file" },
	{ "nameserver", "an address with or without a port" },
	{ "pin", "sha256: and a digest in hexadecimal or base64" },
	{ "proxy", "a URL, socks5://host:port, or none" },
	{ "requiretls", "yes or no" },
	{ "retry", "now" },
	{ "source", "an IP address" },
	{ "sts", "yes or no" },
	{ "timeout", "seconds, from 1 to 86400" },
	{ "tls", "insecure, may, none or require" },
};

enum { EXPECTED = sizeof(expected) / sizeof(expected[0]) };

/* Of a key that there is, or of another. */
static _Noreturn void
reject_option(struct slice key)
{
	struct buf keys = BUF(LIMIT_COMMAND);
	struct fail f = { 0 };
	size_t i;

	for (i = 0; i < EXPECTED; i++) {
		if (slice_eq(key, slice_str(expected[i].key)))
			break;
		(void)buf_addf(&keys, "%s%s=", i == 0 ? "" :
		    i + 1 < EXPECTED ? ", " : " and ", expected[i].key);
	}
	(void)fail_set(&f, EX_USAGE, "-o %s: expected %s%s", TEXT_SHOW(key),
	    i < EXPECTED ? "" : "one of ",
	    i < EXPECTED ? expected[i].value : buf_str(&keys));
	cli_exit(&f);
}

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
			reject_option(SLICE("helo"));
		if (f.class == EX_DATAERR)
			f.class = EX_USAGE;
		(void)fail_at(&f, "-o helo");
		cli_exit(&f);
	}
	n = strspn(o->helo, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]");
	if (n == 0 || o->helo[n] != '\0')
		reject_option(SLICE("helo"));
}

static void
parse_option(struct options *o, const char *text)
{
	struct slice value = slice_str(text), key;

	if (!slice_until(&value, '=', &key))
		reject_option(key);
	if (slice_eq(key, SLICE("helo")))
		parse_helo(o, value.p);
	else if (parse_hosts(o, key, value) != 1 &&
	    ask_key(&o->letter.ask, key, value) != 1 &&
	    client_key(&o->client, key, value) != 1)
		reject_option(key);
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
	default:
		if (client_option(&o->client, c, value) != 1)
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
		o->client.secure.look = 1;
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
	case 'Q':
		o->queue = 1;
		break;
	case 'r':
		if (o->form == RESULTS_FAILURES)
			o->form = RESULTS_COLUMNS;
		break;
	case 't':
		o->letter.from_header = 1;
		break;
	default:
		if (client_option(&o->client, c, NULL) != 1)
			cli_usage();
	}
}

static _Noreturn void
reject(const char *sentence)
{
	struct fail f = { 0 };

	(void)fail_set(&f, EX_USAGE, "%s", sentence);
	cli_exit(&f);
}

/* -Q: what a message of the queue has itself is not asked for. */
static void
check_queue(const struct options *o)
{
	const struct letter_options *l = &o->letter;

	if (o->end_of_path == '\0' || o->dry || o->examine || o->list ||
	    o->form != RESULTS_FAILURES || l->from_header || l->nto > 0 ||
	    l->sender != NULL || l->ask.notify != 0 || l->ask.ret != NULL ||
	    l->ask.envid[0] != '\0' || l->ask.orcpt[0] != '\0')
		cli_usage();
}

void
options_parse(struct options *o, int argc, char *argv[])
{
	int c;

	/* "+": behind the server nothing is an option, whatever an address
	 * that a script got from elsewhere begins with. */
	while ((c = getopt(argc, argv, "+0A:a:ef:jlN:nO:o:P:p:QR:rtV:v")) != -1)
		if (strchr("AafNOoPpRV", c) != NULL)
			parse_valued(o, c, optarg);
		else
			parse_flag(o, c);
	if (o->client.target.account == NULL && optind == argc)
		cli_usage();
	if (o->client.target.account == NULL)
		o->client.target.text = argv[optind++];
	o->letter.to = argv + optind;
	o->letter.nto = (size_t)(argc - optind);
	if (o->queue) {
		check_queue(o);
		return;
	}
	if (o->examine && o->letter.nto > 0)
		reject("-e: expected no recipient");
	if (!o->examine && o->letter.nto == 0 && !o->letter.from_header)
		reject("no recipient: expected one behind the server, or -t");
	if (o->list && o->form == RESULTS_FAILURES && !o->dry)
		o->form = RESULTS_COLUMNS;
}
