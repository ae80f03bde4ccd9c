/* SPDX-License-Identifier: ISC */
/* report: delivery status notifications; see report.h. */

#include <stdint.h>
#include <stdio.h>

#include "date.h"
#include "digest.h"
#include "enc.h"
#include "report.h"
#include "utf8.h"
#include "word.h"
#include "xtext.h"

enum {
	BOUNDARY = 40, /* room for one with its NUL */
	PIECE = 16384, /* bytes that are encoded at a time */
	VALUE = 900,   /* bytes of a line that a value may have */
};

#define UTF8_TYPE SLICE("utf-8;")

static const struct {
	const char *name, *status; /* RFC 3463 */
	const char *subject, *words;
} actions[] = {
	[REPORT_DELIVERED] = { "delivered", "2.0.0", "Delivered",
		"was delivered to:" },
};

static void
put(struct output *out, const char *text)
{
	output_put(out, slice_str(text));
}

/* What others gave, as part of a line in any case. */
static void
put_value(struct output *out, struct slice value)
{
	int c;

	while ((c = slice_getc(&value)) != -1)
		output_putc(out, c >= ' ' && c <= '~' ? c : '?');
}

/* The same for what may be UTF-8, and has room in "to". */
static void
clean(struct slice value, struct buf *to)
{
	struct slice rest = value;
	int32_t c;

	while ((c = utf8_next(&rest)) != -1) {
		if (c < 0 || utf8_unsafe(c))
			(void)buf_addc(to, '?');
		else
			(void)buf_add(to, slice_sub(value, 0,
			    value.n - rest.n));
		value = rest;
	}
}

static void
put_text(struct output *out, struct slice value)
{
	struct buf text = BUF(VALUE);

	clean(value, &text);
	output_put(out, buf_slice(&text));
	buf_free(&text);
}

/* The sender cannot be named without SMTPUTF8, so its mail system has that,
 * and the report needs it. */
static int
is_global(const struct report *r)
{
	return !utf8_ascii(slice_str(r->sender));
}

/* An address of the type utf-8 behind its type.  One that has no room as ASCII,
 * which nobody has, is not readable. */
static void
put_utf8(const struct report *r, struct slice address, struct output *out)
{
	struct buf text = BUF(VALUE);

	if (is_global(r))
		put_text(out, address);
	else if (xtext_encode_utf8(address, &text) == 0)
		output_put(out, buf_slice(&text));
	else
		put_value(out, address);
	output_putc(out, '\n');
	buf_free(&text);
}

/* "name" with all that stands before the value. */
static void
put_field(struct output *out, const char *name, struct slice value)
{
	put(out, name);
	put_value(out, value);
	output_putc(out, '\n');
}

static void
put_delimiter(struct output *out, const char *boundary, const char *end)
{
	put(out, "\n--");
	put(out, boundary);
	put(out, end);
}

/* Nobody can write it into a header before it is known, and the "=_" in front
 * is in no quoted-printable. */
static int
make_boundary(char boundary[BOUNDARY], struct fail *f)
{
	uint64_t number[2];

	if (digest_random(number, sizeof(number), f) == -1)
		return -1;
	(void)snprintf(boundary, BOUNDARY, "=_%016llx%016llx",
	    (unsigned long long)number[0], (unsigned long long)number[1]);
	return 0;
}

static void
put_subject(const struct report *r, struct output *out)
{
	struct buf text = BUF(VALUE), coded = BUF(VALUE);

	(void)buf_addf(&text, "%s: your message to ",
	    actions[r->action].subject);
	clean(r->to[0].final, &text);
	if (r->nto > 1)
		(void)buf_addf(&text, " and %zu more", r->nto - 1);
	put(out, "Subject: ");
	if (!utf8_ascii(r->to[0].final) &&
	    word_encode(buf_slice(&text), 0, &coded) == 0)
		output_put(out, buf_slice(&coded));
	else
		put_value(out, buf_slice(&text));
	put(out, "\n");
	buf_free(&text);
	buf_free(&coded);
}

static void
put_header(const struct report *r, const char *boundary, struct output *out)
{
	struct slice host = slice_str(r->host);
	char date[DATE_TEXT];

	put_field(out, "Date: ", slice_str(date_format(date, date_now())));
	put(out, "From: Mail system <postmaster@");
	put_value(out, host);
	put(out, ">\nTo: <");
	put_text(out, slice_str(r->sender));
	put(out, ">\n");
	put_subject(r, out);
	put(out, "Message-ID: <report.");
	put_value(out, slice_str(r->id));
	put(out, "@");
	put_value(out, host);
	put(out, ">\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
	    "Content-Type: multipart/report; report-type=delivery-status;\n"
	    "\tboundary=\"");
	put(out, boundary);
	put(out, "\"\n");
}

