/* SPDX-License-Identifier: ISC */
/* Tests of smtpauth: what a client says to servers that have said all that
 * they will say already. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "limits.h"
#include "smtpauth.h"
#include "unit.h"

static struct buf traced = BUF(10000);

static void
note(int direction, struct slice line)
{
	(void)buf_addf(&traced, "%c ", direction);
	(void)buf_add(&traced, line);
	(void)buf_addc(&traced, '|');
}

/* Whether "what" is in the heap, in what was freed of it as well. */
static int
is_in_heap(const char *what)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	int mem = open("/proc/self/mem", O_RDONLY), found = 0;
	unsigned long start, end;
	char line[1000], *copy;

	while (fgets(line, sizeof(line), maps) != NULL) {
		if (strstr(line, "[heap]") == NULL ||
		    sscanf(line, "%lx-%lx", &start, &end) != 2)
			continue;
		copy = malloc(end - start);
		CHECK(pread(mem, copy, end - start, (off_t)start) ==
		    (ssize_t)(end - start));
		found |= memmem(copy, end - start, what, strlen(what)) != NULL;
		free(copy);
	}
	(void)fclose(maps);
	(void)close(mem);
	return found;
}

/* Of a secret that is "xyz" many times, in base64. */
#define TRACE "eXp4eXp4eXp4eXp4eXp4eXp4eXp4eXp4"

/* What the client says is in "said", with | for CRLF. */
static int
login(const char *replies, struct saslclient_conf *conf, struct buf *said,
    struct fail *f)
{
	struct smtp s = { .timeout = 10, .trace = note };
	struct slice in = slice_str(replies);
	struct fail ignored;
	char piece[4096];
	ssize_t n, i;
	int fd[2], rc;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1 ||
	    write(fd[1], in.p, in.n) != (ssize_t)in.n ||
	    shutdown(fd[1], SHUT_WR) == -1)
		abort();
	*f = (struct fail){ 0 };
	buf_clear(&traced);
	buf_clear(said);
	CHECK_INT(smtp_open(&s, conn_new(fd[0], fd[0]), "me.example", f), 0);
	rc = smtpauth_login(&s, conf, f);
	CHECK(!is_in_heap(TRACE));
	(void)conn_flush(s.conn, &ignored);
	smtp_close(&s);
	while ((n = read(fd[1], piece, sizeof(piece))) > 0)
		for (i = 0; i < n; i++)
			if (piece[i] != '\r')
				(void)buf_addc(said, piece[i] == '\n' ? '|' :
				    piece[i]);
	(void)close(fd[1]);
	return rc;
}

#define EHLO "220 mx\r\n250-mx\r\n250 AUTH "

