/* SPDX-License-Identifier: ISC */
/*
 * mta-sts: which mail servers a domain allows, and that they have TLS: its
 * MTA-STS policy (RFC 8461), from a cache or fetched into it.  Reads domains
 * from its arguments; writes a line for each.
 *
 *	mta-sts [-jnv] [-c directory] [-f file] [-m host] [-o key=value]
 *	    domain ...
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "conf.h"
#include "dns.h"
#include "idn.h"
#include "json.h"
#include "stslookup.h"
#include "text.h"
#include "xdg.h"

#define SYSTEM_CACHE "/var/cache/mailpipe/mta-sts"

enum {
	SECONDS = 30, /* to fetch a policy; RFC 8461, 3.3 has 60 */
	LINE = 65536, /* of output: a policy is no longer */
};

struct options {
	struct stslookup lookup;
	struct conf conf;
	const char *conf_path;
	const char *directory; /* of the cache; NULL: see open_cache */
	char host[IDN_DOMAIN]; /* -m; or empty */
	int json;
	int tty;
	struct output out;
};

/* What was found of one domain. */
struct finding {
	const char *domain; /* as it was given */
	int found;
	struct stscache_entry *entry;
};

static void
note(int direction, struct slice line)
{
	(void)fprintf(stderr, "%c %s\n", direction, TEXT_SHOW(line));
}

/* NULL, or what is expected in the place of one -o. */
static const char *
take_option(struct options *o, struct slice key, struct slice value)
{
	struct stsfetch *fetch = &o->lookup.fetch;
	union dns_server ignored;
	uint64_t n;

	if (slice_eq(key, SLICE("ca"))) {
		fetch->ca = value.p;
		return value.n > 0 ? NULL : "a file";
	}
	if (slice_eq(key, SLICE("nameserver"))) {
		fetch->nameserver = value.p;
		return dns_server(value.p, &ignored) == 0 ? NULL :
		    "an address with or without a port";
	}
	if (slice_eq(key, SLICE("port"))) {
		fetch->port = value.p;
		return slice_uint(value, 1, 65535, &n) == 0 ? NULL :
		    "a number from 1 to 65535";
	}
	if (!slice_eq(key, SLICE("timeout")))
		return "one of ca=, nameserver=, port= and timeout=";
	if (slice_uint(value, 1, 3600, &n) == -1)
		return "seconds, from 1 to 3600";
	fetch->seconds = (unsigned)n;
	return NULL;
}

static void
parse_option(struct options *o, const char *text)
{
	struct slice value = slice_str(text), key;
	struct fail f = { 0 };
	const char *expected;

	(void)slice_until(&value, '=', &key);
	if ((expected = take_option(o, key, value)) == NULL)
		return;
	(void)fail_set(&f, EX_USAGE, "-o %s: expected %s", TEXT_SHOW(key),
	    expected);
	cli_exit(&f);
}

/* The name with A-labels, in lower case and without the root's dot. */
static int
canonical(const char *domain, char name[IDN_DOMAIN], struct fail *f)
{
	size_t n, i;

	if (idn_to_ascii(slice_str(domain), name, f) == -1)
		return fail_at(f, TEXT_SHOW(slice_str(domain)));
	n = strlen(name);
	if (n > 1 && name[n - 1] == '.')
		name[--n] = '\0';
	for (i = 0; i < n; i++)
		name[i] = (char)slice_lower(name[i]);
	return stscache_is_domain((struct slice){ name, n }) ? 0 :
	    fail_set(f, EX_DATAERR, "%s: not a domain",
	    TEXT_SHOW(slice_str(domain)));
}

static void
parse_host(struct options *o, const char *value)
{
	struct fail f = { 0 };

	if (value[0] == '\0') {
		(void)fail_set(&f, EX_USAGE, "-m: expected a host");
		cli_exit(&f);
	}
	if (canonical(value, o->host, &f) == -1) {
		(void)fail_at(&f, "-m");
		cli_exit(&f);
	}
}

static void
parse_args(struct options *o, int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "+c:f:jm:no:v")) != -1) {
		switch (c) {
		case 'c':
			o->directory = optarg;
			break;
		case 'f':
			o->conf_path = optarg;
			break;
		case 'j':
			o->json = 1;
			break;
		case 'm':
			parse_host(o, optarg);
			break;
		case 'n':
			o->lookup.offline = 1;
			break;
		case 'o':
			parse_option(o, optarg);
			break;
		case 'v':
			o->lookup.fetch.note = note;
			break;
		default:
			cli_usage();
		}
	}
	if (optind == argc)
		cli_usage();
}

/* The user's own: a descriptor, or -1.  Where there is no place for one, what
 * was wrong with the system's is said, if anything was. */
static int
open_own(int make, struct fail *f)
{
	struct buf path = BUF(PATH_MAX);
	const char *bad = xdg_directory("XDG_CACHE_HOME", ".cache", &path);
	int fd = -1;

	if (bad == NULL && buf_adds(&path, "/mta-sts") == 0)
		fd = stscache_open(buf_str(&path), make, 0700, f);
	else if (f->class == 0)
		(void)fail_set(f, EX_CONFIG, "no cache: %s",
		    bad == NULL ? "the path is too long" : bad);
	buf_free(&path);
	return fd;
}

