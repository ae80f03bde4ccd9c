/* SPDX-License-Identifier: ISC */
/* unpackpartial: fragments among the messages; see unpackpartial.h. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "flaw.h"
#include "input.h"
#include "inside.h"
#include "mem.h"
#include "name.h"
#include "scratch.h"
#include "stop.h"
#include "text.h"
#include "unpack.h"

/* Of a fragment: what its record needs when its message is gone. */
struct held {
	char *path;
	struct mime_part part; /* without what borrows from the message */
	struct buf name;
	unsigned flaws;
};

void
unpackpartial_open(struct unpack *u)
{
	u->partial.on = 1;
	u->partial.all = (struct partials){ .fd =
	    scratch_open(&u->partial.no_file) };
}

static struct held *
remember(struct unpack *u, const struct mime_part *part)
{
	struct held *h = mem_alloc(sizeof(*h));

	h->path = mem_str(slice_str(u->path));
	memcpy(h->part.number, part->number, sizeof(h->part.number));
	h->name = BUF(NAME_ROOM);
	h->flaws = unpack_name(part->header, &h->name);
	if (h->name.n == 0)
		name_default(slice_str(part->number), part->type, &h->name);
	return h;
}

static void
forget(struct held *h)
{
	free(h->path);
	buf_free(&h->name);
	free(h);
}

static void
forget_set(struct partial_set **set)
{
	struct partial_fragment *one;

	for (one = (*set)->first; one != NULL; one = one->next)
		forget(one->user);
	partial_free(set);
}

int
unpackpartial_start(struct unpack *u, const struct mime_part *part,
    unsigned *flaws)
{
	struct unpack_partial *p = &u->partial;
	struct fail f = p->no_file;
	int rc = p->all.fd == -1 ? -1 : 0;

	if (!p->on || !slice_eq(part->type, SLICE("message/partial")))
		return 0;
	if (rc == 0 && !p->joining)
		rc = partial_hold(&p->all, part->header, &p->open, &f);
	if (rc == -1)
		unpackfile_failed(u, part, &f);
	if (rc != 1) {
		*flaws |= FLAW_PARTIAL;
		return 0;
	}
	p->open->user = remember(u, part);
	p->out = output_to(p->all.fd, "temporary file");
	*flaws |= unpack_leaf(u, part, &p->out);
	return 1;
}

static void
drop_open(struct unpack_partial *p)
{
	forget(p->open->user);
	partial_drop(&p->all, p->open);
	p->open = NULL;
}

int
unpackpartial_end(struct unpack *u, const struct mime_part *part,
    struct fail *f)
{
	struct unpack_partial *p = &u->partial;
	unsigned flaws;
	struct held *h = p->open->user;
	struct fail full;

	if (leaf_end(&u->leaf, &flaws, f) == -1)
		return -1;
	h->flaws |= unpack_leaf_end(u, part, flaws);
	flaw_warn(unpack_label(u), part, h->flaws, &u->flaws_shown);
	if (output_flush(&p->out, &full) == 0) {
		partial_held(&p->all, p->open, p->out.written);
		p->open = NULL;
	} else {
		full.class = EX_IOERR;
		unpackfile_failed(u, part, &full);
		drop_open(p);
	}
	output_free(&p->out);
	return 0;
}

void
unpackpartial_abort(struct unpack *u)
{
	if (u->partial.open == NULL)
		return;
	output_free(&u->partial.out);
	drop_open(&u->partial);
}

static int
push(void *ctx, struct slice piece, struct fail *f)
{
	if (stop_noted())
		return fail_set(f, EX_TEMPFAIL, "interrupted");
	return inside_push(ctx, piece, f);
}

/* The parser takes no more than INSIDE_PIECE at once; a header may be longer,
 * but is no content. */
static int
unpack_set(struct unpack *u, const struct partial_set *set)
{
	struct inside *in = inside_new(unpacksave_event, u);
	struct fail f = { 0 };
	int rc = partial_join(&u->partial.all, set, push, in, &f);

	if (rc == 0)
		rc = inside_end(in, &f);
	if (rc == 0)
		rc = inside_check(in, &f);
	inside_free(&in);
	unpacksave_abort(u);
	if (rc == 0 || stop_noted())
		return u->status;
	(void)fail_at(&f, TEXT_SHOW(slice_str(unpack_label(u))));
	return cli_worse(u->status, cli_report(&f));
}

/* The message goes by the path of its first fragment.  No message completes
 * more than one set but by fragments that are parts of it. */
int
unpackpartial_join(struct unpack *u)
{
	const char *path = u->path;
	struct partial_set *set;
	struct fail told_later;
	int status = 0;

	while ((set = partial_complete(&u->partial.all)) != NULL) {
		u->path = ((struct held *)set->first->user)->path;
		u->status = 0;
		u->flaws_shown = u->more.files = 0;
		u->partial.joining = 1;
		stop_catch();
		status = cli_worse(status, unpack_set(u, set));
		(void)output_flush(&u->out, &told_later);
		stop_release();
		u->partial.joining = 0;
		flaw_rest(unpack_label(u), u->flaws_shown);
		forget_set(&set);
	}
	u->path = path;
	return status;
}

static int
put(void *ctx, struct slice piece, struct fail *f)
{
	if (stop_noted())
		return fail_set(f, EX_TEMPFAIL, "interrupted");
	output_put(ctx, piece);
	return 0;
}

/* Saves a fragment as the part that it is. */
static void
save(struct unpack *u, const struct partial_fragment *one)
{
	struct held *h = one->user;
	struct fail f;

	u->path = h->path;
	u->file = unpackfile_open(u, &u->dir, &h->part, buf_slice(&h->name));
	if (u->file == NULL)
		return;
	u->file->type = SLICE("message/partial");
	u->file->flaws = h->flaws | FLAW_PARTIAL;
	if (partial_each(&u->partial.all, one, put, &u->file->out, &f) == 0) {
		(void)unpackfile_end(u, &u->file, &h->part);
		return;
	}
	unpackfile_drop(u, &u->file);
	if (!stop_noted())
		unpackfile_failed(u, &h->part, &f);
}

static void
tell(const struct partial_set *set)
{
	if (set->total == 0)
		cli_warn("message/partial: %" PRIu64 " parts of %s given and "
		    "not the last, not joined", set->given,
		    TEXT_SHOW(set->id));
	else
		cli_warn("message/partial: %" PRIu64 " of %" PRIu64
		    " parts of %s given, not joined", set->given, set->total,
		    TEXT_SHOW(set->id));
}

static void
save_rest(struct unpack *u)
{
	struct partial_fragment *one;
	struct partial_set *set;
	struct fail told_later;

	stop_catch();
	while ((set = partial_take(&u->partial.all)) != NULL) {
		for (one = set->first; one != NULL && !stop_noted();
		     one = one->next)
			save(u, one);
		if (!stop_noted())
			tell(set);
		forget_set(&set);
	}
	(void)output_flush(&u->out, &told_later);
	stop_release();
}

int
unpackpartial_close(struct unpack *u)
{
	if (!u->partial.on)
		return 0;
	u->status = 0;
	u->flaws_shown = 0;
	save_rest(u);
	if (u->partial.all.fd != -1)
		(void)close(u->partial.all.fd);
	return u->status;
}
