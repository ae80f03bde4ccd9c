/* SPDX-License-Identifier: ISC */
/* hello: HELO, EHLO (RFC 5321, 4.1.1.1) and LHLO (RFC 2033, 4.1), and what the
 * server offers. */
#ifndef HELLO_H
#define HELLO_H

#include "session.h"

/* The commands. */
void hello_helo(void *session, struct slice arg);
void hello_ehlo(void *session, struct slice arg);
void hello_lhlo(void *session, struct slice arg);

#endif
