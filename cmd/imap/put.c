/* SPDX-License-Identifier: ISC */
/* put: messages into a mailbox; see put.h. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "limits.h"
#include "mem.h"
#include "namespace.h"
#include "put.h"
#include "text.h"
#include "uidset.h"

static void
report(struct put *p, struct fail *why)
{
	progress_clear(&p->progress);
	p->status = cli_worse(p->status, cli_report(why));
}

void
put_failed(struct put *p, const struct putsource *s, struct fail *why)
{
	char *name = putsource_name(s);

	(void)fail_at(why, name);
	report(p, why);
	free(name);
}

/* Nothing more can be put there. */
static void
give_up(struct put *p, struct fail *why)
{
	if (!p->hopeless)
		report(p, why);
	p->hopeless = 1;
	p->class = why->class;
}

static void
lost(struct put *p, struct fail *why)
{
	(void)fail_at(why, imap_name(&p->imap));
	give_up(p, why);
}

/* A line of "s", with its new uid where that was told. */
static void
tell(struct put *p, const struct putsource *s, uint32_t uid)
{
	struct buf line = BUF(16384);

	if (uid == 0)
		(void)buf_addc(&line, '-');
	else
		(void)buf_addf(&line, "%" PRIu32, uid);
	(void)buf_addc(&line, '\t');
	if (p->nul)
		(void)buf_adds(&line, s->path);
	else
		(void)text_column(&line, slice_str(s->path), 0);
	if (s->number > 0)
		(void)buf_addf(&line, "\t%" PRIu64, s->number);
	(void)buf_addc(&line, p->nul ? '\0' : '\n');
	output_put(p->out, buf_slice(&line));
	buf_free(&line);
}

/* How many uids a set has. */
static uint64_t
count_uids(struct slice set)
{
	struct uidset_range range;
	uint64_t n = 0;

	while (set.n > 0 && uidset_next(&set, &range) == 1 &&
	    range.first != 0 && range.last != 0)
		n += (uint64_t)range.last - range.first + 1;
	return n;
}

/* All of "w" are there; "code" is [APPENDUID validity set] where the server
 * tells which uids they have, in their order. */
static void
done(struct put *p, const struct put_way *w, struct slice code)
{
	struct uidset_range range = { 1, 0 };
	struct slice word, set = SLICE("");
	size_t i;

	if (slice_word(&code, &word) && slice_caseeq(word,
	    SLICE("APPENDUID")) && slice_word(&code, &word))
		(void)slice_word(&code, &set);
	if (count_uids(set) != w->n)
		set.n = 0;
	for (i = 0; i < w->n; i++) {
		if (range.first > range.last && uidset_next(&set, &range) != 1)
			tell(p, w->source[i], 0);
		else
			tell(p, w->source[i], range.first++);
	}
	p->done.items += w->n;
	progress_now(&p->progress, p->done);
}

/* What the server says of a mailbox that is not there is about all of them. */
static void
refused(struct put *p, struct put_way *w, const struct imap_response *r,
    struct fail *why)
{
	if (imap_has_code(r, "TRYCREATE")) {
		(void)fail_set(why, EX_NOINPUT, "%s: there is no such mailbox"
		    "%s", TEXT_SHOW(slice_str(p->mailbox)), p->creates ?
		    ", and none can be made" : "; -m makes it");
		lost(p, why);
		p->unsent += w->n;
	} else {
		/* Nobody waits for another answer. */
		if (p->nways == 1)
			(void)namespace_explain(&p->imap,
			    slice_str(p->mailbox), why);
		(void)fail_at(why, TEXT_SHOW(slice_str(p->mailbox)));
		put_failed(p, w->source[0], why);
	}
}

static void
forget(struct put *p)
{
	struct put_way *w = &p->way[0];
	size_t i;

	for (i = 0; i < w->n; i++)
		putsource_free(&w->source[i]);
	memmove(w, w + 1, --p->nways * sizeof(*w));
	if (p->open != NULL)
		p->open--;
}

static void put_one(struct put *p, const struct putsource *s, int alone);

/* Several that were to be there all or none are tried one by one, so that only
 * those are not there that cannot be. */
static void
try_again(struct put *p, struct put_way *w)
{
	struct put_way copy = *w;
	size_t i;

	w->n = 0;
	forget(p);
	for (i = 0; i < copy.n; i++) {
		put_one(p, copy.source[i], 1);
		putsource_free(&copy.source[i]);
	}
}

static void
say_making(struct put *p, const char *command)
{
	p->making = imap_say(&p->imap, "%s ", command);
	imap_add_name(&p->imap, slice_str(p->mailbox));
	imap_said(&p->imap);
}

/* The mailbox is made, or there: if it is not, APPEND tells.  That SUBSCRIBE is
 * refused keeps no message from it. */
static void
take_making(struct put *p, const struct imap_response *r,
    enum imap_result result)
{
	if (result == IMAP_DATA || r->command != p->making)
		return;
	p->making = 0;
	if (p->made || result != IMAP_OK)
		return;
	p->made = 1;
	say_making(p, "SUBSCRIBE");
}

static void
end_making(struct put *p)
{
	struct imap_response r;
	struct fail ignored;
	enum imap_result result;

	while (p->making != 0 && !p->imap.dead &&
	    (result = imap_next(&p->imap, &r, &ignored)) != IMAP_LOST)
		take_making(p, &r, result);
}

