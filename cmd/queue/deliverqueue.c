/* SPDX-License-Identifier: ISC */
/* deliverqueue: local delivery for the queue; see deliverqueue.h. */

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "deliverqueue.h"
#include "limits.h"
#include "numbers.h"
#include "paths.h"
#include "spoolresult.h"
#include "xtext.h"

struct run {
	const struct delivery *d;
	struct output out;
	struct spoolfile m;
	struct fail *f;
};

/* Each result is written at once: whoever waits for it waits for nothing
 * else. */
static int
tell_untried(struct run *r, size_t number, const char *why)
{
	spoolresult_untried(&r->out, r->m.path, number, why);
	return output_flush(&r->out, r->f);
}

static int
tell_settled(struct run *r, size_t number)
{
	spoolresult_settled(&r->out, &r->m, number);
	return output_flush(&r->out, r->f);
}

/* NOTIFY of what is passed on, as words with commas between; NULL where it was
 * not said.  Of a delivery the sender is told for this recipient, and not for
 * those behind it once more (RFC 3461, 5.2.7). */
static const char *
notify_of(unsigned given, struct buf *words)
{
	static const struct {
		unsigned what;
		const char *word;
	} all[] = { { SPOOL_NEVER, "never" }, { SPOOL_FAILURE, "failure" },
		{ SPOOL_DELAY, "delay" } };
	unsigned notify = given & ~(unsigned)SPOOL_SUCCESS;
	size_t i;

	if (given == SPOOL_SUCCESS)
		notify = SPOOL_NEVER;
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if ((notify & all[i].what) != 0) {
			if (words->n > 0)
				(void)buf_addc(words, ',');
			(void)buf_adds(words, all[i].word);
		}
	return notify != 0 ? buf_str(words) : NULL;
}

static const char *
ret_of(enum spool_ret ret)
{
	return ret == SPOOL_RET_FULL ? "full" :
	    ret == SPOOL_RET_HDRS ? "hdrs" : NULL;
}

static enum spool_class
class_of(const struct delivery_result *r)
{
	if (r->class == 0)
		return r->passed_on ? SPOOL_RELAYED : SPOOL_SENT;
	return r->class == EX_TEMPFAIL ? SPOOL_DEFERRED : SPOOL_REFUSED;
}

/* Delivers to recipient "number", which is locked and pending.  The journal has
 * the result before anybody is told; where it cannot be written the result is
 * told all the same, for whoever reads it to write. */
static int
deliver(struct run *r, size_t number)
{
	struct spoolfile *m = &r->m;
	struct input in = { .fd = m->fd, .start = m->message,
		.size = m->size, .name = "the message" };
	char *sender = mem_str(m->envelope.sender);
	char *recipient = mem_str(m->to[number - 1].to.address);
	struct buf notify = BUF(64), original = BUF(LIMIT_ORCPT);
	struct delivery d = *r->d;
	struct delivery_result result;
	struct spool_entry e = { .number = number };
	struct fail ignored;

	d.message = &in;
	d.sender = sender;
	d.notify = notify_of(m->to[number - 1].to.notify, &notify);
	d.ret = ret_of(m->envelope.ret);
	if (xtext_decode_original(m->to[number - 1].to.original,
	    &original) == 0)
		d.original = buf_str(&original);
	delivery_to(&d, recipient, &result);
	e.when = time(NULL);
	e.class = class_of(&result);
	e.enhanced = slice_str(result.code);
	e.text = slice_str(result.class == 0 && result.left_out[0] != '\0' ?
	    result.left_out : result.text);
	(void)spoolfile_append(m, &e, &ignored);
	free(sender);
	free(recipient);
	buf_free(&notify);
	buf_free(&original);
	spoolresult_put(&r->out, m->path, &e);
	return output_flush(&r->out, r->f);
}

static int
deliver_to(struct run *r, size_t number)
{
	struct fail f = { 0 };
	int rc;

	if (number == 0 || number > r->m.nto)
		return tell_untried(r, number,
		    "there is no such recipient");
	if ((rc = spoolfile_lock(&r->m, number, &f)) != 1)
		return tell_untried(r, number,
		    rc == 0 ? "another process has it" : f.text);
	if (spoolfile_read(&r->m, &f) == -1)
		rc = tell_untried(r, number, f.text);
	else if (r->m.to[number - 1].settled)
		rc = tell_settled(r, number);
	else
		rc = deliver(r, number);
	spoolfile_unlock(&r->m, number);
	return rc;
}

/* A SIGTERM, which ends a program of the user, waits until it is known, and in
 * the journal, what became of this recipient. */
static int
take_recipient(struct run *r, size_t number)
{
	sigset_t term, before;
	int rc;

	(void)sigemptyset(&term);
	(void)sigaddset(&term, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &term, &before);
	rc = deliver_to(r, number);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static int
take_pending(struct run *r)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < r->m.nto; i++)
		if (!r->m.to[i].settled)
			rc = take_recipient(r, i + 1);
	return rc;
}

/* Of those that are not there one line is enough. */
static int
take_numbers(struct run *r, struct numbers *numbers)
{
	size_t number;
	int rc = 0;

	while (rc == 0 && numbers_next(numbers, &number)) {
		rc = take_recipient(r, number);
		if (number > r->m.nto)
			break;
	}
	return rc;
}

static int
take_line(struct run *r, char *line)
{
	char *list = strchr(line, '\t');
	struct numbers numbers;
	struct fail f = { 0 };
	int rc;

	if (list == line || (list != NULL &&
	    numbers_start(&numbers, slice_str(list + 1)) == -1))
		return spoolresult_bad_line(line, r->f);
	if (list != NULL)
		*list = '\0';
	if (spoolfile_open(&r->m, AT_FDCWD, line, &f) == -1) {
		spoolresult_unopened(&r->out, line, &f);
		rc = output_flush(&r->out, r->f);
	} else {
		rc = list != NULL ? take_numbers(r, &numbers) :
		    take_pending(r);
	}
	spoolfile_close(&r->m);
	return rc;
}

int
deliverqueue_run(const struct delivery *d, int in, int out, struct fail *f)
{
	struct paths *lines = mem_alloc(sizeof(*lines));
	struct run r = { .d = d, .f = f,
		.out = output_of_done(out, "standard output") };
	char *line;
	int rc = 0;

	f->class = 0;
	paths_start(lines, in, '\n');
	while (rc == 0 && (line = paths_next(lines, f)) != NULL) {
		rc = take_line(&r, line);
		free(line);
	}
	output_free(&r.out);
	free(lines);
	return f->class == 0 ? 0 : -1;
}
