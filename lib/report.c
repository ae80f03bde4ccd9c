/* SPDX-License-Identifier: ISC */
/* report: delivery status notifications; see report.h. */

#include <stdint.h>
#include <stdio.h>

#include "date.h"
#include "digest.h"
#include "enc.h"
#include "report.h"

enum {
	BOUNDARY = 40, /* room for one with its NUL */
	PIECE = 16384, /* bytes that are encoded at a time */
};

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
	char others[40];

	put(out, "Subject: ");
	put(out, actions[r->action].subject);
	put(out, ": your message to ");
	put_value(out, r->to[0].final);
	(void)snprintf(others, sizeof(others), " and %zu more", r->nto - 1);
	put(out, r->nto > 1 ? others : "");
	put(out, "\n");
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
	put_value(out, slice_str(r->sender));
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

/* For people. */
static void
put_words(const struct report *r, struct output *out)
{
	char date[DATE_TEXT];
	size_t i;

	put(out, "\nContent-Type: text/plain; charset=us-ascii\n\n");
	put(out, "This is the mail system of ");
	put_value(out, slice_str(r->host));
	put(out, ".\n\nYour message of ");
	put(out, date_format(date, r->arrival));
	put(out, "\n");
	put(out, actions[r->action].words);
	put(out, "\n\n");
	for (i = 0; i < r->nto; i++)
		put_field(out, "    ", r->to[i].final);
	put(out, "\nYou get this report because you, or your mail program, "
	    "asked for it.\nIt does not say that anybody has read the "
	    "message.\n");
	if (r->cut)
		put(out, "\nThe header of the message is too long to be given "
		    "back in full.\n");
}

/* For programs (RFC 3464, 2). */
static void
put_status(const struct report *r, struct output *out)
{
	char date[DATE_TEXT];
	size_t i;

	put(out, "\nContent-Type: message/delivery-status\n\n");
	put_field(out, "Reporting-MTA: dns; ", slice_str(r->host));
	if (r->envelope_id.n > 0)
		put_field(out, "Original-Envelope-Id: ", r->envelope_id);
	put_field(out, "Arrival-Date: ",
	    slice_str(date_format(date, r->arrival)));
	for (i = 0; i < r->nto; i++) {
		put(out, "\n");
		if (r->to[i].original.n > 0)
			put_field(out, "Original-Recipient: ",
			    r->to[i].original);
		put_field(out, "Final-Recipient: rfc822; ", r->to[i].final);
		put_field(out, "Action: ", slice_str(actions[r->action].name));
		put_field(out, "Status: ",
		    slice_str(actions[r->action].status));
	}
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

/* RFC 6522, 4: 7-bit as it is, or quoted-printable, and nothing else. */
static void
put_original(const struct report *r, struct output *out)
{
	struct enc_scan scan;

	enc_scan_init(&scan);
	enc_scan(&scan, r->header);
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
