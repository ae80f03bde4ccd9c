/* SPDX-License-Identifier: ISC */
/* update: what changes the mailbox, which is at QUIT alone (RFC 1939, 5 and 6).
 * Handlers of verbs.c. */
#ifndef UPDATE_H
#define UPDATE_H

#include "slice.h"

void update_dele(void *ctx, struct slice arg);
void update_rset(void *ctx, struct slice arg);
void update_quit(void *ctx, struct slice arg);

#endif
