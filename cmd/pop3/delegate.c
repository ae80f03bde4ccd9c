/* SPDX-License-Identifier: ISC */
/* delegate: a maildrop that a checkpassword program opens; see delegate.h. */

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "beside.h"
#include "child.h"
#include "credentials.h"
#include "delegate.h"
#include "limits.h"
#include "text.h"
#include "ticks.h"

enum { WORDS = 10 };

/* The words behind those of the program that the configuration names. */
struct words {
	char *words[WORDS];
	size_t n;
	char checkpw[BESIDE_PATH], own[BESIDE_PATH];
};

static void
add(struct words *w, const char *word)
{
	/* UNSAFE: argv is only read */
	w->words[w->n++] = (char *)(uintptr_t)word;
}

static void
add_options(struct words *w, const struct server *server)
{
	if (server->path == NULL)
		return;
	add(w, "-f");
	add(w, server->path);
}

static void
choose_words(struct words *w, const struct server *server, int machine)
{
	w->n = 0;
	if (machine) {
		(void)beside_find(w->checkpw, "mail-checkpw");
		add(w, w->checkpw);
		add(w, "-P");
		add_options(w, server);
	}
	(void)beside_find(w->own, "pop3d-inetd");
	add(w, w->own);
	add(w, "-M");
	if (server->trace)
		add(w, "-v");
	add_options(w, server);
}

/* Its first line: 1; 0 where it ends without one, -1 where it takes too
 * long, or says something else. */
static int
read_line(struct delegate *p, struct fail *f)
{
	uint64_t end = ticks_now() + LIMIT_AUTH_PROGRAM * 1000, now;
	size_t n = 0;

	while (n < GATEFRAME_LINE && (now = ticks_now()) < end) {
		struct pollfd in = { .fd = p->fd, .events = POLLIN };
		ssize_t got;

		if (poll(&in, 1, (int)(end - now)) < 1)
			continue;
		got = read(p->fd, p->line + n, 1);
		if (got == 0 || (got == -1 && errno != EINTR))
			return 0;
		if (got == 1 && p->line[n++] == '\n')
			break;
	}
	if (n < 5 || p->line[n - 1] != '\n' || (p->line[0] != '+' &&
	    p->line[0] != '-'))
		return fail_set(f, EX_TEMPFAIL, "no reply from what it runs");
	p->line[n] = '\0';
	return 1;
}

/* What became of a program that said nothing. */
static int
verdict(pid_t pid, struct fail *f)
{
	switch (authwrap_wait(pid, LIMIT_AUTH_PROGRAM * 1000, f)) {
	case AUTHWRAP_ACCEPTED:
		return fail_set(f, EX_TEMPFAIL, "ended without a reply");
	case AUTHWRAP_REFUSED:
		return 0;
	default:
		return -1;
	}
}

static int
hear(struct delegate *p, struct fail *f)
{
	int rc = read_line(p, f);

	if (rc == 1)
		return 1;
	(void)close(p->fd);
	if (rc == -1)
		child_kill(p->pid);
	else
		rc = verdict(p->pid, f);
	p->pid = 0;
	return rc;
}

int
delegate_start(struct delegate *p, const struct server *server,
    const struct delegate_login *l, struct fail *f)
{
	struct authwrap w = { .user = l->user, .password = l->secret,
		.most = p->token ? LIMIT_TOKEN : 0 };
	const char *command = p->token ? server->conf.check_token :
	    server->conf.checkpassword;
	struct words words;
	struct credentials_run run = { .command = command,
		.tail = words.words, .w = &w };
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return fail_errno(f, EX_TEMPFAIL, "socketpair");
	choose_words(&words, server, command == NULL);
	run.n = words.n;
	(void)setenv("TCPREMOTEIP", l->client, 1);
	w.in = w.out = pair[1];
	p->pid = credentials_start(&run, f);
	(void)close(pair[1]);
	p->fd = pair[0];
	if (p->pid != -1)
		return hear(p, f);
	p->pid = 0;
	(void)close(p->fd);
	return f->class == EX_NOPERM ? 0 : -1;
}

void
delegate_end(struct delegate *p)
{
	(void)close(p->fd);
	p->pid = 0;
}