static void
put_encoded(struct slice s, struct output *out)
{
	struct buf piece = BUF(4 * PIECE + 1024);
	struct enc_encoder e;

	enc_encoder_init(&e, ENC_QUOTED_PRINTABLE, 1);
	while (s.n > 0) {
		struct slice part = slice_sub(s, 0, PIECE);

		s = slice_sub(s, part.n, s.n);
		(void)enc_encode(&e, part, &piece);
		output_put(out, buf_slice(&piece));
		buf_clear(&piece);
	}
	(void)enc_encode_end(&e, &piece);
	output_put(out, buf_slice(&piece));
	buf_free(&piece);
}

static int
has_utf8(const struct report *r)
{
	size_t i;

	for (i = 0; i < r->nto; i++)
		if (!utf8_ascii(r->to[i].final))
			return 1;
	return 0;
}

/* Lines of their own, which are quoted-printable where one is not ASCII. */
static void
put_recipients(const struct report *r, struct output *out)
{
	struct buf line = BUF(VALUE);
	size_t i;

	for (i = 0; i < r->nto; i++) {
		buf_clear(&line);
		(void)buf_adds(&line, "    ");
		clean(r->to[i].final, &line);
		(void)buf_addc(&line, '\n');
		if (has_utf8(r))
			put_encoded(buf_slice(&line), out);
		else
			output_put(out, buf_slice(&line));
	}
	buf_free(&line);
}

/* For people. */
static void
put_words(const struct report *r, struct output *out)
{
	char date[DATE_TEXT];

	put(out, has_utf8(r) ? "\nContent-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n" :
	    "\nContent-Type: text/plain; charset=us-ascii\n\n");
	put(out, "This is the mail system of ");
	put_value(out, slice_str(r->host));
	put(out, ".\n\nYour message of ");
	put(out, date_format(date, r->arrival));
	put(out, "\n");
	put(out, actions[r->action].words);
	put(out, "\n\n");
	put_recipients(r, out);
	put(out, "\nYou get this report because you, or your mail program, "
	    "asked for it.\nIt does not say that anybody has read the "
	    "message.\n");
	if (r->cut)
		put(out, "\nThe header of the message is too long to be given "
		    "back in full.\n");
}

/* The type is that of the first server, or what a mailbox is. */
static void
put_addresses(const struct report *r, const struct report_recipient *to,
    struct output *out)
{
	struct slice original = to->original;

	if (slice_casestarts(original, UTF8_TYPE)) {
		put(out, "Original-Recipient: utf-8;");
		put_utf8(r, slice_sub(original, UTF8_TYPE.n, original.n), out);
	} else if (original.n > 0) {
		put_field(out, "Original-Recipient: ", original);
	}
	if (utf8_ascii(to->final)) {
		put_field(out, "Final-Recipient: rfc822; ", to->final);
	} else {
		put(out, "Final-Recipient: utf-8; ");
		put_utf8(r, to->final, out);
	}
}

/* For programs (RFC 3464, 2; RFC 6533, 4). */
static void
put_status(const struct report *r, struct output *out)
{
	char date[DATE_TEXT];
	size_t i;

	put(out, is_global(r) ?
	    "\nContent-Type: message/global-delivery-status\n"
	    "Content-Transfer-Encoding: 8bit\n\n" :
	    "\nContent-Type: message/delivery-status\n\n");
	put_field(out, "Reporting-MTA: dns; ", slice_str(r->host));
	if (r->envelope_id.n > 0)
		put_field(out, "Original-Envelope-Id: ", r->envelope_id);
	put_field(out, "Arrival-Date: ",
	    slice_str(date_format(date, r->arrival)));
	for (i = 0; i < r->nto; i++) {
		put(out, "\n");
		put_addresses(r, &r->to[i], out);
		put_field(out, "Action: ", slice_str(actions[r->action].name));
		put_field(out, "Status: ",
		    slice_str(actions[r->action].status));
	}
}

/* RFC 6522, 4: 7-bit as it is, or quoted-printable, and nothing else; RFC 6533,
 * 4: 8-bit where the other end takes that. */
static void
put_original(const struct report *r, struct output *out)
{
	struct enc_scan scan;

	enc_scan_init(&scan);
	enc_scan(&scan, r->header);
	if (is_global(r) && enc_choose(&scan, 1) == ENC_8BIT &&
	    utf8_valid(r->header)) {
		put(out, "\nContent-Type: message/global-headers\n"
		    "Content-Transfer-Encoding: 8bit\n\n");
		output_put(out, r->header);
		return;
	}
	put(out, "\nContent-Type: text/rfc822-headers\n");
	if (enc_choose(&scan, 0) == ENC_7BIT) {
		put(out, "\n");
		output_put(out, r->header);
	} else {
		put(out, "Content-Transfer-Encoding: quoted-printable\n\n");
		put_encoded(r->header, out);
	}
}

int
report_write(const struct report *r, struct output *out, struct fail *f)
{
	char boundary[BOUNDARY];

	if (make_boundary(boundary, f) == -1)
		return -1;
	put_header(r, boundary, out);
	put_delimiter(out, boundary, "");
	put_words(r, out);
	put_delimiter(out, boundary, "");
	put_status(r, out);
	if (r->header.n > 0) {
		put_delimiter(out, boundary, "");
		put_original(r, out);
	}
	put_delimiter(out, boundary, "--\n");
	return 0;
}
