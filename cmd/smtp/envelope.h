/* SPDX-License-Identifier: ISC */
/* envelope: MAIL and RCPT (RFC 5321, 4.1.1.2, 4.1.1.3).  Handlers for the table
 * of verbs. */
#ifndef ENVELOPE_H
#define ENVELOPE_H

#include "session.h"

void envelope_mail(void *session, struct slice arg);
void envelope_rcpt(void *session, struct slice arg);

#endif