/* The one that is named; else the system's, for who may write there; else the
 * user's own.  A descriptor, or -1: mail has to go on without. */
static int
open_cache(const struct options *o)
{
	int make = !o->lookup.offline, fd;
	struct fail f = { 0 };

	if (o->directory != NULL) {
		fd = stscache_open(o->directory, make, 0755, &f);
	} else {
		fd = stscache_open(SYSTEM_CACHE, make && geteuid() == 0, 0755,
		    &f);
		if (fd != -1 && faccessat(fd, ".", W_OK, AT_EACCESS) == 0)
			return fd;
		if (fd != -1)
			(void)close(fd);
		fd = open_own(make, &f);
	}
	/* With -n one that is not there is an empty one. */
	if (fd == -1 && (make || f.error != ENOENT))
		(void)cli_report(&f);
	return fd;
}

static int64_t
seconds_left(const struct finding *g)
{
	int64_t now = time(NULL);

	return g->found && g->entry->expires > now ?
	    g->entry->expires - now : 0;
}

static int
allows(const struct options *o, const struct finding *g)
{
	return !g->found || g->entry->policy.mode != STSPOLICY_ENFORCE ||
	    stspolicy_matches(&g->entry->policy, slice_str(o->host));
}

static int
columns(const struct options *o, const struct finding *g, struct buf *line)
{
	const struct stspolicy *p = &g->entry->policy;
	int rc = text_column(line, slice_str(g->domain), o->tty);
	size_t i;

	rc |= buf_addf(line, "\t%s\t%lld\t", stspolicy_name(p->mode),
	    (long long)seconds_left(g));
	for (i = 0; i < p->n; i++)
		rc |= (i > 0 ? buf_addc(line, ' ') : 0) |
		    buf_add(line, p->mx[i]);
	return rc;
}

static int
object(const struct options *o, const struct finding *g, struct buf *line)
{
	const struct stscache_entry *e = g->entry;
	struct json j = { .out = line };
	size_t i;

	json_open(&j, '{');
	json_key(&j, "domain");
	json_string(&j, slice_str(g->domain));
	json_key(&j, "policy");
	json_bool(&j, g->found);
	json_key(&j, "mode");
	json_string(&j, slice_str(stspolicy_name(e->policy.mode)));
	json_key(&j, "max_age");
	json_uint(&j, (uint64_t)seconds_left(g));
	json_key(&j, "mx");
	json_open(&j, '[');
	for (i = 0; i < e->policy.n; i++)
		json_string(&j, e->policy.mx[i]);
	json_close(&j, ']');
	json_string_or_null(&j, "id", slice_str(e->id));
	json_uint_or_null(&j, "fetched", g->found, (uint64_t)e->fetched);
	if (o->host[0] != '\0') {
		json_key(&j, "allowed");
		json_bool(&j, allows(o, g));
	}
	json_close(&j, '}');
	return j.failed ? -1 : 0;
}

static void
print(struct options *o, const struct finding *g)
{
	struct buf line = BUF(LINE);

	if ((o->json ? object : columns)(o, g, &line) == 0) {
		output_put(&o->out, buf_slice(&line));
		output_putc(&o->out, '\n');
	}
	buf_free(&line);
}

/* An exit status. */
static int
look_up(struct options *o, const char *domain, struct stscache_entry *e)
{
	struct finding g = { .domain = domain, .entry = e };
	char name[IDN_DOMAIN];
	struct fail f = { 0 };

	if (canonical(domain, name, &f) == -1)
		return cli_report(&f);
	g.found = stslookup_find(&o->lookup, name, e, &f);
	if (f.class != 0) {
		(void)fail_at(&f, TEXT_SHOW(slice_str(domain)));
		(void)cli_report(&f);
	}
	if (g.found == -1)
		return f.class;
	if (!g.found)
		memset(e, 0, sizeof(*e));
	print(o, &g);
	if (o->host[0] != '\0')
		return !allows(o, &g);
	return !g.found;
}

int
main(int argc, char *argv[])
{
	struct options o = { .lookup.fetch = { .port = "443",
		.seconds = SECONDS } };
	struct stscache_entry *e;
	struct fail f = { 0 };
	int status = 0;

	cli_start("mta-sts", "[-jnv] [-c directory] [-f file] [-m host] "
	    "[-o key=value] domain ...");
	parse_args(&o, argc, argv);
	/* A file that grows too long is a failed write. */
	(void)signal(SIGXFSZ, SIG_IGN);
	if (conf_load(&o.conf, o.conf_path, &f) == -1)
		cli_exit(&f);
	if (o.directory == NULL)
		o.directory = o.conf.mta_sts_cache;
	if (o.lookup.fetch.nameserver == NULL)
		o.lookup.fetch.nameserver = o.conf.nameserver;
	o.lookup.cache = open_cache(&o);
	o.out = output_of_done(STDOUT_FILENO, "standard output");
	o.tty = isatty(STDOUT_FILENO);
	e = mem_alloc(sizeof(*e));
	for (; optind < argc; optind++)
		status = cli_worse(status, look_up(&o, argv[optind], e));
	free(e);
	conf_free(&o.conf);
	cli_finish(&o.out, status);
}
