/* SPDX-License-Identifier: ISC */
/* insider: the session of a user who has logged in already; see insider.h. */

#include <stdlib.h>

#include "insider.h"
#include "log.h"
#include "maildrop.h"
#include "mem.h"

static const char *
value_of(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* The Maildir; NULL: nothing says which. */
static const char *
find_maildir(struct arena *arena)
{
	const char *path = value_of("MAILDIR"), *home = value_of("HOME");
	struct buf text = BUF(4096);

	if (path != NULL || home == NULL)
		return path;
	if (buf_addf(&text, "%s/Maildir", home) == 0)
		path = arena_str(arena, buf_slice(&text));
	buf_free(&text);
	return path;
}

/* At the end of a pipe the log is read by the user, or by cron: it has nothing
 * that is not wrong.  A server that runs us says whose client it is, though it
 * may not know. */
static int
is_private(const struct peer *peer)
{
	return peer->address[0] == '\0' && getenv("TCPREMOTEIP") == NULL;
}

static void
refuse(struct conn *c, const struct fail *f)
{
	struct fail ignored;

	log_line("%s", f->text);
	(void)buf_addf(conn_out(c), "%s\r\n", maildrop_refusal(f));
	(void)conn_flush(c, &ignored);
}

int
insider_run(const struct server *server, struct conn *c,
    const struct peer *peer)
{
	struct arena arena = { 0 };
	struct maildrop_options o = { .path = find_maildir(&arena),
		.user = value_of("USER"), .trace = server->trace,
		.client = peer->address[0] == '\0' ? "local" : peer->address,
		.idle = server->conf.pop3_idle_timeout,
		.quiet = is_private(peer) && !server->trace };
	struct maildrop *m = NULL;
	struct fail f = { 0 };
	int status;

	if (o.path == NULL)
		(void)fail_set(&f, EX_CONFIG, "neither MAILDIR nor HOME is "
		    "in the environment");
	else
		m = maildrop_open(&o, &f);
	if (m == NULL)
		refuse(c, &f);
	status = m == NULL ? f.class : maildrop_serve(&m, c);
	arena_free(&arena);
	return status;
}
