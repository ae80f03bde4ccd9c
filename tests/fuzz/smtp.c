/* SPDX-License-Identifier: ISC */
/*
 * Fuzz target: all that a server says to the client's engine.  The first byte
 * chooses what is spoken; "|" stands where the server waits for the client.
 * No message is sent by a reply that came before its end, a refusal is told in
 * words that can be shown, no bare CR or LF and no end of a message but that of
 * each leaves, and the trace has no password.
 */

#include "deadline.h"
#include "foreign.h"
#include "smtpauth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { /* of the first byte */
	LMTP = 1,
	LOGIN = 2,
	CHUNKS = 4, /* where the server has them */
	LONG = 8,   /* a message of several chunks */
	AHEAD = 16, /* the envelope of the next goes with the end of each */
	SAID = 1 << 20,
};

static struct slice rest;  /* what the server has not said yet */
static size_t turns;	   /* that it has spoken */
static size_t ends;	   /* of messages, put with DATA */
static int server = -1;
static char said[SAID]; /* by the client */
static size_t nsaid;

static void
drain(void)
{
	ssize_t n;

	while ((n = recv(server, said + nsaid, SAID - nsaid,
	    MSG_DONTWAIT)) > 0)
		nsaid += (size_t)n;
	if (nsaid == SAID)
		abort();
}

/* In place of the library's: whoever waits to read is told more. */
int
deadline_wait(struct deadline *d, struct pollfd p[2], int stoppable,
    struct fail *f)
{
	struct slice piece;

	(void)d;
	(void)stoppable;
	(void)f;
	drain();
	p[0].revents = 0;
	p[1].revents = p[1].events;
	if (p[1].fd != -1)
		return DEADLINE_READY;
	p[0].revents = POLLIN;
	turns++;
	if (rest.n == 0) {
		(void)shutdown(server, SHUT_WR);
		return DEADLINE_READY;
	}
	(void)slice_until(&rest, '|', &piece);
	if (write(server, piece.p, piece.n) != (ssize_t)piece.n)
		abort();
	return piece.n > 0 ? DEADLINE_READY :
	    deadline_wait(d, p, stoppable, f);
}

time_t
deadline_in(unsigned seconds)
{
	(void)seconds;
	return 0;
}

static void
note(int direction, struct slice line)
{
	if (direction == '>' && line.n > 0 &&
	    (memmem(line.p, line.n, "pencil", 6) != NULL ||
	    memmem(line.p, line.n, "cGVuY2ls", 8) != NULL))
		abort();
}

/* The first of two recipients of the same, and the sender of all. */
static const struct slice to[] = { SLICE("b@y"), SLICE("c@z") };

static int
count_accepted(const struct reply *replies)
{
	size_t i;
	int n = 0;

	for (i = 0; i < 2; i++) {
		foreign_text(slice_str(replies[i].text));
		n += replies[i].code != 0 && reply_class(&replies[i]) == 0;
	}
	return n;
}

/* The message, and the replies to it: one, or with LMTP as many as there are
 * recipients. */
static void
send_text(struct smtp *s, const struct smtp_envelope *next, unsigned how,
    int replies)
{
	static char text[300000];
	struct reply r;
	struct fail f = { 0 };
	size_t before;
	int known;

	if (text[0] == '\0')
		memset(text, '\n', sizeof(text));
	text[1] = '.';
	if (smtp_put_data(s, (struct slice){ text, (how & LONG) != 0 ?
	    sizeof(text) : 5 }, &f) == -1)
		return;
	known = s->unanswered == 0;
	before = turns;
	if (smtp_put_dot(s, &f) == -1)
		return;
	ends += !s->chunked && s->refusal.code == 0;
	if ((how & AHEAD) != 0)
		smtp_put_envelope(s, next);
	for (; replies > 0; replies--) {
		if (smtp_get_dot(s, &r, &f) == -1)
			break;
		foreign_text(slice_str(r.text));
		if (known && reply_class(&r) == 0 && turns == before)
			abort();
		if (!s->lmtp)
			break;
	}
	foreign_text(slice_str(f.text));
}

static void
send_messages(struct smtp *s, unsigned how)
{
	struct smtp_envelope e = { .sender = SLICE("a@x"), .to = to, .nto = 2,
		.size = 5 };
	struct reply replies[2];
	struct fail f = { 0 };
	int i, n;

	e.chunked = (how & CHUNKS) != 0 && (s->offers & SMTP_CHUNKING) != 0;
	for (i = 0; i < 3 && !s->dead; i++) {
		if (i == 0 || (how & AHEAD) == 0)
			smtp_put_envelope(s, &e);
		n = smtp_get_envelope(s, &e, replies, &f);
		if (n > 0 && n != count_accepted(replies))
			abort();
		if (n > 0) {
			send_text(s, &e, how, n);
		} else if (n == 0) {
			ends += s->waiting && !s->lmtp;
			(void)smtp_abandon(s, &f);
			how &= ~(unsigned)AHEAD;
		}
		foreign_text(slice_str(f.text));
	}
}

/* What the client said: lines, and as many ends as there are messages. */
static void
check_said(int chunks)
{
	size_t i, found = 0;

	for (i = 0; i < nsaid; i++) {
		if ((said[i] == '\n' && (i == 0 || said[i - 1] != '\r')) ||
		    (said[i] == '\r' && i + 1 < nsaid && said[i + 1] != '\n'))
			abort();
		found += i >= 4 && memcmp(said + i - 4, "\r\n.\r\n", 5) == 0;
	}
	if (!chunks && found > ends)
		abort();
}

static void
talk(struct smtp *s, unsigned how)
{
	struct saslclient_conf conf = { .user = SLICE("alice"),
		.secret = SLICE("pencil"), .private = 1 };
	struct fail f = { 0 };

	if (smtp_open(s, s->conn, "me.example", &f) == 0 &&
	    ((how & LOGIN) == 0 || smtpauth_login(s, &conf, &f) == 0))
		send_messages(s, how);
	else if (f.class == 0 || f.text[0] == '\0')
		abort();
	foreign_text(slice_str(f.text));
	smtp_quit(s);
	drain();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned how = size > 0 ? data[0] : 0;
	struct smtp s = { .trace = note, .lmtp = (how & LMTP) != 0 };
	int fd[2];

	if (size < 1 || size > 20000 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1)
		return 0;
	rest = (struct slice){ (const char *)data + 1, size - 1 };
	turns = ends = nsaid = 0;
	server = fd[1];
	s.conn = conn_new(fd[0], fd[0]);
	talk(&s, how);
	check_said((how & CHUNKS) != 0);
	smtp_close(&s);
	(void)close(server);
	return 0;
}
