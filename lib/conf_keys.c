/* SPDX-License-Identifier: ISC */
/* conf_keys: the keys of the configuration, and what each takes; see conf.h. */

#include <stddef.h>
#include <string.h>

#include "argv.h"
#include "conf.h"
#include "dns.h"
#include "hdr.h"
#include "limits.h"
#include "network.h"
#include "smtpurl.h"

enum {
	/* Of a list: each of its items may be looked at for each recipient. */
	MOST = 1000,
};

struct key;

/* Stores a value: NULL, or why it is no good. */
typedef const char *setter(struct conf *c, const struct key *k,
    struct slice value);

struct key {
	const char *name;
	setter *set;
	size_t offset;	   /* of the member of struct conf */
	uint64_t min, max; /* of a number */
};

static void *
member(struct conf *c, const struct key *k)
{
	return (char *)c + k->offset;
}

static const char *
set_string(struct conf *c, const struct key *k, struct slice value)
{
	const char **to = member(c, k);

	*to = arena_str(&c->arena, value);
	return NULL;
}

static const char *
set_path(struct conf *c, const struct key *k, struct slice value)
{
	if (slice_peek(value) != '/')
		return "not an absolute path";
	return set_string(c, k, value);
}

static const char *
set_pattern(struct conf *c, const struct key *k, struct slice value)
{
	const char *bad = conf_check_pattern(value);

	return bad != NULL ? bad : set_path(c, k, value);
}

/* One more of a list: the key may be said again. */
static const char *
add_string(struct conf *c, const struct key *k, struct slice value)
{
	struct conf_list *to = member(c, k);
	const char **more;

	if (to->n == MOST)
		return conf_say(c, "more than %d in all", MOST);
	/* Room for twice as many, whenever that for a power of 2 is full. */
	if ((to->n & (to->n - 1)) == 0) {
		more = arena_alloc(&c->arena, (2 * to->n + 1) * sizeof(*more));
		if (to->n > 0)
			memcpy(more, to->items, to->n * sizeof(*more));
		to->items = more;
	}
	to->items[to->n++] = arena_str(&c->arena, value);
	return NULL;
}

static const char *
add_path(struct conf *c, const struct key *k, struct slice value)
{
	if (slice_peek(value) != '/')
		return "not an absolute path";
	return add_string(c, k, value);
}

/* A user, and one address or more. */
static const char *
add_words(struct conf *c, const struct key *k, struct slice value)
{
	struct slice rest = value, word;

	if (!slice_word(&rest, &word) || !slice_word(&rest, &word))
		return "not a name and what belongs to it";
	return add_string(c, k, value);
}

static const char *
set_domain(struct conf *c, const struct key *k, struct slice value)
{
	const char *bad = conf_check_domain(value);

	return bad != NULL ? bad : set_string(c, k, value);
}

/* Separated by spaces, or by commas as lists in a header are. */
static const char *
set_domains(struct conf *c, const struct key *k, struct slice value)
{
	char *list = arena_str(&c->arena, value);
	struct slice word, rest = { list, value.n };
	const char *bad = NULL;
	size_t i;

	(void)k;
	for (i = 0; i < value.n; i++)
		if (list[i] == ',')
			list[i] = ' ';
	/* A domain and what separates it are two bytes at least. */
	c->domains = arena_alloc(&c->arena,
	    (value.n / 2 + 1) * sizeof(*c->domains));
	c->ndomains = 0;
	while (bad == NULL && slice_word(&rest, &word)) {
		bad = conf_check_our_domain(word);
		c->domains[c->ndomains++] = arena_str(&c->arena, word);
	}
	return bad != NULL || c->ndomains > 0 ? bad : "no domain";
}

/* Separated as domains are; all of them are one list. */
static const char *
add_networks(struct conf *c, const struct key *k, struct slice value)
{
	char *list = arena_str(&c->arena, value);
	struct slice word, rest = { list, value.n };
	const char *bad = NULL;
	size_t i;

	for (i = 0; i < value.n; i++)
		if (list[i] == ',')
			list[i] = ' ';
	while (bad == NULL && slice_word(&rest, &word))
		bad = network_ok(word) ? add_string(c, k, word) :
		    "not an address or a network";
	return bad;
}

/* Where mail is sent to. */
static const char *
check_server(struct conf *c, struct slice server)
{
	struct fail f = { 0 };

	return smtpurl_good(arena_str(&c->arena, server), &f) == 0 ? NULL :
	    arena_str(&c->arena, slice_str(f.text));
}

