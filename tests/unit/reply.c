/* SPDX-License-Identifier: ISC */
/* Tests of reply: what servers answer, and what hostile ones do. */

#include <sys/socket.h>
#include <unistd.h>

#include "limits.h"
#include "reply.h"
#include "unit.h"
#include "utf8.h"

static void
one_line(void)
{
	static const struct {
		struct slice in;
		int rc, last;
		unsigned code;
		struct slice text;
	} cases[] = {
		{ SLICE("250 ok"), 0, 1, 250, SLICE("ok") },
		{ SLICE("250-ok"), 0, 0, 250, SLICE("ok") },
		{ SLICE("250"), 0, 1, 250, SLICE("") },
		{ SLICE("250 "), 0, 1, 250, SLICE("") },
		{ SLICE("250-"), 0, 0, 250, SLICE("") },
		{ SLICE("250  two"), 0, 1, 250, SLICE(" two") },
		{ SLICE("200 a"), 0, 1, 200, SLICE("a") },
		{ SLICE("599 a"), 0, 1, 599, SLICE("a") },
		{ SLICE("354 a\0b"), 0, 1, 354, SLICE("a\0b") },
		{ SLICE(""), -1, 0, 0, SLICE("") },
		{ SLICE("2"), -1, 0, 0, SLICE("") },
		{ SLICE("25"), -1, 0, 0, SLICE("") },
		{ SLICE("25 ok"), -1, 0, 0, SLICE("") },
		{ SLICE("2500"), -1, 0, 0, SLICE("") },
		{ SLICE("250ok"), -1, 0, 0, SLICE("") },
		{ SLICE("250\tok"), -1, 0, 0, SLICE("") },
		{ SLICE("250+ok"), -1, 0, 0, SLICE("") },
		{ SLICE(" 250 ok"), -1, 0, 0, SLICE("") },
		{ SLICE("-50 ok"), -1, 0, 0, SLICE("") },
		{ SLICE("+50 ok"), -1, 0, 0, SLICE("") },
		{ SLICE("2x0 ok"), -1, 0, 0, SLICE("") },
		{ SLICE("199 ok"), -1, 0, 0, SLICE("") },
		{ SLICE("600 ok"), -1, 0, 0, SLICE("") },
		{ SLICE("000 ok"), -1, 0, 0, SLICE("") },
		{ SLICE("HTTP/1.1 200 OK"), -1, 0, 0, SLICE("") },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice in = unit_exact(cases[i].in);
		struct reply_line line = { 0 };

		CASE(cases[i].in.p);
		CHECK_INT(reply_split(in, &line), cases[i].rc);
		CHECK_INT(line.code, cases[i].code);
		CHECK_INT(line.last, cases[i].last);
		CHECK_SLICE(line.text, cases[i].text);
		free((char *)(uintptr_t)in.p);
	}
}

static void
enhanced(void)
{
	static const struct {
		const char *in;
		unsigned code;
		const char *want, *rest;
	} cases[] = {
		{ "2.1.5 ok", 250, "2.1.5", "ok" },
		{ "5.1.1", 550, "5.1.1", "" },
		{ "5.1.10  no", 550, "5.1.10", "no" },
		{ "4.999.999 a b", 450, "4.999.999", "a b" },
		{ "4.1.1 ok", 250, "", "4.1.1 ok" },
		{ "5.1 no", 550, "", "5.1 no" },
		{ "5.1. no", 550, "", "5.1. no" },
		{ "5..1 no", 550, "", "5..1 no" },
		{ "5.1.1.1 no", 550, "", "5.1.1.1 no" },
		{ "5.1000.1 no", 550, "", "5.1000.1 no" },
		{ "5.1.1000 no", 550, "", "5.1.1000 no" },
		{ "5.1.0000001 no", 550, "", "5.1.0000001 no" },
		{ "55.1.1 no", 550, "", "55.1.1 no" },
		{ "5.1.x no", 550, "", "5.1.x no" },
		{ "5-1-1 no", 550, "", "5-1-1 no" },
		{ " 5.1.1 no", 550, "", " 5.1.1 no" },
		{ "no 5.1.1", 550, "", "no 5.1.1" },
		{ "", 550, "", "" },
		{ "5", 550, "", "5" },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct slice exact = unit_exact(slice_str(cases[i].in));
		char got[REPLY_ENHANCED] = "";
		struct slice text = exact;

		CASE(cases[i].in);
		CHECK_INT(reply_enhanced(&text, cases[i].code, got),
		    cases[i].want[0] != '\0');
		CHECK_STR(got, cases[i].want);
		CHECK_SLICE(text, slice_str(cases[i].rest));
		free((char *)(uintptr_t)exact.p);
	}
}

