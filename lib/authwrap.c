/* SPDX-License-Identifier: ISC */
/* authwrap: the caller's side of the checkpassword interface; see
 * authwrap.h. */

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "authwrap.h"
#include "buf.h"
#include "child.h"
#include "io.h"
#include "limits.h"
#include "text.h"

enum { CREDENTIALS = 3 }; /* the descriptor */

static int
add_field(struct buf *to, struct slice field)
{
	if (slice_find(field, '\0') < field.n)
		return -1;
	return buf_add(to, field) == 0 ? buf_addc(to, '\0') : -1;
}

/* What is to be read from descriptor 3: 0 or -1. */
static int
make_message(const struct authwrap *w, struct buf *to)
{
	if (add_field(to, w->user) == -1 || add_field(to, w->password) == -1)
		return -1;
	if (w->challenge.n > 0)
		return add_field(to, w->challenge);
	return buf_addf(to, "%jd", (intmax_t)time(NULL)) == 0 ?
	    buf_addc(to, '\0') : -1;
}

/* A pipe that has all of the message, which fits into any, and its end. */
static int
message_pipe(struct slice message, struct fail *f)
{
	int end[2], rc;

	if (pipe2(end, O_CLOEXEC) == -1)
		return fail_errno(f, EX_TEMPFAIL, "pipe");
	rc = io_write(end[1], message);
	if (rc == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "pipe");
	(void)close(end[1]);
	if (rc == 0)
		return end[0];
	(void)close(end[0]);
	return -1;
}

static pid_t
start_with(const struct authwrap *w, struct slice message, struct fail *f)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int credentials = message_pipe(message, f);
	struct child_fd map[] = {
		{ w->in != -1 ? w->in : null, STDIN_FILENO },
		{ w->out != -1 ? w->out : null, STDOUT_FILENO },
		{ credentials, CREDENTIALS },
	};
	pid_t pid = -1;

	if (null == -1 && credentials != -1)
		(void)fail_errno(f, EX_TEMPFAIL, "/dev/null");
	else if (credentials != -1)
		pid = child_start(w->argv, map, 3, f);
	if (credentials != -1)
		(void)close(credentials);
	if (null != -1)
		(void)close(null);
	return pid;
}

pid_t
authwrap_start(const struct authwrap *w, struct fail *f)
{
	size_t most = w->most != 0 ? w->most : LIMIT_CHECKPASSWORD;
	struct buf message = BUF(most);
	pid_t pid = -1;

	(void)buf_room(&message, most); /* so that it does not move */
	if (make_message(w, &message) == -1)
		(void)fail_set(f, EX_NOPERM, "%s: a name and a password that "
		    "cannot be checked", TEXT_SHOW(w->user));
	else
		pid = start_with(w, buf_slice(&message), f);
	buf_wipe(&message);
	return pid;
}

int
authwrap_wait(pid_t pid, unsigned milliseconds, struct fail *f)
{
	int status;

	if (child_wait(pid, milliseconds, &status, f) == -1)
		return AUTHWRAP_FAILED;
	switch (status) {
	case 0:
		return AUTHWRAP_ACCEPTED;
	case 1:
		return AUTHWRAP_REFUSED;
	default:
		return fail_set(f, EX_TEMPFAIL, "ended with status %d%s",
		    status, status == 2 ? " (misused)" :
		    status == 111 ? " (try again later)" : "");
	}
}
