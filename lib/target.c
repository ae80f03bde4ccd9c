/* SPDX-License-Identifier: ISC */
/* target: which server, and what the account says; see target.h. */

#include <string.h>

#include "target.h"

static int
parse(struct target *s, const char *text, struct fail *f)
{
	s->scheme = url_server(text, s->family->schemes, &s->url, f);
	if (s->scheme == NULL)
		return -1;
	if (strcmp(s->url.scheme, "pipe") == 0)
		s->command = text + strlen("pipe:");
	return 0;
}

/* A value of the account as the -o of that name, where nothing was said. */
static int
apply_option(struct secure *secure, const char *key, const char *value,
    int said)
{
	return value == NULL || said ? 1 :
	    secure_option(secure, slice_str(key), slice_str(value));
}

/* A program may know whose mail it is: where nobody is named, the password is
 * for other servers of the account. */
static int
apply_login(const struct target *s, struct login *login, struct fail *f)
{
	if (s->a.user == NULL && s->command != NULL)
		return 0;
	if (login->mechanism == NULL)
		login->mechanism = s->a.auth;
	if (login->command == NULL && login->fd == -1)
		login->command = s->a.password_command;
	if (s->a.user != NULL)
		login->user = s->a.user;
	else if (s->a.password_command != NULL && s->url.user[0] == '\0')
		return fail_set(f, EX_CONFIG,
		    "account %s: who logs in? it has no User", s->a.name);
	return 0;
}

static int
apply(const struct account *a, struct secure *secure, struct fail *f)
{
	const struct tlsclient_options *o = &secure->options;

	if (apply_option(secure, "tls", a->tls,
		secure->policy != SECURE_DEFAULT) != 1 ||
	    apply_option(secure, "ca", a->tls_ca, o->ca != NULL) != 1 ||
	    apply_option(secure, "key", a->tls_key, o->cert != NULL) != 1 ||
	    apply_option(secure, "cert", a->tls_certificate,
		o->cert != NULL) != 1)
		return fail_set(f, EX_CONFIG, "account %s: Tls", a->name);
	if (apply_option(secure, "pin", a->tls_pin, o->npins > 0) != 1)
		return fail_set(f, EX_CONFIG,
		    "account %s: Tls-Pin: not sha256: and a digest", a->name);
	return 0;
}

/* What is wrong with an account is no misuse of the command. */
static int
find_account(struct target *s, struct secure *secure, struct login *login,
    struct fail *f)
{
	if (account_load(&s->a, s->account, f) == -1)
		return -1;
	if (s->text == NULL)
		s->text = s->family->server(&s->a);
	if (s->via == NULL)
		s->via = s->a.proxy;
	if (s->text == NULL)
		return fail_set(f, EX_CONFIG, "account %s: it has no %s",
		    s->a.name, s->family->key);
	if (parse(s, s->text, f) == -1 || apply(&s->a, secure, f) == -1)
		return fail_at(f, s->a.name);
	return apply_login(s, login, f);
}

static int
find_proxy(struct target *s, struct secure *secure, struct fail *f)
{
	if (s->via != NULL && strcmp(s->via, "none") == 0)
		s->via = NULL;
	if (s->via == NULL)
		return 0;
	if (s->command != NULL)
		return fail_set(f, EX_USAGE, "a proxy is not for pipe:");
	secure->via = s->via;
	return socks_parse(s->via, &s->proxy, f);
}

int
target_find(struct target *s, struct secure *secure, struct login *login,
    struct fail *f)
{
	int rc = s->account != NULL ? find_account(s, secure, login, f) :
	    parse(s, s->text, f);

	if (rc == 0)
		rc = find_proxy(s, secure, f);
	if (rc == 0)
		rc = secure_settle(secure, &s->url, s->scheme, f);
	login->scheme = s->family->schemes[0].name;
	if (rc == 0)
		rc = login_settle(login, &s->url, f);
	if (rc == -1 && s->account != NULL && f->class == EX_USAGE)
		f->class = EX_CONFIG;
	return rc;
}

void
target_free(struct target *s)
{
	socks_free(&s->proxy);
	account_free(&s->a);
}
