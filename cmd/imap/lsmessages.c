/* SPDX-License-Identifier: ISC */
/*
 * lsmessages: the part of imap-ls that lists the messages of a mailbox.
 *
 * All is asked for at once, in one flight with EXAMINE, so that \Seen never is
 * set, and each message is written as it comes.  From and Subject are read out
 * of the header itself, as pop3-ls does it: what a server makes of them in an
 * ENVELOPE differs from one to the next, and is more to be sent.
 */

#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "headline.h"
#include "json.h"
#include "limits.h"
#include "ls.h"
#include "message.h"
#include "namespace.h"
#include "details.h"
#include "text.h"
#include "threads.h"

enum {
	SET = 32, /* of sequence numbers, as text */
};

struct messages {
	struct ls *ls;
	struct imap *imap;
	struct message message;
	struct headline headline;
	struct details more;
	struct buf header;
	int has_header;
	struct threads *threads; /* -r */
	unsigned select, thread; /* commands, 0: answered */
	unsigned waiting;	 /* commands under way */
	uint32_t next;		 /* the next sequence number, with a limit */
	int asked;		 /* for all */
	int missing;		 /* EXAMINE failed, for this: */
	struct fail why;
};

/* The header, of which what is too long is of no use. */
static int
read_header(struct messages *m, struct tokens *t, struct fail *f)
{
	struct token next;
	struct slice piece;
	int rc;

	if (token_next(t, &next, f) == -1)
		return -1;
	m->has_header = 1;
	if (next.kind == TOKEN_QUOTED)
		(void)buf_add(&m->header, next.text);
	if (next.kind != TOKEN_LITERAL) {
		if (next.kind == TOKEN_QUOTED || next.kind == TOKEN_ATOM)
			return 1;
		return fail_set(f, EX_PROTOCOL,
		    "FETCH: no string where a header belongs");
	}
	while ((rc = token_octets(t, &piece, f)) == 1)
		(void)buf_add(&m->header, slice_sub(piece, 0, LIMIT_HEADER -
		    m->header.n));
	return rc == -1 ? -1 : 1;
}

static int
take_item(void *ctx, struct slice name, struct tokens *t, struct fail *f)
{
	struct messages *m = ctx;

	return slice_starts(name, SLICE("BODY[HEADER.FIELDS")) ?
	    read_header(m, t, f) : 0;
}

static void
date_column(struct ls *l, const struct message *m, char text[TIMESTAMP_TEXT])
{
	text[0] = '\0';
	if ((m->has & MESSAGE_DATE) && m->date >= 0)
		(void)timestamp_format(text, m->date);
	if (!l->json)
		ls_column(l, slice_str(text));
}

static void
write_columns(struct messages *m)
{
	struct ls *l = m->ls;
	char date[TIMESTAMP_TEXT];

	(void)buf_addf(&l->row, "%u\t", m->message.uid);
	ls_words(l, buf_slice(&m->message.flags));
	date_column(l, &m->message, date);
	(void)buf_addf(&l->row, "\t%llu",
	    (unsigned long long)m->message.size);
	ls_column(l, buf_slice(&m->headline.from));
	ls_column(l, buf_slice(&m->headline.subject));
	if (!l->details)
		return;
	ls_column(l, slice_str(m->headline.date));
	ls_column(l, buf_slice(&m->more.to));
	ls_column(l, buf_slice(&m->more.message_id));
}

static void
write_json(struct messages *m, struct json *j)
{
	struct ls *l = m->ls;
	char date[TIMESTAMP_TEXT];

	date_column(l, &m->message, date);
	json_open(j, '{');
	json_key(j, "uid");
	json_uint(j, m->message.uid);
	ls_json_words(j, "flags", buf_slice(&m->message.flags));
	json_string_or_null(j, "received", slice_str(date));
	json_key(j, "size");
	json_uint(j, m->message.size);
	json_string_or_null(j, "from", buf_slice(&m->headline.from));
	json_string_or_null(j, "subject", buf_slice(&m->headline.subject));
	if (!l->details)
		return;
	json_string_or_null(j, "date", slice_str(m->headline.date));
	json_string_or_null(j, "to", buf_slice(&m->more.to));
	json_string_or_null(j, "message_id", buf_slice(&m->more.message_id));
}

static int
write_message(struct messages *m, struct fail *f)
{
	struct ls *l = m->ls;
	struct json j = { .out = &l->row };

	headline_read(&m->headline, buf_slice(&m->header));
	if (l->details)
		details_read(&m->more, buf_slice(&m->header));
	if (l->json)
		write_json(m, &j);
	else
		write_columns(m);
	if (m->threads != NULL)
		return threads_keep(m->threads, m->message.uid, &l->row, f);
	if (l->json)
		json_close(&j, '}');
	ls_put_row(l);
	return 0;
}

/* A message of which it is not all there is one whose flags have changed. */
static int
take_message(struct messages *m, const struct imap_response *r,
    struct fail *f)
{
	const unsigned all = MESSAGE_UID | MESSAGE_SIZE;

	buf_clear(&m->header);
	m->has_header = 0;
	if (message_read(m->imap, r, &m->message, take_item, m, f) == -1)
		return -1;
	if ((m->message.has & all) != all || !m->has_header)
		return 0;
	return write_message(m, f);
}

