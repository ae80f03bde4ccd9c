/* SPDX-License-Identifier: ISC */
/* shared: the session of imap-run, as a command gets it; see shared.h. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine.h"
#include "handover.h"
#include "limits.h"
#include "shared.h"
#include "text.h"

/* The descriptor, or -1. */
static int
find_socket(struct fail *f)
{
	const char *value = getenv(SHARED_VARIABLE);
	socklen_t n = sizeof(int);
	uint64_t fd;
	int type;

	if (value == NULL)
		return fail_set(f, EX_USAGE,
		    "there is no session of imap-run around us");
	if (slice_uint(slice_str(value), 0, INT_MAX, &fd) == -1 ||
	    getsockopt((int)fd, SOL_SOCKET, SO_TYPE, &type, &n) == -1 ||
	    type != SOCK_SEQPACKET)
		return fail_set(f, EX_USAGE, SHARED_VARIABLE ": descriptor %s "
		    "is no session of imap-run; was it closed on the way?",
		    TEXT_SHOW(slice_str(value)));
	return (int)fd;
}

/* Others may ask at the same time, and imap-run serve one of them. */
static int
ask(int fd, const int ends[2], unsigned seconds, struct fail *f)
{
	struct pollfd p = { fd, POLLOUT, 0 };
	char request[SHARED_REQUEST] = { SHARED_LEAVES };
	int rc;

	while (handover_give_some(fd, ends, 2, (struct slice){ request,
	    sizeof(request) }) == -1) {
		if (errno != EAGAIN)
			return fail_set(f, EX_UNAVAILABLE,
			    "the session of imap-run has ended");
		if ((rc = poll(&p, 1, (int)seconds * 1000)) == 0)
			return fail_set(f, EX_TEMPFAIL,
			    "not our turn within %u seconds", seconds);
		if (rc == -1 && errno != EINTR)
			return fail_errno(f, EX_TEMPFAIL, "poll");
	}
	return 0;
}

/* Waits for our turn, or for the end of all: 0, or -1. */
static int
await_turn(struct imap *i, unsigned seconds, struct fail *f)
{
	struct slice bytes;

	conn_timeout(i->conn, seconds);
	switch (conn_peek(i->conn, &bytes, f)) {
	case CONN_LINE:
		return 0;
	case CONN_CLOSED:
		(void)fail_set(f, EX_UNAVAILABLE,
		    "the session of imap-run has ended");
		break;
	default:
		(void)fail_set(f, EX_TEMPFAIL, "not our turn within %u seconds",
		    seconds);
	}
	return imap_lost(i, f);
}

static int
greet(struct imap *i, struct fail *f)
{
	struct slice rest, name;
	struct imap_response r;

	i->own->greeted = i->own->in = i->own->lending = 1;
	do {
		if (imap_read(i, &r, f) == IMAP_LOST)
			return -1;
		if (imap_has_code(&r, SHARED_LEFT) ||
		    imap_has_code(&r, SHARED_EXAMINED))
			i->own->held = i->own->left = 1;
		if (imap_has_code(&r, SHARED_EXAMINED))
			(void)buf_add(&i->own->examined, r.text);
	} while (!imap_is(&r, "PREAUTH"));
	i->own->lending = 0;
	rest = r.text;
	if (slice_word(&rest, &name) && name.n < sizeof(
	    i->client.target.url.host)) {
		memcpy(i->client.target.url.host, name.p, name.n);
		i->client.target.url.host[name.n] = '\0';
	}
	return 0;
}

static int
open_with(struct imap *i, int fd, struct fail *f)
{
	unsigned seconds = i->client.timeout != 0 ? i->client.timeout :
	    LIMIT_COMMAND_REPLY;
	int pair[2], verdict[2], rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return fail_errno(f, EX_TEMPFAIL, "socketpair");
	if (pipe2(verdict, O_CLOEXEC) == -1) {
		(void)close(pair[0]);
		(void)close(pair[1]);
		return fail_errno(f, EX_TEMPFAIL, "pipe");
	}
	rc = ask(fd, (int[]){ pair[1], verdict[0] }, seconds, f);
	(void)close(pair[1]);
	(void)close(verdict[0]);
	imap_begin(i, conn_new(pair[0], pair[0]));
	i->own->verdict = verdict[1];
	if (rc == -1)
		return imap_lost(i, f);
	return await_turn(i, seconds, f) == 0 ? greet(i, f) : -1;
}

int
shared_open(struct imap *i, struct fail *f)
{
	int fd = find_socket(f);

	memcpy(i->client.target.url.host, "-", 2);
	return fd == -1 ? -1 : open_with(i, fd, f);
}

int
shared_is_name(struct slice name)
{
	size_t n;

	for (n = 0; n < name.n; n++)
		if ((unsigned char)name.p[n] < ' ')
			return 0;
	return name.n > 0 && name.n <= SHARED_NAME &&
	    slice_trim(name).n == name.n;
}

static void
write_verdict(const struct imap_session *own)
{
	struct slice name = buf_slice(&own->examined);
	struct buf text = BUF(SHARED_VERDICT);

	(void)buf_addf(&text, "%c%" PRIu64, !own->held ? SHARED_DONE :
	    own->left || own->resumed ? SHARED_KEPT : SHARED_SELECTED,
	    own->used);
	if (own->held && !own->left && !own->resumed && shared_is_name(name)) {
		(void)buf_addc(&text, ' ');
		(void)buf_add(&text, name);
	}
	(void)!write(own->verdict, text.p, text.n);
	buf_free(&text);
}

void
shared_close(struct imap *i)
{
	if (i->conn == NULL)
		return;
	if (!i->dead && i->own->nway == 0 && !i->own->saying)
		write_verdict(i->own);
	(void)close(i->own->verdict);
}
