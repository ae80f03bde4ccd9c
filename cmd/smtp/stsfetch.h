/* SPDX-License-Identifier: ISC */
/* stsfetch: an MTA-STS policy from its web server (RFC 8461, 3.3), by libcurl.
 */
#ifndef STSFETCH_H
#define STSFETCH_H

#include "buf.h"
#include "fail.h"

struct stsfetch {
	const char *nameserver; /* dns_server; NULL: as resolv.conf(5) says */
	const char *ca;		/* file of certificates; NULL: the system's */
	const char *port;	/* digits */
	unsigned seconds;	/* for all of it */
	void (*note)(int direction, struct slice line); /* or NULL */
};

/*
 * Adds what https://mta-sts.DOMAIN/.well-known/mta-sts.txt is to "text", whose
 * maximum is at least STSPOLICY_TEXT.  The server's certificate is verified for
 * that name; it redirects nowhere; what is not "200" and text/plain, or longer
 * than STSPOLICY_TEXT, is none.  A process of its own talks to it, which is
 * killed when the time is over, and by sandbox.h writes no file.
 * 0, or -1 with EX_TEMPFAIL.
 */
int stsfetch_get(const struct stsfetch *s, const char *domain,
    struct buf *text, struct fail *f);

#endif