static int
take_data(struct messages *m, const struct imap_response *r, struct fail *f)
{
	if (imap_is(r, "FETCH") || imap_is(r, "UIDFETCH"))
		return take_message(m, r, f);
	if (m->threads != NULL && r->number == 0 && imap_is(r, "THREAD")) {
		if (threads_take(m->threads, &m->imap->tokens, f) == 0)
			return 0;
		m->imap->dead = 1;
		return -1;
	}
	return 0;
}

/* What a server lists no more than so many of at a time, it says (RFC 9738). */
static void
check_limit(struct messages *m, const struct imap_response *r)
{
	struct fail f;

	if (!slice_casestarts(r->code, SLICE("MESSAGELIMIT")))
		return;
	(void)fail_set(&f, EX_UNAVAILABLE, "not all messages are listed: %s",
	    TEXT_SHOW(r->code));
	ls_report(m->ls, NULL, &f);
}

/* Without the mailbox all else is refused, too, which is no news. */
static void
take_refusal(struct messages *m, const struct imap_response *r,
    const struct fail *f)
{
	struct fail why = *f;

	if (r->command == m->select) {
		m->missing = 1;
		m->why = *f;
	} else if (!m->missing) {
		ls_report(m->ls, m->ls->mailbox, &why);
	}
}

/* The next response: 0, or -1. */
static int
get(struct messages *m, struct fail *f)
{
	struct imap_response r;
	enum imap_result rc = imap_next(m->imap, &r, f);

	if (rc == IMAP_LOST)
		return -1;
	if (rc == IMAP_DATA)
		return take_data(m, &r, f);
	m->waiting--;
	if (rc == IMAP_NO)
		take_refusal(m, &r, f);
	else
		check_limit(m, &r);
	if (r.command == m->select)
		m->select = 0;
	return 0;
}

/* The next set of messages to ask for, as words of FETCH: 1, 0 at the end, -1.
 * A limit is met by sequence numbers, which stay what they are while nothing
 * but FETCH is said (RFC 9051, 7.5.1). */
static int
next_set(struct messages *m, char words[SET], struct slice *set,
    struct fail *f)
{
	const struct imap *i = m->imap;
	uint32_t last;

	if (m->ls->uids != NULL)
		return uids_next(m->ls->uids, i->limit, set, f);
	if (i->limit == 0) {
		*set = SLICE("1:*");
		return !m->asked++;
	}
	if (m->next >= i->box.exists)
		return 0;
	last = i->box.exists - m->next > i->limit ? m->next + i->limit :
	    i->box.exists;
	(void)snprintf(words, SET, "%u:%u", m->next + 1, last);
	m->next = last;
	*set = slice_str(words);
	return 1;
}

static void
say_fetch(struct messages *m, struct slice set)
{
	int numbers = m->ls->uids == NULL && m->imap->limit != 0;

	(void)imap_say(m->imap, "%sFETCH ", numbers ? "" : "UID ");
	imap_add(m->imap, "%.*s (UID FLAGS INTERNALDATE RFC822.SIZE "
	    "BODY.PEEK[HEADER.FIELDS (FROM SUBJECT%s)])", SLICE_ARG(set),
	    m->ls->details ? " DATE TO MESSAGE-ID" : "");
	imap_said(m->imap);
	m->waiting++;
}

static void
say_start(struct messages *m)
{
	m->select = imap_say_select(m->imap, slice_str(m->ls->mailbox), 1);
	m->waiting++;
	if (m->threads == NULL)
		return;
	(void)imap_say(m->imap, "UID THREAD REFERENCES UTF-8 ALL");
	imap_said(m->imap);
	m->waiting++;
}

static int
fetch(struct messages *m, struct fail *f)
{
	char words[SET];
	struct slice set;
	int rc;

	say_start(m);
	while (m->imap->limit != 0 && m->select != 0)
		if (get(m, f) == -1)
			return -1;
	while (!m->missing && (rc = next_set(m, words, &set, f)) != 0) {
		if (rc == -1)
			return -1;
		while (imap_room(m->imap) == 0)
			if (get(m, f) == -1)
				return -1;
		say_fetch(m, set);
	}
	while (m->waiting > 0)
		if (get(m, f) == -1)
			return -1;
	return 0;
}

static int
start(struct messages *m, struct fail *f)
{
	struct ls *l = m->ls;

	if (l->threads && !imap_has(m->imap, IMAP_THREAD_REFERENCES))
		return fail_set(f, EX_UNAVAILABLE, "the server does not find "
		    "threads (THREAD=REFERENCES)");
	if (l->threads && (m->threads = threads_open(f)) == NULL)
		return -1;
	return 0;
}

static int
list(struct messages *m, struct fail *f)
{
	if (start(m, f) == -1 || fetch(m, f) == -1)
		return -1;
	if (m->missing) {
		*f = m->why;
		(void)namespace_explain(m->imap, slice_str(m->ls->mailbox), f);
		return fail_at(f, TEXT_SHOW(slice_str(m->ls->mailbox)));
	}
	return m->threads == NULL ? 0 : threads_write(m->threads, m->ls, f);
}

int
ls_messages(struct ls *l, struct fail *f)
{
	struct messages m = { .ls = l, .imap = &l->imap,
		.message = { .flags = BUF(LIMIT_IMAP_TOKEN) },
		.headline = headline_new(), .more = details_new(),
		.header = BUF(LIMIT_HEADER) };
	int rc = list(&m, f);

	threads_close(&m.threads);
	buf_free(&m.message.flags);
	headline_free(&m.headline);
	details_free(&m.more);
	buf_free(&m.header);
	return rc;
}
