/* SPDX-License-Identifier: ISC */
/* spooled: letters that are messages of the queue; see spooled.h. */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "cli.h"
#include "letterhead.h"
#include "limits.h"
#include "numbers.h"
#include "queueresult.h"
#include "spooled.h"
#include "spoolresult.h"
#include "utf8.h"

enum {
	MOST = QUEUERESULT_MOST, /* recipients of one letter: what is known of
				    each takes memory, and a message may have
				    many more */
	CLOSING = 64, /* messages whose results wait to be written */
};

struct spooled {
	struct spoolfile file;
	char *list;	   /* of numbers; NULL: all that are pending */
	struct numbers numbers;
	struct ask ask;
	struct enc_scan scan; /* where "scanned" */
	int scanned;
	int taken;	   /* no recipient is left for another letter */
	size_t letters;	   /* that are not done */
	struct spooled *next;
};

void
spooled_start(struct queue *q, int fd)
{
	paths_start(&q->lines, fd, '\n');
}

static void
close_file(struct spooled **file)
{
	spoolfile_close(&(*file)->file);
	free((*file)->list);
	free(*file);
	*file = NULL;
}

static void
flush(struct queue *q)
{
	struct spooled *file;
	struct fail f;

	/* Told once, at the end, by cli_finish. */
	if (q->out->n > 0)
		(void)output_flush(q->out, &f);
	while ((file = q->closing) != NULL) {
		q->closing = file->next;
		close_file(&file);
	}
	q->nclosing = 0;
}

/* Closes it once its results are written. */
static void
close_later(struct queue *q, struct spooled *file)
{
	file->next = q->closing;
	q->closing = file;
	if (++q->nclosing == CLOSING)
		flush(q);
}

static void
set_ask(struct spooled *file, const struct ask *base)
{
	const struct spool_envelope *e = &file->file.envelope;
	struct ask *a = &file->ask;

	*a = *base;
	a->require_tls |= e->require_tls;
	if (e->ret != SPOOL_RET_UNSAID)
		a->ret = e->ret == SPOOL_RET_FULL ? "FULL" : "HDRS";
	if (e->envelope_id.n > 0 && e->envelope_id.n < sizeof(a->envid)) {
		memset(a->envid, 0, sizeof(a->envid));
		memcpy(a->envid, e->envelope_id.p, e->envelope_id.n);
	}
}

/* "list" is one, or NULL. */
static void
open_file(struct queue *q, const char *path, const char *list)
{
	struct spooled *file = mem_alloc(sizeof(*file));
	struct fail f = { 0 };

	if (spoolfile_open(&file->file, AT_FDCWD, path, &f) == -1) {
		spoolresult_unopened(q->out, path, &f);
		close_file(&file);
		return;
	}
	if (list == NULL)
		numbers_all(&file->numbers, file->file.nto);
	else
		(void)numbers_start(&file->numbers, slice_str(file->list =
		    mem_str(slice_str(list))));
	set_ask(file, q->ask);
	q->taking = file;
}

/* What is given after a line that is none is not meant as it is read, either:
 * 0, or -1. */
static int
use_line(struct queue *q, char *line, struct fail *f)
{
	char *list = strchr(line, '\t');
	struct numbers numbers;

	if (list == line || (list != NULL &&
	    numbers_start(&numbers, slice_str(list + 1)) == -1))
		return spoolresult_bad_line(line, f);
	if (list != NULL)
		*list++ = '\0';
	open_file(q, line, list);
	return 0;
}

/* The next line: 1, or 0 where there is none. */
static int
take_line(struct queue *q)
{
	struct fail f = { 0 };
	char *line;

	if (q->ended || q->out->error != 0) /* then nobody hears of it */
		return 0;
	if (!paths_ready(&q->lines))
		flush(q);
	if ((line = paths_next(&q->lines, &f)) != NULL)
		(void)use_line(q, line, &f);
	if (f.class != 0)
		q->status = cli_report(&f);
	if (line == NULL || f.class != 0)
		q->ended = 1;
	free(line);
	return !q->ended;
}

/* Locks some of the recipients that are left: how many, with their numbers. */
static size_t
lock_some(struct queue *q, struct spooled *file, size_t numbers[MOST])
{
	const struct spoolfile *m = &file->file;
	size_t n = 0, number;
	struct fail f = { 0 };
	int rc;

	while (n < MOST) {
		if (!numbers_next(&file->numbers, &number)) {
			file->taken = 1;
			break;
		}
		/* Of those that are not there one line is enough. */
		if (number > m->nto) {
			spoolresult_untried(q->out, m->path, number,
			    "there is no such recipient");
			file->taken = 1;
			break;
		}
		if (file->list == NULL && m->to[number - 1].settled)
			continue;
		if ((rc = spoolfile_lock(m, number, &f)) == 1)
			numbers[n++] = number;
		else
			spoolresult_untried(q->out, m->path, number, rc == 0 ?
			    "another process has it" : f.text);
	}
	return n;
}

