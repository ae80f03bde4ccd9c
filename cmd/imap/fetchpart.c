/* SPDX-License-Identifier: ISC */
/*
 * fetchpart: one part of each message to standard output, decoded.  A look at
 * the structure tells how it is encoded.  Base64 is decoded by the server where
 * it can (BINARY, RFC 3516), which is less to send; all else is done here, as
 * line ends that were there could not be told from those that were encoded.
 * See fetch.h.
 */

#include <inttypes.h>
#include <stdlib.h>

#include "bodystructure.h"
#include "fetch.h"
#include "limits.h"
#include "mem.h"

enum { WINDOW = 16 }; /* parts that are asked for ahead */

/* A message whose part is to come. */
struct wanted {
	uint32_t uid;
	enum enc encoding;
	unsigned command;
	int binary, came;
};

struct parts {
	struct fetch *fetch;
	struct wanted *one;
	size_t n, room;
	size_t said, got; /* of them */
	struct wanted *now; /* that came in the response in hand */
};

static void
want(struct parts *p, uint32_t uid, enum enc encoding)
{
	if (p->n == p->room) {
		p->room = p->room * 2 + 64;
		p->one = mem_resize(p->one, p->room, sizeof(*p->one));
	}
	p->one[p->n++] = (struct wanted){ .uid = uid, .encoding = encoding };
}

/* "ctx" is the fetch. */
static int
take_structure(void *ctx, struct slice name, struct tokens *t,
    struct fail *why)
{
	struct fetch *f = ctx;

	if (!slice_eq(name, SLICE("BODYSTRUCTURE")))
		return 0;
	f->begun = 1;
	return bodystructure_read(&f->structure, t, why) == -1 ? -1 : 1;
}

/* The structure of a message: is the part in it? */
static void
take_message(struct parts *p, const struct imap_response *r)
{
	struct fetch *f = p->fetch;
	const struct structure_part *part;
	struct fail why = { 0 };

	f->begun = 0;
	if (message_read(&f->imap, r, &f->message, take_structure, f,
	    &why) == -1) {
		if (f->imap.dead)
			fetch_lost(f, &why);
		else
			fetch_report(f, f->message.uid, &why);
		return;
	}
	if (!f->begun || !(f->message.has & MESSAGE_UID) ||
	    ranges_has(&f->way[0].got, f->message.uid))
		return;
	ranges_add(&f->way[0].got, f->message.uid, f->message.uid);
	part = structure_find(&f->structure, slice_str(f->part));
	if (part != NULL) {
		want(p, f->message.uid, enc_parse(part->encoding));
		return;
	}
	(void)fail_set(&why, EX_NOINPUT, "it has no part %s", f->part);
	fetch_report(f, f->message.uid, &why);
}

/* The answer to "command", with all data on the way to "take". */
static enum imap_result
answer(struct parts *p, unsigned command,
    void (*take)(struct parts *p, const struct imap_response *r),
    struct fail *why)
{
	struct imap_response r;
	enum imap_result result;

	for (;;) {
		result = imap_next(&p->fetch->imap, &r, why);
		if (result == IMAP_DATA && (imap_is(&r, "FETCH") ||
		    imap_is(&r, "UIDFETCH")))
			take(p, &r);
		if (p->fetch->imap.dead || (result != IMAP_DATA &&
		    r.command == command))
			return result;
	}
}

static void
look(struct parts *p, struct fail *why)
{
	struct fetch *f = p->fetch;
	enum imap_result rc;
	int again;
	unsigned command = imap_say(&f->imap, "UID FETCH %s (UID "
	    "BODYSTRUCTURE)", fetchplan_asked(&f->way[0]));

	imap_said(&f->imap);
	rc = answer(p, command, take_message, why);
	if (f->resumed && !f->imap.dead &&
	    (again = fetchresume_again(f)) != 0) {
		if (again == 1)
			look(p, why);
		else
			p->n = 0;
		return;
	}
	if (rc == IMAP_OK && !f->imap.dead)
		fetchplan_done(f, SLICE(""));
	else if (rc == IMAP_LOST || rc == IMAP_NO)
		fetch_lost(f, why);
}

static void
say(struct parts *p, struct wanted *w)
{
	struct fetch *f = p->fetch;

	w->command = imap_say(&f->imap, "UID FETCH %" PRIu32 " (UID %s%s[%s])",
	    w->uid, w->binary ? "BINARY" : "BODY", f->sees ? "" : ".PEEK",
	    f->part);
	imap_said(&f->imap);
}

/* The one that a response is for: servers answer several commands together, as
 * Dovecot does.  NULL: nobody asked. */
