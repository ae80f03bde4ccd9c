/* SPDX-License-Identifier: ISC */
/*
 * dnspeer: a name server for unit tests, a child that answers over UDP on a
 * port of loopback from a table of records in text.  It vouches for all of
 * them (AD) but those that are said to be insecure, where it is asked to, and
 * knows CNAMEs.  A name that is not in the table does not exist.
 */
#ifndef DNSPEER_H
#define DNSPEER_H

#include <arpa/inet.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buf.h"
#include "dns.h"
#include "unit.h"

struct dnspeer_record {
	const char *name;
	unsigned type;
	const char *text;	/* as in a zone file, names without a dot at
				   the end; "SERVFAIL"; "NAME": it is there */
	enum {
		DNSPEER_INSECURE = 1,
		DNSPEER_ALONE = 2, /* a CNAME: what it stands for does not
				      come with it */
	} flags;
};

static char dnspeer_server[32]; /* for dns_find */
static pid_t dnspeer_pid;

static void
dnspeer_number(struct buf *to, unsigned n, int bytes)
{
	while (bytes-- > 0)
		(void)buf_addc(to, (int)(n >> 8 * bytes & 0xff));
}

static void
dnspeer_name(struct buf *to, struct slice name)
{
	struct slice label;
	int more = name.n > 0;

	while (more) {
		more = slice_until(&name, '.', &label);
		dnspeer_number(to, (unsigned)label.n, 1);
		(void)buf_add(to, label);
	}
	dnspeer_number(to, 0, 1);
}

static void
dnspeer_data(struct buf *to, unsigned type, struct slice text)
{
	unsigned char address[16];
	struct slice word;
	uint64_t n;
	int byte;

	if (type == DNS_MX || type == DNS_TLSA)
		for (int i = type == DNS_MX ? 1 : 3; i > 0; i--)
			if (slice_word(&text, &word) &&
			    slice_uint(word, 0, 65535, &n) == 0)
				dnspeer_number(to, (unsigned)n,
				    type == DNS_MX ? 2 : 1);
	text = slice_trim(text);
	if (type == DNS_TLSA)
		while ((byte = slice_hexbyte(&text)) != -1)
			dnspeer_number(to, (unsigned)byte, 1);
	else if (type == DNS_A && inet_pton(AF_INET, text.p, address) == 1)
		(void)buf_add(to, (struct slice){ (char *)address, 4 });
	else if (type == DNS_AAAA && inet_pton(AF_INET6, text.p, address) == 1)
		(void)buf_add(to, (struct slice){ (char *)address, 16 });
	else
		dnspeer_name(to, text);
}

struct dnspeer_reply {
	unsigned flags, n;
	struct buf records;
};

static void
dnspeer_add(struct dnspeer_reply *r, const struct dnspeer_record *z)
{
	struct buf data = BUF(4096);

	if (z->flags & DNSPEER_INSECURE)
		r->flags &= ~0x20U;
	if (strcmp(z->text, "SERVFAIL") == 0)
		r->flags |= 2;
	if (strcmp(z->text, "SERVFAIL") == 0 || strcmp(z->text, "NAME") == 0)
		return;
	dnspeer_data(&data, z->type, slice_str(z->text));
	dnspeer_name(&r->records, slice_str(z->name));
	dnspeer_number(&r->records, z->type, 2);
	dnspeer_number(&r->records, 1, 2);
	dnspeer_number(&r->records, 60, 4);
	dnspeer_number(&r->records, (unsigned)data.n, 2);
	(void)buf_add(&r->records, buf_slice(&data));
	buf_free(&data);
	r->n++;
}

/* What there is of that name; where it is an alias, of what that stands for,
 * too. */
static void
dnspeer_look(const struct dnspeer_record *zone, const char *name,
    unsigned type, struct dnspeer_reply *r)
{
	const struct dnspeer_record *z, *alias;
	int there;

	for (int hops = 0; hops < 40 && name != NULL; hops++) {
		there = 0;
		alias = NULL;
		for (z = zone; z->name != NULL; z++) {
			if (!slice_caseeq(slice_str(z->name), slice_str(name)))
				continue;
			there = 1;
			if (z->type == type)
				dnspeer_add(r, z);
			else if (z->type == DNS_CNAME)
				dnspeer_add(r, alias = z);
		}
		if (!there)
			r->flags |= 3;
		name = alias == NULL || (alias->flags & DNSPEER_ALONE) != 0 ?
		    NULL : alias->text;
	}
}

static void
dnspeer_answer(const struct dnspeer_record *zone, struct slice query,
    struct buf *out)
{
	struct dnspeer_reply r = { 0x81a0, 0, BUF(65000) };
	struct slice rest = slice_sub(query, 12, query.n), label;
	struct buf name = BUF(1024);
	size_t end;
	int n;

	while ((n = slice_getc(&rest)) > 0 &&
	    slice_take(&rest, (size_t)n, &label) == 0)
		(void)buf_addf(&name, "%s%.*s", name.n > 0 ? "." : "",
		    SLICE_ARG(label));
	end = query.n - rest.n + 4;
	(void)buf_addc(&name, '\0');
	dnspeer_look(zone, name.p, (unsigned char)rest.p[0] << 8 |
	    (unsigned char)rest.p[1], &r);
	if ((query.p[3] & 0x20) == 0)
		r.flags &= ~0x20U;
	(void)buf_add(out, slice_sub(query, 0, 2));
	dnspeer_number(out, r.flags, 2);
	dnspeer_number(out, 1, 2);
	dnspeer_number(out, r.n, 2);
	dnspeer_number(out, 0, 4);
	(void)buf_add(out, slice_sub(query, 12, end));
	(void)buf_add(out, buf_slice(&r.records));
	buf_free(&r.records);
	buf_free(&name);
}

static void
dnspeer_serve(int fd, const struct dnspeer_record *zone)
{
	struct sockaddr_in from;
	struct buf out = BUF(65535);
	socklen_t size;
	char query[4096];
	ssize_t n;

	for (;;) {
		size = sizeof(from);
		n = recvfrom(fd, query, sizeof(query), 0,
		    (struct sockaddr *)&from, &size);
		if (n < 17)
			continue;
		buf_clear(&out);
		dnspeer_answer(zone, (struct slice){ query, (size_t)n }, &out);
		(void)sendto(fd, out.p, out.n, 0, (struct sockaddr *)&from,
		    size);
	}
}

/* Starts it; the table ends with a NULL for a name. */
static void
dnspeer_start(const struct dnspeer_record *zone)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK_INT(bind(fd, (struct sockaddr *)&at, size), 0);
	CHECK_INT(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	(void)snprintf(dnspeer_server, sizeof(dnspeer_server), "127.0.0.1:%d",
	    ntohs(at.sin_port));
	(void)fflush(stdout);
	if ((dnspeer_pid = fork()) == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		dnspeer_serve(fd, zone);
	}
	(void)close(fd);
}

static void
dnspeer_stop(void)
{
	(void)kill(dnspeer_pid, SIGKILL);
}

#endif
