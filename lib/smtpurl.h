/* SPDX-License-Identifier: ISC */
/* smtpurl: where mail is sent to: a URL that smtp-send(1) takes, or in the
 * configuration the name of an account of mailpipe-accounts(5). */
#ifndef SMTPURL_H
#define SMTPURL_H

#include "url.h"

extern const struct url_scheme smtpurl_schemes[]; /* for url_server */

/* What no scheme alone can tell: 0, or -1 with EX_USAGE where there is no such
 * server as "u".  "login": somebody is to log in there. */
int smtpurl_check(const struct url *u, int login, struct fail *f);

/* 1 where "server" is meant as a URL or pipe:, 0 where it is the name of an
 * account. */
int smtpurl_is(struct slice server);

/* Could mail be sent to "server"?  0; or -1 with the reason, as url_server,
 * smtpurl_check and for the command of pipe: argv_split.  Whether an account is
 * there is not looked at: that is for who sends; but its name has no blanks,
 * and begins with no "-" and no "[". */
int smtpurl_good(const char *server, struct fail *f);

#endif
