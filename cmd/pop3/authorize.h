/* SPDX-License-Identifier: ISC */
/* authorize: a client logs in, by AUTH (RFC 5034) or by USER and PASS. */
#ifndef AUTHORIZE_H
#define AUTHORIZE_H

#include "entry.h"

/* Adds what CAPA says of the login. */
void authorize_capabilities(const struct entry *e, struct buf *out);

/* The command. */
void authorize_auth(void *entry, struct slice arg);

/* The password of e->user. */
void authorize_password(struct entry *e, struct slice password);

#endif
