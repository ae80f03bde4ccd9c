/* SPDX-License-Identifier: ISC */
/*
 * saslchat: the conversation of an authentication, as a client of SMTP (RFC
 * 4954), POP3 (RFC 5034) or IMAP has it: a command with the mechanism and,
 * where it fits, the initial response; challenges and responses in base64; "*"
 * to give up.  How a line is said, and what an answer means, is the protocol's.
 */
#ifndef SASLCHAT_H
#define SASLCHAT_H

#include "saslclient.h"

enum saslchat_answer {
	SASLCHAT_LOST = -1,	/* the connection is; "f" tells */
	SASLCHAT_CHALLENGE = 0,
	SASLCHAT_YES = 1,
	SASLCHAT_NO = 2,	/* "f" has the reason and its class */
};

struct saslchat_line {
	struct slice text;  /* with its CRLF; it is a secret, to be wiped from
			       wherever it is copied to */
	const char *shown;  /* in its place, without the end */
};

struct saslchat {
	const char *command; /* "AUTH", with the tag of IMAP before it */
	size_t longest;	     /* bytes of its line without CRLF; 0: the initial
				response is never in it */
	/* Says a line and gets the answer to it, of which a challenge, as it
	 * came, without what stands before it, is added to "challenge", which
	 * is empty and has room for LIMIT_AUTH_LINE bytes. */
	enum saslchat_answer (*say)(void *ctx, const struct saslchat_line *line,
	    struct buf *challenge, struct fail *f);
	void *ctx;
};

/*
 * Logs in, with what "conf" says.  Nothing of what is said is shown but the
 * name of the mechanism.  0; -1: as saslclient_new, before anything was said;
 * the class and reason of SASLCHAT_NO, with what the server told inside the
 * mechanism; EX_PROTOCOL (a challenge that is no base64, longer than
 * LIMIT_AUTH_LINE, or that the mechanism does not have, too many of them; a
 * server that accepts without having shown that it knows the password);
 * EX_DATAERR (a response longer than LIMIT_AUTH_LINE); what SASLCHAT_LOST told.
 * After it nothing is to be done on the session.
 */
int saslchat_run(const struct saslchat *chat,
    const struct saslclient_conf *conf, struct fail *f);

#endif
