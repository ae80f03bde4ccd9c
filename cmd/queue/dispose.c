/* SPDX-License-Identifier: ISC */
/* dispose: what becomes of a message after its results; see dispose.h. */

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "backoff.h"
#include "cli.h"
#include "digest.h"
#include "dispose.h"
#include "log.h"
#include "notify.h"
#include "outcome.h"

enum {
	RESULTS = 65536, /* bytes that are held of one message */
};

/* Writes a result into the journal where it is not there: 0, or -1.  On a full
 * disk who has the message has it all the same, and where all have, it can go:
 * 1, "m" alone knows. */
static int
note(struct spoolfile *m, const struct task *task, struct spool_entry *e,
    struct fail *f)
{
	struct spool_recipient *to;
	int settles = e->class == SPOOL_SENT || e->class == SPOOL_RELAYED ||
	    e->class == SPOOL_REFUSED;

	if (e->number == 0 || e->number > m->nto)
		return 0;
	to = &m->to[e->number - 1];
	if (to->settled || (to->at >= task->journal && !settles))
		return 0;
	e->when = (int64_t)time(NULL);
	if (spoolfile_append(m, e, f) == 0)
		return 0;
	if (!fail_is_full(f) || e->class == SPOOL_REFUSED || !settles)
		return -1;
	to->settled = 1;
	to->class = e->class;
	return 1;
}

/* They are kept as long as the journal does not have them. */
static int
note_results(struct spoolfile *m, struct task *task, struct fail *f)
{
	struct slice rest = buf_slice(&task->results), line;
	struct spool_entry e;
	int rc = 0, keep = 0;

	while (rc != -1 && rest.n > 0) {
		(void)slice_until(&rest, '\n', &line);
		if (spool_entry_read(line, 0, &e) == -1)
			continue;
		rc = note(m, task, &e, f);
		keep |= rc == 1;
	}
	if (rc != -1 && !keep)
		buf_clear(&task->results);
	return rc == -1 ? -1 : 0;
}

/* Where somebody renamed it meanwhile, as mailq-hold does, its results must
 * not be lost: it is where its id is. */
static int
note_elsewhere(struct runner *r, struct task *task, struct fail *f)
{
	struct spool_name name;
	struct spoolfile m;
	char path[SPOOL_NAME];
	int rc = 0;

	if (task->results.n == 0 ||
	    spool_find(&r->spool, task->name.id, &name, f) != 1)
		return 0;
	if (spoolfile_open(&m, r->spool.dir, spool_path(path, &name), f) == 0)
		rc = note_results(&m, task, f);
	spoolfile_close(&m);
	return rc;
}

static void
note_now(struct runner *r, struct task *task)
{
	struct spoolfile m;
	char path[SPOOL_NAME];
	struct fail f = { 0 };
	int rc;

	rc = spoolfile_open(&m, r->spool.dir, spool_path(path, &task->name),
	    &f);
	if (rc == 0)
		rc = note_results(&m, task, &f);
	else if (f.class == EX_NOINPUT)
		rc = note_elsewhere(r, task, &f);
	if (rc == -1)
		outcome_warn(r, &task->name, EX_TEMPFAIL, f.text);
	buf_clear(&task->results);
	spoolfile_close(&m);
}

void
dispose_take(struct runner *r, struct task *task, const struct spool_entry *e)
{
	if (e->class == SPOOL_BUSY || e->class == SPOOL_REPORTED ||
	    e->class == SPOOL_AGAIN)
		return;
	spool_entry_write(&task->results, 0, e);
	if (task->results.n > RESULTS)
		note_now(r, task);
}

void
dispose_put_off(struct runner *r, struct task *task,
    const struct spoolfile *m, const struct fail *why)
{
	struct spool_name name = task->name;
	uint32_t random = 0;
	struct fail f = { 0 };

	outcome_warn(r, &task->name, EX_TEMPFAIL, why->text);
	(void)digest_random(&random, sizeof(random), &f);
	name.state = SPOOL_CUR;
	name.due = (int64_t)time(NULL) + backoff_after(1, random);
	if (spoolfile_lock(m, 0, &f) != 1 ||
	    spool_rename(&r->spool, &task->name, &name, &f) == -1) {
		tasks_leave(&r->tasks, task);
		return;
	}
	r->moved = 1;
	tasks_drop(&r->tasks, task);
}

