/* SPDX-License-Identifier: ISC */
/* taker: where messages that are fetched go; see taker.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "child.h"
#include "io.h"
#include "limits.h"
#include "mboxrd.h"
#include "scratch.h"
#include "taker.h"
#include "text.h"

enum {
	FEW = 256, /* messages on standard output, then they are settled */
};

/* Where the messages in hand are noted. */
static struct taker_held *
held(const struct taker *t)
{
	return t->box.now.facts;
}

static void
hold(struct taker *t, const struct taker_message *m)
{
	struct taker_held *h = held(t);

	if (h->n == h->room) {
		h->room = h->room * 2 + 64;
		h->one = mem_resize(h->one, h->room, sizeof(*h->one));
	}
	h->one[h->n++] = (struct taker_one){ m->wanted,
		arena_slice(&h->keys, m->key),
		arena_slice(&h->keys, m->mark) };
}

static void
forget(struct taker_held *h)
{
	h->n = 0;
	arena_reset(&h->keys);
}

/* The first "n" of "h" are durable: now they are so in the state, too. */
static int
remember(struct taker *t, struct taker_held *h, size_t n, struct fail *f)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < n && t->state != NULL; i++)
		popstate_fetched(t->state, h->one[i].key, h->one[i].mark);
	if (t->state != NULL)
		rc = popstate_write(t->state, 1, f);
	for (i = 0; i < n && rc == 0; i++)
		h->one[i].wanted->taken = 1;
	return rc;
}

static struct slice
key_of(void *ctx, const struct intake_batch *b, size_t i)
{
	const struct taker_held *h = b->facts;

	(void)ctx;
	return h->one[i].key;
}

static int
delivered(void *ctx, const struct intake_batch *b, struct fail *f)
{
	return remember(ctx, b->facts, b->n, f);
}

int
taker_open(struct taker *t, struct fail *f)
{
	t->draft = -1;
	t->standard = output_to(STDOUT_FILENO, "standard output");
	t->box = (struct intake){ .maildir = t->maildir, .inside = t->inside,
		.underway = t->state == NULL ? NULL :
		popstate_underway(t->state), .ctx = t, .key = key_of,
		.delivered = delivered, .now.facts = &t->held[0],
		.before.facts = &t->held[1] };
	if (t->kind == TAKER_MAILDIR)
		return intake_start(&t->box, f);
	if ((t->draft = scratch_open(f)) == -1)
		return -1;
	t->out = output_to(t->draft, "temporary file");
	return 0;
}

int
taker_begin(struct taker *t, struct fail *f)
{
	if (t->kind == TAKER_MAILDIR)
		return intake_begin(&t->box, f);
	t->out.n = 0;
	t->out.error = 0;
	if (ftruncate(t->draft, 0) == -1 || lseek(t->draft, 0, SEEK_SET) == -1)
		return fail_errno(f, EX_TEMPFAIL, "temporary file");
	return 0;
}

int
taker_write(struct taker *t, struct slice piece, struct fail *f)
{
	if (t->kind == TAKER_MAILDIR)
		return maildirbatch_write(t->box.now.batch, piece, f);
	output_put(&t->out, piece);
	if (t->out.error == 0)
		return 0;
	errno = t->out.error;
	return fail_errno(f, EX_TEMPFAIL, "temporary file: write");
}

/* Gives the message to the program. */
static int
run_program(struct taker *t, struct fail *f)
{
	const char *name = TEXT_SHOW(slice_str(t->argv[0]));
	int status;
	pid_t pid = child_start(t->argv, &(struct child_fd){ t->draft,
	    STDIN_FILENO }, 1, f);

	if (pid == -1) {
		(void)fail_at(f, name);
		return -1;
	}
	if (child_wait(pid, LIMIT_DELIVER_PROGRAM * 1000U, &status, f) == -1) {
		(void)fail_at(f, name);
		return 1;
	}
	if (status == 0)
		return 0;
	if (status > 128)
		(void)fail_set(f, EX_TEMPFAIL, "%s: ended by signal %d", name,
		    status - 128);
	else
		(void)fail_set(f, status >= EX__BASE && status <= EX__MAX ?
		    status : EX_TEMPFAIL, "%s: status %d", name, status);
	return 1;
}

/* Copies the message to standard output. */
static int
copy_out(struct taker *t, struct fail *f)
{
	struct mboxrd box = { .out = &t->standard };
	char block[65536];
	ssize_t n;

	if (t->kind == TAKER_MBOX)
		mboxrd_begin(&box, time(NULL));
	while ((n = io_read(t->draft, block, sizeof(block))) > 0)
		if (t->kind == TAKER_MBOX)
			mboxrd_put(&box, (struct slice){ block, (size_t)n });
		else
			output_put(&t->standard,
			    (struct slice){ block, (size_t)n });
	if (n == -1)
		return fail_errno(f, EX_TEMPFAIL, "temporary file: read");
	if (t->kind == TAKER_MBOX)
		mboxrd_end(&box);
	if (t->standard.error == 0)
		return 0;
	t->told = 1;
	return output_flush(&t->standard, f);
}

int
taker_end(struct taker *t, const struct taker_message *m, struct fail *f)
{
	int rc;

	if (t->kind == TAKER_MAILDIR) {
		if (t->box.now.n == 0)
			forget(held(t));
		hold(t, m);
		return intake_end(&t->box, m->crlf_size, f);
	}
	if (output_flush(&t->out, f) == -1)
		return -1;
	if (lseek(t->draft, 0, SEEK_SET) == -1)
		return fail_errno(f, EX_TEMPFAIL, "temporary file");
	rc = t->kind == TAKER_PROGRAM ? run_program(t, f) : copy_out(t, f);
	if (rc != 0)
		return rc;
	hold(t, m);
	/* What a program took it would take again. */
	if (t->kind == TAKER_PROGRAM || held(t)->n == FEW)
		return taker_settle(t, f);
	return 0;
}

void
taker_drop(struct taker *t)
{
	if (t->kind == TAKER_MAILDIR)
		intake_drop(&t->box);
	t->out.n = 0;
}

/* Standard output, where it is a file, to the disk. */
static int
sync_standard(struct taker *t, struct fail *f)
{
	struct stat st;

	if (output_flush(&t->standard, f) == -1)
		return -1;
	if (fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode) &&
	    fsync(STDOUT_FILENO) == -1)
		return fail_errno(f, EX_IOERR, "standard output: sync");
	return 0;
}

int
taker_settle(struct taker *t, struct fail *f)
{
	int rc;

	if (t->kind == TAKER_MAILDIR)
		return intake_settle(&t->box, f);
	if (held(t)->n == 0 || t->told)
		return 0;
	rc = t->kind == TAKER_PROGRAM ? 0 : sync_standard(t, f);
	if (rc == 0)
		rc = remember(t, held(t), held(t)->n, f);
	forget(held(t));
	return rc;
}

void
taker_close(struct taker *t)
{
	int i;

	if (t->kind == TAKER_MAILDIR)
		intake_close(&t->box);
	for (i = 0; i < 2; i++) {
		arena_free(&t->held[i].keys);
		free(t->held[i].one);
	}
	output_free(&t->out);
	output_free(&t->standard);
	if (t->draft != -1)
		(void)close(t->draft);
}
