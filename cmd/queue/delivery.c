/* SPDX-License-Identifier: ISC */
/* delivery: a message to its recipient; see delivery.h. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "date.h"
#include "delivery.h"
#include "deliverycode.h"
#include "deliveryhead.h"
#include "deliveryplan.h"
#include "limits.h"
#include "localmail.h"
#include "passon.h"
#include "pipeto.h"
#include "text.h"

/* One delivery under way. */
struct work {
	const struct delivery *d;
	char recipient[ADDR_TEXT]; /* "": a Maildir */
	struct addr address;
	const char *sender;	   /* NULL: not known */
	struct deliveryhead head;
	struct deliveryplan plan;
	struct localmail boxes;
	char copy[SPOOL_ID]; /* the id of what the queue got; or "" */
	struct delivery_result *r;
};

static void
trace(const struct work *w, const char *step, struct slice what)
{
	if (w->d->trace != NULL)
		w->d->trace(step, TEXT_SHOW(what));
}

/* Nothing more is done: 1.  What is to be tried again counts for more than
 * what failed for good, and of that the first. */
static int
note(struct work *w, const struct delivery_result *r)
{
	if (r->class == EX_TEMPFAIL || w->r->class == 0) {
		w->r->class = r->class;
		memcpy(w->r->code, r->code, sizeof(r->code));
		memcpy(w->r->text, r->text, sizeof(r->text));
	}
	return r->class == EX_TEMPFAIL;
}

static int
note_fail(struct work *w, const struct fail *f)
{
	struct delivery_result r = { 0 };

	deliverycode_of_fail(f, &r);
	return note(w, &r);
}

static void
refuse(struct work *w, int class, const char *code, const char *text)
{
	w->r->class = class;
	(void)snprintf(w->r->code, sizeof(w->r->code), "%s", code);
	(void)snprintf(w->r->text, sizeof(w->r->text), "%s", text);
}

/* The address as others see it, and taken apart: 0, or -1. */
static int
take_recipient(struct work *w, const char *given)
{
	const struct conf *conf = w->d->conf;
	struct slice text = slice_str(given);
	char lent[ADDR_TEXT];
	struct fail f;
	int n;

	if (addr_check_utf8(text, &w->address, &f) == 0) {
		(void)addr_format(w->recipient, &w->address);
		return addr_check_utf8(slice_str(w->recipient), &w->address,
		    &f);
	}
	n = snprintf(lent, sizeof(lent), "%s@x", given);
	if (n < 0 || (size_t)n >= sizeof(lent) ||
	    addr_check_utf8(slice_str(lent), &w->address, &f) == -1) {
		refuse(w, EX_NOUSER, "5.1.3", "is no address and no name");
		return -1;
	}
	w->address.domain = slice_str(conf->domains[0]);
	(void)addr_format(w->recipient, &w->address);
	w->address.local = slice_sub(slice_str(w->recipient), 0,
	    w->address.local.n);
	return 0;
}

/* The header, and whether the message goes round: 0, or -1. */
static int
read_head(struct work *w)
{
	struct fail f = { 0 };

	if (deliveryhead_read(&w->head, w->d->message, w->recipient,
	    &f) == -1) {
		(void)note_fail(w, &f);
		return -1;
	}
	w->sender = w->d->sender;
	if (w->sender == NULL && w->head.has_sender)
		w->sender = w->head.sender;
	if (w->recipient[0] == '\0')
		return 0;
	if (w->sender == NULL)
		w->sender = "";
	if (w->head.looped)
		refuse(w, EX_UNAVAILABLE, "5.4.6",
		    "the message was here before: this is a mail loop");
	else if (w->head.hops > LIMIT_HOPS)
		refuse(w, EX_UNAVAILABLE, "5.4.6",
		    "too many hops: this is a mail loop");
	return w->r->class == 0 ? 0 : -1;
}

static int
make_plan(struct work *w)
{
	struct fail f = { 0 };

	switch (deliveryplan_make(&w->plan, w->d->conf, &w->address, &f)) {
	case USERS_FOUND:
		(void)snprintf(w->r->left_out, sizeof(w->r->left_out), "%s",
		    f.text);
		return 0;
	case USERS_NONE:
		refuse(w, EX_NOUSER, "5.1.1", "no such mailbox");
		return -1;
	case USERS_ELSEWHERE:
		refuse(w, EX_NOHOST, "5.1.2",
		    "mail for that domain is not taken here");
		return -1;
	default:
		(void)note_fail(w, &f);
		return -1;
	}
}

/* What stands in front of a message that has arrived. */
static void
add_arrived(const struct work *w, struct buf *out)
{
	if (w->sender != NULL)
		(void)buf_addf(out, "Return-Path: <%s>\n", w->sender);
	if (w->recipient[0] != '\0')
		(void)buf_addf(out, "Delivered-To: %s\n", w->recipient);
}

/* And of one that goes on; the Received makes it known where it was, and
 * Delivered-To below it that it was here. */
static void
add_passed(const struct work *w, struct buf *out)
{
	time_t now = time(NULL);
	char date[DATE_TEXT];

	(void)buf_addf(out, "Received: by %s (mailpipe) id %jx.%jx\n"
	    "\tfor <%s>; %s\nDelivered-To: %s\n", w->d->conf->hostname,
	    (uintmax_t)now, (uintmax_t)getpid(), w->recipient,
	    date_format(date, now), w->recipient);
}

static int
write_piece(void *ctx, struct slice piece, struct fail *f)
{
	(void)f;
	localmail_write(ctx, piece);
	return 0;
}

