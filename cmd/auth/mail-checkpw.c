/* SPDX-License-Identifier: ISC */
/*
 * mail-checkpw: a checkpassword program
 * (http://cr.yp.to/checkpwd/interface.html).  Reads a name, a password and a
 * time stamp from descriptor 3, each with a NUL behind it; where the password
 * is right becomes the user, and the program that it was told to run.
 *
 *	mail-checkpw [-P] [-f conf] program [arg ...]
 */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attempt.h"
#include "cli.h"
#include "conf.h"
#include "io.h"
#include "limits.h"
#include "text.h"

static const char synopsis[] = "[-P] [-f conf] program [arg ...]";

enum { /* what the interface has for exit statuses */
	REFUSED = 1,
	MISUSED = 2,
	TEMPORARY = 111,
	CREDENTIALS = 3, /* the descriptor */
};

static _Noreturn void
misused(const char *why)
{
	cli_warn("%s", why);
	_exit(MISUSED);
}

static _Noreturn void
temporary(const struct fail *f)
{
	(void)cli_report(f);
	_exit(TEMPORARY);
}

/* What is on the descriptor, which nobody after this has. */
static struct slice
read_credentials(char text[LIMIT_CHECKPASSWORD + 1])
{
	ssize_t n = io_read(CREDENTIALS, text, LIMIT_CHECKPASSWORD + 1);

	(void)close(CREDENTIALS);
	if (n == -1)
		misused("descriptor 3 cannot be read: a checkpassword "
		    "program is run by a server");
	if (n > LIMIT_CHECKPASSWORD)
		misused("more than 512 bytes on descriptor 3");
	return (struct slice){ text, (size_t)n };
}

/* Sets name and password, which are strings where they are. */
static void
read_attempt(struct slice text, struct attempt *a)
{
	struct slice name, password, stamp;

	if (!slice_until(&text, '\0', &name) ||
	    !slice_until(&text, '\0', &password) ||
	    !slice_until(&text, '\0', &stamp))
		misused("not a name, a password and a time stamp on "
		    "descriptor 3");
	a->name = name.p;
	a->password = password.p;
}

static void
parse(int argc, char *argv[], struct attempt *a, const char **conf)
{
	int c;

	/* What is behind the program's name is the program's. */
	while ((c = getopt(argc, argv, "+Pf:")) != -1)
		switch (c) {
		case 'P':
			a->pam = 1;
			break;
		case 'f':
			*conf = optarg;
			break;
		default:
			optind = argc;
		}
	if (optind >= argc) {
		(void)fprintf(stderr, "usage: %s %s\n", cli_name(), synopsis);
		_exit(MISUSED);
	}
}

int
main(int argc, char *argv[])
{
	char text[LIMIT_CHECKPASSWORD + 1];
	struct attempt a = { NULL, NULL, 0 };
	const char *path = NULL;
	struct arena arena = { 0 };
	struct fail f = { 0 };
	struct mailuser u;
	struct conf conf;
	int rc;

	cli_start("mail-checkpw", synopsis);
	parse(argc, argv, &a, &path);
	read_attempt(read_credentials(text), &a);
	if (conf_load(&conf, path, &f) == -1)
		temporary(&f);
	rc = attempt_check(&conf, &a, &arena, &u, &f);
	explicit_bzero(text, sizeof(text));
	if (rc == 0) {
		arena_free(&arena);
		conf_free(&conf);
		return REFUSED;
	}
	if (rc == -1 || mailuser_become(&u, &f) == -1)
		temporary(&f);
	(void)execvp(argv[optind], argv + optind);
	(void)fail_errno(&f, EX_TEMPFAIL, "%s: run",
	    TEXT_SHOW(slice_str(argv[optind])));
	temporary(&f);
}
