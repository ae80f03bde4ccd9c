/* SPDX-License-Identifier: ISC */
/* enter: a client logs in, by AUTH (RFC 5034) or by USER and PASS. */
#ifndef ENTER_H
#define ENTER_H

#include "entry.h"

/* Adds what CAPA says of the login. */
void enter_capabilities(const struct entry *e, struct buf *out);

/* The command. */
void enter_auth(void *entry, struct slice arg);

/* The password of e->user. */
void enter_password(struct entry *e, struct slice password);

#endif
