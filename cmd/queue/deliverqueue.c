/* SPDX-License-Identifier: ISC */
/* deliverqueue: local delivery for the queue; see deliverqueue.h. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "deliverqueue.h"
#include "io.h"
#include "limits.h"
#include "numbers.h"
#include "spoolfile.h"
#include "text.h"
#include "xtext.h"

enum { LINE = 4096 }; /* bytes of one that we are given, with its LF */

struct run {
	const struct delivery *d;
	int in, out;
	char held[LINE];
	size_t n;	     /* bytes in "held" */
	struct slice path;   /* of the line in hand */
	struct spoolfile m;
	struct fail *f;
};

/* A result, written at once: whoever waits for it waits for nothing else. */
static int
tell(struct run *r, const struct spool_entry *e)
{
	struct buf line = BUF(LINE + 1 + SPOOL_ENTRY);
	int rc = 0;

	(void)buf_add(&line, r->path);
	(void)buf_addc(&line, '\t');
	spool_entry_write(&line, 0, e);
	if (io_write(r->out, buf_slice(&line)) == -1)
		rc = fail_errno(r->f, EX_IOERR, "standard output: write");
	buf_free(&line);
	return rc;
}

/* The same where there is nothing for the journal. */
static int
tell_class(struct run *r, size_t number, enum spool_class class,
    const char *text)
{
	return tell(r, &(struct spool_entry){ .number = number,
	    .class = class, .text = slice_str(text) });
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
	return tell(r, &e);
}

/* It was settled by another: what that one wrote is the result. */
static int
tell_last(struct run *r, size_t number)
{
	char line[SPOOL_ENTRY];
	struct spool_entry e;
	struct fail f = { 0 };

	if (spoolfile_last(&r->m, number, line, &e, &f) != 1)
		return tell_class(r, number, SPOOL_BUSY, f.text);
	e.number = number;
	return tell(r, &e);
}

static int
deliver_to(struct run *r, size_t number)
{
	struct fail f = { 0 };
	int rc;

	if (number == 0 || number > r->m.nto)
		return tell_class(r, number, SPOOL_BUSY,
		    "there is no such recipient");
	if ((rc = spoolfile_lock(&r->m, number, &f)) != 1)
		return tell_class(r, number, SPOOL_BUSY,
		    rc == 0 ? "another process has it" : f.text);
	if (spoolfile_read(&r->m, &f) == -1)
		rc = tell_class(r, number, SPOOL_BUSY, f.text);
	else if (r->m.to[number - 1].settled)
		rc = tell_last(r, number);
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

static int
bad_line(struct run *r, struct slice line)
{
	return fail_set(r->f, EX_USAGE, "standard input: not a path and "
	    "numbers: %s", TEXT_SHOW(line));
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

/* A message that cannot be opened. */
static int
tell_closed(struct run *r, const struct fail *f)
{
	return tell_class(r, 0, f->class == EX_DATAERR ? SPOOL_REFUSED :
	    SPOOL_BUSY, f->text);
}

static int
take_line(struct run *r, struct slice line)
{
	struct slice list = line;
	struct numbers numbers;
	struct fail f = { 0 };
	int some = slice_until(&list, '\t', &r->path), rc;
	char *path;

	if (r->path.n == 0 || slice_find(line, '\0') < line.n ||
	    (some && numbers_start(&numbers, list) == -1))
		return bad_line(r, line);
	path = mem_str(r->path);
	if (spoolfile_open(&r->m, AT_FDCWD, path, &f) == -1)
		rc = tell_closed(r, &f);
	else
		rc = some ? take_numbers(r, &numbers) : take_pending(r);
	spoolfile_close(&r->m);
	free(path);
	return rc;
}

/* The lines in "held" that have come to their ends. */
static int
take_lines(struct run *r)
{
	struct slice rest = { r->held, r->n }, line, at = rest;
	int rc = 0;

	while (rc == 0 && slice_until(&rest, '\n', &line)) {
		rc = take_line(r, line);
		at = rest;
	}
	if (rc == 0 && at.n == LINE)
		rc = fail_set(r->f, EX_USAGE,
		    "standard input: a line longer than %d bytes", LINE);
	memmove(r->held, at.p, at.n);
	r->n = at.n;
	return rc;
}

int
deliverqueue_run(const struct delivery *d, int in, int out, struct fail *f)
{
	struct run *r = mem_alloc(sizeof(*r));
	ssize_t n = 1;
	int rc = 0;

	r->d = d;
	r->in = in;
	r->out = out;
	r->f = f;
	while (rc == 0 && n != 0) {
		n = read(in, r->held + r->n, LINE - r->n);
		if (n > 0) {
			r->n += (size_t)n;
			rc = take_lines(r);
		} else if (n == -1 && errno != EINTR) {
			rc = fail_errno(f, EX_IOERR, "standard input: read");
		}
	}
	if (rc == 0 && r->n > 0)
		rc = take_line(r, (struct slice){ r->held, r->n });
	free(r);
	return rc;
}
