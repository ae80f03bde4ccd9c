/* SPDX-License-Identifier: ISC */
/* fieldkind: what the name of a header field says about its value. */
#ifndef FIELDKIND_H
#define FIELDKIND_H

#include "slice.h"

/* Names of the fields that hold addresses, and of those that hold a date, as
 * RFC 5322, 3.6 writes and orders them (and RFC 8098, 2.1); NULL is last. */
extern const char *const fieldkind_addresses[];
extern const char *const fieldkind_dates[];

/* 1 if "name", in any case of letters, is one of fieldkind_addresses. */
int fieldkind_is_address(struct slice name);

/* 1 if the syntax of the field has no room for encoded-words (RFC 2047, 5). */
int fieldkind_is_token(struct slice name);

#endif
