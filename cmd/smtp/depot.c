/* SPDX-License-Identifier: ISC */
/* depot: where one message goes; see depot.h. */

#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "ask.h"
#include "become.h"
#include "depot.h"

/* Whom the sender wrote to: reports about others, who get it in his place, say
 * so. */
static struct slice
original_of(struct depot *d, const struct depot_recipient *r)
{
	struct slice original = r->original;
	struct ask ask = { 0 };
	char text[ADDR_TEXT];
	struct fail ignored;

	if (original.n == 0 && r->address.domain.n > 0 && ask_option(&ask,
	    'O', addr_format(text, &r->address), &ignored) == 0)
		original = slice_str(ask.orcpt);
	return arena_slice(&d->queue.arena, original);
}

static void
queue_other(struct depot *d, const struct depot_recipient *r,
    struct slice address)
{
	struct spool_to to = { .address = address,
		.original = original_of(d, r), .notify = r->notify };

	enqueue_add(&d->queue, &to);
}

/* The recipient as it was given goes to the queue. */
static enum users_result
queue_given(struct depot *d, const struct depot_recipient *r)
{
	char text[ADDR_TEXT];
	struct spool_to to = { .original = r->original, .notify = r->notify,
		.address = slice_str(addr_format(text, &r->address)) };

	enqueue_add(&d->queue, &to);
	return USERS_QUEUED;
}

/* Has the user said by ~/.forward where mail is to go?  mail-deliver reads
 * it. */
static int
forwards(const struct user *u)
{
	const struct passwd *pw;
	struct buf path = BUF(4096);
	struct fail ignored;
	struct stat st;
	int rc = 0;

	if (u->login == NULL || (pw = getpwnam(u->login)) == NULL)
		return 0;
	if (buf_adds(&path, pw->pw_dir) == 0 &&
	    buf_adds(&path, "/.forward") == 0 &&
	    become_user(u, &ignored) == 0)
		rc = lstat(buf_str(&path), &st) == 0;
	become_root();
	buf_free(&path);
	return rc;
}

static int
any_forwards(const struct expansion *x)
{
	size_t i;

	for (i = 0; i < x->n; i++)
		if (forwards(&x->users[i]))
			return 1;
	return 0;
}

/* Its mailboxes have the message; where they cannot in the end, the queue. */
static enum users_result
add_here(struct depot *d, const struct depot_recipient *r,
    struct expansion *x, struct fail *f)
{
	enum users_result rc = localmail_add_users(&d->boxes, x, r->size, f);
	char text[ADDR_TEXT];

	if (!d->has_queue)
		return rc;
	if (rc == USERS_FAILED && f->class == EX_TEMPFAIL)
		return queue_given(d, r);
	if (rc != USERS_FOUND)
		return rc;
	d->here = mem_grow(d->here, d->nhere, sizeof(*d->here));
	d->here[d->nhere++] = (struct spool_to){
		.address = arena_slice(&d->queue.arena,
		    slice_str(addr_format(text, &r->address))),
		.original = arena_slice(&d->queue.arena, r->original),
		.notify = r->notify };
	return rc;
}

/* A member elsewhere of an alias that has some here, too: of the delivery the
 * sender is told for these, and not twice (RFC 3461, 5.2.7). */
static void
add_beyond(struct depot *d, const struct depot_recipient *r,
    struct slice address)
{
	unsigned notify = r->notify & ~(unsigned)SPOOL_SUCCESS;

	d->beyond = mem_grow(d->beyond, d->nbeyond, sizeof(*d->beyond));
	d->beyond[d->nbeyond++] = (struct spool_to){
		.address = arena_slice(&d->queue.arena, address),
		.original = original_of(d, r),
		.notify = r->notify == SPOOL_SUCCESS ? SPOOL_NEVER : notify };
}

static enum users_result
add_found(struct depot *d, const struct depot_recipient *r,
    struct expansion *x, struct fail *f)
{
	enum users_result rc = USERS_QUEUED;
	size_t i;

	/* Who has a ~/.forward among them: mail-deliver expands it again. */
	if (d->has_queue && any_forwards(x))
		return queue_given(d, r);
	if (x->n > 0 && (rc = add_here(d, r, x, f)) != USERS_FOUND)
		return rc;
	for (i = 0; i < x->nelsewhere; i++)
		if (rc == USERS_FOUND)
			add_beyond(d, r, x->elsewhere[i]);
		else
			queue_other(d, r, x->elsewhere[i]);
	return rc;
}

