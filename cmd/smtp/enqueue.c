/* SPDX-License-Identifier: ISC */
/* enqueue: what of a message goes to the queue; see enqueue.h. */

#include <stdlib.h>
#include <sys/stat.h>

#include "addr.h"
#include "become.h"
#include "limits.h"
#include "samefile.h"
#include "enqueue.h"

int
enqueue_exists(const struct conf *conf, struct fail *f)
{
	struct stat st;

	if (stat(conf->spool, &st) == -1)
		(void)fail_errno(f, EX_TEMPFAIL, "%.300s", conf->spool);
	else if (!S_ISDIR(st.st_mode))
		(void)fail_set(f, EX_TEMPFAIL, "%.300s: no directory",
		    conf->spool);
	else
		return 1;
	return 0;
}

/* Only the domain may be compared without case (RFC 5321, 2.4). */
static int
is_same(struct slice a, struct slice b)
{
	size_t local = a.n - addr_domain_of(a).n;

	return a.n == b.n && slice_eq(slice_sub(a, 0, local),
	    slice_sub(b, 0, local)) && slice_caseeq(a, b);
}

void
enqueue_add(struct enqueue *q, const struct spool_to *to)
{
	size_t i;

	for (i = 0; i < q->nto; i++)
		if (is_same(q->to[i].address, to->address))
			return;
	q->to = mem_grow(q->to, q->nto, sizeof(*q->to));
	q->to[q->nto++] = (struct spool_to){
		.address = arena_slice(&q->arena, to->address),
		.original = arena_slice(&q->arena, to->original),
		.notify = to->notify };
}

/* Root acts as the owner of the queue, until become_root: units leave it no
 * right to write where others do, and the owner is who sends it on.  Who
 * borrows has no rights, and needs none. */
static int
become_owner(struct enqueue *q, struct fail *f)
{
	struct stat st;

	if (q->spool.path != NULL && q->spool.dir == -1)
		return 0;
	if (q->owner.maildir == NULL) {
		if (stat(q->conf->spool, &st) == -1)
			return fail_errno(f, EX_TEMPFAIL, "%.300s",
			    q->conf->spool);
		q->owner = (struct user){ .maildir = q->conf->spool,
			.uid = st.st_uid, .gid = st.st_gid };
	}
	return become_user(&q->owner, f);
}

static void
begin_top(struct enqueue *q)
{
	q->top = BUF(LIMIT_HEADER_FIELD);
	q->passed = 0;
}

static int
begin(struct enqueue *q, const struct spool_envelope *e, struct fail *f)
{
	if (q->spool.path == NULL && spool_open(&q->spool, q->conf->spool,
	    q->conf->user, f) == -1) {
		spool_close(&q->spool);
		q->owner.maildir = NULL;
		return -1;
	}
	begin_top(q);
	spool_ahead(&q->spool);
	q->message = spoolnew_begin(&q->spool, e, q->to, q->nto, f);
	return q->message == NULL ? -1 : 0;
}

/* What it has ready is removed by who owns it now.  What was borrowed is not
 * ours. */
void
enqueue_leave(struct enqueue *q)
{
	struct fail ignored;
	struct stat st;

	if (q->spool.path == NULL)
		return;
	if (q->spool.dir != -1 && fstat(q->spool.dir, &st) == 0)
		q->owner = (struct user){ .maildir = q->conf->spool,
			.uid = st.st_uid, .gid = st.st_gid };
	(void)become_owner(q, &ignored);
	spoollend_end(&q->lent, &q->spool);
	spool_leave(&q->spool);
	become_root();
	spool_close(&q->spool);
	q->spool = (struct spool){ .dir = -1 };
	q->owner.maildir = NULL;
}

/* Is the spool still the directory of its name, of the same owner? */
static int
is_there(const struct enqueue *q)
{
	struct stat st, opened;

	return stat(q->conf->spool, &st) == 0 &&
	    fstat(q->spool.dir, &opened) == 0 && samefile(&st, &opened) &&
	    st.st_uid == q->owner.uid && st.st_gid == q->owner.gid;
}

/* With the first message of a session, as it may have been long since the last
 * one. */
static void
look_again(struct enqueue *q)
{
	if (q->settled && q->spool.path != NULL && !is_there(q))
		enqueue_leave(q);
	q->settled = 0;
}

/* It is open, is not borrowed, and nothing of it is lent. */
static int
can_be_opened_anew(const struct enqueue *q)
{
	return q->spool.path != NULL && q->spool.dir != -1 && q->lent.n == 0;
}

static int
begin_as_owner(struct enqueue *q, const struct spool_envelope *e,
    struct fail *f)
{
	int rc = become_owner(q, f) == -1 ? -1 : begin(q, e, f);

	become_root();
	return rc;
}

