/* SPDX-License-Identifier: ISC */
/* drop: what the modules of maildrop have in common; see drop.h. */

#include <stdarg.h>
#include <stdio.h>

#include "drop.h"
#include "log.h"
#include "text.h"

enum {
	REPLY = 512, /* RFC 2449, 4 */
};

void
drop_reply(struct maildrop *m, const char *format, ...)
{
	char line[REPLY - 2];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (m->options.trace)
		log_line("> %s", line);
	(void)buf_adds(conn_out(m->conn), line);
	(void)buf_add(conn_out(m->conn), SLICE("\r\n"));
}

void
drop_end(struct maildrop *m, int status, const char *why)
{
	m->ended = 1;
	m->status = status;
	(void)snprintf(m->why, sizeof(m->why), "%s", why);
}

int
drop_flush(struct maildrop *m)
{
	struct fail f;

	if (!conn_full(m->conn) || conn_flush(m->conn, &f) == 0)
		return 0;
	drop_end(m, EX_TEMPFAIL, f.text);
	return -1;
}

void
drop_log(const struct maildrop *m, const char *what, const struct fail *f)
{
	log_line("client=%s user=%s %s: %s", m->options.client,
	    TEXT_SHOW(slice_str(m->options.user)), what, f->text);
}

int
drop_has(const struct maildrop *m, size_t i)
{
	return mailbox_get(m->mailbox, i)->name != NULL &&
	    (m->marks[i] & (DROP_DELETED | DROP_GONE)) == 0;
}

static void
reply_gone(struct maildrop *m, size_t i)
{
	m->marks[i] |= DROP_GONE;
	drop_reply(m, "-ERR message %zu is gone", i + 1);
}

int
drop_find(struct maildrop *m, struct slice number, size_t *i)
{
	uint64_t n;

	if (slice_uint(number, 1, mailbox_count(m->mailbox), &n) == -1) {
		drop_reply(m, "-ERR there is no such message");
		return -1;
	}
	*i = (size_t)n - 1;
	if (drop_has(m, *i))
		return 0;
	if ((m->marks[*i] & DROP_DELETED) != 0)
		drop_reply(m, "-ERR message %zu is deleted", *i + 1);
	else
		reply_gone(m, *i);
	return -1;
}

void
drop_refuse(struct maildrop *m, size_t i, const struct fail *f)
{
	if (f->class == EX_NOINPUT) {
		reply_gone(m, i);
		return;
	}
	drop_log(m, "not read", f);
	drop_reply(m, "-ERR [SYS/TEMP] message %zu cannot be read now", i + 1);
}

int
drop_count(struct maildrop *m, size_t *n, uint64_t *octets)
{
	size_t i, all = mailbox_count(m->mailbox);
	struct fail f = { 0 };

	*n = 0;
	*octets = 0;
	for (i = 0; i < all; i++) {
		uint64_t size;

		if (!drop_has(m, i))
			continue;
		if (mailbox_size(m->mailbox, i, &size, &f) == 0) {
			++*n;
			*octets += size;
		} else if (f.class == EX_NOINPUT) {
			m->marks[i] |= DROP_GONE;
		} else {
			drop_refuse(m, i, &f);
			return -1;
		}
	}
	return 0;
}