static struct wanted *
find(struct parts *p)
{
	const struct message *m = &p->fetch->message;
	size_t i;

	if (!(m->has & MESSAGE_UID))
		return &p->one[p->got];
	for (i = p->got; i < p->said; i++)
		if (p->one[i].uid == m->uid)
			return &p->one[i];
	return NULL;
}

/* Is it the part that was asked for, all of it? */
static int
is_part(const struct parts *p, struct slice name)
{
	struct slice number = slice_str(p->fetch->part);

	if (slice_starts(name, SLICE("BODY[")))
		name = slice_sub(name, 5, name.n);
	else if (slice_starts(name, SLICE("BINARY[")))
		name = slice_sub(name, 7, name.n);
	else
		return 0;
	return slice_starts(name, number) &&
	    slice_eq(slice_sub(name, number.n, name.n), SLICE("]"));
}

/* "ctx" are the parts. */
static int
take_part(void *ctx, struct slice name, struct tokens *t, struct fail *why)
{
	struct parts *p = ctx;
	struct wanted *w = find(p);
	int rc;

	if (w == NULL || w->came || p->now != NULL || !is_part(p, name))
		return 0;
	w->came = 1;
	if ((rc = fetchtake_is_large(p->fetch, t, why)) != 0) {
		if (rc == 1)
			fetchtake_report_large(p->fetch, w->uid);
		return rc;
	}
	p->now = w;
	fetchout_begin_part(p->fetch->out, w->encoding, w->binary);
	rc = fetchtake_octets(t, fetchtake_piece, p->fetch, why);
	if (rc == 1)
		w->came = 0;
	return rc == -1 ? -1 : 1;
}

static void
take_text(struct parts *p, const struct imap_response *r)
{
	struct fetch *f = p->fetch;
	struct fail why = { 0 };

	p->now = NULL;
	if (message_read(&f->imap, r, &f->message, take_part, p, &why) == -1) {
		if (f->imap.dead)
			fetch_lost(f, &why);
		else if (!f->hopeless)
			fetch_report(f, f->message.uid, &why);
		f->imap.dead = 1;
		return;
	}
	if (p->now != NULL && f->message.has & MESSAGE_UID &&
	    f->message.uid != p->now->uid) {
		(void)fail_set(&why, EX_PROTOCOL, "a part of message %" PRIu32
		    " came in its place", f->message.uid);
		fetch_report(f, p->now->uid, &why);
		f->imap.dead = 1;
		return;
	}
	if (p->now != NULL && p->now->came &&
	    fetchout_end(f->out, &why) == -1)
		fetch_give_up(f, &why);
}

/* The next part that was asked for. */
static void
get(struct parts *p)
{
	struct wanted *w = &p->one[p->got];
	struct fetch *f = p->fetch;
	struct fail why = { 0 };
	enum imap_result result = answer(p, w->command, take_text, &why);

	if (f->imap.dead) {
		if (result == IMAP_LOST)
			fetch_lost(f, &why);
		return;
	}
	if (result == IMAP_NO && w->binary && !w->came) {
		/* As where it does not know the encoding: we do. */
		w->binary = 0;
		say(p, w);
		get(p);
		return;
	}
	if (result == IMAP_OK && !w->came)
		(void)fail_set(&why, EX_NOINPUT, "it is not there");
	if (!w->came)
		fetch_report(f, w->uid, &why);
	p->got++;
	f->done.items++;
	progress_now(&f->progress, f->done);
}

void
fetchpart_run(struct fetch *f)
{
	struct parts p = { .fetch = f };
	struct fail why = { 0 };
	struct slice set;
	int rc;

	f->way[0].set = BUF(LIMIT_IMAP_LINE);
	f->nways = 1;
	while (!f->imap.dead && !f->ended &&
	    (rc = fetchplan_next(f, &set, &why)) != 0) {
		if (rc == -1) {
			fetch_report(f, 0, &why);
			break;
		}
		p.n = p.said = p.got = 0;
		ranges_clear(&f->way[0].got);
		buf_clear(&f->way[0].rest);
		buf_clear(&f->way[0].set);
		(void)buf_add(&f->way[0].set, set);
		look(&p, &why);
		while (p.got < p.n && !f->imap.dead && !f->hopeless) {
			for (; p.said < p.n && p.said - p.got < WINDOW;
			    p.said++) {
				p.one[p.said].binary =
				    imap_has(&f->imap, IMAP_BINARY) &&
				    p.one[p.said].encoding == ENC_BASE64;
				say(&p, &p.one[p.said]);
			}
			get(&p);
		}
	}
	free(p.one);
}
