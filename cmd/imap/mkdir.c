/* SPDX-License-Identifier: ISC */
/* mkdir: what imap-mkdir does; see mkdir.h. */

#include <stdlib.h>

#include "cli.h"
#include "limits.h"
#include "mailboxes.h"
#include "mkdir.h"
#include "namespace.h"
#include "text.h"

enum { BATCH = IMAP_WINDOW / 2 }; /* mailboxes in hand at once */

struct task { /* one command for one mailbox */
	struct slice name;
	unsigned command;
	int failed;
	struct fail why;
};

static void
say(struct mkdir *m, const char *command, struct task *t)
{
	struct imap *i = &m->imap;

	t->failed = 0;
	t->command = imap_say(i, "%s ", command);
	imap_add_name(i, t->name);
	if (m->use != NULL && m->what == MKDIR_CREATE && command[0] == 'C')
		imap_add(i, " (USE (\\%s))", m->use);
	imap_said(i);
}

static void
take_answer(struct task *task, size_t n, const struct imap_response *r,
    const struct fail *f)
{
	size_t k;

	for (k = 0; k < n; k++)
		if (task[k].command == r->command) {
			task[k].failed = f != NULL;
			if (f != NULL)
				task[k].why = *f;
		}
}

/* Says one command for each of up to BATCH mailboxes, but for those that failed
 * before, and gets the answers: 0, or -1. */
static int
run(struct mkdir *m, const char *command, struct task *task, size_t n,
    struct fail *f)
{
	struct imap_response r;
	enum imap_result rc;
	size_t k, waiting = 0;

	for (k = 0; k < n; k++)
		if (!task[k].failed) {
			say(m, command, &task[k]);
			waiting++;
		}
	while (waiting > 0) {
		if ((rc = imap_next(&m->imap, &r, f)) == IMAP_LOST)
			return -1;
		if (rc == IMAP_DATA)
			continue;
		take_answer(task, n, &r, rc == IMAP_OK ? NULL : f);
		waiting--;
	}
	return 0;
}

static void
report(struct mkdir *m, struct task *t)
{
	struct fail f = t->why;

	(void)fail_at(&f, TEXT_SHOW(t->name));
	(void)fail_at(&f, imap_name(&m->imap));
	m->status = cli_worse(m->status, cli_report(&f));
}

static void
report_all(struct mkdir *m, struct task *task, size_t n)
{
	size_t k;

	for (k = 0; k < n; k++)
		if (task[k].failed)
			report(m, &task[k]);
}

static int
is_name(const struct mailbox *box, struct slice name)
{
	return slice_eq(box->name, name) ||
	    (slice_eq(box->raw, SLICE("INBOX")) &&
		slice_caseeq(name, SLICE("INBOX")));
}

/* What a server lists, until all of the commands are answered: 0, or -1. */
static int
get_list(struct mkdir *m, struct mailboxes *boxes, struct task *task,
    size_t n, struct fail *f)
{
	struct imap_response r;
	enum imap_result rc;
	size_t waiting = n;

	while (waiting > 0) {
		if ((rc = imap_next(&m->imap, &r, f)) == IMAP_LOST)
			return -1;
		if (rc != IMAP_DATA) {
			take_answer(task, n, &r, rc == IMAP_OK ? NULL : f);
			waiting--;
		} else if (r.number == 0 &&
		    (imap_is(&r, "LIST") || imap_is(&r, "LSUB")) &&
		    mailboxes_take(boxes, &m->imap, &r, f) == -1) {
			return -1;
		}
	}
	return 0;
}

/* Is there such a mailbox?  1, 0, or -1. */
static int
is_there(struct mkdir *m, struct slice name, struct fail *f)
{
	struct mailboxes boxes = { 0 };
	struct task list = { .name = name };
	int rc, there = 0;
	size_t n;

	say(m, "LIST \"\"", &list);
	rc = get_list(m, &boxes, &list, 1, f);
	for (n = 0; n < boxes.n; n++)
		there |= is_name(&boxes.box[n], name) && !boxes.box[n].missing;
	mailboxes_free(&boxes);
	return rc == -1 ? -1 : there;
}

/* Not all servers tell why they refuse: 0, or -1. */
static int
find_existing(struct mkdir *m, struct task *task, size_t n, struct fail *f)
{
	size_t k;
	int there;

	for (k = 0; k < n; k++) {
		struct task *t = &task[k];

		if (t->failed && t->why.class == EX_UNAVAILABLE) {
			if ((there = is_there(m, t->name, f)) == -1)
				return -1;
			if (there)
				t->why.class = EX_CANTCREAT;
		}
		if (t->failed && t->why.class == EX_UNAVAILABLE)
			(void)namespace_explain(&m->imap, t->name, &t->why);
		if (t->failed && m->existing && t->why.class == EX_CANTCREAT)
			t->failed = 0;
	}
	return 0;
}

static int
create(struct mkdir *m, struct task *task, size_t n, struct fail *f)
{
	if (run(m, "CREATE", task, n, f) == -1 ||
	    find_existing(m, task, n, f) == -1)
		return -1;
	return m->quiet ? 0 : run(m, "SUBSCRIBE", task, n, f);
}

static int
subscribe(struct mkdir *m, struct task *task, size_t n, struct fail *f)
{
	size_t k;

	if (run(m, m->what == MKDIR_SUBSCRIBE ? "SUBSCRIBE" : "UNSUBSCRIBE",
	    task, n, f) == -1)
		return -1;
	for (k = 0; k < n; k++)
		if (task[k].failed)
			(void)namespace_explain(&m->imap, task[k].name,
			    &task[k].why);
	return 0;
}

