/* SPDX-License-Identifier: ISC */
/* Unit test of conf: every key, and every mistake with its line. */

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "buf.h"
#include "conf.h"
#include "limits.h"
#include "unit.h"

#define SIZE "expected a size from 1K to 1024G: bytes, or a number with " \
	"K, M or G behind it"

static char path[64];

/* Reads "text" as a configuration file. */
static int
load(struct conf *c, struct slice text, struct fail *f)
{
	int fd = memfd_create("conf", 0), rc;

	if (fd == -1 || write(fd, text.p, text.n) != (ssize_t)text.n)
		abort();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rc = conf_load(c, path, f);
	(void)close(fd);
	return rc;
}

static void
defaults(void)
{
	struct fail f = { 0 };
	struct conf c;
	char host[256] = "";

	(void)gethostname(host, sizeof(host) - 1);
	CHECK_INT(load(&c, SLICE(""), &f), 0);
	CHECK_STR(f.text, "");
	CHECK_STR(c.hostname, host);
	CHECK_INT(c.ndomains, 2);
	CHECK_STR(c.domains[0], host);
	CHECK_STR(c.domains[1], "localhost");
	CHECK(c.aliases == NULL && c.nameserver == NULL);
	CHECK_INT(c.detail_folder, 0);
	CHECK_INT(c.check_sender_domain, 0);
	CHECK_INT(c.nfilters, 0);
	CHECK_INT(c.filter_timeout, LIMIT_FILTER);
	CHECK(c.users == NULL && c.maildirs == NULL && c.postmaster == NULL);
	CHECK_INT(c.tls_certificates.n, 0);
	CHECK_INT(c.tls_keys.n, 0);
	CHECK(c.tls_client_ca == NULL && c.tls_tickets == NULL);
	CHECK_STR(c.user, "nobody");
	CHECK_INT(c.recipient_delimiter, '+');
	CHECK_INT(c.max_message_size, LIMIT_MESSAGE);
	CHECK_INT(c.max_recipients, LIMIT_RECIPIENTS);
	CHECK_INT(c.idle_timeout, LIMIT_IDLE);
	CHECK_INT(c.session_timeout, LIMIT_SESSION);
	CHECK_INT(c.connections, LIMIT_CONNECTIONS);
	CHECK_INT(c.connections_per_address, LIMIT_CONNECTIONS_ADDRESS);
	CHECK_INT(c.connections_per_minute, 0);
	CHECK_INT(c.messages_per_minute, 0);
	CHECK_INT(c.recipients_per_minute, 0);
	CHECK_INT(c.xclient_from.n, 0);
	conf_free(&c);
}

static void
delivery(void)
{
	struct fail f = { 0 };
	struct conf c;

	CHECK_INT(load(&c, SLICE("Aliases: /etc/aliases\n"
				 "Filter: a 'b c'\n"
				 "Reports: d 'e f'\n"
				 "Detail-Folder: yes\n"
				 "Check-Sender-Domain: no\n"
				 "Mta-Sts-Cache: /var/cache/sts\n"
				 "Nameserver: 127.0.0.1:5353\n"
				 "Filter-Timeout: 9\n"
				 "filter: d"), &f), 0);
	CHECK_STR(f.text, "");
	CHECK_STR(c.aliases, "/etc/aliases");
	CHECK_STR(c.nameserver, "127.0.0.1:5353");
	CHECK_INT(c.detail_folder, 1);
	CHECK_INT(c.check_sender_domain, 0);
	CHECK_INT(c.filter_timeout, 9);
	CHECK_STR(c.mta_sts_cache, "/var/cache/sts");
	CHECK_INT(c.nfilters, 2);
	CHECK_STR(c.filters[0][1], "b c");
	CHECK(c.filters[0][2] == NULL);
	CHECK_STR(c.filters[1][0], "d");
	CHECK_STR(c.reports[1], "e f");
	CHECK(c.reports[2] == NULL);
	conf_free(&c);
	CHECK_INT(load(&c, SLICE("Filter: 'a"), &f), -1);
	conf_free(&c);
	CHECK_INT(load(&c, SLICE("Reports: 'a"), &f), -1);
	conf_free(&c);
	CHECK_INT(load(&c, SLICE("Reports: a\nReports: b"), &f), -1);
	conf_free(&c);
	CHECK_INT(load(&c, SLICE("Detail-Folder: YES"), &f), -1);
	conf_free(&c);
	CHECK_INT(load(&c, SLICE("Nameserver: ::1"), &f), -1);
	conf_free(&c);
	CHECK_INT(load(&c, SLICE("Aliases: aliases"), &f), -1);
	conf_free(&c);
}

