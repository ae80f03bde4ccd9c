/* SPDX-License-Identifier: ISC */
/* secret: where a command gets a password or a token from; see secret.h. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "io.h"
#include "limits.h"
#include "secret.h"
#include "text.h"

struct buf
secret_buf(void)
{
	struct buf b = BUF(LIMIT_SECRET);

	(void)buf_room(&b, LIMIT_SECRET);
	return b;
}

int
secret_check(const struct buf *out, struct fail *f)
{
	struct slice s = buf_slice(out);

	if (s.n == 0)
		return fail_set(f, EX_DATAERR, "an empty password");
	return slice_find(s, '\0') == s.n ? 0 :
	    fail_set(f, EX_DATAERR, "a password with a NUL");
}

int
secret_too_long(struct fail *f)
{
	return fail_set(f, EX_DATAERR, "a password longer than %d bytes",
	    LIMIT_SECRET);
}

/* A byte at a time, as what follows the line is somebody else's. */
int
secret_fd(int fd, struct buf *out, struct fail *f)
{
	char c;
	ssize_t n;

	while ((n = io_read(fd, &c, 1)) == 1 && c != '\n')
		if (buf_addc(out, c) == -1)
			return secret_too_long(f);
	if (n == -1)
		return fail_errno(f, EX_NOINPUT, "descriptor %d: read", fd);
	return secret_check(out, f);
}

/* The terminal: signals are noted, and raised again when it shows what is
 * typed as before.  Those that come from elsewhere get through in ppoll(2)
 * alone, so that none falls between a look at "noted" and a wait; the last two
 * come of our own calls. */

static const int signals[] = { SIGALRM, SIGHUP, SIGINT, SIGPIPE, SIGQUIT,
	SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU };
enum { SIGNALS = sizeof(signals) / sizeof(signals[0]), OURS = 2 };
static volatile sig_atomic_t noted;
static sigset_t let_through;

static void
note(int number)
{
	noted = number;
}

/* The next character: as read(2), -1 with EINTR for a signal. */
static ssize_t
next_character(int fd, char *c)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n = 0;

	while (!noted && n != 1) {
		n = ppoll(&p, 1, NULL, &let_through);
		if (n == -1 && errno != EINTR)
			return -1;
	}
	if (!noted)
		return read(fd, c, 1);
	errno = EINTR;
	return -1;
}

/* The line without its end: 0, or -1 with errno, EINTR for a signal. */
static int
read_hidden(int fd, const char *prompt, struct buf *out)
{
	char c = '\0';
	ssize_t n;

	buf_clear(out);
	if (io_write(fd, slice_str(prompt)) == -1)
		return -1;
	while ((n = next_character(fd, &c)) == 1 && c != '\n' && c != '\r')
		if (buf_addc(out, c) == -1)
			errno = E2BIG, n = -1;
	return n == -1 ? -1 : 0;
}

/* The same with the terminal silent meanwhile. */
static int
ask_silently(int fd, const char *prompt, struct buf *out)
{
	struct termios before, silent;
	int rc, error;

	if (tcgetattr(fd, &before) == -1)
		return -1;
	silent = before;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	if (tcsetattr(fd, TCSAFLUSH, &silent) == -1)
		return -1;
	rc = read_hidden(fd, prompt, out);
	error = errno;
	(void)io_write(fd, SLICE("\n"));
	(void)tcsetattr(fd, TCSAFLUSH, &before);
	errno = error;
	return rc;
}

/* One try: 0, or -1 with errno; EINTR after a signal that came meanwhile was
 * raised, and did not end the process. */
static int
ask_once(int fd, const char *prompt, struct buf *out)
{
	struct sigaction before[SIGNALS], act = { .sa_handler = note };
	sigset_t held;
	int i, rc, error;

	noted = 0;
	(void)sigemptyset(&act.sa_mask);
	(void)sigemptyset(&held);
	for (i = 0; i < SIGNALS; i++)
		(void)sigaction(signals[i], &act, &before[i]);
	for (i = 0; i < SIGNALS - OURS; i++)
		(void)sigaddset(&held, signals[i]);
	(void)sigprocmask(SIG_BLOCK, &held, &let_through);
	rc = ask_silently(fd, prompt, out);
	error = errno;
	(void)sigprocmask(SIG_SETMASK, &let_through, NULL);
	for (i = 0; i < SIGNALS; i++)
		(void)sigaction(signals[i], &before[i], NULL);
	if (noted != 0) {
		(void)raise(noted);
		if (rc == -1)
			error = EINTR;
	}
	errno = error;
	return rc;
}

int
secret_terminal(const char *prompt, struct buf *out, struct fail *f)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC), rc;

	if (fd == -1)
		return fail_set(f, EX_NOINPUT,
		    "no terminal to ask for the password");
	do
		rc = ask_once(fd, prompt, out);
	while (rc == -1 && errno == EINTR);
	if (rc == -1)
		rc = errno == E2BIG ? secret_too_long(f) :
		    fail_errno(f, EX_NOINPUT, "terminal");
	else
		rc = secret_check(out, f);
	(void)close(fd);
	return rc;
}
