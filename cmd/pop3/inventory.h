/* SPDX-License-Identifier: ISC */
/* inventory: what messages there are: STAT, LIST and UIDL (RFC 1939, 5 and 7).
 * Handlers of verbs.c. */
#ifndef INVENTORY_H
#define INVENTORY_H

#include "slice.h"

void inventory_stat(void *ctx, struct slice arg);
void inventory_list(void *ctx, struct slice arg);
void inventory_uidl(void *ctx, struct slice arg);

#endif
