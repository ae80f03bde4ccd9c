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

/* 1 where the host is "localhost" or an address of loopback (127.0.0.0/8,
 * ::1): the peer is this machine, and plain text stays in it. */
int url_loopback(const struct url *u);

#endif
