/* SPDX-License-Identifier: ISC */
/* credentials: who may log in; see credentials.h. */

#include <string.h>

#include "argv.h"
#include "credentials.h"
#include "limits.h"
#include "text.h"
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

int
credentials_has_tokens(const struct conf *conf)
{
	return conf->check_token != NULL;
}

pid_t
credentials_start(const struct credentials_run *r, struct fail *f)
{
	static char *none[] = { NULL };
	struct arena arena = { 0 };
	char **words = r->command == NULL ? none :
	    argv_split(slice_str(r->command), &arena, f), **argv;
	size_t n = 0;
	pid_t pid = -1;

	while (words != NULL && words[n] != NULL)
		n++;
	if (words != NULL) {
		argv = arena_alloc(&arena, (n + r->n + 1) * sizeof(*argv));
		if (n > 0)
			memcpy(argv, words, n * sizeof(*argv));
		memcpy(argv + n, r->tail, r->n * sizeof(*argv));
		argv[n + r->n] = NULL;
		r->w->argv = argv;
		pid = authwrap_start(r->w, f);
		r->w->argv = NULL;
	}
	arena_free(&arena);
	return pid;
}

/* The program runs what stands behind its own arguments where the password is
 * right, and its status is that one's. */
static int
ask_program(const char *command, struct authwrap *w, struct fail *f)
{
	static char yes[] = "true";
	char *tail[] = { yes };
	struct slice rest = slice_str(command), name;
	pid_t pid = credentials_start(&(struct credentials_run){ command, tail,
		1, w }, f);
	int rc;

	if (pid == -1)
		return f->class == EX_NOPERM ? AUTHWRAP_REFUSED :
		    AUTHWRAP_FAILED;
	rc = authwrap_wait(pid, LIMIT_AUTH_PROGRAM * 1000, f);
	(void)slice_until(&rest, ' ', &name);
	return rc == AUTHWRAP_FAILED ? fail_at(f, TEXT_SHOW(name)) : rc;
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
credentials_token(const struct conf *conf, struct slice user,
    struct slice token, struct fail *f)
{
	struct authwrap w = { .user = user, .password = token, .in = -1,
		.out = -1, .most = LIMIT_TOKEN };

	return ask_program(conf->check_token, &w, f);
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
