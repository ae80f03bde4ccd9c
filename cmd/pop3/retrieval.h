/* SPDX-License-Identifier: ISC */
/* retrieval: messages on their way to the client: RETR and TOP (RFC 1939, 5 and
 * 7).  Handlers of verbs.c. */
#ifndef RETRIEVAL_H
#define RETRIEVAL_H

#include "slice.h"

void retrieval_retr(void *ctx, struct slice arg);
void retrieval_top(void *ctx, struct slice arg);

#endif