/* Puts it where a person looks for it. */
static void
put_aside(struct runner *r, struct task *task, int status, const char *why)
{
	struct spool_name name = task->name;
	struct fail f = { 0 };
	char text[700];

	name.state = SPOOL_FAILED;
	if (spool_rename(&r->spool, &task->name, &name, &f) == -1) {
		if (f.class == EX_TEMPFAIL)
			outcome_warn(r, &task->name, EX_TEMPFAIL, f.text);
		tasks_leave(&r->tasks, task);
		return;
	}
	(void)spool_sync(&r->spool, SPOOL_FAILED, &f);
	(void)snprintf(text, sizeof(text), "moved to failed/: %s", why);
	outcome_warn(r, &task->name, status, text);
	tasks_drop(&r->tasks, task);
}

/* Removes what was made for a message that did not come, of somebody who is
 * gone. */
static void
remove_unwritten(struct runner *r, struct task *task,
    const struct spoolfile *m)
{
	struct fail f = { 0 };
	int rc = spoolfile_lock(m, 0, &f);

	if (rc == 1 && (rc = spoolfile_is_unwritten(m, &f)) == 1 &&
	    (rc = spool_remove(&r->spool, &task->name, &f)) == 0)
		log_line("id=%s removed: it was never completed",
		    task->name.id);
	/* What keeps the mail of a session removes it without a lock. */
	if (rc == -1 && f.error != ENOENT)
		outcome_warn(r, &task->name, EX_TEMPFAIL, f.text);
	tasks_drop(&r->tasks, task);
}

void
dispose_unread(struct runner *r, struct task *task, const struct spoolfile *m,
    const struct fail *f)
{
	switch (f->class) {
	case EX_NOINPUT:
		/* Another process is done with it, or is not yet. */
		r->unwritten += (size_t)m->unwritten;
		tasks_drop(&r->tasks, task);
		break;
	case EX_DATAERR:
		if (spoolfile_is_left(m, task->name.state))
			remove_unwritten(r, task, m);
		else
			put_aside(r, task, EX_DATAERR, f->text);
		break;
	default:
		outcome_warn(r, &task->name, EX_TEMPFAIL, f->text);
		tasks_leave(&r->tasks, task);
	}
}

static int64_t
expires(const struct runner *r, const struct spoolfile *m)
{
	return spoolfile_begun(m) + r->conf.queue_lifetime;
}

/* Gives up what is pending for too long, with the last words of its host: a
 * reply of it as it was, which says by its code that this is no refusal. */
static int
give_up(const struct runner *r, struct spoolfile *m, int64_t now,
    struct fail *f)
{
	char line[SPOOL_ENTRY];
	size_t i;

	if (now < expires(r, m))
		return 0;
	for (i = 0; i < m->nto; i++) {
		struct spool_entry e = { 0 };

		if (m->to[i].settled || m->to[i].attempts == 0)
			continue;
		if (spoolfile_last(m, i + 1, line, &e, f) == -1)
			return -1;
		e.when = now;
		e.number = i + 1;
		e.class = SPOOL_REFUSED;
		if (e.code / 100 != 4)
			e.enhanced = SLICE("4.4.7");
		if (spoolfile_append(m, &e, f) == -1)
			return -1;
	}
	return 0;
}

static int64_t
next_attempt(const struct runner *r, const struct spoolfile *m, int64_t now)
{
	int64_t end = expires(r, m), due;
	unsigned attempts = 0;
	uint32_t random = 0;
	struct fail ignored;
	size_t i;

	for (i = 0; i < m->nto; i++)
		if (!m->to[i].settled && m->to[i].attempts > attempts)
			attempts = m->to[i].attempts;
	(void)digest_random(&random, sizeof(random), &ignored);
	due = now + backoff_after(attempts, random);
	/* The last attempt is at the end of its time. */
	return due > end && end > now + BACKOFF_AGAIN ? end : due;
}

