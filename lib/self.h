/* SPDX-License-Identifier: ISC */
/* self: who this process is, as mail names it. */
#ifndef SELF_H
#define SELF_H

#include "addr.h"
#include "limits.h"

enum {
	SELF_HOST = LIMIT_DOMAIN + 1, /* room for self_host with its NUL */
};

/* Writes the host's name with a NUL, "localhost" where it has none, and
 * returns "out".  It is what the administrator set: it need not be a name that
 * others can resolve, nor one by the grammar of mail. */
char *self_host(char out[SELF_HOST]);

/*
 * Writes the address of the user whose real uid the process has, at this host,
 * with a NUL.  0, or -1 with EX_NOUSER: the user has no name, or user and host
 * make no address (addr_check).
 */
int self_address(char out[ADDR_TEXT], struct fail *f);

/* The same at the host "host". */
int self_address_at(char out[ADDR_TEXT], const char *host, struct fail *f);

#endif
