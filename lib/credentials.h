/* SPDX-License-Identifier: ISC */
/*
 * credentials: who may log in, as the process knows that may read it, which is
 * never the one that talks to the network.
 *
 * With "Checkpassword" in the configuration that program decides on passwords
 * (authwrap.h), and there are no verifiers: two places that both know the
 * password would disagree one day.  Else the users file does (userauth.h).
 *
 * With "Check-Token" that program decides on OAuth tokens, in the same way: the
 * password is the token.
 *
 * 1 is yes, 0 is no, -1 is EX_CONFIG or EX_TEMPFAIL: it cannot be told now.
 */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include "authwrap.h"
#include "conf.h"
#include "scram.h"

/* What can be asked at all. */
int credentials_has_passwords(const struct conf *conf);
int credentials_has_verifiers(const struct conf *conf);
int credentials_has_tokens(const struct conf *conf);

int credentials_password(const struct conf *conf, struct slice user,
    struct slice password, struct fail *f);

int credentials_token(const struct conf *conf, struct slice user,
    struct slice token, struct fail *f);

/*
 * What both programs are asked, with another thing to run than true(1): starts
 * "command" with the "n" words of "tail" behind its own; or where that is NULL
 * those alone.  "w" has all else.  As authwrap_start, or -1 with EX_CONFIG
 * where it is no command.
 */
struct credentials_run {
	const char *command;
	char *const *tail;
	size_t n;
	struct authwrap *w;
};
pid_t credentials_start(const struct credentials_run *r, struct fail *f);

/* As userauth_verifier. */
int credentials_verifier(const struct conf *conf, struct slice user,
    struct scram_verifier *v, struct fail *f);

/* Is there such a user, who may log in?  A certificate that names the user was
 * verified. */
int credentials_certified(const struct conf *conf, struct slice user,
    struct fail *f);

#endif
