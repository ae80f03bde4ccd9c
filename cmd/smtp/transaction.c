/* SPDX-License-Identifier: ISC */
/* transaction: one letter to some of its recipients; see transaction.h. */

#include <string.h>

#include "addr.h"
#include "sevenbit.h"
#include "transaction.h"
#include "utf8.h"

static const char no_utf8[] = "UTF-8 in addresses or the header needs "
    "SMTPUTF8, which the server does not offer";

/* What plain 7-bit transport cannot carry as it is (RFC 5321, 2.3.1; RFC
 * 6152): 8-bit bytes without 8BITMIME, NUL, and lines that are too long. */
static int
needs_conversion(const struct smtp *s, const struct letter *l)
{
	return (l->scan.eight_bit > 0 &&
	    (s->offers & SMTP_8BITMIME) == 0) ||
	    l->scan.nul || l->scan.longest > LIMIT_LINE_HARD;
}

/* Adds up what a conversion would write. */
static int
measure(void *ctx, struct slice bytes, struct fail *f)
{
	uint64_t *size = ctx;

	(void)f;
	*size += bytes.n;
	return 0;
}

static void
send_binary(struct transaction *t)
{
	t->converted = 0;
	t->envelope.binary = 1;
}

/* Finds out what the message is converted to: 0, or -1 where it cannot go. */
static int
check_conversion(struct transaction *t, const struct smtp *s)
{
	int binary = t->envelope.chunked &&
	    (s->offers & SMTP_BINARYMIME) != 0;
	struct letter *l = t->letter;
	uint64_t size = 0;
	struct fail f;

	t->converted = needs_conversion(s, l);
	if (!t->converted)
		return 0;
	/* Where there is a NUL, what looks like an end of a line may be none,
	 * and is safe in base64 alone. */
	if (binary && !l->scan.nul) {
		send_binary(t);
		return 0;
	}
	if (sevenbit_convert(&l->in, measure, &size, &f) == 0) {
		t->envelope.size = size + l->scan.lines;
		t->envelope.eight_bit = 0;
		return 0;
	}
	if (f.class != EX_DATAERR) {
		letter_settle_rest(l, f.class, "", f.text);
		return -1;
	}
	if (binary) {
		send_binary(t);
		return 0;
	}
	/* Long lines alone are better sent than kept: most servers take
	 * them (RFC 5321, 4.5.3.1.6 asks for no more than 998). */
	if (!l->scan.nul && (l->scan.eight_bit == 0 ||
	    (s->offers & SMTP_8BITMIME) != 0)) {
		t->converted = 0;
		return 0;
	}
	letter_settle_rest(l, EX_UNAVAILABLE, l->scan.nul ? "5.6.0" : "5.6.3",
	    f.text);
	return -1;
}

void
transaction_start(struct transaction *t)
{
	t->mail_more = BUF(SMTP_MORE);
	t->recipients_more = BUF(LIMIT_WINDOW * SMTP_MORE);
}

void
transaction_free(struct transaction *t)
{
	buf_free(&t->mail_more);
	buf_free(&t->recipients_more);
}

/* Those of each recipient, in one buffer, which may move as it grows. */
static void
add_recipients(struct transaction *t, const struct smtp *s)
{
	size_t ends[LIMIT_WINDOW], i;

	buf_clear(&t->recipients_more);
	for (i = 0; i < t->envelope.nto; i++) {
		ask_recipient(t->to[i]->notify, t->to[i]->original, s->offers,
		    &t->recipients_more);
		ends[i] = t->recipients_more.n;
	}
	for (i = 0; i < t->envelope.nto; i++)
		t->more[i] = slice_sub(buf_slice(&t->recipients_more),
		    i == 0 ? 0 : ends[i - 1], ends[i]);
	t->envelope.recipient_more = t->more;
}

/* The parameters that the user asks for. */
static void
add_parameters(struct transaction *t, const struct smtp *s)
{
	buf_clear(&t->mail_more);
	if (t->utf8)
		(void)buf_adds(&t->mail_more, " SMTPUTF8");
	ask_mail(t->letter->ask, s->offers, &t->mail_more);
	t->envelope.mail_more = buf_slice(&t->mail_more);
	add_recipients(t, s);
}

/* One who cannot be named to a server without SMTPUTF8 (RFC 6531, 3.2). */
static int
settle_unnameable(struct letter_recipient *r, const struct smtp *s)
{
	if (utf8_ascii(r->forward_path) || (s->offers & SMTP_UTF8) != 0)
		return 0;
	letter_settle(r, EX_UNAVAILABLE, no_utf8);
	memcpy(r->reply.enhanced, "5.6.7", sizeof("5.6.7"));
	return 1;
}

