/* SPDX-License-Identifier: ISC */
/* Fuzz target: what an IMAP server tells of mailboxes, parts, threads and
 * copies, line by line: refused, or as the headers promise, with limits. */

#include <stdlib.h>

#include "../../cmd/imap/bodystructure.h"
#include "../../cmd/imap/copyuid.h"
#include "../../cmd/imap/engine.h"
#include "../../cmd/imap/mailboxes.h"
#include "../../cmd/imap/threads.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of the command, for threads_write, which nobody calls here. */
void
ls_put_row(struct ls *l)
{
	buf_clear(&l->row);
}

static int
more(void *ctx, struct slice *bytes, struct fail *f)
{
	*bytes = *(struct slice *)ctx;
	return bytes->n > 0 ? 0 : fail_set(f, EX_TEMPFAIL, "the end");
}

static void
used(void *ctx, size_t n)
{
	struct slice *in = ctx;

	*in = slice_sub(*in, n, in->n);
}

static void
read_structure(struct tokens *t, struct fail *f)
{
	struct structure s = { 0 };
	const struct structure_part *p;
	size_t n = 0;

	if (bodystructure_read(&s, t, f) == 0) {
		for (p = s.root; p != NULL; p = structure_next(p), n++)
			if (p->depth > LIMIT_MIME_DEPTH || (p->number.n > 0 &&
			    structure_find(&s, p->number) == NULL))
				abort();
		if (n != s.n || n > LIMIT_MIME_PARTS)
			abort();
	}
	structure_free(&s);
}

static void
read_threads(struct tokens *t, struct fail *f)
{
	struct threads *threads = threads_open(f);

	if (threads == NULL)
		abort();
	(void)threads_take(threads, t, f);
	threads_close(&threads);
}

static void
count(void *ctx, struct uidset_range range)
{
	*(uint64_t *)ctx += (uint64_t)range.last - range.first + 1;
}

/* Of 2:4 and 9 there are no more than four copies. */
static void
read_copies(struct tokens *t, struct fail *f)
{
	struct slice code, copied = { 0 };
	uint64_t n = 0;

	if (token_rest(t, &code, f) == 0 &&
	    (copyuid_read(code, SLICE("2:4,9"), (struct copyuid_to){ count,
	    &n }, &copied) == 1) != (n > 0 && copied.n > 0))
		abort();
	if (n > 4)
		abort();
}

static void
read_mailbox(struct imap *i, struct mailboxes *m,
    const struct imap_response *r, struct fail *f)
{
	if (imap_is(r, "STATUS"))
		(void)mailboxes_take_status(m, i, f);
	else
		(void)mailboxes_take(m, i, r, f);
}

/* One line, by its name. */
static int
read_line(struct imap *i, struct mailboxes *m, struct fail *f)
{
	struct imap_response r = { 0 };
	struct token name;

	if (token_next(&i->tokens, &name, f) == -1)
		return -1;
	if (name.kind != TOKEN_ATOM)
		return token_finish(&i->tokens, f);
	imap_name_response(i, name.text, &r);
	if (imap_is(&r, "LIST") || imap_is(&r, "LSUB") || imap_is(&r, "STATUS"))
		read_mailbox(i, m, &r, f);
	else if (imap_is(&r, "THREAD"))
		read_threads(&i->tokens, f);
	else if (imap_is(&r, "COPY"))
		read_copies(&i->tokens, f);
	else
		read_structure(&i->tokens, f);
	if (i->dead)
		return -1;
	return i->tokens.ended ? 0 : token_finish(&i->tokens, f);
}

static void
check_mailboxes(struct mailboxes *m)
{
	size_t n;

	for (n = 0; n < m->n; n++)
		if (m->box[n].raw.n == 0 || m->box[n].size > INT64_MAX ||
		    mailboxes_find(m, m->box[n].raw) == NULL)
			abort();
	mailboxes_sort(m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size };
	struct imap i = { .dead = 1 };
	struct mailboxes m = { 0 };
	struct fail f = { 0 };

	client_start(&i.client, &imap_family);
	imap_begin(&i, NULL);
	tokens_start(&i.tokens, more, used, &in);
	while (read_line(&i, &m, &f) == 0)
		f = (struct fail){ 0 };
	check_mailboxes(&m);
	mailboxes_free(&m);
	imap_end(&i);
	return 0;
}