static void
every_key(void)
{
	struct fail f = { 0 };
	struct conf c;

	CHECK_INT(load(&c, SLICE("# a comment: with a colon\n"
				 "\n"
				 "hostname:mx.example.org\n"
				 "Domains: example.org\n"
				 "\texample.net, b\303\274cher.example\r\n"
				 "USERS:   /etc/users  \n"
				 "Maildirs: /var/mail/%d/%u\n"
				 "Postmaster: alice@example.org\n"
				 "User: mail\n"
				 "Recipient-Delimiter: -\n"
				 "Max-Message-Size: 10M\n"
				 "Max-Recipients: 100\n"
				 "Idle-Timeout: 1\n"
				 "Session-Timeout: 86400\n"
				 "Connections: 7\n"
				 "Tls-Certificate: /etc/one.pem\n"
				 "Tls-Key: /etc/one.key\n"
				 "Tls-Key: /etc/two.key\n"
				 "Tls-Certificate: /etc/two.pem\n"
				 "Tls-Client-Ca: /etc/ca.pem\n"
				 "Tls-Tickets: /var/lib/mailpipe/tickets\n"
				 "Connections-Per-Minute: 4\n"
				 "Messages-Per-Minute: 5\n"
				 "Recipients-Per-Minute: 0\n"
				 "Xclient-From: local 192.0.2.0/24\n"
				 "Proxy-From: 192.0.2.1, 192.0.2.2\n"
				 "Proxy-From: 192.0.2.3\n"
				 "Connections-Per-Address: 3"), &f), 0);
	CHECK_STR(f.text, "");
	CHECK_STR(c.hostname, "mx.example.org");
	CHECK_INT(c.ndomains, 3);
	CHECK_STR(c.domains[0], "example.org");
	CHECK_STR(c.domains[1], "example.net");
	CHECK_STR(c.domains[2], "b\303\274cher.example");
	CHECK_STR(c.users, "/etc/users");
	CHECK_STR(c.maildirs, "/var/mail/%d/%u");
	CHECK_STR(c.postmaster, "alice@example.org");
	CHECK_STR(c.user, "mail");
	CHECK_INT(c.recipient_delimiter, '-');
	CHECK_INT(c.max_message_size, 10 << 20);
	CHECK_INT(c.max_recipients, 100);
	CHECK_INT(c.idle_timeout, 1);
	CHECK_INT(c.session_timeout, 86400);
	CHECK_INT(c.connections, 7);
	CHECK_INT(c.connections_per_address, 3);
	CHECK_INT(c.connections_per_minute, 4);
	CHECK_INT(c.messages_per_minute, 5);
	CHECK_INT(c.recipients_per_minute, 0);
	CHECK_INT(c.xclient_from.n, 2);
	CHECK_INT(c.proxy_from.n, 3);
	CHECK_STR(c.proxy_from.items[2], "192.0.2.3");
	CHECK_INT(c.tls_certificates.n, 2);
	CHECK_STR(c.tls_certificates.items[0], "/etc/one.pem");
	CHECK_STR(c.tls_certificates.items[1], "/etc/two.pem");
	CHECK_INT(c.tls_keys.n, 2);
	CHECK_STR(c.tls_keys.items[0], "/etc/one.key");
	CHECK_STR(c.tls_keys.items[1], "/etc/two.key");
	CHECK_STR(c.tls_client_ca, "/etc/ca.pem");
	CHECK_STR(c.tls_tickets, "/var/lib/mailpipe/tickets");
	conf_free(&c);
}