/* Whether the domain of "address" is none of the first "n" recipients'. */
static int
is_new_domain(const struct transaction *t, size_t n, struct slice address)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (slice_caseeq(addr_domain_of(t->addresses[i]),
		    addr_domain_of(address)))
			return 0;
	return 1;
}

/* How many recipients a transaction may have. */
static size_t
most_recipients(const struct smtp *s)
{
	return s->limits.recipients > 0 && s->limits.recipients < LIMIT_WINDOW ?
	    (size_t)s->limits.recipients : LIMIT_WINDOW;
}

/* Takes recipients that are pending: how many.  Who would be one domain too
 * many waits for another transaction (RFC 9422). */
static size_t
take_recipients(struct transaction *t, const struct smtp *s)
{
	struct letter *l = t->letter;
	size_t i, n = 0, most = most_recipients(s);
	uint64_t domains = 0;

	t->utf8 = l->utf8;
	for (i = 0; i < l->nto && n < most; i++) {
		if (l->to[i].settled || l->to[i].accepted ||
		    settle_unnameable(&l->to[i], s))
			continue;
		if (s->limits.domains > 0 &&
		    is_new_domain(t, n, l->to[i].forward_path) &&
		    ++domains > s->limits.domains)
			continue;
		t->utf8 |= !utf8_ascii(l->to[i].forward_path);
		t->to[n] = &l->to[i];
		t->addresses[n++] = l->to[i].forward_path;
	}
	return n;
}

int
transaction_prepare(struct transaction *t, const struct smtp *s,
    struct letter *l)
{
	const char *code, *why;
	size_t n;

	t->letter = l;
	t->put = 0;
	if ((why = ask_refusal(l->ask, s, &code)) != NULL) {
		letter_settle_rest(l, EX_UNAVAILABLE, code, why);
		return -1;
	}
	if (l->utf8 && (s->offers & SMTP_UTF8) == 0) {
		letter_settle_rest(l, EX_UNAVAILABLE, "5.6.7", no_utf8);
		return -1;
	}
	if ((n = take_recipients(t, s)) == 0)
		return -1;
	t->envelope = (struct smtp_envelope){ .sender = l->reverse_path,
		.to = t->addresses, .nto = n, .size = letter_size(l),
		.eight_bit = l->scan.eight_bit > 0,
		.chunked = (s->offers & SMTP_CHUNKING) != 0 &&
		    !l->ask->no_chunks };
	add_parameters(t, s);
	if (check_conversion(t, s) == -1)
		return -1;
	if (s->size_limit > 0 &&
	    t->envelope.size > s->size_limit) {
		letter_settle_rest(l, EX_UNAVAILABLE, "5.3.4",
		    "the message is longer than the server takes");
		return -1;
	}
	return 0;
}

void
transaction_refused(struct transaction *t)
{
	int accepted = 0;
	size_t i;

	for (i = 0; i < t->envelope.nto; i++) {
		struct letter_recipient *r = t->to[i];

		r->accepted = t->replies[i].code / 100 == 2;
		accepted += r->accepted;
		if (t->replies[i].code == 452 && accepted > 0)
			continue;
		if (!r->accepted && t->replies[i].code != 0 &&
		    t->replies[i].code != 421) {
			r->reply = t->replies[i];
			letter_settle(r, reply_class(&r->reply), NULL);
		}
	}
}

void
transaction_settle(struct transaction *t, size_t from, size_t end,
    const struct reply *dot)
{
	size_t i;

	for (i = from; i < end; i++)
		if (t->to[i]->accepted) {
			t->to[i]->reply = *dot;
			t->to[i]->accepted = 0;
			letter_settle(t->to[i], reply_class(dot), NULL);
		}
}

static int
put_piece(void *ctx, struct slice bytes, struct fail *f)
{
	return smtp_put_data(ctx, bytes, f);
}

int
transaction_send(const struct transaction *t, struct smtp *s, struct fail *f)
{
	static char block[CONN_FULL];
	const struct letter *l = t->letter;
	uint64_t at = 0;
	size_t got;

	if (t->converted)
		return sevenbit_convert(&l->in, put_piece, s, f);
	do {
		if (input_read(&l->in, at, block, sizeof(block), &got, f) == -1)
			return -1;
		at += got;
		if (smtp_put_data(s, (struct slice){ block, got }, f) == -1)
			return -1;
	} while (got > 0 && s->refusal.code == 0);
	return 0;
}
