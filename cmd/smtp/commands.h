/* SPDX-License-Identifier: ISC */
/* commands: those of the client, one line each, in whatever order it says them
 * (RFC 5321, 4.1.1). */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "session.h"

/* Does what the line asks for, or says why not; ends the session after too many
 * mistakes, or where nobody can tell what comes next. */
struct conn_line;
void commands_take(struct session *s, const struct conn_line *line);

#endif