static void
logins(void)
{
	static const struct {
		const char *name, *mechanism, *replies, *said;
		int class; /* 0: in */
	} cases[] = {
		{ "PLAIN", NULL, EHLO "PLAIN\r\n235 yes\r\n",
		    "AUTH PLAIN AGJvYgBwdw==|", 0 },
		{ "LOGIN", NULL, EHLO "LOGIN\r\n334 \r\n334 eA==\r\n"
		    "235 yes\r\n", "AUTH LOGIN|Ym9i|cHc=|", 0 },
		{ "refused", NULL, EHLO "PLAIN\r\n535 5.7.8 no\r\n",
		    "AUTH PLAIN AGJvYgBwdw==|", EX_NOPERM },
		{ "any refusal", NULL, EHLO "PLAIN\r\n550 5.1.1 no\r\n",
		    "AUTH PLAIN AGJvYgBwdw==|", EX_NOPERM },
		{ "deferred", NULL, EHLO "PLAIN\r\n454 4.7.0 no\r\n",
		    "AUTH PLAIN AGJvYgBwdw==|", EX_TEMPFAIL },
		{ "closed", NULL, EHLO "PLAIN\r\n",
		    "AUTH PLAIN AGJvYgBwdw==|", EX_TEMPFAIL },
		{ "nothing offered", NULL, "220 mx\r\n250 mx\r\n", "",
		    EX_NOPERM },
		{ "an empty list", NULL, EHLO "\r\n", "", EX_NOPERM },
		{ "nothing in common", NULL, EHLO "NTLM GSSAPI\r\n", "",
		    EX_NOPERM },
		{ "forced, not offered", "plain", EHLO "LOGIN\r\n"
		    "504 no\r\n", "AUTH PLAIN AGJvYgBwdw==|", EX_NOPERM },
		{ "no base64", NULL, EHLO "LOGIN\r\n334 x\r\n501\r\n",
		    "AUTH LOGIN|*|", EX_PROTOCOL },
		{ "* from a server", NULL, EHLO "LOGIN\r\n334 *\r\n501\r\n",
		    "AUTH LOGIN|*|", EX_PROTOCOL },
		{ "no end", NULL, EHLO "LOGIN\r\n334 \r\n334 \r\n334 \r\n"
		    "501\r\n", "AUTH LOGIN|Ym9i|cHc=|*|", EX_PROTOCOL },
		{ "too early", NULL, EHLO "LOGIN\r\n334 \r\n235 yes\r\n",
		    "AUTH LOGIN|Ym9i|", EX_PROTOCOL },
		{ "no such reply", NULL, EHLO "PLAIN\r\n354 go\r\n",
		    "AUTH PLAIN AGJvYgBwdw==|", EX_PROTOCOL },
	};
	struct buf said = BUF(100000);
	struct fail f;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct saslclient_conf conf = { .user = SLICE("bob"),
			.secret = SLICE("pw"), .private = 1,
			.mechanism = cases[i].mechanism };

		CASE(cases[i].name);
		CHECK_INT(login(cases[i].replies, &conf, &said, &f),
		    cases[i].class == 0 ? 0 : -1);
		CHECK_INT(f.class, cases[i].class);
		CHECK_SLICE(slice_sub(buf_slice(&said), 16, said.n),
		    slice_str(cases[i].said));
		CHECK(memmem(traced.p, traced.n, "cHc", 3) == NULL);
		CHECK(memmem(traced.p, traced.n, "AGJv", 4) == NULL);
	}
	buf_free(&said);
}

/* RFC 4954, 4: AUTH is a command, of 512 bytes at most. */
static void
long_responses(void)
{
	static char token[8000];
	struct buf said = BUF(100000);
	struct saslclient_conf conf = { .user = SLICE("bob"), .token = 1,
		.private = 1 };
	struct fail f;
	size_t n, line;

	memset(token, 'x', sizeof(token));
	for (n = 330; n < 360; n++) {
		conf.secret = (struct slice){ token, n };
		CHECK_INT(login(EHLO "XOAUTH2\r\n235\r\n", &conf, &said,
		    &f), 0);
		line = said.n - 16 - 1;
		CHECK(line <= 510);
		CHECK(line > 400 || line == strlen("AUTH XOAUTH2"));
		if (line < 400)
			break;
	}
	CHECK(n < 360);
	conf.secret = (struct slice){ token, sizeof(token) };
	CHECK_INT(login(EHLO "XOAUTH2\r\n334 \r\n235\r\n", &conf, &said,
	    &f), 0);
	CHECK(slice_starts(slice_sub(buf_slice(&said), 16, said.n),
	    SLICE("AUTH XOAUTH2|dXNl")));
	CHECK(said.n > 10000);
	buf_free(&said);
}

/* Nothing of it stays in memory: see is_in_heap in login. */
static void
wiped(void)
{
	static char secret[300];
	struct buf said = BUF(100000);
	struct saslclient_conf conf = { .user = SLICE("bob"), .private = 1,
		.secret = { secret, sizeof(secret) } };
	struct fail f;
	size_t i;

	(void)buf_room(&said, 100000); /* no copies of ours */
	for (i = 0; i < sizeof(secret); i++)
		secret[i] = "xyz"[i % 3];
	CHECK_INT(login(EHLO "PLAIN\r\n235\r\n", &conf, &said, &f), 0);
	CHECK(memmem(said.p, said.n, TRACE, strlen(TRACE)) != NULL);
	explicit_bzero(said.p, said.n);
	conf.secret = slice_sub(conf.secret, 1, conf.secret.n);
	CHECK_INT(login(EHLO "LOGIN\r\n334\r\n334\r\n235\r\n", &conf,
	    &said, &f), 0);
	CHECK(memmem(said.p, said.n, TRACE, strlen(TRACE)) != NULL);
	buf_wipe(&said);
}

int
main(void)
{
	RUN(logins);
	RUN(long_responses);
	RUN(wiped);
	buf_free(&traced);
	return unit_done();
}