static void
values(void)
{
	static const struct {
		const char *line;
		uint64_t size;
		int delimiter;
	} good[] = {
		{ "Max-Message-Size: 1024\n", 1024, '+' },
		{ "Max-Message-Size: 1K\n", 1024, '+' },
		{ "Max-Message-Size: 3G\n", UINT64_C(3) << 30, '+' },
		{ "Max-Message-Size: 1024G\n", UINT64_C(1) << 40, '+' },
		{ "Recipient-Delimiter: none\n", LIMIT_MESSAGE, 0 },
		{ "Recipient-Delimiter: #\n", LIMIT_MESSAGE, '#' },
	};
	struct fail f = { 0 };
	struct conf c;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CASE(good[i].line);
		CHECK_INT(load(&c, slice_str(good[i].line), &f), 0);
		CHECK_INT(c.max_message_size, good[i].size);
		CHECK_INT(c.recipient_delimiter, good[i].delimiter);
		conf_free(&c);
	}
}

static void
mistakes(void)
{
	static const struct {
		struct slice text;
		const char *why; /* behind the file's name */
	} bad[] = {
		{ SLICE("Nothing: x\n"), "line 1: Nothing: unknown key" },
		{ SLICE("\n\nUser: a\nuser: b\n"), "line 4: user: said twice" },
		{ SLICE("User: a\n fold\nUsers: b\n"),
		    "line 3: Users: not an absolute path" },
		{ SLICE("Maildirs: %u\n"),
		    "line 1: Maildirs: not an absolute path" },
		{ SLICE("Maildirs: /var/mail/%x\n"),
		    "line 1: Maildirs: behind % is u, d or another %" },
		{ SLICE("Maildirs: /%u%\n"),
		    "line 1: Maildirs: behind % is u, d or another %" },
		{ SLICE("Sender-Of: a@b \t\n"), "line 1: Sender-Of: "
		    "not a name and what belongs to it" },
		{ SLICE("Max-Message-Size: 10MB\n"),
		    "line 1: Max-Message-Size: " SIZE },
		{ SLICE("Queue-Lifetime: 5d\n"), "line 1: Queue-Lifetime: "
		    "expected a number of seconds from 60 to 31536000" },
		{ SLICE("User\n"), "line 1: not of the form \"Key: value\"" },
		{ SLICE("# x\n fold\n"),
		    "line 2: it begins with a space, but there is no line "
		    "before that it goes on with" },
		{ SLICE("\tUser: a\n"),
		    "line 1: it begins with a space, but there is no line "
		    "before that it goes on with" },
		{ SLICE("Users: /u\n\tTls-Certificate: /x\n"),
		    "line 2: begins with a space, so it belongs to Users; "
		    "is Tls-Certificate meant?" },
		{ SLICE("# x\nDomains: a\n b\n  user :c\n"),
		    "line 4: begins with a space, so it belongs to Domains; "
		    "is user meant?" },
		{ SLICE("\0User: x\n"),
		    "line 1: not of the form \"Key: value\"" },
		{ SLICE("Us\033er: x\n"),
		    "line 1: not of the form \"Key: value\"" },
		{ SLICE("User:\n"), "line 1: User: no value" },
		{ SLICE("Domains: \t \n"), "line 1: Domains: no value" },
		{ SLICE("User: a\0b\n"), "line 1: User: a NUL in the value" },
		{ SLICE("Hostname: a b\n"), "line 1: Hostname: not a domain" },
		{ SLICE("Hostname: mx_a.b\n"),
		    "line 1: Hostname: not a domain" },
		{ SLICE("Hostname: -mx.b\n"),
		    "line 1: Hostname: not a domain" },
		{ SLICE("Hostname: mx-.b\n"),
		    "line 1: Hostname: not a domain" },
		{ SLICE("Hostname: .b\n"), "line 1: Hostname: not a domain" },
		{ SLICE("User: a\nDomains: exa mple..org\n"),
		    "line 2: Domains: not a domain" },
		{ SLICE("Domains: b.\n"), "line 1: Domains: not a domain" },
		{ SLICE("Hostname: \377\n"), "line 1: Hostname: not a domain" },
		{ SLICE("Hostname: \303\274\n"),
		    "line 1: Hostname: not a domain" },
		{ SLICE("Domains: a \303\n"), "line 1: Domains: not a domain" },
		{ SLICE("Domains: \303\274@b\n"),
		    "line 1: Domains: not a domain" },
		{ SLICE("Domains: a\342\200\256\n"),
		    "line 1: Domains: not a domain" },
		{ SLICE("Domains: a b/c\n"), "line 1: Domains: not a domain" },
		{ SLICE("Domains: , ,\n"), "line 1: Domains: no domain" },
		{ SLICE("Recipient-Delimiter: ++\n"), "line 1: "
		    "Recipient-Delimiter: not one of + - = _ . # or none" },
		{ SLICE("Recipient-Delimiter: a\n"), "line 1: "
		    "Recipient-Delimiter: not one of + - = _ . # or none" },
		{ SLICE("Smarthost: http://h\n"), "line 1: Smarthost: http: "
		    "only smtp://, smtps://, lmtp://, mx:// and pipe: "
		    "are there yet" },
		{ SLICE("\nSmarthost: smtp:h\n"), "line 2: Smarthost: not a "
		    "server: expected a URL such as smtp://host:port" },
		{ SLICE("Smarthost: smtp://h:0\n"), "line 1: Smarthost: "
		    "smtp: bad user, host, port or path in the URL" },
		{ SLICE("Route: a smtps://\n"), "line 1: Route: "
		    "smtps: bad user, host, port or path in the URL" },
		{ SLICE("Route: a smtp://h b\n"), "line 1: Route: "
		    "smtp: bad user, host, port or path in the URL" },
		{ SLICE("Route: a lmtp://h:25\n"),
		    "line 1: Route: LMTP must not use port 25" },
		{ SLICE("Route: a pipe: \n"),
		    "line 1: Route: an empty command" },
		{ SLICE("Route: a\n"),
		    "line 1: Route: no server behind the domain" },
		{ SLICE("Route: smtp://h a\n"),
		    "line 1: Route: not a domain" },
		{ SLICE("Route: * smtp://h\n"),
		    "line 1: Route: not a domain" },
		{ SLICE("Route: . smtp://h\n"),
		    "line 1: Route: not a domain" },
		{ SLICE("Max-Message-Size: 1023\n"),
		    "line 1: Max-Message-Size: " SIZE },
		{ SLICE("Max-Message-Size: M\n"),
		    "line 1: Max-Message-Size: " SIZE },
		{ SLICE("Max-Message-Size: 1025G\n"),
		    "line 1: Max-Message-Size: " SIZE },
		{ SLICE("Max-Message-Size: 17179869185G\n"),
		    "line 1: Max-Message-Size: " SIZE },
		{ SLICE("Max-Recipients: 99\n"),
		    "line 1: Max-Recipients: expected a "
		    "number from 100 to 100000" },
		{ SLICE("Idle-Timeout: 0\n"),
		    "line 1: Idle-Timeout: expected a "
		    "number of seconds from 1 to 86400" },
		{ SLICE("Session-Timeout: 1x\n"),
		    "line 1: Session-Timeout: expected a "
		    "number of seconds from 1 to 86400" },
		{ SLICE("Connections: -1\n"),
		    "line 1: Connections: expected a "
		    "number from 1 to 100000" },
		{ SLICE("Connections-Per-Address: 4294967297\n"),
		    "line 1: Connections-Per-Address: expected a "
		    "number from 1 to 100000" },
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct fail f = { 0 };
		char want[300];
		struct conf c;

		CASE(bad[i].why);
		CHECK_INT(load(&c, bad[i].text, &f), -1);
		CHECK_INT(f.class, EX_CONFIG);
		(void)snprintf(want, sizeof(want), "%s: %s", path, bad[i].why);
		CHECK_STR(f.text, want);
		conf_free(&c);
	}
}

