/* SPDX-License-Identifier: ISC */
/* verbs: the commands that POP3 has after the login, and the way from a line to
 * what it asks for. */
#ifndef VERBS_H
#define VERBS_H

#include "drop.h"

/* Does what a client's line says, and puts the reply.  LIMIT_ERRORS lines in
 * sequence that are no command end the session. */
void verbs_take(struct maildrop *m, const struct conn_line *line);

#endif
