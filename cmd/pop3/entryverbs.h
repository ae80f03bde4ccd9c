/* SPDX-License-Identifier: ISC */
/* entryverbs: the commands of who has not logged in: CAPA (RFC 2449), STLS (RFC
 * 2595), UTF8 (RFC 6856), USER, PASS and QUIT (RFC 1939); AUTH is in
 * authorize.c. */
#ifndef ENTRYVERBS_H
#define ENTRYVERBS_H

#include "entry.h"

/* Carries out a line, which may end the session. */
void entryverbs_take(struct entry *e, const struct conn_line *line);

#endif
