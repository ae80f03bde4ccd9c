/* SPDX-License-Identifier: ISC */
/* imap: which answer is to which command; see imap.h. */

#include <poll.h>
#include <stdlib.h>
#include <time.h>

#include "engine.h"
#include "mem.h"

enum { HOUR = 3600 };

/* Keeps an answer for imap_next. */
static void
keep(struct imap *i, const struct imap_response *r, enum imap_result result)
{
	struct engine_command *c = imap_find(i, r->command);

	c->answered = 1;
	c->result = result;
	c->bad = r->bad;
	c->code = mem_str(r->code);
	c->text = mem_str(r->text);
}

enum imap_result
imap_wait_for(struct imap *i, unsigned command, struct imap_response *r,
    struct fail *f)
{
	enum imap_result rc;

	for (;;) {
		rc = imap_read(i, r, f);
		if (rc == IMAP_LOST || rc == IMAP_PLUS)
			return rc;
		if (rc == IMAP_DATA)
			continue;
		keep(i, r, rc);
		if (r->command == command)
			return rc;
	}
}

/* What is wrong with a command of ours, as if the server had said so. */
static void
tell_fault(const struct engine_command *c, struct fail *f)
{
	(void)fail_set(f, EX_DATAERR, "%s", c->fault == ENGINE_NUL ?
	    "NUL cannot be said" : c->fault == ENGINE_NOT_UTF8 ?
	    "a name that is not UTF-8" : "too long a command");
}

/* Gives an answer that was kept. */
static enum imap_result
give(struct imap *i, struct engine_command *c, struct imap_response *r,
    struct fail *f)
{
	enum imap_result rc = c->fault != ENGINE_NONE ? IMAP_NO : c->result;

	*r = (struct imap_response){ .command = c->number, .bad = c->bad };
	free(i->own->kept_code);
	free(i->own->kept_text);
	i->own->kept_code = c->code;
	i->own->kept_text = c->text;
	c->code = c->text = NULL;
	if (i->own->kept_code != NULL)
		r->code = slice_str(i->own->kept_code);
	if (i->own->kept_text != NULL)
		r->text = slice_str(i->own->kept_text);
	if (c->fault != ENGINE_NONE)
		tell_fault(c, f);
	else if (rc == IMAP_NO)
		imap_tell_refusal(c, r, f);
	imap_name_response(i, rc == IMAP_OK ? SLICE("OK") :
	    r->bad ? SLICE("BAD") : SLICE("NO"), r);
	imap_forget(i, c);
	return rc;
}

static struct engine_command *
find_answered(struct imap *i)
{
	struct imap_session *own = i->own;
	unsigned n;

	for (n = 0; n < own->nway; n++)
		if (own->way[n].answered || (own->way[n].fault !=
		    ENGINE_NONE && !(own->saying && n + 1 == own->nway)))
			return &own->way[n];
	return NULL;
}

static int
is_own(const struct imap *i, unsigned command)
{
	unsigned n;

	for (n = 0; n < i->own->nway; n++)
		if (i->own->way[n].number == command)
			return i->own->way[n].own;
	return 0;
}

enum imap_result
imap_next(struct imap *i, struct imap_response *r, struct fail *f)
{
	struct engine_command *c;
	enum imap_result rc;

	for (;;) {
		if ((c = find_answered(i)) != NULL &&
		    (!i->dead || c->answered)) {
			int own = c->own;

			if (!i->dead && imap_pass(i, f) == -1)
				return IMAP_LOST;
			rc = give(i, c, r, f);
			if (own)
				continue;
			return rc;
		}
		rc = imap_read(i, r, f);
		if (rc != IMAP_OK && rc != IMAP_NO)
			return rc;
		if (!is_own(i, r->command)) {
			imap_forget(i, imap_find(i, r->command));
			return rc;
		}
		imap_forget(i, imap_find(i, r->command));
	}
}

enum imap_result
imap_finish(struct imap *i, unsigned command, struct fail *f)
{
	struct imap_response r;
	enum imap_result rc;

	do
		rc = imap_next(i, &r, f);
	while (rc == IMAP_DATA || (rc != IMAP_LOST && r.command != command));
	return rc == IMAP_OK && imap_is_cut(&r, f) ? IMAP_NO : rc;
}

int
imap_await(struct imap *i, unsigned seconds, struct fail *f)
{
	struct timespec now;
	struct pollfd p = { .fd = -1, .events = POLLIN };
	time_t end;

	if (i->dead || find_answered(i) != NULL || imap_pass(i, f) == -1 ||
	    imap_flush(i, f) == -1) {
		if (i->dead)
			*f = i->own->lost;
		return i->dead ? -1 : 1;
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + (time_t)seconds;
	while (!conn_pending(i->conn)) {
		(void)clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec >= end)
			return 0;
		p.fd = conn_fd(i->conn);
		(void)poll(&p, 1, end - now.tv_sec > HOUR ? HOUR * 1000 :
		    (int)(end - now.tv_sec) * 1000);
	}
	return 1;
}
