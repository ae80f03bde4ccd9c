/* SPDX-License-Identifier: ISC */
/* family: the servers that smtp-send knows, and what is special about them. */
#ifndef FAMILY_H
#define FAMILY_H

#include "client.h"

extern const struct target_family family_smtp;

/* After client_find: 0, or -1 with EX_USAGE, or EX_CONFIG where an account has
 * it, for what makes no sense with such a server. */
int family_check(const struct client *c, struct fail *f);

#endif
