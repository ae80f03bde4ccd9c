/* SPDX-License-Identifier: ISC */
/* smtpauth: AUTH, the client's side (RFC 4954). */
#ifndef SMTPAUTH_H
#define SMTPAUTH_H

#include "saslclient.h"
#include "smtp.h"

/*
 * Logs in, before the first message, with what "conf" says; what the server
 * offers is filled in here.  Nothing of what is said is shown but the name of
 * the mechanism.  0; -1: as saslclient_new, before anything was sent, and
 * EX_NOPERM where AUTH is not offered; EX_NOPERM (5yz: refused), EX_TEMPFAIL
 * (4yz, the connection is lost), EX_PROTOCOL (a challenge that is no base64,
 * longer than LIMIT_AUTH_LINE, or that the mechanism does not have; a server
 * that accepts without having shown that it knows the password).  After -1
 * no mail is to be sent on the session.
 */
int smtpauth_login(struct smtp *s, const struct saslclient_conf *conf,
    struct fail *f);

#endif