struct expected {
	const char *name;
	struct slice in;
	unsigned code;		/* 0: it fails, */
	const char *enhanced;
	const char *text;	/* and this is in the sentence, */
	int class;		/* of this class */
};

static const struct expected replies[] = {
	{ "one line", SLICE("250 2.1.5 ok\r\n"), 250, "2.1.5", "ok", 0 },
	{ "bare code", SLICE("250\r\n"), 250, "", "", 0 },
	{ "two lines", SLICE("550-5.1.1 no such\r\n550 5.1.1 user\r\n"), 550,
	    "5.1.1", "no such user", EX_NOUSER },
	{ "empty last line", SLICE("553-no\r\n553\r\n"), 553, "", "no",
	    EX_UNAVAILABLE },
	{ "empty first line", SLICE("250-\r\n250 a\r\n"), 250, "", "a", 0 },
	{ "deferred", SLICE("451 4.3.0 later\r\n"), 451, "4.3.0", "later",
	    EX_TEMPFAIL },
	{ "no such system", SLICE("550 5.1.2 x\r\n"), 550, "5.1.2", "x",
	    EX_NOUSER },
	{ "null MX", SLICE("556 5.1.10 x\r\n"), 556, "5.1.10", "x",
	    EX_NOUSER },
	{ "go on", SLICE("354 send\r\n"), 354, "", "send", EX_PROTOCOL },
	{ "another class", SLICE("250 5.1.1 odd\r\n"), 250, "", "5.1.1 odd",
	    0 },
	{ "spaces", SLICE("250   a  \r\n"), 250, "", "a", 0 },
	{ "control characters", SLICE("250 a\x1b[2Jb\x07\tc\r\n"), 250, "",
	    "a\\x1b[2Jb\\x07\\x09c", 0 },
	{ "not UTF-8", SLICE("250 \xff\r\n"), 250, "", "\\xff", 0 },
	{ "UTF-8", SLICE("250 gr\xc3\xbc\xc3\x9f\r\n"), 250, "",
	    "gr\xc3\xbc\xc3\x9f", 0 },
	{ "text that turns round", SLICE("250 \xe2\x80\xae\r\n"), 250, "",
	    "\\xe2\\x80\\xae", 0 },
	{ "nothing", SLICE(""), 0, "", "closed by the peer", EX_TEMPFAIL },
	{ "no line end", SLICE("250 ok"), 0, "", "closed by the peer",
	    EX_TEMPFAIL },
	{ "no last line", SLICE("250-a\r\n"), 0, "", "closed by the peer",
	    EX_TEMPFAIL },
	{ "two codes", SLICE("250-a\r\n251 b\r\n"), 0, "",
	    "two codes, 250 and 251", EX_PROTOCOL },
	{ "no code", SLICE("hello\r\n"), 0, "", "not a reply: hello",
	    EX_PROTOCOL },
	{ "no code, and an escape", SLICE("\x1b[2J\r\n"), 0, "",
	    "not a reply: \\x1b[2J", EX_PROTOCOL },
	{ "no code in line two", SLICE("250-a\r\n\r\n"), 0, "",
	    "not a reply: ", EX_PROTOCOL },
	{ "bare LF", SLICE("250 ok\n"), 0, "", "bare CR or LF", EX_PROTOCOL },
	{ "bare LF hides a line", SLICE("550-a\n250 b\r\n550 c\r\n"), 0, "",
	    "bare CR or LF", EX_PROTOCOL },
	{ "bare CR", SLICE("250 a\rb\r\n"), 0, "", "bare CR or LF",
	    EX_PROTOCOL },
	{ "NUL", SLICE("250 a\0b\r\n"), 0, "", "NUL", EX_PROTOCOL },
};