/* Takes the next answer, to the first of p->way: 0; -1: there is none. */
static int
answer(struct put *p)
{
	struct imap_response r;
	struct fail why = { 0 };
	enum imap_result result;

	do {
		result = imap_next(&p->imap, &r, &why);
		if (result != IMAP_LOST)
			take_making(p, &r, result);
	} while (result == IMAP_DATA || (result != IMAP_LOST &&
	    (p->nways == 0 || r.command != p->way[0].command)));
	if (result == IMAP_LOST) {
		if (!p->hopeless)
			lost(p, &why);
		return -1;
	}
	if (result == IMAP_OK) {
		done(p, &p->way[0], r.code);
	} else {
		int missing = slice_casestarts(r.code, SLICE("TRYCREATE"));

		if (p->way[0].n > 1 && !missing && !p->hopeless) {
			try_again(p, &p->way[0]);
			return 0;
		}
		refused(p, &p->way[0], &r, &why);
	}
	forget(p);
	return 0;
}

/* Ends the command that gets messages. */
static void
end_command(struct put *p)
{
	if (p->open == NULL)
		return;
	p->open = NULL;
	imap_said(&p->imap);
}

/* Waits until another command can be said. */
static void
make_room(struct put *p)
{
	while (p->open == NULL && !p->imap.dead && (p->nways == PUT_WAYS ||
	    imap_room(&p->imap) == 0))
		(void)answer(p);
}

static void
begin_command(struct put *p)
{
	struct put_way *w = &p->way[p->nways++];

	w->n = 0;
	w->command = imap_say(&p->imap, "APPEND ");
	imap_add_name(&p->imap, slice_str(p->mailbox));
	p->open = w;
	p->octets = 0;
}

/* The letter goes into the command that is open: 0; 1: the server does not want
 * it; -1: the command cannot be ended. */
static int
send_letter(struct put *p, const struct putsource *s, struct fail *why)
{
	struct putletter *l = &p->letter;
	struct put_way *w = p->open;

	w->source[w->n++] = putsource_copy(s);
	putletter_add_facts(l, &p->imap);
	imap_add(&p->imap, " ");
	if (imap_add_literal(&p->imap, l->octets, l->nul, why) == -1)
		return p->imap.dead ? -1 : 1;
	p->octets += l->octets;
	p->done.bytes += l->octets;
	progress_now(&p->progress, p->done);
	return putletter_send(l, &p->imap, why);
}

/* May the server take the letter? */
static int
check(const struct put *p, struct fail *why)
{
	const struct putletter *l = &p->letter;

	if (l->octets == 0)
		return fail_set(why, EX_DATAERR, "it is empty");
	if (l->nul && !imap_has(&p->imap, IMAP_BINARY))
		return fail_set(why, EX_DATAERR, "it has a NUL, which %s "
		    "cannot take (no BINARY)", imap_name(&p->imap));
	if (p->imap.append_limit > 0 && l->octets > p->imap.append_limit)
		return fail_set(why, EX_UNAVAILABLE, "%" PRIu64 " bytes are "
		    "more than %s takes (%" PRIu64 ")", l->octets,
		    imap_name(&p->imap), p->imap.append_limit);
	return 0;
}

/* The connection is of no use any more. */
static void
break_off(struct put *p, struct fail *why)
{
	p->class = why->class;
	if (p->imap.dead) {
		lost(p, why);
		return;
	}
	p->imap.dead = 1;
	report(p, why);
	p->hopeless = 1;
}

/* Sends the letter, which is open. */
static void
send(struct put *p, const struct putsource *s, int alone)
{
	struct fail why = { 0 };
	int rc;

	if (p->open == NULL)
		begin_command(p);
	if ((rc = send_letter(p, s, &why)) == -1) {
		break_off(p, &why);
		return;
	}
	if (rc == 1 || alone || !imap_has(&p->imap, IMAP_MULTIAPPEND) ||
	    p->open->n == PUT_MOST || p->octets >= PUT_MOST_OCTETS)
		end_command(p);
}

static void
put_one(struct put *p, const struct putsource *s, int alone)
{
	struct fail why = { 0 };

	if (alone)
		end_command(p);
	make_room(p);
	if (p->hopeless) {
		p->unsent++;
		return;
	}
	if (putletter_open(&p->letter, s, &p->facts, &why) == -1) {
		p->status = cli_worse(p->status, cli_report(&why));
		return;
	}
	if (check(p, &why) == -1)
		put_failed(p, s, &why);
	else
		send(p, s, alone);
	putletter_close(&p->letter);
}

void
put_begin(struct put *p)
{
	p->way = mem_alloc((PUT_WAYS + 1) * sizeof(*p->way));
	if (p->creates)
		say_making(p, "CREATE");
}

void
put_message(struct put *p, const struct putsource *s)
{
	/* Standard input cannot be read again. */
	put_one(p, s, s->number == 0 && strcmp(s->path, "-") == 0);
}

void
put_settle(struct put *p)
{
	if (!p->imap.dead)
		end_command(p);
	/* Also what was answered before the connection was lost. */
	while (p->nways > 0 && answer(p) == 0)
		continue;
	output_offer(p->out);
}

void
put_end(struct put *p)
{
	struct fail why = { 0 };
	size_t i;

	put_settle(p);
	end_making(p);
	for (i = 0; i < p->nways; i++)
		p->unsent += p->way[i].n;
	progress_clear(&p->progress);
	if (p->unsent < 2)
		return;
	(void)fail_set(&why, p->class, "%zu messages are not there, as far as "
	    "is known", p->unsent);
	p->status = cli_worse(p->status, cli_report(&why));
}

void
put_free(struct put *p)
{
	while (p->nways > 0)
		forget(p);
	free(p->way);
	putletter_free(&p->letter);
	buf_free(&p->facts.flags);
}
