/* SPDX-License-Identifier: ISC */
/* filters: programs that a message goes through; see filters.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "filter.h"
#include "filters.h"
#include "io.h"
#include "log.h"
#include "scratch.h"
#include "text.h"

enum {
	NOT_FOUND = 127, /* of a shell: the program is not there */
	NOT_RUN = 126,	 /* it cannot be run */
	ADDED = 1048576, /* bytes that a filter may add to the longest */
};

int
filters_begin(struct filters *t, struct session *s, const char *id,
    struct fail *f)
{
	*t = (struct filters){ .session = s, .id = id, .fd = -1 };
	if (s->conf->nfilters == 0)
		return 0;
	if ((t->fd = scratch_open(f)) == -1)
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

static int
set(const char *name, const char *value)
{
	return value[0] == '\0' ? unsetenv(name) : setenv(name, value, 1);
}

/* The envelope, for this process and so for all that it runs. */
static int
set_environment(struct session *s, struct fail *f)
{
	if (setenv("SENDER", s->sender, 1) == -1 ||
	    setenv("RECIPIENTS", buf_str(&s->to), 1) == -1 ||
	    set("REMOTE_ADDR", s->peer.address) == -1 ||
	    set("HELO", s->helo) == -1 ||
	    set("AUTH_USER", s->user) == -1 ||
	    set("REQUIRETLS", s->require_tls ? "1" : "") == -1)
		return fail_errno(f, EX_TEMPFAIL, "environment");
	return 0;
}

static const char *
failed(struct filters *t, const struct fail *f)
{
	log_line("id=%s not filtered: %s", t->id, f->text);
	return "451 4.3.0 the message cannot be checked now";
}

/* What the program said, for the client, who reads ASCII (RFC 5321, 4.2). */
static const char *
refusal(struct filters *t, const struct filter *filter, int status)
{
	char *p;

	(void)snprintf(t->reply, sizeof(t->reply), "%s %s",
	    status == EX_TEMPFAIL ? "451 4.7.1" : "550 5.7.1",
	    filter->said[0] != '\0' ? TEXT_SHOW(slice_str(filter->said)) :
	    status == EX_TEMPFAIL ? "try again later" :
	    "the message is refused");
	for (p = t->reply; *p != '\0'; p++)
		if ((unsigned char)*p >= 127)
			*p = '?';
	log_line("id=%s filter %s: status %d", t->id,
	    TEXT_SHOW(slice_str(filter->argv[0])), status);
	return t->reply;
}

/* Runs one; what it writes takes the place of the message.  NULL or the
 * reply. */
static const char *
run(struct filters *t, char *const *argv, uint64_t end)
{
	struct filter filter = { .argv = argv, .in = t->fd, .end = end,
		.most = t->session->conf->max_message_size + ADDED };
	struct fail f = { 0 };
	const char *reply = NULL;
	int status;

	if ((filter.out = scratch_open(&f)) == -1)
		return failed(t, &f);
	if (filter_run(&filter, &status, &f) == -1) {
		reply = failed(t, &f);
	} else if (status == NOT_RUN || status == NOT_FOUND) {
		(void)fail_set(&f, EX_CONFIG, "%s: status %d: %s",
		    TEXT_SHOW(slice_str(argv[0])), status,
		    TEXT_SHOW(slice_str(filter.said)));
		reply = failed(t, &f);
	} else if (status != 0) {
		reply = refusal(t, &filter, status);
	}
	if (reply != NULL || filter.written == 0) {
		(void)close(filter.out);
		return reply;
	}
	(void)close(t->fd);
	t->fd = filter.out;
	return NULL;
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
	const struct conf *conf = t->session->conf;
	uint64_t end = child_clock() + (uint64_t)conf->filter_timeout * 1000;
	const char *reply = NULL;
	struct fail f = { 0 };
	size_t i;

	if (t->fd == -1)
		return NULL;
	if (output_flush(&t->out, &f) == -1 ||
	    set_environment(t->session, &f) == -1)
		return failed(t, &f);
	for (i = 0; i < conf->nfilters && reply == NULL; i++)
		reply = run(t, conf->filters[i], end);
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
}
