/* SPDX-License-Identifier: ISC */
/* Tests of account: blocks of lines, and files that others could write. */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account.h"
#include "limits.h"
#include "unit.h"

static const char all[] =
    "# comment\n"
    "Account: home\n"
    "Smtp: smtp://localhost\n"
    "\n"
    "account: work\r\n"
    "Smtp: smtps://mx.example.org\n"
    "Imap: imaps://mx.example.org\n"
    "Pop3: pop3s://mx.example.org\n"
    "From: alice@example.org\n"
    "User: alice\n"
    "Password-Command: pass show\n"
    " mail\n"
    "Auth: Plain\n"
    "Maildir: ~/Mail\n"
    "Tls: require\n"
    "Tls-Ca: /etc/ca.pem\n"
    "Tls-Certificate: ~/c.pem\n"
    "Tls-Key: ~/k.pem\n"
    "Tls-Pin: sha256:x\n";

static void
every_key(void)
{
	struct account a;
	struct fail f = { 0 };

	(void)setenv("HOME", "/home/alice", 1);
	CHECK_INT(account_find(&a, "work", slice_str(all), "p", &f), 0);
	CHECK_STR(f.text, "");
	CHECK_STR(a.name, "work");
	CHECK_STR(a.smtp, "smtps://mx.example.org");
	CHECK_STR(a.imap, "imaps://mx.example.org");
	CHECK_STR(a.pop3, "pop3s://mx.example.org");
	CHECK_STR(a.from, "alice@example.org");
	CHECK_STR(a.user, "alice");
	CHECK_STR(a.password_command, "pass show mail");
	CHECK_STR(a.auth, "Plain");
	CHECK_STR(a.maildir, "/home/alice/Mail");
	CHECK_STR(a.tls, "require");
	CHECK_STR(a.tls_ca, "/etc/ca.pem");
	CHECK_STR(a.tls_certificate, "/home/alice/c.pem");
	CHECK_STR(a.tls_key, "/home/alice/k.pem");
	CHECK_STR(a.tls_pin, "sha256:x");
	account_free(&a);
	CHECK_INT(account_find(&a, "home", slice_str(all), "p", &f), 0);
	CHECK_STR(a.smtp, "smtp://localhost");
	CHECK(a.user == NULL);
	account_free(&a);
	CHECK_INT(account_find(&a, "w", SLICE("Account: w\nSmtp:\n"
					      "\tsmtp://localhost\n"), "p",
	    &f), 0);
	CHECK_STR(a.smtp, "smtp://localhost");
	account_free(&a);
	CHECK_INT(account_find(&a, "Work", slice_str(all), "p", &f), -1);
	CHECK_STR(f.text, "p: no account \"Work\"");
	CHECK_INT(f.class, EX_CONFIG);
	account_free(&a);
}

static void
bad_lines(void)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "p: no account \"a\"" },
		{ "Smtp: x\nAccount: a\n",
		    "p: line 1: Smtp: before the first Account" },
		{ "Account: a\n\nPort: 5\n", "p: line 3: Port: unknown key" },
		{ "Account: a\nSmtp: x\nsmtp: y\n",
		    "p: line 3: smtp: said twice" },
		{ "Account: a\nAccount: b\nAccount: a\n", "p: line 3: "
		    "Account: an account of that name is there already" },
		{ "Account: a\n\tSmtp: x\n", "p: line 2: begins with a "
		    "space, so it belongs to Account; is Smtp meant?" },
		{ "Account: b\nSmtp: x\n y\n  user : z\n", "p: line 4: "
		    "begins with a space, so it belongs to Smtp; is user "
		    "meant?" },
		{ "Account: a\nSmtp:\n", "p: line 2: Smtp: no value" },
		{ "Account: a\nnothing\n",
		    "p: line 2: : not of the form \"Key: value\"" },
		{ "Account: a\nAccount: b\nFrom: b\n",
		    "p: line 3: From: not a mail address" },
		{ "Account: a\nAuth: digest\n",
		    "p: line 2: Auth: unknown mechanism" },
		{ "Account: a\nTls: yes\n", "p: line 2: Tls: "
		    "not one of insecure, may, none, require" },
		{ "Account: a\nTls-Ca: ca.pem\n", "p: line 2: Tls-Ca: "
		    "not a path that begins with / or ~/" },
	};
	struct account a;
	struct fail f;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].text);
		f = (struct fail){ 0 };
		CHECK_INT(account_find(&a, "a", slice_str(cases[i].text), "p",
		    &f), -1);
		CHECK_STR(f.text, cases[i].why);
		CHECK_INT(f.class, EX_CONFIG);
		account_free(&a);
	}
	CHECK_INT(account_find(&a, "a", SLICE("Account: a\nUser: x\0y\n"), "p",
	    &f), -1);
	CHECK_STR(f.text, "p: line 2: User: a NUL in the value");
	account_free(&a);
}

