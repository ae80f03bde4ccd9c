/* SPDX-License-Identifier: ISC */
/* lend: a session that commands get one after the other; see lend.h. */

#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine.h"
#include "handover.h"
#include "io.h"
#include "lend.h"
#include "limits.h"
#include "relay.h"
#include "text.h"
#include "ticks.h"

enum {
	GREETING = LIMIT_IMAP_TOKEN,
	NOT_NOW = IMAP_COMPRESS | IMAP_LOGINDISABLED | IMAP_SASL_IR |
	    IMAP_STARTTLS, /* all that is done */
};

static int
is_gone(int fd)
{
	struct pollfd p = { .fd = fd };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLHUP) != 0;
}

/* No mailbox is selected. */
static void
forget(struct lend *l)
{
	l->selected = 0;
	l->examined[0] = '\0';
}

/* The connection is of no use any more. */
static void
drop(struct lend *l)
{
	struct fail f = { 0 };

	(void)fail_set(&f, EX_TEMPFAIL, "not given back");
	(void)imap_lost(l->imap, &f);
	imap_close(l->imap, NULL);
	forget(l);
}

/* The server may take its time from here on: 1; 0 where nobody waits for it
 * any more.  Another imap-run is to get its session back. */
static int
begin_wait(struct lend *l)
{
	l->waiting = !l->imap->shared;
	return l->imap->shared || !l->ended;
}

static void
end_wait(struct lend *l)
{
	l->waiting = 0;
}

void
lend_drain(struct lend *l)
{
	struct imap *i = l->imap;
	struct imap_response r;
	struct fail ignored = { 0 };

	while (begin_wait(l) && !i->dead && conn_pending(i->conn)) {
		l->examined[0] = '\0';
		/* Also its end, which is not to be taken for one more. */
		if (imap_next(i, &r, &ignored) == IMAP_LOST ||
		    imap_pass(i, &ignored) == -1)
			drop(l);
	}
	if (!i->dead && is_gone(conn_fd(i->conn)))
		drop(l);
	end_wait(l);
}

int
lend_keep_alive(struct lend *l, struct fail *f)
{
	enum imap_result rc = IMAP_LOST;
	unsigned number;

	if (!begin_wait(l))
		return -1;
	/* Nobody keeps a mailbox for long that nobody looks at. */
	number = imap_say(l->imap, "%s", l->selected ? "UNSELECT" : "NOOP");
	imap_said(l->imap);
	forget(l);
	if ((rc = imap_finish(l->imap, number, f)) == IMAP_LOST)
		drop(l);
	end_wait(l);
	return rc == IMAP_LOST ? fail_at(f, imap_name(l->imap)) : 0;
}

/* Reads up to the line that answers "c": what comes before it may begin
 * anywhere, as who had the session went away. */
static int
skip_to(struct imap *i, const struct engine_command *c)
{
	struct slice tag = slice_str(c->tag);
	struct conn_line line;
	struct fail ignored;
	uint64_t passed = 0;

	while (passed < LIMIT_IMAP_UNREAD) {
		if (conn_line(i->conn, LIMIT_TEXT_LINE, CONN_DATA, &line,
		    &ignored) != CONN_LINE)
			return -1;
		passed += line.text.n + 2;
		if (!slice_starts(line.text, tag))
			continue;
		imap_trace(i, '<', line.text);
		return 0;
	}
	return -1;
}

/* Says "command", and takes whatever comes up to the answer: 0; -1 where the
 * connection is dropped. */
static int
pass(struct lend *l, const char *command)
{
	struct imap *i = l->imap;
	struct fail ignored = { 0 };
	struct engine_command *c;
	unsigned number = imap_say(i, "%s", command);
	int rc = -1;

	imap_said(i);
	c = imap_find(i, number);
	imap_allow(i);
	if (!begin_wait(l) || imap_flush(i, &ignored) == -1 ||
	    skip_to(i, c) == -1) {
		drop(l);
	} else {
		imap_forget(i, c);
		rc = 0;
	}
	end_wait(l);
	return rc;
}

/* From whatever state to the one in which commands find it.  Without UNSELECT
 * a mailbox is left by CLOSE, which expunges nothing where it can only be read
 * (RFC 9051, 6.4.1): Courier removes none that is selected. */
static void
settle(struct lend *l, int selected)
{
	const struct imap *i = l->imap;

	forget(l);
	if (!selected)
		(void)pass(l, "NOOP");
	else if (imap_has(i, IMAP_UNSELECT))
		(void)pass(l, "UNSELECT");
	else if (pass(l, "EXAMINE INBOX") == 0)
		(void)pass(l, "CLOSE");
}

