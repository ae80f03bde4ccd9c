/* SPDX-License-Identifier: ISC */
/* credentials: who may log in; see credentials.h. */

#include <string.h>

#include "argv.h"
#include "authwrap.h"
#include "credentials.h"
#include "limits.h"
#include "userauth.h"

int
credentials_has_passwords(const struct conf *conf)
{
	return conf->checkpassword != NULL || conf->users != NULL;
}

int
credentials_has_verifiers(const struct conf *conf)
{
	return conf->checkpassword == NULL && conf->users != NULL;
}

/* The program runs what stands behind its own arguments where the password is
 * right, and its status is that one's. */
static int
ask_program(const char *command, struct authwrap *w, struct fail *f)
{
	static char yes[] = "true";
	struct arena arena = { 0 };
	char **words = argv_split(slice_str(command), &arena, f), **argv;
	size_t n = 0;
	int rc = -1;

	while (words != NULL && words[n] != NULL)
		n++;
	if (words != NULL) {
		argv = arena_alloc(&arena, (n + 2) * sizeof(*argv));
		memcpy(argv, words, n * sizeof(*argv));
		argv[n] = yes;
		argv[n + 1] = NULL;
		w->argv = argv;
		rc = authwrap_check(w, LIMIT_AUTH_PROGRAM * 1000, f);
	}
	arena_free(&arena);
	return rc;
}

int
credentials_password(const struct conf *conf, struct slice user,
    struct slice password, struct fail *f)
{
	struct authwrap w = { .user = user, .password = password, .in = -1,
		.out = -1 };

	return conf->checkpassword != NULL ?
	    ask_program(conf->checkpassword, &w, f) :
	    userauth_password(conf, user, password, f);
}

int
credentials_verifier(const struct conf *conf, struct slice user,
    struct scram_verifier *v, struct fail *f)
{
	return userauth_verifier(conf, user, v, f);
}

int
credentials_certified(const struct conf *conf, struct slice user,
    struct fail *f)
{
	struct userauth_mailbox m = { 0 };
	struct arena arena = { 0 };
	int rc = userauth_mailbox(conf, user, &arena, &m, f);

	arena_free(&arena);
	return rc == 1 ? m.may_log_in : rc;
}
