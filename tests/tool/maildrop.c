/* SPDX-License-Identifier: ISC */
/*
 * maildrop [-t seconds] [-v] MAILDIR
 *
 * Serves a Maildir by POP3 on descriptors 0 and 1, for whoever has logged in
 * already, without any process in front of it: for tests of this side alone.
 * The status is that of the session, or 1 with the refusal on descriptor 1.
 */

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "../../cmd/pop3/maildrop.h"
#include "log.h"

static volatile sig_atomic_t stopped;

static void
stop(int signal)
{
	(void)signal;
	stopped = 1;
}

/* SIGTERM waits till the session does. */
static void
catch(sigset_t *during)
{
	struct sigaction action = { .sa_handler = stop };
	sigset_t term;

	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigemptyset(&term);
	(void)sigaddset(&term, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &term, during);
	(void)sigdelset(during, SIGTERM);
}

int
main(int argc, char *argv[])
{
	struct maildrop_options o = { .user = "alice", .client = "local",
		.capabilities = "USER\r\nUTF8\r\n" };
	struct maildrop *m;
	struct fail f = { 0 };
	struct conn *c;
	sigset_t during;
	int opt, status;
	uint64_t n = 0;

	while ((opt = getopt(argc, argv, "t:v")) != -1)
		if (opt == 't' && slice_uint(slice_str(optarg), 1, 9999, &n) ==
		    0)
			o.idle = (unsigned)n;
		else
			o.trace = opt == 'v';
	o.path = argv[optind];
	log_start("maildrop", 1);
	catch(&during);
	if ((m = maildrop_open(&o, &f)) == NULL) {
		log_line("%s", f.text);
		(void)printf("%s\r\n", maildrop_refusal(&f));
		return 1;
	}
	c = conn_new(0, 1);
	conn_stoppable(c, &stopped, &during);
	status = maildrop_serve(&m, c);
	conn_close(&c);
	return status;
}
