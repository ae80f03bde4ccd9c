/* SPDX-License-Identifier: ISC */
/* Tests of target: a server on a command line, and of an account. */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "target.h"
#include "unit.h"

static const char *
server(const struct account *a)
{
	return a->pop3;
}

static const struct url_scheme schemes[] = {
	{ .name = "pop3", .port = "110" },
	{ .name = "pop3s", .port = "995", .tls = 1 },
	{ .name = NULL },
};
static const struct target_family family = { "Pop3", server, schemes };

struct found {
	struct target t;
	struct secure s;
	struct login l;
	struct fail f;
};

static int
find(struct found *x, const char *text, const char *account)
{
	memset(x, 0, sizeof(*x));
	login_start(&x->l);
	x->t.family = &family;
	x->t.text = text;
	x->t.account = account;
	return target_find(&x->t, &x->s, &x->l, &x->f);
}

static void
forget(struct found *x)
{
	target_free(&x->t);
	secure_end(&x->s);
	login_end(&x->l);
}

static void
by_text(void)
{
	struct found x;

	CHECK_INT(find(&x, "pop3s://a@h", NULL), 0);
	CHECK_STR(x.t.url.host, "h");
	CHECK_STR(x.t.scheme->name, "pop3s");
	CHECK_STR(x.s.options.port, "995");
	CHECK_INT(x.l.wanted, 1);
	CHECK(x.t.command == NULL);
	forget(&x);
	CHECK_INT(find(&x, "pipe:cat -u", NULL), 0);
	CHECK_STR(x.t.command, "cat -u");
	CHECK_INT(x.s.local, 1);
	CHECK_INT(x.s.policy, SECURE_NONE);
	forget(&x);
	CHECK_INT(find(&x, "imap://h", NULL), -1);
	CHECK_INT(x.f.class, EX_UNAVAILABLE);
	CHECK_STR(x.f.text,
	    "imap: only pop3://, pop3s:// and pipe: are there yet");
	forget(&x);
	CHECK_INT(find(&x, "pipe://h", NULL), -1);
	forget(&x);
	CHECK_INT(find(&x, "h", NULL), -1);
	CHECK_INT(x.f.class, EX_USAGE);
	forget(&x);
}

static void
put_accounts(const char *text)
{
	int fd = open("accounts", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd == -1 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	(void)close(fd);
}

static void
by_account(void)
{
	struct found x;
	char dir[] = "/tmp/unit.XXXXXX";

	if (mkdtemp(dir) == NULL || chdir(dir) == -1 ||
	    mkdir("mailpipe", 0700) == -1 || chdir("mailpipe") == -1)
		abort();
	(void)setenv("XDG_CONFIG_HOME", dir, 1);
	put_accounts("Account: work\nPop3: pop3://mx\nUser: a\nTls: may\n"
	    "Password-Command: cat f\nProxy: socks5://p\n\n"
	    "Account: bad\nPop3: pop3s://mx\nTls: none\n\n"
	    "Account: none\nSmtp: smtp://mx\n\n"
	    "Account: nobody\nPop3: pop3://mx\nPassword-Command: cat f\n\n"
	    "Account: program\nPop3: pipe:cat\nPassword-Command: cat f\n"
	    "Auth: plain\n");
	CHECK_INT(find(&x, NULL, "work"), 0);
	CHECK_STR(x.t.url.host, "mx");
	CHECK_STR(x.l.user, "a");
	CHECK_STR(x.l.command, "cat f");
	CHECK_INT(x.s.policy, SECURE_MAY);
	CHECK_STR(x.s.via, "socks5://p");
	forget(&x);
	CHECK_INT(find(&x, NULL, "bad"), -1);
	CHECK_INT(x.f.class, EX_CONFIG);
	forget(&x);
	CHECK_INT(find(&x, NULL, "none"), -1);
	CHECK_INT(x.f.class, EX_CONFIG);
	CHECK_STR(x.f.text, "account none: it has no Pop3");
	forget(&x);
	CHECK_INT(find(&x, NULL, "other"), -1);
	forget(&x);
	CHECK_INT(find(&x, NULL, "nobody"), -1);
	CHECK_INT(x.f.class, EX_CONFIG);
	CHECK_STR(x.f.text, "account nobody: who logs in? it has no User");
	forget(&x);
	CHECK_INT(find(&x, NULL, "program"), 0);
	CHECK_INT(x.l.wanted, 0);
	forget(&x);
	if (unlink("accounts") == -1 || chdir("..") == -1 ||
	    rmdir("mailpipe") == -1)
		abort();
	(void)rmdir(dir);
}

int
main(void)
{
	RUN(by_text);
	RUN(by_account);
	return unit_done();
}
