/* SPDX-License-Identifier: ISC */
/*
 * url: a server on a command line: scheme://[user@]host[:port][/path]
 * (RFC 3986, 3; RFC 2384; RFC 5092).
 */
#ifndef URL_H
#define URL_H

#include "fail.h"
#include "slice.h"

enum {
	URL_USER = 256, /* room for each, with its NUL */
	URL_HOST = 256,
	URL_PATH = 1024,
};

struct url {
	char scheme[16];      /* lower case */
	char user[URL_USER];  /* %-decoded; empty where there is none */
	char host[URL_HOST];  /* ASCII: name, or address without brackets */
	char port[6];	      /* digits; empty where there is none */
	char path[URL_PATH];  /* %-decoded, without the first slash */
};

/*
 * Reads "text".  A password in it is refused: secrets do not belong on a
 * command line.  A host in UTF-8 has its A-labels from here on (idn.h): what is
 * looked up, what a certificate is for, what a sentence shows.  0, or -1 with
 * EX_USAGE and the reason, where "u" has no scheme if "text" is no URL at all;
 * EX_UNAVAILABLE (no libidn2).
 */
int url_parse(const char *text, struct url *u, struct fail *f);

/* What a protocol has for its servers. */
struct url_scheme {
	const char *name; /* NULL: the end of a list */
	const char *port; /* where a URL has none */
	int tls;	  /* from the first byte on */
	int automatic;	  /* its host is a domain, whose hosts each have a
			     policy of their own: secure_choose */
};

/*
 * Reads a server of one of "schemes", of which the first is what the protocol
 * has without TLS: the one that it is, or NULL as url_parse, or with
 * EX_UNAVAILABLE where the scheme is another.
 *
 * What begins with "pipe:" is a command, behind that: "u" has the scheme "pipe"
 * and, as where that leads to is nobody's name, the host "localhost"; the first
 * scheme is its.
 */
const struct url_scheme *url_server(const char *text,
    const struct url_scheme *schemes, struct url *u, struct fail *f);

/* 1 where the host is "localhost" or an address of loopback (127.0.0.0/8,
 * ::1): the peer is this machine, and plain text stays in it. */
int url_loopback(const struct url *u);

#endif
