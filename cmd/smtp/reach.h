/* SPDX-License-Identifier: ISC */
/*
 * reach: a session with the server that was asked for, ready for mail: one
 * host, a program in its place, or with mx:// the first of a domain's hosts
 * that can be used.
 */
#ifndef REACH_H
#define REACH_H

#include "client.h"
#include "hosts.h"
#include "route.h"

/* Why there is no session. */
struct reach_failure {
	int failed;
	int busy;	 /* there are as many connections as there may be */
	int final;	 /* mail for such a domain fails for good */
	struct fail why;
	const char *enhanced; /* RFC 3463; or empty */
};

struct reach {
	/* Set by the caller: */
	struct client *client; /* that was found */
	char helo[256];	   /* empty: this host's name or its address */
	void (*note)(int direction, struct slice line); /* as smtp.h; or NULL */
	struct route route; /* of mx:// */
	int hosts;	   /* what is known of hosts (hosts.h); -1: nothing */
	unsigned connections; /* to one host at most, where hosts is not -1 */
	int retry_now;	   /* also to one that is down */
	/* Its own: */
	struct smtp smtp;
	struct hosts slot; /* the caller sets its descriptor to -1 */
	const char *host;  /* of mx://, that was tried last; NULL: none */
	size_t at;	   /* its number */
	enum letter_tls tls; /* that the session is fit for, and those below */
	struct reach_failure last;
};

/* What sentences call the server. */
const char *reach_name(const struct reach *r);

/* 1 where there is a session that a letter with such a need can go by. */
int reach_suits(const struct reach *r, enum letter_tls tls);

/* Ends the session that is there, with QUIT, and makes one: 0, or -1 with
 * r->last. */
int reach_connect(struct reach *r, enum letter_tls tls);

/* What comes of the session, for who else sends to the host: it answers a
 * transaction; it took a message, as a whole. */
void reach_answered(struct reach *r);
void reach_took(struct reach *r);

/* The session was lost, or ended by 421, for the reason in "f", which then
 * names the server: closes it. */
void reach_lost(struct reach *r, struct fail *f);

/* The session was lost before it came to anything, as "f" says: another host
 * is used from now on. */
void reach_avoid(struct reach *r, const struct fail *f);

/* Closes what is lost, for the reason in "f", or what failed for none of its
 * own (NULL). */
void reach_close(struct reach *r, struct fail *f);

/* Says QUIT where there is a session, and frees. */
void reach_end(struct reach *r);

#endif