/* Feeds "in" in two packets, cut at "cut", and reads a reply. */
static int
read_cut(struct slice in, size_t cut, struct reply *r, struct fail *f)
{
	struct slice parts[2] = { slice_sub(in, 0, cut),
		slice_sub(in, cut, in.n) };
	struct conn *c;
	int fd[2], i, rc;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) == -1)
		abort();
	for (i = 0; i < 2; i++)
		if (parts[i].n > 0 &&
		    write(fd[1], parts[i].p, parts[i].n) == -1)
			abort();
	(void)close(fd[1]);
	c = conn_new(fd[0], fd[0]);
	rc = reply_read(c, r, NULL, NULL, f);
	conn_close(&c);
	return rc;
}

static void
check_reply(const struct expected *e, size_t cut)
{
	struct fail f = { 0 };
	struct reply r;

	memset(&r, 'x', sizeof(r));
	CHECK_INT(read_cut(e->in, cut, &r, &f), e->code == 0 ? -1 : 0);
	CHECK_INT(r.code, e->code);
	if (e->code == 0) {
		CHECK_INT(f.class, e->class);
		CHECK(strstr(f.text, e->text) != NULL);
		CHECK_INT(reply_class(&r), EX_TEMPFAIL);
		return;
	}
	CHECK_STR(r.enhanced, e->enhanced);
	CHECK_STR(r.text, e->text);
	CHECK_INT(reply_class(&r), e->class);
}

static void
whole_replies(void)
{
	size_t i, cut;

	for (i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		CASE(replies[i].name);
		for (cut = 0; cut <= replies[i].in.n; cut++)
			check_reply(&replies[i], cut);
	}
}

/* "lines" lines of "n" bytes each, the last one a last one. */
static int
read_many(size_t lines, size_t n, struct reply *r, struct fail *f)
{
	struct buf in = BUF(lines * (n + 2));
	int rc;

	while (lines-- > 0) {
		size_t end = in.n + n;

		(void)buf_adds(&in, lines == 0 ? "250 " : "250-");
		while (in.n < end)
			(void)buf_addc(&in, 'x');
		(void)buf_adds(&in, "\r\n");
	}
	rc = read_cut(buf_slice(&in), in.n / 2, r, f);
	buf_free(&in);
	return rc;
}

static void
limits(void)
{
	struct fail f = { 0 };
	struct reply r;

	CHECK_INT(read_many(1, LIMIT_REPLY, &r, &f), 0);
	CHECK_INT(strlen(r.text), 200);
	CHECK_INT(read_many(1, LIMIT_REPLY + 1, &r, &f), -1);
	CHECK_INT(f.class, EX_PROTOCOL);
	CHECK_STR(f.text, "a reply line longer than 2048 bytes");
	CHECK_INT(read_many(LIMIT_REPLY_LINES, 20, &r, &f), 0);
	CHECK(strlen(r.text) < REPLY_TEXT);
	CHECK(strlen(r.text) > REPLY_TEXT - 50);
	CHECK_INT(read_many(LIMIT_REPLY_LINES + 1, 20, &r, &f), -1);
	CHECK_INT(f.class, EX_PROTOCOL);
	CHECK_STR(f.text, "a reply of more than 100 lines");
	/* Cut between characters, never within one. */
	CHECK_INT(read_many(LIMIT_REPLY_LINES, 600, &r, &f), 0);
	CHECK(utf8_valid(slice_str(r.text)));
}