static void
add_recipient(struct queue *q, struct letter *l, size_t number)
{
	const struct spool_to *to = &l->spooled->file.to[number - 1].to;
	struct letter_recipient *r = NULL;
	struct fail f = { 0 };
	struct addr a;

	if (addr_check_utf8(to->address, &a, &f) == 0)
		r = letter_add(l, to->address, &f);
	if (r == NULL) {
		queueresult_unnamed(q->out, &l->spooled->file, number, &f);
		return;
	}
	r->number = number;
	r->notify = to->notify; /* the bits are the same */
	r->original = to->original;
}

_Static_assert((int)ASK_NEVER == (int)SPOOL_NEVER &&
    (int)ASK_SUCCESS == (int)SPOOL_SUCCESS &&
    (int)ASK_FAILURE == (int)SPOOL_FAILURE &&
    (int)ASK_DELAY == (int)SPOOL_DELAY, "bits of NOTIFY");

/* The message itself: in memory, where it is short, as it is read twice. */
static int
open_input(struct letter *l, struct fail *f)
{
	const struct spoolfile *m = &l->spooled->file;
	struct input in = { .fd = m->fd, .start = m->message, .size = m->size,
		.name = m->path };
	char *held;
	size_t got;

	l->in = in;
	if (m->size <= INPUT_BLOCK) {
		held = mem_resize(NULL, (size_t)m->size + 1, 1);
		l->in.fd = -1;
		l->in.held = held;
		return input_read(&in, 0, held, (size_t)m->size, &got, f);
	}
	if ((l->in.fd = fcntl(m->fd, F_DUPFD_CLOEXEC, 3)) == -1)
		return fail_errno(f, EX_TEMPFAIL, "%.300s", m->path);
	return 0;
}

/* SMTPUTF8 is asked of the next server where it is needed, too, and not where
 * it was no more than said. */
static int
look_at_header(struct letter *l, struct fail *f)
{
	struct buf header = BUF(LIMIT_HEADER + LETTERHEAD_BLOCK);
	int rc = letterhead_read(&l->in, &header, f);

	if (rc == 0 && l->spooled->file.envelope.utf8)
		l->utf8 |= letterhead_is_utf8(buf_slice(&header));
	if (rc == 0)
		letter_look_for_tls(l, buf_slice(&header));
	buf_free(&header);
	return rc;
}

static int
scan(struct letter *l, struct fail *f)
{
	struct spooled *file = l->spooled;

	if (!file->scanned && letter_scan(l, f) == -1)
		return -1;
	if (file->scanned)
		l->scan = file->scan;
	file->scan = l->scan;
	file->scanned = 1;
	return 0;
}

/* All of the letter but its recipients. */
static int
prepare(struct letter *l, struct fail *f)
{
	l->sender = l->spooled->file.envelope.sender;
	if (open_input(l, f) == -1 ||
	    letter_path(l, l->sender, &l->reverse_path, f) == -1)
		return -1;
	l->utf8 = !utf8_ascii(l->reverse_path);
	return look_at_header(l, f) == -1 || scan(l, f) == -1 ? -1 : 0;
}

/* A letter for the next recipients of the message in hand: 1, or 0 where there
 * are none. */
static int
make_letter(struct queue *q, struct letter *l)
{
	static size_t numbers[MOST];
	struct spooled *file = q->taking;
	size_t n = lock_some(q, file, numbers), i;
	struct fail f = { 0 };

	*l = (struct letter){ .path = file->file.path, .ask = &file->ask,
		.spooled = file, .in = { .fd = -1 } };
	if (n > 0 && spoolfile_read(&file->file, &f) == -1) {
		spoolresult_unopened(q->out, file->file.path, &f);
		n = 0;
	}
	for (i = 0; i < n; i++)
		if (!file->file.to[numbers[i] - 1].settled)
			add_recipient(q, l, numbers[i]);
		else if (file->list != NULL)
			spoolresult_settled(q->out, &file->file, numbers[i]);
	if (l->nto > 0 && prepare(l, &f) == -1)
		letter_settle_rest(l, f.class, "", f.text);
	if (file->taken)
		q->taking = NULL;
	if (l->nto > 0) {
		file->letters++;
		return 1;
	}
	letter_close(l);
	/* Else its last letter, which is still to be sent, does that. */
	if (file->taken && file->letters == 0)
		close_later(q, file);
	return 0;
}

int
spooled_next(void *queue, struct letter *l)
{
	struct queue *q = queue;

	if (q->taking == NULL && !take_line(q))
		return 0;
	return q->taking != NULL && make_letter(q, l) ? 1 : -1;
}

int
spooled_ready(void *queue)
{
	struct queue *q = queue;

	return q->taking != NULL || q->ended || q->out->error != 0 ||
	    paths_ready(&q->lines);
}

void
spooled_settled(void *queue, struct letter *l)
{
	struct queue *q = queue;

	queueresult_letter(q->out, &l->spooled->file, l, &q->batch->server);
}

void
spooled_waits(void *queue)
{
	flush(queue);
}

void
spooled_done(void *queue, struct letter *l)
{
	struct spooled *file = l->spooled;

	if (--file->letters == 0 && file->taken)
		close_later(queue, file);
}

void
spooled_end(struct queue *q)
{
	flush(q);
	if (q->taking != NULL)
		close_file(&q->taking);
}
