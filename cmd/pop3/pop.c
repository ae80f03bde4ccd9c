/* SPDX-License-Identifier: ISC */
/* pop: the client's side of POP3: commands and replies; see pop.h. */

#include <stdarg.h>
#include <stdio.h>

#include "limits.h"
#include "pop.h"
#include "text.h"

enum {
	COMMAND = 256,	    /* RFC 2449, 4: 255 with CRLF */
	PIECE = 65536,	    /* of a text, for "each" */
	PROGRESS = 65536,   /* bytes that have the time of a reply */
};

void
pop_trace(const struct pop *p, int direction, struct slice line)
{
	if (p->client.trace)
		(void)fprintf(stderr, "%c %s\n", direction, TEXT_SHOW(line));
}

/* The connection is of no use any more, for the reason in "f". */
int
pop_lost(struct pop *p, const struct fail *f)
{
	p->dead = 1;
	p->lost = *f;
	return -1;
}

/* What is read from now on has so many seconds for each PROGRESS bytes. */
static void
allow(struct pop *p)
{
	unsigned seconds = p->client.timeout != 0 ? p->client.timeout :
	    LIMIT_COMMAND_REPLY;

	conn_timeout(p->conn, seconds);
	conn_end(p->conn, seconds);
	p->quota = PROGRESS;
}

static void
count(struct pop *p, uint64_t n)
{
	if (n >= p->quota)
		allow(p);
	else
		p->quota -= n;
}

const char *
pop_name(const struct pop *p)
{
	return client_name(&p->client);
}

size_t
pop_window(const struct pop *p)
{
	return (p->offers & POP_PIPELINING) != 0 ? LIMIT_WINDOW : 1;
}

void
pop_put(struct pop *p, struct slice line)
{
	struct fail f;

	p->unanswered++;
	if (p->dead)
		return;
	(void)buf_add(conn_out(p->conn), line);
	(void)buf_adds(conn_out(p->conn), "\r\n");
	if (!conn_full(p->conn))
		return;
	allow(p);
	if (conn_flush(p->conn, &f) == -1)
		(void)pop_lost(p, &f);
}

void
pop_say(struct pop *p, const char *format, ...)
{
	char line[COMMAND];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	pop_trace(p, '>', slice_str(line));
	pop_put(p, slice_str(line));
}

/* What a read came to that gave no line. */
static int
no_line(struct pop *p, int rc, struct fail *f)
{
	if (rc == CONN_CLOSED)
		(void)fail_set(f, EX_TEMPFAIL, "closed by the server");
	return pop_lost(p, f);
}

int
pop_read(struct pop *p, size_t limit, struct slice *text, struct fail *f)
{
	struct conn_line line;
	int rc;

	if (p->dead) {
		*f = p->lost;
		return -1;
	}
	allow(p);
	if ((rc = conn_line(p->conn, limit, CONN_COMMAND, &line, f)) !=
	    CONN_LINE)
		return no_line(p, rc, f);
	if ((line.flaws & CONN_LONG) != 0)
		(void)fail_set(f, EX_PROTOCOL,
		    "a reply longer than %zu bytes", limit);
	else if (line.flaws != 0)
		(void)fail_set(f, EX_PROTOCOL,
		    "a reply with a bare CR or LF, or NUL");
	if (line.flaws != 0)
		return pop_lost(p, f);
	*text = line.text;
	return 0;
}

/* What the words of -ERR begin with (RFC 2449, 8; RFC 3206). */
static int
class_of(struct slice text)
{
	static const struct {
		struct slice code;
		int class;
	} codes[] = {
		{ { "[IN-USE]", 8 }, EX_TEMPFAIL },
		{ { "[LOGIN-DELAY]", 13 }, EX_TEMPFAIL },
		{ { "[SYS/TEMP]", 10 }, EX_TEMPFAIL },
		{ { "[AUTH]", 6 }, EX_NOPERM },
	};
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (slice_casestarts(text, codes[i].code))
			return codes[i].class;
	return EX_UNAVAILABLE;
}

