/* SPDX-License-Identifier: ISC */
/* parameters: what stands behind the address of MAIL and of RCPT (RFC 5321,
 * 4.1.1.11). */
#ifndef PARAMETERS_H
#define PARAMETERS_H

#include "session.h"

/* Takes all parameters of the command, which stand in "rest" behind its path,
 * into the session: NULL, or the reply that refuses the first that is no good,
 * and then some of them may have been taken. */
const char *parameters_mail(struct session *s, struct slice rest);
const char *parameters_rcpt(struct session *s, struct slice rest);

#endif
