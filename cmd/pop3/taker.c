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

int
taker_open(struct taker *t, struct fail *f)
{
	t->draft = -1;
	t->standard = output_to(STDOUT_FILENO, "standard output");
	if (t->kind == TAKER_MAILDIR)
		return maildirbatch_run(t->run, f);
	if ((t->draft = scratch_open(f)) == -1)
		return -1;
	t->out = output_to(t->draft, "temporary file");
	return 0;
}

void
taker_hold(struct taker_held *h, const struct taker_message *m)
{
	if (h->n == h->room) {
		h->room = h->room * 2 + 64;
		h->one = mem_resize(h->one, h->room, sizeof(*h->one));
	}
	h->one[h->n++] = (struct taker_one){ m->wanted,
		arena_slice(&h->keys, m->key),
		arena_slice(&h->keys, m->mark) };
}

void
taker_forget(struct taker_held *h)
{
	h->n = 0;
	arena_reset(&h->keys);
	maildirbatch_close(&h->batch);
}

/* Those of "h" are durable: now they are so in the state, too. */
int
taker_remember(struct taker *t, struct taker_held *h, struct fail *f)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < h->n && t->state != NULL; i++)
		popstate_fetched(t->state, h->one[i].key, h->one[i].mark);
	if (t->state != NULL)
		rc = popstate_write(t->state, 1, f);
	for (i = 0; i < h->n && rc == 0; i++)
		h->one[i].wanted->taken = 1;
	return rc;
}

int
taker_begin(struct taker *t, struct fail *f)
{
	if (t->kind == TAKER_MAILDIR)
		return takebox_begin(t, f);
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
		return maildirbatch_write(t->now.batch, piece, f);
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

	if (t->kind == TAKER_MAILDIR)
		return takebox_end(t, m, f);
	if (output_flush(&t->out, f) == -1)
		return -1;
	if (lseek(t->draft, 0, SEEK_SET) == -1)
		return fail_errno(f, EX_TEMPFAIL, "temporary file");
	rc = t->kind == TAKER_PROGRAM ? run_program(t, f) : copy_out(t, f);
	if (rc != 0)
		return rc;
	taker_hold(&t->now, m);
	/* What a program took it would take again. */
	if (t->kind == TAKER_PROGRAM || t->now.n == FEW)
		return taker_settle(t, f);
	return 0;
}

void
taker_drop(struct taker *t)
{
	if (t->kind == TAKER_MAILDIR && t->now.batch != NULL)
		maildirbatch_drop(t->now.batch);
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
		return takebox_settle(t, f);
	if (t->now.n == 0 || t->told)
		return 0;
	rc = t->kind == TAKER_PROGRAM ? 0 : sync_standard(t, f);
	if (rc == 0)
		rc = taker_remember(t, &t->now, f);
	taker_forget(&t->now);
	return rc;
}

void
taker_close(struct taker *t)
{
	if (t->kind == TAKER_MAILDIR)
		takebox_close(t);
	taker_forget(&t->now);
	taker_forget(&t->before);
	arena_free(&t->now.keys);
	arena_free(&t->before.keys);
	free(t->now.one);
	free(t->before.one);
	output_free(&t->out);
	output_free(&t->standard);
	if (t->draft != -1)
		(void)close(t->draft);
}
