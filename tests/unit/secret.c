/* SPDX-License-Identifier: ISC */
/* Unit test of secret: passwords of commands, descriptors, terminals. */

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "child.h"
#include "io.h"
#include "limits.h"
#include "secret.h"
#include "ticks.h"
#include "unit.h"

static struct fail f;

/* The secret, or what failed. */
static const char *
result_of(int rc, struct buf *out)
{
	static char text[600];

	(void)snprintf(text, sizeof(text), "%s", rc == 0 ? buf_str(out) :
	    f.text);
	buf_wipe(out);
	return text;
}

static const char *
of_command(const char *command, unsigned seconds)
{
	struct buf out = secret_buf();

	return result_of(secret_command(slice_str(command), seconds, &out,
	    &f), &out);
}

static void
commands(void)
{
	CHECK_STR(of_command("echo 's3cret  word'", 60), "s3cret  word");
	CHECK_STR(of_command("printf secret", 60), "secret");
	CHECK_STR(of_command("printf 'a\\nb\\n'", 60), "a");
	CHECK_STR(of_command("printf 'a\\r\\n'", 60), "a\r");
	CHECK_STR(of_command("sh -c 'cat; echo $(echo shell)'", 60), "shell");
	/* More than a pipe holds, behind the first line. */
	CHECK_STR(of_command("sh -c 'echo a; head -c 300000 /dev/zero'", 60),
	    "a");
	CHECK_STR(of_command("echo $HOME *", 60), "$HOME *");
}

static void
bad_commands(void)
{
	CHECK_STR(of_command("", 60), "password command: an empty command");
	CHECK_INT(f.class, EX_CONFIG);
	CHECK_STR(of_command("/nowhere/pass", 60), "password command: "
	    "/nowhere/pass: run: No such file or directory");
	CHECK_INT(f.class, EX_CONFIG);
	CHECK_STR(of_command("sh -c 'echo secret; exit 3'", 60),
	    "password command: ended with status 3");
	CHECK_INT(f.class, EX_NOPERM);
	CHECK_STR(of_command("true", 60),
	    "password command: an empty password");
	CHECK_INT(f.class, EX_DATAERR);
	CHECK_STR(of_command("printf 'a\\0b\\n'", 60),
	    "password command: a password with a NUL");
	CHECK_STR(of_command("head -c 8193 /dev/zero", 60),
	    "password command: a password longer than 8192 bytes");
}

/* It and what it started are gone when its time is. */
static void
slow_commands(void)
{
	uint64_t before = ticks_now();

	CHECK_STR(of_command("sh -c 'echo a; sleep 600 & exec sleep 600'", 1),
	    "password command: did not end within its time");
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK_STR(of_command("sh -c 'echo a; exec >&-; exec sleep 600'", 1),
	    "password command: did not end within its time");
	CHECK_INT(f.class, EX_TEMPFAIL);
	CHECK(ticks_now() - before < 300000);
}

static const char *
of_bytes(struct slice bytes)
{
	struct buf out = secret_buf();
	int fd[2];
	const char *text;

	if (pipe(fd) == -1)
		abort();
	(void)io_write(fd[1], bytes);
	(void)close(fd[1]);
	text = result_of(secret_fd(fd[0], &out, &f), &out);
	(void)close(fd[0]);
	return text;
}