int
pop_judge(struct pop *p, struct slice line, struct slice *text, struct fail *f)
{
	int ok = slice_casestarts(line, SLICE("+OK"));

	if (!ok && !slice_casestarts(line, SLICE("-ERR"))) {
		(void)fail_set(f, EX_PROTOCOL, "neither +OK nor -ERR: %s",
		    TEXT_SHOW(line));
		return pop_lost(p, f);
	}
	line = slice_sub(line, ok ? 3 : 4, line.n);
	if (slice_peek(line) == ' ')
		(void)slice_getc(&line);
	if (text != NULL)
		*text = line;
	if (!ok)
		(void)fail_set(f, class_of(line), "-ERR%s%s",
		    line.n > 0 ? " " : "", TEXT_SHOW(line));
	return ok;
}

int
pop_reply(struct pop *p, struct slice *text, struct fail *f)
{
	struct slice line;

	p->unanswered--;
	p->body = (struct undot){ 0 };
	if (pop_read(p, LIMIT_POP_LINE, &line, f) == -1)
		return -1;
	pop_trace(p, '<', line);
	return pop_judge(p, line, text, f);
}

int
pop_line(struct pop *p, struct slice *text, struct fail *f)
{
	struct conn_line line;
	int rc;

	if (p->dead) {
		*f = p->lost;
		return -1;
	}
	if ((rc = conn_line(p->conn, LIMIT_TEXT_LINE, CONN_DATA, &line, f)) !=
	    CONN_LINE)
		return no_line(p, rc, f);
	if ((line.flaws & CONN_LONG) != 0) {
		(void)fail_set(f, EX_PROTOCOL, "a line longer than %d bytes",
		    LIMIT_TEXT_LINE);
		return pop_lost(p, f);
	}
	pop_trace(p, '<', line.text);
	count(p, line.text.n + 2);
	if (slice_eq(line.text, SLICE(".")))
		return 0;
	*text = line.text;
	if (slice_peek(*text) == '.')
		(void)slice_getc(text);
	return 1;
}

/* Takes what is there of a text into p->text: as undot_take, or -1. */
static int
take_text(struct pop *p, struct fail *f)
{
	struct slice in, left, taken;
	int rc = conn_peek(p->conn, &in, f);
	int end;

	if (rc != CONN_LINE)
		return no_line(p, rc, f);
	left = in;
	end = undot_take(&p->body, &left, &p->text);
	(void)conn_octets(p->conn, in.n - left.n, &taken, f);
	count(p, taken.n);
	return end;
}

int
pop_body(struct pop *p,
    int (*each)(void *ctx, struct slice piece, struct fail *f), void *ctx,
    struct fail *f)
{
	int rc = UNDOT_MORE;

	if (p->dead) {
		*f = p->lost;
		return -1;
	}
	p->text.max = PIECE;
	do {
		buf_clear(&p->text);
		while (rc == UNDOT_MORE && p->text.n < PIECE - 1)
			if ((rc = take_text(p, f)) == -1)
				return -1;
		if (p->text.n > 0 && each(ctx, buf_slice(&p->text), f) == -1)
			return -1;
	} while (rc == UNDOT_MORE);
	return 0;
}

int
pop_stat(struct pop *p, uint64_t *messages, uint64_t *octets, struct fail *f)
{
	struct slice text, n, size;
	int rc;

	pop_say(p, "STAT");
	if ((rc = pop_reply(p, &text, f)) != 1)
		return -1;
	if (!slice_word(&text, &n) || !slice_word(&text, &size) ||
	    slice_uint(n, 0, UINT64_MAX, messages) == -1 ||
	    slice_uint(size, 0, UINT64_MAX, octets) == -1)
		return fail_set(f, EX_PROTOCOL,
		    "STAT: not two numbers");
	return 0;
}

int
pop_quit(struct pop *p, struct fail *f)
{
	pop_say(p, "QUIT");
	return pop_reply(p, NULL, f);
}

void
pop_close(struct pop *p, struct fail *f)
{
	conn_close(&p->conn);
	client_closed(&p->client, f);
	buf_free(&p->text);
	p->dead = 1;
}

void
pop_end(struct pop *p)
{
	pop_close(p, NULL);
	client_end(&p->client);
}
