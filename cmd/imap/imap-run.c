/* SPDX-License-Identifier: ISC */
/*
 * imap-run: logs in once, and runs a command in which all other commands for
 * IMAP have that session: their server is "-".
 *
 *	imap-run [-v] [-A mechanism] [-o key=value] [-P fd] [-p command]
 *	    server | -a account command [arg ...]
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "io.h"
#include "lend.h"
#include "options.h"
#include "shared.h"
#include "text.h"

enum {
	HIGH = 100,	 /* a descriptor that scripts have no use for */
	KEEP_ALIVE = 240, /* seconds: NAT forgets after five minutes, a server
			     after thirty (RFC 9051, 5.4) */
	DAY = 86400,
	NOT_RUN = 126,	 /* as env(1) and the shell have it */
	NOT_FOUND = 127,
};

struct run {
	struct imap imap;
	struct lend lend;
	unsigned keep_alive;
	struct sigaction pipe; /* what SIGPIPE was for us */
	char *const *command;
};

/* What the signal handlers know. */
static struct {
	volatile sig_atomic_t pid; /* of the command */
	volatile sig_atomic_t status;
	int wake[2];
	struct lend *lend;
} command;

static int
status_of(int raw)
{
	return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

/* The session ends with the command, whoever has it still, and nobody waits for
 * a server that nobody needs. */
static void
on_child(int number)
{
	int before = errno, raw;

	(void)number;
	if (command.lend->ended || waitpid(command.pid, &raw, WNOHANG) !=
	    command.pid)
		goto out;
	command.status = status_of(raw);
	command.lend->ended = 1;
	if (command.lend->waiting)
		_exit(command.status);
	(void)!write(command.wake[1], "", 1);
	if (command.lend->turn != 0)
		(void)shutdown(command.lend->turn, SHUT_RDWR);
out:
	errno = before;
}

/* What somebody sends to us; what a terminal sends, all of the group get. */
static void
on_signal(int number, siginfo_t *info, void *context)
{
	int before = errno;

	(void)context;
	if (info->si_code <= 0 && !command.lend->ended)
		(void)kill(command.pid, number);
	errno = before;
}

static void
watch(int number, struct sigaction *to)
{
	struct sigaction was;

	if (sigaction(number, NULL, &was) == 0 && was.sa_handler != SIG_IGN)
		(void)sigaction(number, to, NULL);
}

static void
watch_all(void)
{
	struct sigaction child = { .sa_handler = on_child,
		.sa_flags = SA_NOCLDSTOP | SA_RESTART };
	struct sigaction other = { .sa_sigaction = on_signal,
		.sa_flags = SA_SIGINFO | SA_RESTART };

	(void)sigaction(SIGCHLD, &child, NULL);
	watch(SIGHUP, &other);
	watch(SIGINT, &other);
	watch(SIGQUIT, &other);
	watch(SIGTERM, &other);
}

/* In the new process: what it inherits is what we inherited, and a session. */
static _Noreturn void
become_command(const struct run *r, int session)
{
	char value[16];
	int fd = io_aside(session, HIGH), status;

	(void)snprintf(value, sizeof(value), "%d", fd);
	(void)sigaction(SIGPIPE, &r->pipe, NULL);
	if (fd == -1 || fcntl(fd, F_SETFD, 0) == -1 ||
	    setenv(SHARED_VARIABLE, value, 1) == -1) {
		cli_warn("%s: %s", SHARED_VARIABLE, strerror(errno));
		_exit(EX_TEMPFAIL);
	}
	(void)execvp(r->command[0], r->command);
	status = errno == ENOENT ? NOT_FOUND : NOT_RUN;
	cli_warn("%s: run: %s", TEXT_SHOW(slice_str(r->command[0])),
	    strerror(errno));
	_exit(status);
}

/* With signals blocked until we know whom they are for. */
static int
start_command(struct run *r, struct fail *f)
{
	sigset_t all, before;
	int pair[2], error;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1 ||
	    pipe2(command.wake, O_CLOEXEC | O_NONBLOCK) == -1)
		return fail_errno(f, EX_TEMPFAIL, "socketpair");
	command.lend = &r->lend;
	r->lend.requests = pair[0];
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, &before);
	if ((pid = fork()) == 0) {
		(void)sigprocmask(SIG_SETMASK, &before, NULL);
		become_command(r, pair[1]);
	}
	error = errno;
	command.pid = (sig_atomic_t)pid;
	if (pid != -1)
		watch_all();
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	(void)close(pair[1]);
	errno = error;
	return pid == -1 ? fail_errno(f, EX_TEMPFAIL, "fork") : 0;
}

/* While nobody has the session: 1 where somebody wants it, 0 where the time for
 * a sign of life has come, or something else happened. */
static int
await_request(struct run *r)
{
	struct imap *i = &r->imap;
	struct pollfd p[3] = { { command.wake[0], POLLIN, 0 },
		{ r->lend.requests, POLLIN, 0 },
		{ i->dead ? -1 : conn_fd(i->conn), POLLIN, 0 } };
	struct fail ignored = { 0 };
	int n = poll(p, 3, (int)r->keep_alive * 1000);

	if (n > 0 && p[1].revents != 0)
		return 1;
	if (n > 0 && p[2].revents != 0)
		lend_drain(&r->lend);
	else if (n == 0 && !i->dead)
		(void)lend_keep_alive(&r->lend, &ignored);
	return 0;
}

static void
serve(struct run *r)
{
	while (!r->lend.ended)
		if (await_request(r) && lend_serve(&r->lend) == -1) {
			/* All have closed it, or somebody plays with it. */
			(void)close(r->lend.requests);
			r->lend.requests = -1;
		}
}

static int
take_keep_alive(struct run *r, int option, const char *value)
{
	struct slice s, key;
	uint64_t n;

	if (option != 'o')
		return 0;
	s = slice_str(value);
	if (!slice_until(&s, '=', &key) || !slice_eq(key, SLICE("keepalive")))
		return 0;
	if (slice_uint(s, 1, DAY, &n) == -1)
		cli_usage();
	r->keep_alive = (unsigned)n;
	return 1;
}

static void
parse(struct run *r, int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "+" OPTIONS)) != -1)
		if (!take_keep_alive(r, c, optarg) &&
		    options_take(&r->imap, c, optarg) != 1)
			cli_usage();
	(void)options_server(&r->imap, 0, argc, argv);
	if (optind >= argc)
		cli_usage();
	r->command = argv + optind;
}

int
main(int argc, char *argv[])
{
	static struct run r = { .keep_alive = KEEP_ALIVE };
	struct fail f = { 0 };

	cli_start("imap-run", "[-v] [-A mechanism] [-o key=value] [-P fd] "
	    "[-p command] server | -a account command [arg ...]");
	(void)sigaction(SIGPIPE, NULL, &r.pipe);
	options_start(&r.imap);
	r.imap.lasting = 1;
	parse(&r, argc, argv);
	r.lend.imap = &r.imap;
	if (imap_open(&r.imap, &f) == -1 || lend_keep_alive(&r.lend, &f) == -1)
		cli_exit(&f);
	if (start_command(&r, &f) == -1)
		cli_exit(&f);
	serve(&r);
	if (r.lend.requests != -1)
		(void)close(r.lend.requests);
	imap_end(&r.imap);
	return command.status;
}
