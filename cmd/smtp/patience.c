/* SPDX-License-Identifier: ISC */
/* patience: clients that do not wait, or make mistakes; see patience.h. */

#include <poll.h>
#include <time.h>

#include "conn.h"
#include "log.h"
#include "patience.h"

int
patience_early(struct session *s)
{
	struct pollfd p = { .fd = conn_fd(s->conn), .events = POLLIN };

	if (s->peer.local)
		return 0;
	/* In TLS what comes need not be what the client said. */
	if (s->conf->greet_delay > 0 && conn_tls(s->conn) == NULL)
		(void)poll(&p, 1, (int)s->conf->greet_delay * 1000);
	if (!conn_pending(s->conn))
		return 0;
	log_line("client=%s refused: spoke first", session_client(s));
	session_end(s, "554 5.5.0 wait for the greeting");
	return 1;
}

void
patience_mistake(const struct session *s, unsigned errors_before)
{
	struct timespec t = { 0 };

	if (s->peer.local || s->errors <= errors_before ||
	    s->errors <= LIMIT_ERRORS_FREE)
		return;
	t.tv_sec = (time_t)(s->errors - LIMIT_ERRORS_FREE);
	(void)nanosleep(&t, NULL);
}