/* How many bytes of the session that were. */
static uint64_t
greet(struct lend *l, int fd)
{
	struct imap *i = l->imap;
	struct buf text = BUF(GREETING);
	uint64_t n;

	if (i->utf8)
		(void)buf_addf(&text, "* ENABLED %s\r\n", i->rev2 ?
		    "IMAP4rev2" : "UTF8=ACCEPT");
	if (l->selected && l->examined[0] != '\0' &&
	    ticks_now() - l->since < SHARED_MOMENT)
		(void)buf_addf(&text, "* OK [" SHARED_EXAMINED "] %s\r\n",
		    l->examined);
	else if (l->selected)
		(void)buf_adds(&text, "* OK [" SHARED_LEFT "] one is\r\n");
	(void)buf_adds(&text, "* PREAUTH [CAPABILITY");
	imap_write_offers(i, NOT_NOW, &text);
	(void)buf_addf(&text, "] %s is given to you by imap-run\r\n",
	    imap_name(i));
	(void)io_write(fd, buf_slice(&text)); /* there is room for it */
	n = text.n;
	buf_free(&text);
	return n;
}

/* There is no session to be had. */
static void
refuse(int fd, const struct fail *f)
{
	struct buf text = BUF(GREETING);

	(void)buf_addf(&text, "* BYE %s\r\n", f->text);
	(void)io_write(fd, buf_slice(&text));
	buf_free(&text);
}

/* A token of OAuth may be old by now. */
static int
open_again(struct lend *l, struct fail *f)
{
	struct login *login = &l->imap->client.login;
	int rc;

	if (login->token && login->command != NULL)
		buf_wipe(&login->secret);
	rc = begin_wait(l) ? imap_open(l->imap, f) : -1;
	end_wait(l);
	if (rc == -1)
		return -1;
	return lend_keep_alive(l, f);
}

/* The session is "fd"'s until that is closed: how many bytes of it were. */
static uint64_t
pass_to(struct lend *l, int fd)
{
	struct fail ignored;
	uint64_t given = greet(l, fd);

	l->turn = fd;
	if (!l->ended)
		(void)relay_run(l->imap->conn, fd, &given, &ignored);
	l->turn = 0;
	return given;
}

/* What was left to be read at the other end, with a NUL behind it: the word, 0
 * where there is none.  Of "given" bytes, were all read there?  Behind them a
 * name, or "". */
static char
read_verdict(int verdict, uint64_t given, int *all, const char **name)
{
	static char text[SHARED_VERDICT + 1];
	ssize_t n = read(verdict, text, sizeof(text) - 1);
	struct slice rest, number;
	uint64_t read_there;

	text[n > 0 ? n : 0] = '\0';
	rest = slice_sub(slice_str(text), 1, SHARED_VERDICT);
	*name = slice_until(&rest, ' ', &number) ? rest.p : "";
	*all = slice_uint(number, given, given, &read_there) == 0;
	return text[0];
}

/* It is told to others as a part of a line. */
static void
remember(struct lend *l, const char *name)
{
	(void)snprintf(l->examined, sizeof(l->examined), "%s",
	    shared_is_name(slice_str(name)) ? name : "");
}

/* A mailbox that is selected is left by the next one, where that can, as it
 * says something anyway.  Of another imap-run we know less than its engine. */
static void
take_back(struct lend *l, char word, int all)
{
	int selected = word == SHARED_SELECTED || word == SHARED_KEPT;

	if (word != SHARED_DONE && !selected)
		drop(l);
	else if (!all || l->imap->shared || (selected &&
	    !imap_has(l->imap, IMAP_UNSELECT)))
		settle(l, selected);
	else
		l->selected = selected;
}

static void
serve(struct lend *l, int fd, int verdict, char request)
{
	struct fail f = { 0 };
	uint64_t given, start;
	const char *name;
	char word;
	int all;

	lend_drain(l);
	if (l->selected && request != SHARED_LEAVES)
		settle(l, 1);
	if (l->imap->dead && open_again(l, &f) == -1) {
		refuse(fd, &f);
		return;
	}
	start = ticks_now();
	given = pass_to(l, fd);
	word = read_verdict(verdict, given, &all, &name);
	if (word != SHARED_KEPT) {
		remember(l, name);
		l->since = start;
	}
	take_back(l, word, all);
}

int
lend_serve(struct lend *l)
{
	char request[SHARED_REQUEST];
	int fds[2];

	if (handover_take_some(l->requests, fds, 2, request,
	    sizeof(request)) == -1)
		return is_gone(l->requests) ? -1 : 0;
	if (!is_gone(fds[0]))
		serve(l, fds[0], fds[1], request[0]);
	(void)close(fds[0]);
	(void)close(fds[1]);
	return 0;
}