/* Who may send elsewhere is to try again: the queue may be on a file system
 * that is not mounted now. */
static enum users_result
add_without_queue(struct depot *d, const struct depot_recipient *r,
    struct fail *f)
{
	const struct conf *conf = d->boxes.conf;
	enum users_result rc = localmail_add(&d->boxes, &r->address, r->size,
	    f);

	if (rc != USERS_ELSEWHERE || !r->relay)
		return rc;
	if (enqueue_exists(conf, f))
		(void)fail_set(f, EX_TEMPFAIL,
		    "%.300s: not there when the session began", conf->spool);
	return USERS_NO_QUEUE;
}

enum users_result
depot_add(struct depot *d, const struct depot_recipient *r, struct fail *f)
{
	const struct conf *conf = d->boxes.conf;
	struct expansion found;
	enum users_result rc;

	if (!d->has_queue)
		return add_without_queue(d, r, f);
	if (d->queue.nto + d->nbeyond >= conf->max_recipients)
		return USERS_TOO_MANY;
	if (d->queue.adds)
		return queue_given(d, r);
	rc = expand_find_all(conf, &r->address, &found, f);
	if (rc == USERS_FOUND) {
		rc = add_found(d, r, &found, f);
	} else if (rc == USERS_ELSEWHERE && r->relay) {
		(void)queue_given(d, r);
		rc = USERS_RELAYED;
	}
	expand_free(&found);
	return rc;
}

static void
forget(struct depot *d)
{
	d->nhere = d->nbeyond = 0;
}

/* They are the queue's from now on, as they were given: mail-deliver expands
 * them again. */
static void
queue_all(struct depot *d)
{
	size_t i;

	localmail_abort(&d->boxes);
	for (i = 0; i < d->nhere; i++)
		enqueue_add(&d->queue, &d->here[i]);
	forget(d);
}

int
depot_begin(struct depot *d, const struct spool_envelope *e, const char **id,
    struct fail *f)
{
	int moved = 0;
	size_t i;

	*id = NULL;
	if (d->boxes.nowners > 0 && localmail_begin(&d->boxes, id, f) == -1) {
		if (!d->has_queue)
			return -1;
		queue_all(d);
		moved = 1;
	}
	for (i = 0; i < d->nbeyond; i++)
		enqueue_add(&d->queue, &d->beyond[i]);
	if (enqueue_begin(&d->queue, e, f) == -1) {
		depot_abort(d);
		return -1;
	}
	if (enqueue_id(&d->queue) != NULL)
		*id = enqueue_id(&d->queue);
	if (*id == NULL)
		return fail_set(f, EX_TEMPFAIL, "no recipient");
	return moved;
}

void
depot_write(struct depot *d, struct slice bytes)
{
	localmail_write(&d->boxes, bytes);
	enqueue_write(&d->queue, bytes);
}

int
depot_commit(struct depot *d, char id[SPOOL_ID], struct fail *f)
{
	int rc = 0;

	if (d->boxes.nowners > 0) {
		rc = enqueue_sync(&d->queue, f);
		if (rc == 0)
			rc = localmail_commit(&d->boxes, f);
	}
	if (rc == 0)
		rc = enqueue_commit(&d->queue, id, f);
	forget(d);
	if (rc == -1)
		depot_abort(d);
	return rc;
}

int
depot_outcome(const struct depot *d, size_t i, struct fail *f)
{
	return localmail_outcome(&d->boxes, i, f);
}

void
depot_abort(struct depot *d)
{
	forget(d);
	localmail_abort(&d->boxes);
	enqueue_abort(&d->queue);
}

void
depot_settle(struct depot *d)
{
	depot_abort(d);
	enqueue_settle(&d->queue);
}

void
depot_leave(struct depot *d)
{
	depot_abort(d);
	enqueue_leave(&d->queue);
}

void
depot_close(struct depot *d)
{
	depot_abort(d);
	enqueue_close(&d->queue);
	free(d->boxes.owners);
	free(d->here);
	free(d->beyond);
}
