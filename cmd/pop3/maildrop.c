/* SPDX-License-Identifier: ISC */
/* maildrop: POP3 after the login, from the Maildir to its end; see maildrop.h.
 * What a client says is the matter of verbs.c. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "drop.h"
#include "log.h"
#include "mem.h"
#include "sandbox.h"
#include "text.h"
#include "verbs.h"

enum {
	IDLE = 600,    /* seconds (RFC 1939, 3) */
	COMMAND = 512, /* octets; RFC 2449, 4 has 255 */
	FAREWELL = 10, /* seconds for the last reply to be taken */
};

/* Keeps the mailbox, and reads what is there. */
static int
take(struct maildrop *m, struct fail *f)
{
	int rc = mailbox_hold(m->mailbox, f);

	if (rc == 0) {
		(void)fail_set(f, EX_TEMPFAIL, "%.300s: another session "
		    "has it", m->options.path);
		f->error = EBUSY;
		return -1;
	}
	if (rc == -1 || mailbox_scan(m->mailbox, f) == -1)
		return -1;
	m->marks = mem_alloc(mailbox_count(m->mailbox) + 1);
	if (mailbox_left_out(m->mailbox) > 0)
		log_line("client=%s user=%s left out, as the disk is full: "
		    "%zu messages", m->options.client,
		    TEXT_SHOW(slice_str(m->options.user)),
		    mailbox_left_out(m->mailbox));
	return 0;
}

/* From now on the process knows this Maildir alone. */
static int
confine(const struct maildrop *m, struct fail *f)
{
	int dir = open(m->options.path, O_PATH | O_DIRECTORY | O_CLOEXEC), rc;

	if (dir == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s", m->options.path);
	rc = sandbox_files_in(dir, f);
	(void)close(dir);
	return rc;
}

struct maildrop *
maildrop_open(const struct maildrop_options *o, struct fail *f)
{
	struct maildrop *m = mem_alloc(sizeof(*m));

	m->options = *o;
	if (o->user == NULL)
		m->options.user = "";
	if (o->idle == 0)
		m->options.idle = IDLE;
	f->error = 0;
	m->mailbox = mailbox_open(o->path, 0, f);
	if (m->mailbox == NULL || take(m, f) == -1 || confine(m, f) == -1)
		maildrop_close(&m);
	return m;
}

const char *
maildrop_refusal(const struct fail *f)
{
	if (f->error == EBUSY)
		return "-ERR [IN-USE] another session has the mailbox";
	return f->class == EX_TEMPFAIL ?
	    "-ERR [SYS/TEMP] the mailbox cannot be opened now" :
	    "-ERR [SYS/PERM] the mailbox cannot be opened";
}

void
maildrop_close(struct maildrop **m)
{
	if (*m == NULL)
		return;
	mailbox_close(&(*m)->mailbox);
	free((*m)->marks);
	free((*m)->block);
	free(*m);
	*m = NULL;
}

/* The client's next line: 1; 0 where the session has ended.  Who is silent for
 * too long is not even told (RFC 1939, 3). */
static int
next_line(struct maildrop *m, struct conn_line *line)
{
	struct fail f = { 0 };

	if (drop_flush(m) == -1)
		return 0;
	switch (conn_line(m->conn, COMMAND, CONN_COMMAND, line, &f)) {
	case CONN_LINE:
		return 1;
	case CONN_STOPPED:
		drop_reply(m, "-ERR [SYS/TEMP] the server is shutting down");
		drop_end(m, EX_TEMPFAIL, "stopped");
		break;
	case CONN_CLOSED:
		drop_end(m, EX_TEMPFAIL, "closed without QUIT");
		break;
	default:
		drop_end(m, EX_TEMPFAIL, f.text);
		break;
	}
	return 0;
}

static void
log_begin(const struct maildrop *m)
{
	log_line("client=%s user=%s messages=%zu%s", m->options.client,
	    TEXT_SHOW(slice_str(m->options.user)), mailbox_count(m->mailbox),
	    m->options.utf8 ? " utf8" : "");
}

static void
log_end(const struct maildrop *m)
{
	log_line("client=%s user=%s retrieved=%zu octets=%llu deleted=%zu %s",
	    m->options.client, TEXT_SHOW(slice_str(m->options.user)),
	    m->retrieved, (unsigned long long)m->octets, m->deleted, m->why);
}

int
maildrop_serve(struct maildrop **opened, struct conn *c)
{
	struct maildrop *m = *opened;
	struct conn_line line;
	struct fail ignored;
	int status;

	m->conn = c;
	if (!m->options.quiet)
		log_begin(m);
	conn_timeout(c, m->options.idle);
	drop_reply(m, "+OK %zu messages", mailbox_count(m->mailbox));
	while (!m->ended && next_line(m, &line))
		verbs_take(m, &line);
	status = m->status;
	if (!m->options.quiet || status != 0)
		log_end(m);
	maildrop_close(opened);
	conn_end(c, FAREWELL);
	(void)conn_flush(c, &ignored);
	return status;
}
