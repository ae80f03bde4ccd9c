/* SPDX-License-Identifier: ISC */
/* smtpsecure: a session of SMTP, in TLS as it is asked for. */
#ifndef SMTPSECURE_H
#define SMTPSECURE_H

#include "secure.h"
#include "smtp.h"

/*
 * As smtp_open, with TLS as it is asked for.  SECURE_AGAIN: connect once more,
 * as TLS did not work and need not be.  -1 also with EX_TEMPFAIL where TLS
 * cannot be had: who stands in between must not make mail fail for good.
 */
int smtpsecure_open(struct secure *s, struct smtp *smtp, struct conn *c,
    const char *helo, struct fail *f);

#endif