static int
begin_boxes(struct work *w, struct fail *f)
{
	uint64_t size = deliveryhead_size(&w->head);
	const char *id;

	switch (localmail_add_users(&w->boxes, &w->plan.boxes, size, f)) {
	case USERS_FOUND:
		return localmail_begin(&w->boxes, &id, f);
	case USERS_FULL:
		f->error = EDQUOT;
		return -1;
	default:
		return -1;
	}
}

/* Would others have it again where one mailbox could not take it after all? */
static int
has_others(const struct work *w)
{
	return w->plan.nprograms > 0 || w->plan.naddresses > 0 ||
	    w->plan.boxes.n > 1;
}

/* Writes the message to all mailboxes, where nobody sees it yet. */
static int
fill_boxes(struct work *w)
{
	struct buf front = BUF(LIMIT_HEADER_FIELD);
	struct fail f = { 0 };
	int rc = 0;

	if (w->plan.boxes.n > 0) {
		add_arrived(w, &front);
		rc = begin_boxes(w, &f);
		if (rc == 0)
			rc = deliveryhead_each(&w->head, buf_slice(&front),
			    write_piece, &w->boxes, &f);
		if (rc == 0 && has_others(w))
			rc = localmail_sync(&w->boxes, &f);
	}
	buf_free(&front);
	if (rc == -1)
		(void)note_fail(w, &f);
	return rc;
}

/* The message with what "add" puts in front of it, as a file. */
static int
make_file(const struct work *w, void (*add)(const struct work *, struct buf *),
    struct fail *f)
{
	struct buf front = BUF(LIMIT_HEADER_FIELD);
	int fd;

	add(w, &front);
	fd = deliveryhead_file(&w->head, buf_slice(&front), f);
	buf_free(&front);
	return fd;
}

/* 1 where it is to be tried again. */
static int
give_program(struct work *w, const struct deliveryplan_program *p)
{
	struct pipeto pipeto = { .user = &p->user, .home = p->home,
		.command = p->command, .sender = w->sender,
		.recipient = w->recipient, .seconds = w->d->program_time };
	struct delivery_result r = { 0 };
	struct fail f = { 0 };
	int status = 0, rc;

	trace(w, "program", p->command);
	if ((pipeto.message = make_file(w, add_arrived, &f)) == -1)
		return note_fail(w, &f);
	rc = pipeto_run(&pipeto, &status, &f);
	(void)close(pipeto.message);
	if (rc == -1)
		return note_fail(w, &f);
	if (status == 0)
		return 0;
	deliverycode_of_program(status, slice_str(pipeto.said), &r);
	return note(w, &r);
}

static int
give_queue(struct work *w)
{
	struct queueadd add = { .sender = w->sender,
		.notify = w->d->notify, .ret = w->d->ret,
		.original = w->d->original != NULL ? w->d->original :
		    w->recipient,
		.addresses = w->plan.addresses, .n = w->plan.naddresses };
	struct fail f = { 0 };
	size_t i;
	int rc;

	for (i = 0; i < add.n; i++)
		trace(w, "forward", add.addresses[i]);
	if (add.n == 0)
		return 0;
	if ((add.message = make_file(w, add_passed, &f)) == -1)
		return note_fail(w, &f);
	rc = passon_give(&add, &f);
	memcpy(w->copy, add.id, sizeof(w->copy));
	(void)close(add.message);
	return rc == 0 ? 0 : note_fail(w, &f);
}

static void
commit_boxes(struct work *w)
{
	struct fail f = { 0 };
	size_t i;

	for (i = 0; i < w->plan.boxes.n; i++)
		trace(w, "mailbox",
		    slice_str(w->plan.boxes.users[i].maildir));
	if (w->plan.boxes.n > 0 && localmail_commit(&w->boxes, &f) == -1)
		(void)note_fail(w, &f);
}

/* Who looks for it in the log can go on with the copy. */
static void
tell_copy(struct work *w)
{
	if (w->r->class == 0 && w->copy[0] != '\0')
		(void)snprintf(w->r->text, sizeof(w->r->text), "%s as %s",
		    w->r->passed_on ? "forwarded" : "delivered, and forwarded",
		    w->copy);
}

static void
carry_out(struct work *w)
{
	int again = fill_boxes(w) == -1;
	size_t i;

	for (i = 0; !again && i < w->plan.nprograms; i++)
		again = give_program(w, &w->plan.programs[i]);
	if (!again)
		again = give_queue(w);
	if (!again)
		commit_boxes(w);
	w->r->passed_on = w->plan.naddresses > 0 && w->plan.boxes.n == 0 &&
	    w->plan.nprograms == 0;
	tell_copy(w);
}

static void
begin(struct work *w, const struct delivery *d, struct delivery_result *r)
{
	*w = (struct work){ .d = d, .r = r,
		.boxes = { .conf = d->conf, .root = geteuid() == 0 } };
	*r = (struct delivery_result){ .code = "2.0.0", .text = "delivered" };
}

static void
end(struct work *w)
{
	localmail_abort(&w->boxes);
	free(w->boxes.owners);
	deliveryplan_free(&w->plan);
	deliveryhead_free(&w->head);
}

void
delivery_to(const struct delivery *d, const char *recipient,
    struct delivery_result *r)
{
	struct work w;

	begin(&w, d, r);
	if (take_recipient(&w, recipient) == 0 && read_head(&w) == 0 &&
	    make_plan(&w) == 0)
		carry_out(&w);
	end(&w);
}

void
delivery_into(const struct delivery *d, const char *maildir,
    struct delivery_result *r)
{
	struct fail f = { 0 };
	struct work w;

	begin(&w, d, r);
	if (read_head(&w) == 0) {
		if (deliveryplan_make_maildir(&w.plan, maildir, &f) ==
		    USERS_FOUND)
			carry_out(&w);
		else
			(void)note_fail(&w, &f);
	}
	end(&w);
}
