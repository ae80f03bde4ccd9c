/* SPDX-License-Identifier: ISC */
/* filters: programs that a message goes through; see filters.h. */

#include <unistd.h>

#include "assistant.h"
#include "filters.h"
#include "io.h"
#include "limits.h"
#include "log.h"

int
filters_begin(struct filters *t, struct session *s, const char *id,
    struct fail *f)
{
	*t = (struct filters){ .session = s, .id = id, .fd = -1 };
	if (s->conf->nfilters == 0)
		return 0;
	if ((t->fd = assistant_begin(s->assistant, f)) == -1)
		return -1;
	t->out = output_to(t->fd, "temporary file");
	return 0;
}

void
filters_put(struct filters *t, struct slice bytes)
{
	if (t->fd == -1)
		store_write(t->session->store, bytes);
	else
		output_put(&t->out, bytes);
}

/* For the log; NULL, or the reply. */
static const char *
verdict(const struct filters *t)
{
	if (t->result.log[0] != '\0')
		log_line("id=%s %s", t->id, t->result.log);
	return t->result.reply[0] != '\0' ? t->result.reply : NULL;
}

static const char *
failed(struct filters *t, const struct fail *f)
{
	filtering_fail(&t->result, f);
	return verdict(t);
}

/* As filtering_run takes it. */
static void
put_envelope(struct session *s, struct buf *to)
{
	const char *const values[] = { s->sender, buf_str(&s->to),
		s->peer.address, s->helo, s->user,
		s->require_tls ? "1" : "" };
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		(void)buf_adds(to, values[i]);
		(void)buf_addc(to, '\0');
	}
}

/* Stores the message, with a line end at its end. */
static int
store(struct filters *t, struct fail *f)
{
	char block[16384];
	ssize_t n = -1;
	int last = '\n';

	if (lseek(t->fd, 0, SEEK_SET) == 0)
		while ((n = io_read(t->fd, block, sizeof(block))) > 0) {
			store_write(t->session->store,
			    (struct slice){ block, (size_t)n });
			last = block[n - 1];
		}
	if (n == -1)
		return fail_errno(f, EX_TEMPFAIL, "temporary file: read");
	if (last != '\n')
		store_write(t->session->store, SLICE("\n"));
	return 0;
}

const char *
filters_run(struct filters *t)
{
	struct buf envelope = BUF(LIMIT_FILTER_TO + 4096);
	const char *reply;
	struct fail f = { 0 };

	if (t->fd == -1)
		return NULL;
	if (output_flush(&t->out, &f) == -1)
		return failed(t, &f);
	put_envelope(t->session, &envelope);
	assistant_filter(t->session->assistant, buf_slice(&envelope), &t->fd,
	    &t->result);
	buf_free(&envelope);
	reply = verdict(t);
	if (reply == NULL && store(t, &f) == -1)
		reply = failed(t, &f);
	return reply;
}

void
filters_end(struct filters *t)
{
	if (t->fd == -1)
		return;
	output_free(&t->out);
	(void)close(t->fd);
	t->fd = -1;
	assistant_forget(t->session->assistant);
}