static void
refusals(void)
{
	struct reply r = { 550, "5.1.1", "no such user" };
	struct fail f = { 0 };

	CHECK_INT(reply_fail(&r, &f), -1);
	CHECK_STR(f.text, "550 5.1.1 no such user");
	CHECK_INT(f.class, EX_NOUSER);
	r.enhanced[0] = '\0';
	CHECK_INT(reply_fail(&r, &f), -1);
	CHECK_STR(f.text, "550 no such user");
	CHECK_INT(f.class, EX_UNAVAILABLE);
	r.text[0] = '\0';
	(void)reply_fail(&r, &f);
	CHECK_STR(f.text, "550");
	r.code = 0;
	(void)reply_fail(&r, &f);
	CHECK_STR(f.text, "no reply");
	CHECK_INT(f.class, EX_TEMPFAIL);
}

static void
note_line(void *ctx, struct slice line)
{
	(void)buf_add(ctx, line);
	(void)buf_addc(ctx, '|');
}

static void
each_line(void)
{
	struct buf seen = BUF(1000);
	struct fail f = { 0 };
	struct reply r;
	struct conn *c;
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1)
		abort();
	c = conn_new(fd[0], fd[0]);
	if (write(fd[1], "250-a\r\n250 b\r\n354 c\r\n", 21) != 21)
		abort();
	CHECK_INT(reply_read(c, &r, note_line, &seen, &f), 0);
	CHECK_SLICE(buf_slice(&seen), SLICE("250-a|250 b|"));
	CHECK_INT(reply_read(c, &r, note_line, &seen, &f), 0);
	CHECK_INT(r.code, 354);
	conn_close(&c);
	(void)close(fd[1]);
	buf_free(&seen);
}

/* A line of "n" bytes, code and all. */
static int
read_auth(size_t n, struct reply *r, struct fail *f)
{
	static char text[LIMIT_AUTH_LINE + 8];
	struct buf seen = BUF(20000);
	struct conn *c;
	int fd[2], rc;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1)
		abort();
	memset(text, 'A', sizeof(text));
	memcpy(text, "334 ", 4);
	memcpy(text + n, "\r\n", 2);
	if (write(fd[1], text, n + 2) != (ssize_t)n + 2)
		abort();
	c = conn_new(fd[0], fd[0]);
	rc = reply_read_auth(c, r, note_line, &seen, f);
	CHECK_INT(seen.n, rc == 0 ? n + 1 : 0);
	conn_close(&c);
	(void)close(fd[1]);
	buf_free(&seen);
	return rc;
}

static void
challenges(void)
{
	struct fail f = { 0 };
	struct reply r;

	CHECK_INT(read_auth(4, &r, &f), 0);
	CHECK_INT(r.code, 334);
	CHECK_INT(read_auth(LIMIT_AUTH_LINE + 4, &r, &f), 0);
	CHECK_INT(r.code, 334);
	CHECK_INT(read_auth(LIMIT_AUTH_LINE + 5, &r, &f), -1);
	CHECK_INT(f.class, EX_PROTOCOL);
	CHECK_INT(r.code, 0);
}

static void
credentials(void)
{
	static const unsigned codes[] = { 530, 534, 535, 538 };
	struct reply r = { .enhanced = "5.7.8" };
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		r.code = codes[i];
		CHECK_INT(reply_class(&r), EX_NOPERM);
	}
	r.code = 454;
	CHECK_INT(reply_class(&r), EX_TEMPFAIL);
	r.code = 550;
	CHECK_INT(reply_class(&r), EX_UNAVAILABLE);
}

int
main(void)
{
	RUN(one_line);
	RUN(enhanced);
	RUN(whole_replies);
	RUN(limits);
	RUN(refusals);
	RUN(each_line);
	RUN(challenges);
	RUN(credentials);
	return unit_done();
}
