/* SPDX-License-Identifier: ISC */
/* Unit test of authwrap: checkpassword programs as others write them. */

#include <fcntl.h>
#include <unistd.h>

#include "authwrap.h"
#include "io.h"
#include "limits.h"
#include "unit.h"

static struct fail f;

/* A program that does what "script" says, and "true" behind it. */
static struct authwrap
scripted(const char *script)
{
	static char *argv[6];

	argv[0] = (char *)(uintptr_t)"sh";
	argv[1] = (char *)(uintptr_t)"-c";
	argv[2] = (char *)(uintptr_t)script;
	argv[3] = (char *)(uintptr_t)"checkpw";
	argv[4] = (char *)(uintptr_t)"true";
	return (struct authwrap){ argv, SLICE("alice"), SLICE("s3cret word"),
		SLICE(""), -1, -1, 0 };
}

/* Is the password right? */
static int
check(const struct authwrap *w, unsigned milliseconds)
{
	pid_t pid = authwrap_start(w, &f);

	if (pid == -1)
		return f.class == EX_NOPERM ? AUTHWRAP_REFUSED :
		    AUTHWRAP_FAILED;
	return authwrap_wait(pid, milliseconds, &f);
}

/* A foreign one: knows alice, and runs what it is told. */
static const char foreign[] =
    "got=$(head -c 600 <&3 | tr '\\0\\n' '|_')\n"
    "exec 3<&-\n"
    "case $got in\n"
    "'alice|s3cret word|'[0-9]*'|') exec \"$@\" ;;\n"
    "'alice|response|<1@x>|') exec \"$@\" ;;\n"
    "esac\n"
    "exit 1\n";

static void
answers(void)
{
	struct authwrap w = scripted(foreign);

	CHECK_INT(check(&w, 60000), AUTHWRAP_ACCEPTED);
	w.password = SLICE("s3cret");
	CHECK_INT(check(&w, 60000), AUTHWRAP_REFUSED);
	w.password = SLICE("");
	CHECK_INT(check(&w, 60000), AUTHWRAP_REFUSED);
	w.user = SLICE("alice|s3cret");
	CHECK_INT(check(&w, 60000), AUTHWRAP_REFUSED);
	w = scripted(foreign);
	w.password = SLICE("response");
	CHECK_INT(check(&w, 60000), AUTHWRAP_REFUSED);
	w.challenge = SLICE("<1@x>");
	CHECK_INT(check(&w, 60000), AUTHWRAP_ACCEPTED);
}

/* More than 512 bytes, where it is known to take them. */
static void
longer(void)
{
	static char token[600];
	struct authwrap w = scripted("n=$(wc -c <&3)\ntest $n -gt 600 &&"
	    " exec \"$@\"");

	memset(token, 'x', sizeof(token));
	w.password = (struct slice){ token, sizeof(token) };
	CHECK_INT(check(&w, 60000), AUTHWRAP_REFUSED);
	w.most = 700;
	CHECK_INT(check(&w, 60000), AUTHWRAP_ACCEPTED);
	w.most = 601;
	CHECK_INT(check(&w, 60000), AUTHWRAP_REFUSED);
}

static void
failures(void)
{
	static const struct {
		const char *script, *want;
	} cases[] = {
		{ "exit 111", "ended with status 111 (try again later)" },
		{ "exit 2", "ended with status 2 (misused)" },
		{ "exit 3", "ended with status 3" },
		{ "kill -9 $$", "ended with status 137" },
		{ "sleep 600", "did not end within 1 s" },
	};
	struct authwrap w;
	char *argv[] = { (char *)(uintptr_t)"/nowhere/checkpw", NULL };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CASE(cases[i].script);
		w = scripted(cases[i].script);
		CHECK_INT(check(&w, i == 4 ? 100 : 60000),
		    AUTHWRAP_FAILED);
		CHECK_STR(f.text, cases[i].want);
		CHECK_INT(f.class, EX_TEMPFAIL);
	}
	w.argv = argv;
	CHECK_INT(check(&w, 60000), AUTHWRAP_FAILED);
	CHECK_INT(f.class, EX_CONFIG);
}

/* What would be another field, or is too long for the interface. */
static void
unfit(void)
{
	static char longest[LIMIT_CHECKPASSWORD];
	struct authwrap w = scripted("exit 0");

	w.user = SLICE("alice\0root");
	CHECK_INT(check(&w, 60000), AUTHWRAP_REFUSED);
	w = scripted("exit 0");
	w.password = SLICE("\0");
	CHECK_INT(check(&w, 60000), AUTHWRAP_REFUSED);
	memset(longest, 'x', sizeof(longest));
	w.password = (struct slice){ longest, sizeof(longest) };
	CHECK_INT(check(&w, 60000), AUTHWRAP_REFUSED);
	CHECK_INT(authwrap_start(&w, &f), -1);
	CHECK_INT(f.class, EX_NOPERM);
	/* alice NUL, NUL, NUL */
	w.challenge = SLICE("<1@x>");
	w.password.n = LIMIT_CHECKPASSWORD - 13;
	CHECK_INT(check(&w, 60000), AUTHWRAP_ACCEPTED);
	w.password.n++;
	CHECK_INT(check(&w, 60000), AUTHWRAP_REFUSED);
}

/* A session: its descriptors are the caller's, and its end is awaited. */
static void
session(void)
{
	struct authwrap w = scripted("exec 3<&-; read line; echo \"$line\"; "
	    "cat /proc/$$/fd/3 2>/dev/null; exit 0");
	int in[2], out[2];
	char text[20];
	pid_t pid;

	CHECK_INT(pipe2(in, O_CLOEXEC), 0);
	CHECK_INT(pipe2(out, O_CLOEXEC), 0);
	w.in = in[0];
	w.out = out[1];
	pid = authwrap_start(&w, &f);
	CHECK(pid > 0);
	(void)close(in[0]);
	(void)close(out[1]);
	CHECK_INT(io_write(in[1], SLICE("hello\n")), 0);
	CHECK_INT(io_read(out[0], text, sizeof(text)), 6);
	CHECK(memcmp(text, "hello\n", 6) == 0);
	CHECK_INT(authwrap_wait(pid, 60000, &f), AUTHWRAP_ACCEPTED);
	(void)close(in[1]);
	(void)close(out[0]);
}

int
main(void)
{
	RUN(answers);
	RUN(longer);
	RUN(failures);
	RUN(unfit);
	RUN(session);
	return unit_done();
}
