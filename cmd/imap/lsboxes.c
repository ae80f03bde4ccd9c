/* SPDX-License-Identifier: ISC */
/*
 * lsboxes: the part of imap-ls that lists mailboxes.
 *
 * All is asked for at once, and what no server has to tell by then is asked for
 * once more: STATUS, where LIST does not return it (RFC 5819), and mailboxes of
 * others, where LIST of everything leaves them out (RFC 2342).
 */

#include "cli.h"
#include "json.h"
#include "limits.h"
#include "ls.h"
#include "mailboxes.h"
#include "namespace.h"
#include "text.h"

enum {
	PREFIXES = 16, /* of namespaces that are not one's own */
};

struct boxes {
	struct ls *ls;
	struct imap *imap;
	struct mailboxes list;
	struct arena arena;
	struct slice prefix[PREFIXES];
	size_t nprefixes;
	unsigned waiting; /* commands under way */
};

static int
has(const struct boxes *b, unsigned offers)
{
	return imap_has(b->imap, offers);
}

static const char *
status_items(const struct boxes *b)
{
	return has(b, IMAP_STATUS_SIZE) ?
	    "(MESSAGES UNSEEN UIDNEXT UIDVALIDITY SIZE)" :
	    "(MESSAGES UNSEEN UIDNEXT UIDVALIDITY)";
}

static int
returns_status(const struct boxes *b)
{
	return has(b, IMAP_LIST_EXTENDED | IMAP_LIST_STATUS);
}

static void
said(struct boxes *b)
{
	imap_said(b->imap);
	b->waiting++;
}

static void
add_returns(struct boxes *b)
{
	if (!b->ls->details)
		return;
	imap_add(b->imap, " RETURN (SUBSCRIBED CHILDREN%s",
	    has(b, IMAP_SPECIAL_USE) ? " SPECIAL-USE" : "");
	if (returns_status(b))
		imap_add(b->imap, " STATUS %s", status_items(b));
	imap_add(b->imap, ")");
}

/* "name" is a pattern: "raw" as a server says it, else as people do. */
static void
say_list(struct boxes *b, const char *command, struct slice name, int raw)
{
	struct imap *i = b->imap;

	(void)imap_say(i, "%s \"\" ", command);
	if (raw)
		imap_add_string(i, name);
	else
		imap_add_name(i, name);
	if (command[1] == 'I' && has(b, IMAP_LIST_EXTENDED))
		add_returns(b);
	said(b);
}

static void
say_lists(struct boxes *b, struct slice pattern, int raw)
{
	const struct ls *l = b->ls;

	if (l->subscribed && has(b, IMAP_LIST_EXTENDED)) {
		say_list(b, "LIST (SUBSCRIBED)", pattern, raw);
		return;
	}
	/* What LSUB tells of attributes is not to be relied on. */
	if (!l->subscribed || l->details)
		say_list(b, "LIST", pattern, raw);
	if (l->subscribed || (l->details && !has(b, IMAP_LIST_EXTENDED)))
		say_list(b, "LSUB", pattern, raw);
}

static void
add_prefix(void *ctx, int own, struct slice prefix)
{
	struct boxes *b = ctx;

	if (!own && prefix.n > 0 && b->nprefixes < PREFIXES)
		b->prefix[b->nprefixes++] = arena_slice(&b->arena, prefix);
}

static int
take_data(struct boxes *b, const struct imap_response *r, struct fail *f)
{
	if (r->number != 0)
		return 0;
	if (imap_is(r, "LIST") || imap_is(r, "LSUB"))
		return mailboxes_take(&b->list, b->imap, r, f);
	if (imap_is(r, "STATUS"))
		return mailboxes_take_status(&b->list, b->imap, f);
	if (imap_is(r, "NAMESPACE"))
		return namespace_read(b->imap, add_prefix, b, f);
	return 0;
}

/* The next response, which may be the end of a command: 1 of one that went
 * well, 0 of one that did not, 2 of none; -1. */
static int
get(struct boxes *b, struct imap_response *r, struct fail *f)
{
	enum imap_result rc = imap_next(b->imap, r, f);

	if (rc == IMAP_LOST)
		return -1;
	if (rc == IMAP_DATA)
		return take_data(b, r, f) == -1 ? -1 : 2;
	b->waiting--;
	return rc == IMAP_OK;
}

/* Until all is answered; what is refused is the end of it, but for "spare". */
static int
get_all(struct boxes *b, unsigned spare, struct fail *f)
{
	struct fail first = { 0 };
	struct imap_response r;
	int rc;

	while (b->waiting > 0) {
		if ((rc = get(b, &r, f)) == -1)
			return -1;
		if (rc == 0 && r.command != spare && first.class == 0)
			first = *f;
	}
	if (first.class == 0)
		return 0;
	*f = first;
	return -1;
}

static int
is_listed(const struct boxes *b, struct slice prefix)
{
	size_t n;

	for (n = 0; n < b->list.n; n++)
		if (slice_starts(b->list.box[n].raw, prefix))
			return 1;
	return 0;
}

/* What there is of others', where LIST did not tell of it. */
static int
list_others(struct boxes *b, struct fail *f)
{
	struct buf pattern = BUF(LIMIT_IMAP_TOKEN + 1);
	size_t n;

	for (n = 0; n < b->nprefixes; n++) {
		if (is_listed(b, b->prefix[n]))
			continue;
		buf_clear(&pattern);
		(void)buf_add(&pattern, b->prefix[n]);
		(void)buf_addc(&pattern, '*');
		say_lists(b, buf_slice(&pattern), 1);
	}
	buf_free(&pattern);
	return get_all(b, 0, f);
}

