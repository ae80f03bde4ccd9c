/* SPDX-License-Identifier: ISC */
/* pamcheck: passwords of the machine's users, by PAM, where the program was
 * built with it. */
#ifndef PAMCHECK_H
#define PAMCHECK_H

#include "fail.h"

/*
 * 1 where that is the user's password and the account may be used, by the
 * service "mail-checkpw" of pam.d(5); 0 where not.  -1: EX_TEMPFAIL, PAM
 * cannot tell; EX_CONFIG, there is no PAM here.  The peer's address is told to
 * PAM where TCPREMOTEIP or REMOTE_ADDR has it.
 */
int pamcheck_password(const char *user, const char *password,
    struct fail *f);

#endif