static void
descriptors(void)
{
	static char many[LIMIT_SECRET + 1];
	struct buf out = secret_buf();
	char rest[10];
	int fd[2];

	CHECK_STR(of_bytes(SLICE("secret\n")), "secret");
	CHECK_STR(of_bytes(SLICE("secret")), "secret");
	CHECK_STR(of_bytes(SLICE("a\nb\n")), "a");
	CHECK_STR(of_bytes(SLICE("")), "an empty password");
	CHECK_STR(of_bytes(SLICE("\nx")), "an empty password");
	CHECK_STR(of_bytes(SLICE("a\0b\n")), "a password with a NUL");
	memset(many, 'x', sizeof(many));
	CHECK_STR(of_bytes((struct slice){ many, sizeof(many) }),
	    "a password longer than 8192 bytes");
	CHECK_INT(f.class, EX_DATAERR);

	/* What follows is left for others. */
	if (pipe(fd) == -1)
		abort();
	(void)io_write(fd[1], SLICE("secret\nrest"));
	(void)close(fd[1]);
	CHECK_INT(secret_fd(fd[0], &out, &f), 0);
	CHECK_INT(io_read(fd[0], rest, sizeof(rest)), 4);
	(void)close(fd[0]);
	buf_clear(&out);
	CHECK_INT(secret_fd(fd[0], &out, &f), -1);
	CHECK_INT(f.class, EX_NOINPUT);
	buf_wipe(&out);
}

/* The secret stays where it is from the first byte on. */
static void
buffer(void)
{
	struct buf b = secret_buf();
	const char *start = b.p;
	int i;

	for (i = 0; i < LIMIT_SECRET; i++)
		CHECK_INT(buf_addc(&b, 'x'), 0);
	CHECK(b.p == start);
	CHECK_INT(buf_addc(&b, 'x'), -1);
	buf_wipe(&b);
}

/* A process with a terminal of its own that is asked for a secret, or a command
 * of it is: what it got comes through "result".  That ends when neither the
 * process nor anything that it started is left. */
static pid_t
on_terminal(const char *command, int *terminal, int *result)
{
	struct buf out;
	int fd[2];
	pid_t pid;

	if (pipe(fd) == -1 || (pid = forkpty(terminal, NULL, NULL, NULL)) == -1)
		abort();
	if (pid > 0) {
		(void)close(fd[1]);
		*result = fd[0];
		return pid;
	}
	/* A shell that runs this in the background ignores it. */
	(void)signal(SIGINT, SIG_DFL);
	out = secret_buf();
	(void)io_write(fd[1], slice_str(command != NULL ?
	    of_command(command, 2) : result_of(
	    secret_terminal("Password: ", &out, &f), &out)));
	(void)close(fd[1]);
	/* The end of a process with a terminal would end others. */
	if (command != NULL)
		(void)pause();
	_exit(0);
}

/* Waits for "text" from the terminal. */
static void
expect_text(int terminal, const char *text)
{
	char seen[200];
	size_t n = 0;

	seen[0] = '\0';
	while (strstr(seen, text) == NULL && n < sizeof(seen) - 1 &&
	    read(terminal, seen + n, 1) == 1)
		seen[++n] = '\0';
	CHECK(strstr(seen, text) != NULL);
}

static int
echoes(int terminal)
{
	struct termios t;

	CHECK_INT(tcgetattr(terminal, &t), 0);
	return (t.c_lflag & ECHO) != 0;
}

static void
terminal(void)
{
	int tty, result, status;
	pid_t pid = on_terminal(NULL, &tty, &result);
	char got[100];
	ssize_t n;

	expect_text(tty, "Password: ");
	CHECK_INT(echoes(tty), 0);
	CHECK_INT(io_write(tty, SLICE("s3cret word\n")), 0);
	/* Not what was typed, but a line end of ours. */
	CHECK_INT(read(tty, got, 2), 2);
	CHECK(memcmp(got, "\r\n", 2) == 0);
	n = io_read(result, got, sizeof(got));
	CHECK_SLICE(((struct slice){ got, (size_t)n }), SLICE("s3cret word"));
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(echoes(tty), 1);
	(void)close(tty);
	(void)close(result);
}

/* ^C ends the process as ever, and leaves the terminal as it was. */
static void
interrupted(void)
{
	int tty, result, status = 0;
	pid_t pid = on_terminal(NULL, &tty, &result);

	expect_text(tty, "Password: ");
	CHECK_INT(io_write(tty, SLICE("abc\x03")), 0);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	CHECK_INT(echoes(tty), 1);
	(void)close(tty);
	(void)close(result);
}