/* One that could not be asked after is told of; the others are listed. */
static int
get_status(struct boxes *b, struct fail *f)
{
	struct imap_response r;
	int rc = get(b, &r, f);

	if (rc == 0)
		ls_report(b->ls, NULL, f);
	return rc == -1 ? -1 : 0;
}

static int
ask_status(struct boxes *b, struct fail *f)
{
	size_t n;

	for (n = 0; n < b->list.n; n++) {
		struct slice raw = b->list.box[n].raw;

		if (b->list.box[n].unfit || b->list.box[n].unwanted)
			continue;
		while (imap_room(b->imap) == 0)
			if (get_status(b, f) == -1)
				return -1;
		(void)imap_say(b->imap, "STATUS ");
		imap_add_string(b->imap, raw);
		imap_add(b->imap, " %s", status_items(b));
		said(b);
	}
	while (b->waiting > 0)
		if (get_status(b, f) == -1)
			return -1;
	return 0;
}

/* Without LIST-EXTENDED more was listed than is wanted; and what is subscribed
 * may be gone. */
static void
keep_wanted(struct boxes *b)
{
	size_t n;

	for (n = 0; n < b->list.n; n++) {
		struct mailbox *box = &b->list.box[n];

		box->unwanted = b->ls->subscribed && !box->subscribed;
		box->unfit |= b->ls->details && !box->listed;
	}
}

static int
ask(struct boxes *b, struct fail *f)
{
	const struct ls *l = b->ls;
	unsigned spare = 0;

	say_lists(b, l->pattern == NULL ? SLICE("*") : slice_str(l->pattern),
	    0);
	if (l->pattern == NULL && !l->subscribed && has(b, IMAP_NAMESPACE)) {
		spare = imap_say(b->imap, "NAMESPACE");
		said(b);
	}
	if (get_all(b, spare, f) == -1 || list_others(b, f) == -1)
		return -1;
	keep_wanted(b);
	return l->details && !returns_status(b) ? ask_status(b, f) : 0;
}

static void
add_number(struct ls *l, const struct mailbox *box, unsigned bit, uint64_t n)
{
	(void)buf_addc(&l->row, '\t');
	if (box->has & bit)
		(void)buf_addf(&l->row, "%llu", (unsigned long long)n);
}

static void
write_columns(struct ls *l, const struct mailbox *box)
{
	(void)text_column(&l->row, box->name, l->tty);
	add_number(l, box, MAILBOX_MESSAGES, box->messages);
	add_number(l, box, MAILBOX_UNSEEN, box->unseen);
	add_number(l, box, MAILBOX_SIZE, box->size);
	(void)buf_addc(&l->row, '\t');
	ls_words(l, box->use);
	(void)buf_addc(&l->row, '\t');
	ls_words(l, box->attributes);
	add_number(l, box, MAILBOX_UIDNEXT, box->uidnext);
	add_number(l, box, MAILBOX_UIDVALIDITY, box->uidvalidity);
}

static void
json_number(struct json *j, const struct mailbox *box, unsigned bit,
    uint64_t n)
{
	json_uint_or_null(j, bit == MAILBOX_MESSAGES ? "messages" :
	    bit == MAILBOX_UNSEEN ? "unseen" : bit == MAILBOX_SIZE ? "size" :
	    bit == MAILBOX_UIDNEXT ? "uidnext" : "uidvalidity",
	    (box->has & bit) != 0, n);
}

static void
write_json(struct ls *l, const struct mailbox *box)
{
	struct json j = { .out = &l->row };
	char separator = (char)box->separator;

	json_open(&j, '{');
	json_key(&j, "name");
	json_string(&j, box->name);
	json_number(&j, box, MAILBOX_MESSAGES, box->messages);
	json_number(&j, box, MAILBOX_UNSEEN, box->unseen);
	json_number(&j, box, MAILBOX_SIZE, box->size);
	ls_json_words(&j, "use", box->use);
	ls_json_words(&j, "attributes", box->attributes);
	json_number(&j, box, MAILBOX_UIDNEXT, box->uidnext);
	json_number(&j, box, MAILBOX_UIDVALIDITY, box->uidvalidity);
	json_string_or_null(&j, "separator",
	    (struct slice){ &separator, box->separator != -1 });
	json_close(&j, '}');
}

/* A name alone is for who goes on to use it. */
static int
write_box(struct ls *l, const struct mailbox *box)
{
	if (box->unwanted || (!l->details && box->unfit))
		return 0;
	if (l->nul) {
		if (l->tty)
			(void)text_column(&l->row, box->name, 1);
		else
			(void)buf_add(&l->row, box->name);
		(void)buf_addc(&l->row, '\0');
		output_put(&l->out, buf_slice(&l->row));
		buf_clear(&l->row);
		return 1;
	}
	if (l->json)
		write_json(l, box);
	else if (l->details)
		write_columns(l, box);
	else
		(void)text_column(&l->row, box->name, l->tty);
	ls_put_row(l);
	return 1;
}

int
ls_boxes(struct ls *l, struct fail *f)
{
	struct boxes b = { .ls = l, .imap = &l->imap };
	int rc = ask(&b, f), written = 0;
	size_t n;

	if (rc == 0) {
		mailboxes_sort(&b.list);
		for (n = 0; n < b.list.n; n++)
			written |= write_box(l, &b.list.box[n]);
		if (!written && l->pattern != NULL)
			l->status = cli_worse(l->status, 1);
	}
	mailboxes_free(&b.list);
	arena_free(&b.arena);
	return rc;
}