/* Every prefix, from a copy of exactly that size. */
static void
prefixes(void)
{
	struct account a;
	struct fail f;
	size_t n;

	for (n = 0; n < sizeof(all); n++) {
		char *copy = malloc(n + (n == 0));

		memcpy(copy, all, n);
		(void)account_find(&a, "work", (struct slice){ copy, n }, "p",
		    &f);
		account_free(&a);
		free(copy);
	}
}

static void
write_file(const char *path, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	static const char line[] = "Account: a\nUser: x\n";

	if (fd == -1 || write(fd, line, sizeof(line) - 1) == -1 ||
	    (n > 0 && ftruncate(fd, (off_t)n) == -1))
		abort();
	(void)close(fd);
}

static void
files(void)
{
	char dir[] = "/tmp/account.XXXXXX", path[100];
	struct account a;
	struct fail f = { 0 };

	if (mkdtemp(dir) == NULL)
		abort();
	(void)setenv("XDG_CONFIG_HOME", dir + 1, 1);
	(void)setenv("HOME", dir + 1, 1);
	CHECK_INT(account_load(&a, "a", &f), -1);
	CHECK_STR(f.text, "accounts: HOME is no absolute path");
	(void)setenv("HOME", "/home/alice", 1);
	(void)setenv("XDG_CONFIG_HOME", dir, 1);
	CHECK_INT(account_load(&a, "a", &f), -1);
	CHECK_INT(f.class, EX_CONFIG);
	account_free(&a);
	(void)snprintf(path, sizeof(path), "%s/mailpipe", dir);
	(void)mkdir(path, 0700);
	(void)snprintf(path, sizeof(path), "%s/mailpipe/accounts", dir);
	write_file(path, 0);
	CHECK_INT(account_load(&a, "a", &f), 0);
	CHECK_STR(a.user, "x");
	account_free(&a);
	(void)chmod(path, 0644);
	CHECK_INT(account_load(&a, "a", &f), 0);
	account_free(&a);
	(void)chmod(path, 0620);
	CHECK_INT(account_load(&a, "a", &f), -1);
	CHECK(strstr(f.text, "others may write to it") != NULL);
	account_free(&a);
	(void)chmod(path, 0600);
	write_file(path, LIMIT_CONF + 1);
	CHECK_INT(account_load(&a, "a", &f), -1);
	CHECK(strstr(f.text, "longer than") != NULL);
	account_free(&a);
	(void)unlink(path);
	(void)mkdir(path, 0700);
	CHECK_INT(account_load(&a, "a", &f), -1);
	CHECK(strstr(f.text, "not a file") != NULL);
	account_free(&a);
	(void)rmdir(path);
	(void)snprintf(path, sizeof(path), "%s/mailpipe", dir);
	(void)rmdir(path);
	(void)rmdir(dir);
}

int
main(void)
{
	RUN(every_key);
	RUN(bad_lines);
	RUN(prefixes);
	RUN(files);
	return unit_done();
}