static int
do_batch(struct mkdir *m, struct task *task, size_t n, struct fail *f)
{
	int rc = m->what == MKDIR_CREATE ? create(m, task, n, f) :
	    subscribe(m, task, n, f);

	report_all(m, task, n);
	return rc;
}

static int
do_all(struct mkdir *m, struct fail *f)
{
	struct task task[BATCH];
	size_t done, n;

	for (done = 0; done < m->n; done += n) {
		for (n = 0; n < BATCH && done + n < m->n; n++)
			task[n] = (struct task){ .name = m->name[done + n] };
		if (do_batch(m, task, n, f) == -1)
			return -1;
	}
	return 0;
}

/* Asks, before all else, for what is subscribed of the mailbox and those below
 * it. */
static void
say_subscribed(struct mkdir *m, struct task *t)
{
	struct buf pattern = BUF(LIMIT_IMAP_TOKEN);

	(void)buf_add(&pattern, m->name[0]);
	(void)buf_addc(&pattern, '*');
	t->name = buf_slice(&pattern);
	say(m, imap_has(&m->imap, IMAP_LIST_EXTENDED) ?
	    "LIST (SUBSCRIBED) \"\"" : "LSUB \"\"", t);
	buf_free(&pattern);
}

/* 1 where it is "name", or below it. */
static int
is_within(const struct mailbox *box, struct slice name)
{
	return is_name(box, name) || (slice_starts(box->name, name) &&
	    box->separator != -1 &&
	    (unsigned char)box->name.p[name.n] == box->separator);
}

/* The old name and the new one of each that was subscribed; those below INBOX
 * stay, and so does it (RFC 9051, 6.3.6). */
static size_t
moved(struct mkdir *m, const struct mailboxes *boxes, struct task **from,
    struct task **to)
{
	struct slice old = m->name[0], new = m->name[1], rest;
	struct buf name = BUF(2 * LIMIT_IMAP_TOKEN);
	int inbox = slice_caseeq(old, SLICE("INBOX"));
	size_t n, count = 0;

	*from = mem_alloc((boxes->n + 1) * sizeof(**from));
	*to = mem_alloc((boxes->n + 1) * sizeof(**to));
	for (n = 0; n < boxes->n; n++) {
		const struct mailbox *box = &boxes->box[n];

		if (inbox ? !is_name(box, old) : !is_within(box, old))
			continue;
		rest = slice_sub(box->name, old.n, box->name.n);
		buf_clear(&name);
		(void)buf_add(&name, new);
		(void)buf_add(&name, rest);
		(*from)[count].name = box->name;
		(*from)[count].failed = inbox;
		(*to)[count++].name = arena_slice(&m->arena, buf_slice(&name));
	}
	buf_free(&name);
	return count;
}

/* The subscriptions follow: the new ones first. */
static int
resubscribe(struct mkdir *m, const struct mailboxes *boxes, struct fail *f)
{
	struct task *from, *to;
	size_t n = moved(m, boxes, &from, &to), done, some;
	int rc = 0;

	for (done = 0; done < n && rc == 0; done += some) {
		some = n - done < BATCH ? n - done : BATCH;
		rc = run(m, "SUBSCRIBE", to + done, some, f);
		report_all(m, to + done, some);
		if (rc == 0)
			rc = run(m, "UNSUBSCRIBE", from + done, some, f);
		if (rc == 0 && !slice_caseeq(m->name[0], SLICE("INBOX")))
			report_all(m, from + done, some);
	}
	free(from);
	free(to);
	return rc;
}

/* Why it was refused, where the server has not told: 0, or -1. */
static int
explain(struct mkdir *m, struct task *t, struct fail *f)
{
	int old, new;

	if (t->why.class != EX_UNAVAILABLE)
		return 0;
	if ((old = is_there(m, m->name[0], f)) == -1 ||
	    (new = is_there(m, m->name[1], f)) == -1)
		return -1;
	t->why.class = !old ? EX_NOINPUT : new ? EX_CANTCREAT :
	    EX_UNAVAILABLE;
	if (!old)
		(void)namespace_explain(&m->imap, m->name[0], &t->why);
	else if (namespace_explain(&m->imap, m->name[1], &t->why))
		(void)fail_at(&t->why, TEXT_SHOW(m->name[1]));
	return 0;
}

static void
say_rename(struct mkdir *m, struct task *t)
{
	t->name = m->name[0];
	t->command = imap_say(&m->imap, "RENAME ");
	imap_add_name(&m->imap, m->name[0]);
	imap_add(&m->imap, " ");
	imap_add_name(&m->imap, m->name[1]);
	imap_said(&m->imap);
}

static int
rename_one(struct mkdir *m, struct mailboxes *boxes, struct fail *f)
{
	struct task task[2] = { 0 }, *t = &task[1];

	if (!m->quiet)
		say_subscribed(m, &task[0]);
	say_rename(m, t);
	if (get_list(m, boxes, m->quiet ? t : task, m->quiet ? 1 : 2, f) == -1)
		return -1;
	if (!t->failed)
		return m->quiet ? 0 : resubscribe(m, boxes, f);
	if (explain(m, t, f) == -1)
		return -1;
	report(m, t);
	return 0;
}

int
mkdir_all(struct mkdir *m, struct fail *f)
{
	struct mailboxes boxes = { 0 };
	int rc;

	if (m->use != NULL && !imap_has(&m->imap, IMAP_CREATE_SPECIAL_USE))
		return fail_set(f, EX_UNAVAILABLE, "the server makes no "
		    "mailboxes of special use (CREATE-SPECIAL-USE)");
	if (m->what != MKDIR_RENAME)
		return do_all(m, f);
	rc = rename_one(m, &boxes, f);
	mailboxes_free(&boxes);
	return rc;
}

void
mkdir_free(struct mkdir *m)
{
	free(m->name);
	arena_free(&m->arena);
}