static void
servers(void)
{
	struct fail f = { 0 };
	struct conf c;

	CHECK_INT(load(&c, SLICE("Smarthost: SMTPS://alice%40b@h:465\n"
				 "Route: example.net work\n"
				 "Route: .b\303\274cher.example\n"
				 "\tpipe:ssh h 'smtpd-inetd -r'\n"
				 "Route: [192.0.2.1] mx://example.org\n"
				 "Route: Example.ORG lmtp://[::1]\n"), &f),
	    0);
	CHECK_STR(f.text, "");
	CHECK_STR(c.smarthost, "SMTPS://alice%40b@h:465");
	CHECK_INT(c.routes.n, 4);
	CHECK_STR(c.routes.items[0], "example.net work");
	conf_free(&c);
	CHECK_INT(load(&c, SLICE("Smarthost: alice@example.org"), &f), 0);
	conf_free(&c);
}

/* Lists of a thousand, in one line or in as many. */
static void
long_lists(void)
{
	struct buf text = BUF(LIMIT_CONF);
	struct fail f = { 0 };
	struct conf c;
	int i;

	for (i = 0; i < 1000; i++)
		(void)buf_addf(&text, "Route: d%d.example mx://h\n", i);
	(void)buf_adds(&text, "Sender-Of: a@b\tc@d\nRelay-For:");
	for (i = 0; i < 1000; i++)
		(void)buf_addf(&text, " 2001:db8::%x", i);
	CHECK_INT(load(&c, buf_slice(&text), &f), 0);
	CHECK_STR(f.text, "");
	CHECK_INT(c.routes.n, 1000);
	CHECK_STR(c.routes.items[0], "d0.example mx://h");
	CHECK_STR(c.routes.items[999], "d999.example mx://h");
	CHECK_INT(c.senders_of.n, 1);
	CHECK_INT(c.relay_for.n, 1000);
	CHECK_STR(c.relay_for.items[999], "2001:db8::3e7");
	conf_free(&c);
	(void)buf_adds(&text, ",::1");
	CHECK_INT(load(&c, buf_slice(&text), &f), -1);
	CHECK(strstr(f.text, "line 1002: Relay-For: more than 1000 in all") !=
	    NULL);
	conf_free(&c);
	buf_free(&text);
}