static const char *
set_server(struct conf *c, const struct key *k, struct slice value)
{
	const char *bad = check_server(c, value);

	return bad != NULL ? bad : set_string(c, k, value);
}

/* A domain, with a dot in front all below it, and a server. */
static const char *
add_route(struct conf *c, const struct key *k, struct slice value)
{
	struct slice domain = SLICE(""), server = value;
	const char *bad = NULL;

	(void)slice_word(&server, &domain);
	server = slice_trim(server);
	if (slice_peek(domain) == '.')
		(void)slice_getc(&domain);
	/* Mail for an address literal may be sent elsewhere, too. */
	if (slice_peek(domain) != '[')
		bad = domain.n == 0 ? "not a domain" :
		    conf_check_our_domain(domain);
	if (bad == NULL)
		bad = server.n == 0 ? "no server behind the domain" :
		    check_server(c, server);
	return bad != NULL ? bad : add_string(c, k, value);
}

static const char *
set_delimiter(struct conf *c, const struct key *k, struct slice value)
{
	int *to = member(c, k);

	if (slice_eq(value, SLICE("none")))
		*to = 0;
	else if (value.n == 1 && strchr("+-=_.#", value.p[0]) != NULL)
		*to = value.p[0];
	else
		return "not one of + - = _ . # or none";
	return NULL;
}

static const char *
set_flag(struct conf *c, const struct key *k, struct slice value)
{
	int *to = member(c, k);

	*to = slice_eq(value, SLICE("yes"));
	return *to || slice_eq(value, SLICE("no")) ? NULL :
	    "neither yes nor no";
}

static const char *
set_nameserver(struct conf *c, const struct key *k, struct slice value)
{
	union dns_server ignored;

	(void)set_string(c, k, value);
	return dns_server(c->nameserver, &ignored) == 0 ? NULL :
	    "not an address with or without a port";
}

static const char *
set_filter(struct conf *c, const struct key *k, struct slice value)
{
	char *const **grown = arena_alloc(&c->arena,
	    (c->nfilters + 1) * sizeof(*grown));
	struct fail ignored;

	(void)k;
	if (c->nfilters > 0)
		memcpy(grown, c->filters, c->nfilters * sizeof(*grown));
	c->filters = grown;
	grown[c->nfilters] = argv_split(value, &c->arena, &ignored);
	return grown[c->nfilters++] != NULL ? NULL :
	    "a quote or a backslash that nothing follows";
}

static const char *
set_program(struct conf *c, const struct key *k, struct slice value)
{
	char *const **to = member(c, k);
	struct fail ignored;

	*to = argv_split(value, &c->arena, &ignored);
	return *to != NULL ? NULL :
	    "a quote or a backslash that nothing follows";
}

static const char *
set_size(struct conf *c, const struct key *k, struct slice value)
{
	uint64_t *to = member(c, k), n;

	if (slice_size(value, k->max, &n) == -1 || n < k->min)
		return conf_say(c, "expected a size from %lluK to %lluG: "
		    "bytes, or a number with K, M or G behind it",
		    (unsigned long long)k->min >> 10,
		    (unsigned long long)k->max >> 30);
	*to = n;
	return NULL;
}

static const char *
read_number(struct conf *c, const struct key *k, struct slice value,
    const char *unit)
{
	unsigned *to = member(c, k);
	uint64_t n;

	if (slice_uint(value, k->min, k->max, &n) == -1)
		return conf_say(c, "expected a number%s from %llu to %llu",
		    unit, (unsigned long long)k->min,
		    (unsigned long long)k->max);
	*to = (unsigned)n;
	return NULL;
}

static const char *
set_number(struct conf *c, const struct key *k, struct slice value)
{
	return read_number(c, k, value, "");
}

static const char *
set_seconds(struct conf *c, const struct key *k, struct slice value)
{
	return read_number(c, k, value, " of seconds");
}

#define AT(m) offsetof(struct conf, m)

