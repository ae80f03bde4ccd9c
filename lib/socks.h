/* SPDX-License-Identifier: ISC */
/*
 * socks: a connection by way of a SOCKS5 proxy (RFC 1928), which is given a
 * user and a password where it wants some (RFC 1929).
 *
 * The proxy looks the name of the host up, never we: nobody who watches our
 * name service learns whom we talk to, and names that only the proxy knows can
 * be reached.  So what "localhost" and 127.0.0.1 are is the proxy's to say:
 * behind it nothing is our own machine, and nothing is private.  What is said
 * to the proxy itself, the password too, is in clear text.
 */
#ifndef SOCKS_H
#define SOCKS_H

#include "buf.h"
#include "dial.h"
#include "url.h"

struct socks {
	struct url url;	   /* of the proxy, with a port */
	struct buf secret; /* the password of url.user */
};

/* Reads "socks5://[user@]host[:port]"; the port is 1080 without one: 0, or -1
 * as url_parse.  socks_free in any case. */
int socks_parse(const char *text, struct socks *s, struct fail *f);

/*
 * Sees to the password, where the proxy has a user and it is not there yet:
 * that of its host and user in ~/.netrc, else one that is asked for on the
 * terminal.  0, or -1: as netrc_read and secret_terminal, EX_DATAERR (over 255
 * bytes).
 */
int socks_prepare(struct socks *s, struct fail *f);

/*
 * As dial_to, by way of the proxy: "source" is our address towards it, and
 * to->seconds are for connecting to it, and once more for what it does then.
 * An address goes as one, a name as it is.  The timeout of the connection is
 * the caller's to set anew.
 *
 * NULL, with the proxy's name in front: EX_CONFIG (there is no such proxy),
 * EX_NOPERM (it wants a user, or refuses ours), EX_UNAVAILABLE (its rules, no
 * CONNECT, no such kind of address), EX_TEMPFAIL (all else it cannot do; it
 * went away; time is up), EX_PROTOCOL (it is no such proxy).
 */
struct conn *socks_dial(const struct socks *s, const struct dial_to *to,
    struct fail *f);

/* Wipes and frees. */
void socks_free(struct socks *s);

/* What socks_dial reads: */

enum {
	SOCKS_MOST = 262, /* bytes of an answer: 4, 1 and 255, 2 */
};

enum socks_step { /* what the proxy answers to */
	SOCKS_METHODS,
	SOCKS_LOGIN,
	SOCKS_CONNECT,
};

enum {
	SOCKS_MORE = 0,
	SOCKS_DONE = 1,
};

/*
 * Looks at the bytes of an answer that came so far.  SOCKS_DONE: they are all
 * of it, and good; that to SOCKS_METHODS has the method in its second byte.
 * SOCKS_MORE: at least *more bytes more belong to it, and none behind those
 * are to be read.  -1: EX_NOPERM, EX_UNAVAILABLE, EX_TEMPFAIL, EX_PROTOCOL as
 * above; a refusal is one as soon as its code is there.
 */
int socks_answer(enum socks_step step, struct slice bytes, size_t *more,
    struct fail *f);

#endif