static void
long_domain(void)
{
	char line[300];
	struct fail f = { 0 };
	struct conf c;
	int n;

	n = snprintf(line, sizeof(line), "Hostname: %063d.%063d.%063d.%063d\n",
	    0, 0, 0, 0);
	CHECK_INT(load(&c, (struct slice){ line, (size_t)n }, &f), 0);
	conf_free(&c);
	n = snprintf(line, sizeof(line), "Hostname: %064d\n", 0);
	CHECK_INT(load(&c, (struct slice){ line, (size_t)n }, &f), -1);
	CHECK(strstr(f.text, "not a domain") != NULL);
	conf_free(&c);
	n = snprintf(line, sizeof(line), "Hostname: %0256d\n", 0);
	CHECK_INT(load(&c, (struct slice){ line, (size_t)n }, &f), -1);
	CHECK(strstr(f.text, "longer than a domain can be") != NULL);
	conf_free(&c);
}

static void
where_from(void)
{
	struct fail f = { 0 };
	struct conf c;

	CHECK_INT(conf_load(&c, "/nowhere/conf", &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
	CHECK(strstr(f.text, "/nowhere/conf") != NULL);
	conf_free(&c);
	(void)setenv("MAILPIPE_CONF", "/nowhere/other", 1);
	CHECK(conf_unheeded() == NULL);
	CHECK_INT(conf_load(&c, NULL, &f), -1);
	CHECK(strstr(f.text, "/nowhere/other") != NULL);
	conf_free(&c);
	CHECK_INT(conf_load_for_all(&c, NULL, &f), -1);
	CHECK_STR(getenv("MAILPIPE_CONF"), "/nowhere/other");
	conf_free(&c);
	CHECK_INT(conf_load_for_all(&c, "/nowhere/conf", &f), -1);
	CHECK_STR(getenv("MAILPIPE_CONF"), "/nowhere/conf");
	conf_free(&c);
	(void)unsetenv("MAILPIPE_CONF");
	if (access("/etc/mailpipe/mailpipe.conf", F_OK) == -1) {
		CHECK_INT(conf_load(&c, NULL, &f), 0);
		conf_free(&c);
	}
}

int
main(void)
{
	RUN(defaults);
	RUN(every_key);
	RUN(delivery);
	RUN(values);
	RUN(mistakes);
	RUN(servers);
	RUN(long_lists);
	RUN(long_domain);
	RUN(where_from);
	return unit_done();
}