static const struct key keys[] = {
	{ "Aliases", set_path, AT(aliases), 0, 0 },
	{ "Check-Sender-Domain", set_flag, AT(check_sender_domain), 0, 0 },
	{ "Check-Token", set_string, AT(check_token), 0, 0 },
	{ "Checkpassword", set_string, AT(checkpassword), 0, 0 },
	{ "Connections", set_number, AT(connections), 1, 100000 },
	{ "Connections-Per-Address", set_number, AT(connections_per_address),
	    1, 100000 },
	{ "Connections-Per-Minute", set_number, AT(connections_per_minute), 0,
	    1000000 },
	{ "Detail-Folder", set_flag, AT(detail_folder), 0, 0 },
	{ "Domains", set_domains, AT(domains), 0, 0 },
	{ "Filter", set_filter, AT(filters), 0, 0 },
	{ "Filter-Timeout", set_seconds, AT(filter_timeout), 1, 3600 },
	{ "Greet-Delay", set_seconds, AT(greet_delay), 0, 60 },
	{ "Hostname", set_domain, AT(hostname), 0, 0 },
	{ "Idle-Timeout", set_seconds, AT(idle_timeout), 1, 86400 },
	{ "Maildirs", set_pattern, AT(maildirs), 0, 0 },
	{ "Max-Message-Size", set_size, AT(max_message_size), 1024,
	    UINT64_C(1) << 40 },
	{ "Max-Recipients", set_number, AT(max_recipients), 100, 100000 },
	{ "Messages-Per-Minute", set_number, AT(messages_per_minute), 0,
	    1000000 },
	{ "Mta-Sts-Cache", set_path, AT(mta_sts_cache), 0, 0 },
	{ "Nameserver", set_nameserver, AT(nameserver), 0, 0 },
	{ "Pop3-Idle-Timeout", set_seconds, AT(pop3_idle_timeout), 1, 86400 },
	{ "Postmaster", set_string, AT(postmaster), 0, 0 },
	{ "Proxy-From", add_networks, AT(proxy_from), 0, 0 },
	{ "Queue-Lifetime", set_seconds, AT(queue_lifetime), 60, 31536000 },
	{ "Queue-Warning", set_seconds, AT(queue_warning), 0, 31536000 },
	{ "Recipient-Delimiter", set_delimiter, AT(recipient_delimiter), 0,
	    0 },
	{ "Recipients-Per-Minute", set_number, AT(recipients_per_minute), 0,
	    1000000 },
	{ "Relay-For", add_networks, AT(relay_for), 0, 0 },
	{ "Reports", set_program, AT(reports), 0, 0 },
	{ "Route", add_route, AT(routes), 0, 0 },
	{ "Sender-Of", add_words, AT(senders_of), 0, 0 },
	{ "Session-Timeout", set_seconds, AT(session_timeout), 1, 86400 },
	{ "Smarthost", set_server, AT(smarthost), 0, 0 },
	{ "Spool", set_path, AT(spool), 0, 0 },
	{ "Tls-Certificate", add_path, AT(tls_certificates), 0, 0 },
	{ "Tls-Client-Ca", set_path, AT(tls_client_ca), 0, 0 },
	{ "Tls-Key", add_path, AT(tls_keys), 0, 0 },
	{ "Tls-Tickets", set_path, AT(tls_tickets), 0, 0 },
	{ "Transport", set_program, AT(transport), 0, 0 },
	{ "User", set_string, AT(user), 0, 0 },
	{ "Users", set_path, AT(users), 0, 0 },
	{ "Xclient-From", add_networks, AT(xclient_from), 0, 0 },
};

enum { KEYS = sizeof(keys) / sizeof(keys[0]) };
_Static_assert((int)KEYS <= (int)CONF_KEYS, "a flag for each key");

/* Is it a list, one item a line? */
static int
may_repeat(const struct key *k)
{
	return k->set == add_path || k->set == add_words ||
	    k->set == add_networks || k->set == add_route ||
	    k->set == set_filter;
}

static size_t
find_key(struct slice name)
{
	size_t i;

	for (i = 0; i < KEYS; i++)
		if (slice_caseeq(name, slice_str(keys[i].name)))
			break;
	return i;
}

int
conf_is_key(struct slice name)
{
	return find_key(name) < KEYS;
}

const char *
conf_set(struct conf *c, const struct hdr_field *field, char seen[CONF_KEYS])
{
	struct buf value = BUF(LIMIT_HEADER_FIELD);
	const char *bad = NULL;
	size_t i = find_key(field->name);

	if (i == KEYS)
		return "unknown key";
	if (seen[i]++ && !may_repeat(&keys[i]))
		return "said twice";
	if (hdr_unfold(field->value, &value) == -1)
		bad = "too long";
	else if (value.n == 0)
		bad = "no value";
	else if (slice_find(buf_slice(&value), '\0') < value.n)
		bad = "a NUL in the value";
	else
		bad = keys[i].set(c, &keys[i], buf_slice(&value));
	buf_free(&value);
	return bad;
}