int
enqueue_begin(struct enqueue *q, const struct spool_envelope *e, struct fail *f)
{
	int rc, again;

	if (q->nto == 0)
		return 0;
	look_again(q);
	if (q->adds) {
		begin_top(q);
		return adding_begin(&q->adding, e->sender, f);
	}
	if (spool_next_id(&q->spool) != NULL)
		return begin(q, e, f);
	again = can_be_opened_anew(q);
	rc = begin_as_owner(q, e, f);
	if (rc == -1 && again && f->class == EX_TEMPFAIL) {
		enqueue_leave(q);
		rc = begin_as_owner(q, e, f);
	}
	return rc;
}

const char *
enqueue_id(const struct enqueue *q)
{
	if (q->adding.fd != -1)
		return "-";
	return q->message == NULL ? NULL : spoolnew_id(q->message);
}

size_t
enqueue_lend(struct enqueue *q, uid_t to, size_t most)
{
	return q->settled || q->spool.path == NULL ? 0 :
	    spoollend_take(&q->lent, &q->spool, to, most);
}

void
enqueue_drop(struct enqueue *q, const char *id)
{
	struct fail ignored;

	(void)become_owner(q, &ignored);
	spoollend_drop(&q->lent, &q->spool, id);
	become_root();
}

int
enqueue_borrow(struct enqueue *q, size_t n, int socket)
{
	return spoollend_receive(&q->spool, q->conf->spool, n, socket);
}

int
enqueue_has_borrowed(const struct enqueue *q)
{
	return spool_next_id(&q->spool) != NULL && q->spool.dir == -1;
}

static int
is_recipient(const struct enqueue *q, struct slice address)
{
	size_t i;

	for (i = 0; i < q->nto; i++)
		if (slice_caseeq(q->to[i].address, address))
			return 1;
	return 0;
}

static int
is_final(const struct enqueue *q, struct slice line)
{
	return slice_casestarts(line, SLICE("Return-Path:")) ||
	    (slice_casestarts(line, SLICE("Delivered-To:")) &&
	    is_recipient(q, slice_trim(slice_sub(line, 13, line.n))));
}

static void
put(struct enqueue *q, struct slice bytes)
{
	if (q->adds)
		adding_write(&q->adding, bytes);
	else
		spoolnew_write(q->message, bytes);
}

/* Writes the top of the message from the first line on that stays; "all" where
 * no more will come. */
static void
pass_top(struct enqueue *q, int all)
{
	struct slice rest = buf_slice(&q->top), next = rest, line;

	while (slice_until(&next, '\n', &line)) {
		if (!is_final(q, line)) {
			all = 1;
			break;
		}
		rest = next;
	}
	if (!all)
		return;
	put(q, rest);
	buf_free(&q->top);
	q->passed = 1;
}

void
enqueue_write(struct enqueue *q, struct slice bytes)
{
	struct slice part;

	if (enqueue_id(q) == NULL)
		return;
	while (!q->passed && bytes.n > 0) {
		part = slice_sub(bytes, 0, q->top.max - q->top.n);
		bytes = slice_sub(bytes, part.n, bytes.n);
		(void)buf_add(&q->top, part);
		pass_top(q, q->top.n == q->top.max);
	}
	put(q, bytes);
}

/* Where all of it was a top. */
static void
pass_rest(struct enqueue *q)
{
	if (!q->passed)
		pass_top(q, 1);
}

int
enqueue_sync(struct enqueue *q, struct fail *f)
{
	if (q->message == NULL)
		return 0;
	pass_rest(q);
	return spoolnew_sync(q->message, f);
}

int
enqueue_commit(struct enqueue *q, char id[SPOOL_ID], struct fail *f)
{
	struct adding_order order = { q->conf, q->to, q->nto };
	int rc = 0;

	if (q->adding.fd != -1) {
		pass_rest(q);
		rc = adding_commit(&q->adding, &order, id, f);
	} else if (q->message != NULL) {
		pass_rest(q);
		rc = become_owner(q, f) == -1 ? -1 :
		    spoolnew_commit(&q->message, SPOOL_NEW, 0, f);
		become_root();
	}
	enqueue_abort(q);
	/* Where somebody removed what was ready, the next one is not to fail
	 * as well. */
	if (rc == -1 && can_be_opened_anew(q))
		enqueue_leave(q);
	return rc;
}

void
enqueue_abort(struct enqueue *q)
{
	struct fail ignored;

	if (q->message != NULL) {
		(void)become_owner(q, &ignored);
		spoolnew_abort(&q->message);
		become_root();
	}
	adding_abort(&q->adding);
	buf_free(&q->top);
	q->nto = 0;
	arena_reset(&q->arena);
}

void
enqueue_settle(struct enqueue *q)
{
	struct fail ignored;

	enqueue_abort(q);
	q->settled = 1;
	if (q->lent.n == 0)
		return;
	(void)become_owner(q, &ignored);
	spoollend_end(&q->lent, &q->spool);
	become_root();
}

void
enqueue_close(struct enqueue *q)
{
	enqueue_abort(q);
	enqueue_leave(q);
	free(q->to);
	q->to = NULL;
	arena_free(&q->arena);
}