static void
stopped(void)
{
	int tty, result, status = 0;
	pid_t pid = on_terminal(NULL, &tty, &result);
	char got[100];
	ssize_t n;

	expect_text(tty, "Password: ");
	CHECK_INT(kill(pid, SIGTSTP), 0);
	/* A group without a shell is not stopped by the terminal's signals, so
	 * it only asks again. */
	expect_text(tty, "Password: ");
	CHECK_INT(io_write(tty, SLICE("again\n")), 0);
	n = io_read(result, got, sizeof(got));
	CHECK_SLICE(((struct slice){ got, (size_t)n }), SLICE("again"));
	CHECK_INT(waitpid(pid, &status, 0), pid);
	(void)close(tty);
	(void)close(result);
}

/* As pinentry does. */
static void
command_asks(void)
{
	int tty, result;
	pid_t pid = on_terminal("sh -c 'printf \"Key: \" >/dev/tty; "
	    "read -r key </dev/tty; echo \"$key\"'", &tty, &result);
	char got[100];
	ssize_t n;

	expect_text(tty, "Key: ");
	CHECK_INT(io_write(tty, SLICE("s3cret word\n")), 0);
	n = io_read(result, got, sizeof(got));
	CHECK_SLICE(((struct slice){ got, (size_t)n }), SLICE("s3cret word"));
	CHECK_INT(kill(pid, SIGKILL), 0);
	CHECK_INT(waitpid(pid, NULL, 0), pid);
	(void)close(tty);
	(void)close(result);
}

/* One that will not end, nor will what it started and left behind. */
static const char stubborn[] = "sh -c 'trap \"\" HUP INT TERM; "
    "stty -echo </dev/tty; (sleep 600 & sleep 600 &); echo asks >/dev/tty; "
    "while sleep 600; do :; done'";

static void
command_is_late(void)
{
	int tty, result;
	pid_t pid = on_terminal(stubborn, &tty, &result);
	char got[100];
	ssize_t n;

	expect_text(tty, "asks");
	n = io_read(result, got, sizeof(got));
	CHECK_SLICE(((struct slice){ got, (size_t)n }),
	    SLICE("password command: did not end within its time"));
	CHECK_INT(echoes(tty), 1);
	CHECK_INT(kill(pid, SIGKILL), 0);
	CHECK_INT(waitpid(pid, NULL, 0), pid);
	(void)close(tty);
	(void)close(result);
}

/* From elsewhere, or as ^C, which the command does not mind. */
static void
command_ends_with_us(void)
{
	static const int numbers[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, 0 };
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		int tty, result, status = 0, number = numbers[i];
		pid_t pid = on_terminal(stubborn, &tty, &result);
		char got;

		expect_text(tty, "asks");
		if (number != 0)
			CHECK_INT(kill(pid, number), 0);
		else
			CHECK_INT(io_write(tty, SLICE("\x03")), 0);
		CHECK_INT(io_read(result, &got, 1), 0);
		CHECK_INT(waitpid(pid, &status, 0), pid);
		CHECK(WIFSIGNALED(status));
		CHECK_INT(WTERMSIG(status), number != 0 ? number : SIGINT);
		CHECK_INT(echoes(tty), 1);
		(void)close(tty);
		(void)close(result);
	}
}

static void
no_terminal(void)
{
	struct buf out = secret_buf();
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		(void)setsid();
		_exit(secret_terminal("?", &out, &f) == -1 ? f.class : 0);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(WEXITSTATUS(status), EX_NOINPUT);
	buf_wipe(&out);
}

int
main(void)
{
	RUN(commands);
	RUN(bad_commands);
	RUN(slow_commands);
	RUN(descriptors);
	RUN(buffer);
	RUN(terminal);
	RUN(interrupted);
	RUN(stopped);
	RUN(command_asks);
	RUN(command_is_late);
	RUN(command_ends_with_us);
	RUN(no_terminal);
	return unit_done();
}