/* What a crash of the machine must not undo: that somebody has it, or knows. */
static int
must_last(const struct spoolfile *m)
{
	return m->warned || spoolfile_pending(m) < m->nto;
}

static int
defer(struct runner *r, struct task *task, const struct spoolfile *m,
    struct fail *f)
{
	struct spool_name name = task->name;

	if (must_last(m) && spoolfile_sync(m, f) == -1)
		return -1;
	if (task->untried)
		return 0;
	/* Also where nothing of it was tried, and so nothing was told. */
	r->status = cli_worse(r->status, EX_TEMPFAIL);
	name.state = SPOOL_CUR;
	name.due = next_attempt(r, m, (int64_t)time(NULL));
	r->moved = 1;
	return spool_rename(&r->spool, &task->name, &name, f);
}

/* It is done with: nobody is to wait for its lock until it is closed. */
static int
remove_it(struct runner *r, const struct task *task, struct spoolfile *m,
    struct fail *f)
{
	if (spool_remove(&r->spool, &task->name, f) == -1)
		return -1;
	spoolfile_unlock(m, 0);
	release_file(&r->release, m->fd, m->journal);
	m->fd = -1;
	return 0;
}

/* A message that is locked and read: 1 where it is to go to failed/. */
static int
decide(struct runner *r, struct task *task, struct spoolfile *m,
    struct fail *f)
{
	int64_t now = (int64_t)time(NULL);
	struct fail why = { 0 };
	enum notify_result told;

	if (give_up(r, m, now, f) == -1 ||
	    outcome_tell(r, m, task->journal, f) == -1)
		return -1;
	told = notify_sender(r, m, now, &why);
	if (told == NOTIFY_NOBODY)
		return 1;
	if (told == NOTIFY_FAILED)
		outcome_warn(r, &task->name, EX_TEMPFAIL, why.text);
	if (told == NOTIFY_FAILED || spoolfile_pending(m) > 0)
		return defer(r, task, m, f);
	return remove_it(r, task, m, f);
}

/* DISPOSE_LATER where another process has a part of it. */
static enum dispose_result
carry_out(struct runner *r, struct task *task, struct spoolfile *m)
{
	struct fail f = { 0 }, ignored;
	int rc = note_results(m, task, &f);

	if (rc == 0 && (rc = spoolfile_lock(m, 0, &f)) == 0)
		return DISPOSE_LATER;
	if (rc == 1)
		rc = spoolfile_read(m, &f);
	if (rc == 0)
		rc = decide(r, task, m, &f);
	if (rc == 1) {
		put_aside(r, task, EX_UNAVAILABLE,
		    "it came from nobody, and cannot be delivered to the "
		    "postmaster");
		return DISPOSE_DONE;
	}
	if (rc == -1 && fail_is_full(&f)) {
		if (spoolfile_lock(m, 0, &ignored) == 0)
			return DISPOSE_LATER;
		dispose_put_off(r, task, m, &f);
		return DISPOSE_DONE;
	}
	if (rc == -1)
		outcome_warn(r, &task->name, EX_TEMPFAIL, f.text);
	/* What has its old name is not to be taken again at once. */
	if (rc == -1 || task->untried)
		tasks_leave(&r->tasks, task);
	else
		tasks_drop(&r->tasks, task);
	return DISPOSE_DONE;
}

enum dispose_result
dispose_task(struct runner *r, struct task *task)
{
	enum dispose_result result = DISPOSE_DONE;
	struct fail f = { 0 }, elsewhere = { 0 };
	char path[SPOOL_NAME];
	struct spoolfile m;

	if (spoolfile_open(&m, r->spool.dir, spool_path(path, &task->name),
	    &f) == 0) {
		result = carry_out(r, task, &m);
	} else {
		if (f.class == EX_NOINPUT &&
		    note_elsewhere(r, task, &elsewhere) == -1)
			outcome_warn(r, &task->name, EX_TEMPFAIL,
			    elsewhere.text);
		dispose_unread(r, task, &m, &f);
	}
	spoolfile_close(&m);
	return result;
}
