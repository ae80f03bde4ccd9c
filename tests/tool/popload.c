/* SPDX-License-Identifier: ISC */
/*
 * popload sessions PORT USER PASSWORD COUNT PROCESSES [CA]
 * popload retr PORT USER PASSWORD COUNT
 *
 * A client of POP3 on localhost that costs little, to measure servers with.
 * "sessions" makes COUNT sessions in all, in up to 9 processes at once: log in,
 * STAT, QUIT; a "*" in USER is the number of the process.  With CA it is over
 * TLS from the first byte, each with a handshake of its own.  "retr" has the
 * messages 1 to COUNT in one pipeline, up to 20000, and drops them.  Prints
 * seconds, and the octets of "retr".
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "dial.h"
#include "mem.h"
#include "tlsclient.h"

enum {
	WAIT = 120,
	LINE = 512,
};

struct load {
	const char *port, *user, *password;
	struct tlsclient *tls; /* NULL: in clear text */
};

static void
stop(const struct fail *f)
{
	(void)fprintf(stderr, "popload: %s\n", f->text);
	exit(75);
}

static double
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Says it, unless it is NULL, and waits for +OK; the octets of the answer. */
static size_t
said(struct conn *c, const char *verb, const char *argument)
{
	struct conn_line line;
	struct fail f = { 0 };

	if (verb != NULL) {
		buf_adds(conn_out(c), verb);
		buf_adds(conn_out(c), argument);
		buf_adds(conn_out(c), "\r\n");
	}
	if (conn_line(c, LINE, CONN_COMMAND, &line, &f) != CONN_LINE)
		stop(&f);
	if (line.text.n < 3 || memcmp(line.text.p, "+OK", 3) != 0) {
		(void)fprintf(stderr, "popload: %s: %.*s\n",
		    verb != NULL ? verb : "greeting", (int)line.text.n,
		    (const char *)line.text.p);
		exit(76);
	}
	return line.text.n + 2;
}

static struct conn *
logged_in(const struct load *l, size_t *octets)
{
	struct fail f = { 0 };
	struct conn *c = dial("localhost", l->port, WAIT, &f);
	struct tls *t;

	if (c == NULL)
		stop(&f);
	conn_timeout(c, WAIT);
	if (l->tls != NULL && ((t = tlsclient_session(l->tls, &f)) == NULL ||
	    conn_start_tls(c, t, &f) == -1))
		stop(&f);
	*octets += said(c, NULL, NULL);
	*octets += said(c, "USER ", l->user);
	*octets += said(c, "PASS ", l->password);
	return c;
}

static void
session(const struct load *l, size_t *octets)
{
	struct conn *c = logged_in(l, octets);

	*octets += said(c, "STAT", "");
	*octets += said(c, "QUIT", "");
	conn_close(&c);
}

static void
as_process(struct load *l, int i, int count, int processes)
{
	size_t octets = 0;
	char *user = mem_str(slice_str(l->user)), *star = strchr(user, '*');

	if (star != NULL)
		*star = (char)('1' + i);
	l->user = user;
	for (int n = i; n < count; n += processes)
		session(l, &octets);
	_exit(0);
}

static void
sessions(struct load *l, int count, int processes)
{
	int status, wrong = 0;

	for (int i = 0; i < processes && i < 9; i++)
		if (fork() == 0)
			as_process(l, i, count, processes);
	while (wait(&status) != -1)
		wrong |= status;
	if (wrong)
		exit(75);
}

static size_t
retr(const struct load *l, int count, double *begin)
{
	struct fail f = { 0 };
	struct slice piece;
	size_t octets = 0;
	struct conn *c = logged_in(l, &octets);
	char line[32];
	int got;

	octets = 0;
	*begin = now();
	for (int n = 1; n <= count; n++) {
		(void)snprintf(line, sizeof(line), "RETR %d\r\n", n);
		buf_adds(conn_out(c), line);
	}
	buf_adds(conn_out(c), "QUIT\r\n");
	if (conn_flush(c, &f) == -1)
		stop(&f);
	while ((got = conn_octets(c, CONN_FULL, &piece, &f)) == CONN_LINE)
		octets += piece.n;
	if (got != CONN_CLOSED)
		stop(&f);
	conn_close(&c);
	return octets;
}

static int
number(const char *text)
{
	long n = strtol(text, NULL, 10);

	return n < 1 || n > 1000000 ? 1 : (int)n;
}

int
main(int argc, char *argv[])
{
	struct tlsclient_options o = { .host = "localhost", .fresh = 1 };
	struct load l = { 0 };
	struct fail f = { 0 };
	double begin = now();
	size_t octets = 0;

	if (argc < 6 || (strcmp(argv[1], "retr") != 0 && argc < 7)) {
		(void)fprintf(stderr, "usage: popload sessions PORT USER "
		    "PASSWORD COUNT PROCESSES [CA]\n"
		    "       popload retr PORT USER PASSWORD COUNT\n");
		return 64;
	}
	l = (struct load){ argv[2], argv[3], argv[4], NULL };
	o.port = l.port;
	o.ca = argc > 7 ? argv[7] : NULL;
	if (o.ca != NULL && (l.tls = tlsclient_new(&o, &f)) == NULL)
		stop(&f);
	if (argc == 6)
		octets = retr(&l, number(argv[5]), &begin);
	else
		sessions(&l, number(argv[5]), number(argv[6]));
	(void)printf("%.4f %zu\n", now() - begin, octets);
	return 0;
}
