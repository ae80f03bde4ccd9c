/* SPDX-License-Identifier: ISC */
/* report: the part for programs (RFC 3464, 2; RFC 6533, 4); see report.h. */

#include <string.h>

#include "date.h"
#include "hdr.h"
#include "report.h"
#include "utf8.h"
#include "xtext.h"

#define UTF8_TYPE SLICE("utf-8;")

/* What a block may have, folded: its fields have REPORT_VALUE each. */
enum { BLOCK = 64 * REPORT_VALUE };

static int
is_number(struct slice s)
{
	uint64_t n;

	return s.n <= 3 && slice_uint(s, 0, 999, &n) == 0;
}

int
report_status_ok(struct slice s)
{
	struct slice class, subject;

	return slice_until(&s, '.', &class) && slice_until(&s, '.', &subject) &&
	    class.n == 1 && is_number(class) && is_number(subject) &&
	    is_number(s);
}

char *
report_status_text(char out[REPORT_STATUS], const struct report_recipient *to)
{
	int given = report_status_ok(to->status);
	char class = '2';

	if (to->action == REPORT_FAILED && to->given_up)
		return memcpy(out, "4.4.7", 6);
	memcpy(out, "2.0.0", 6);
	if (given) {
		memcpy(out, to->status.p, to->status.n);
		out[to->status.n] = '\0';
	}
	if (to->action == REPORT_DELAYED ||
	    (to->action == REPORT_FAILED && given && out[0] == '4'))
		class = '4';
	else if (to->action == REPORT_FAILED)
		class = '5';
	out[0] = class;
	return out;
}

/* "name" with all that stands before the value. */
static void
add_field(struct buf *block, const char *name, struct slice value)
{
	(void)buf_adds(block, name);
	report_ascii(value, block);
	(void)buf_addc(block, '\n');
}

static void
add_date(struct buf *block, const char *name, time_t when)
{
	char date[DATE_TEXT];

	if (when != 0)
		add_field(block, name, slice_str(date_format(date, when)));
}

/* An address of the type utf-8 behind its type.  One that has no room as ASCII,
 * which nobody has, is not readable. */
static void
add_utf8(const struct report *r, struct slice address, struct buf *block)
{
	struct buf text = BUF(REPORT_VALUE);

	if (report_global(r))
		report_clean(address, block);
	else if (xtext_encode_utf8(address, &text) == 0)
		(void)buf_add(block, buf_slice(&text));
	else
		report_ascii(address, block);
	(void)buf_addc(block, '\n');
	buf_free(&text);
}

/* The type is that of the first server, or what a mailbox is. */
static void
add_addresses(const struct report *r, const struct report_recipient *to,
    struct buf *block)
{
	struct slice original = to->original;

	if (slice_casestarts(original, UTF8_TYPE)) {
		(void)buf_adds(block, "Original-Recipient: utf-8;");
		add_utf8(r, slice_sub(original, UTF8_TYPE.n, original.n),
		    block);
	} else if (original.n > 0) {
		add_field(block, "Original-Recipient: ", original);
	}
	if (utf8_ascii(to->final)) {
		add_field(block, "Final-Recipient: rfc822; ", to->final);
	} else {
		(void)buf_adds(block, "Final-Recipient: utf-8; ");
		add_utf8(r, to->final, block);
	}
}

/* A name or an address in brackets is one of the DNS (RFC 3464, 2.1.2). */
static int
is_host(struct slice s)
{
	int c;

	while ((c = slice_getc(&s)) != -1)
		if (!(slice_lower(c) >= 'a' && slice_lower(c) <= 'z') &&
		    !(c >= '0' && c <= '9') &&
		    memchr(".-_:[]", c, 6) == NULL)
			return 0;
	return 1;
}

/* What was said, folded: a reply as it was, or a sentence of ours. */
static void
add_diagnostic(const struct report *r, const struct report_recipient *to,
    struct buf *block)
{
	struct buf text = BUF(REPORT_VALUE + 64);

	if (to->code != 0)
		(void)buf_addf(&text, "smtp; %u ", to->code);
	else
		(void)buf_adds(&text, "X-Mailpipe; ");
	if (to->code != 0 && report_status_ok(to->status)) {
		(void)buf_add(&text, to->status);
		(void)buf_addc(&text, ' ');
	}
	if (report_global(r))
		report_clean(to->text, &text);
	else
		report_ascii(to->text, &text);
	if (to->code != 0 || to->text.n > 0)
		(void)hdr_write(block, "Diagnostic-Code", buf_slice(&text));
	buf_free(&text);
}

static void
add_recipient(const struct report *r, const struct report_recipient *to,
    struct buf *block)
{
	static const char *const actions[] = {
		[REPORT_FAILED] = "failed",
		[REPORT_DELAYED] = "delayed",
		[REPORT_RELAYED] = "relayed",
		[REPORT_EXPANDED] = "expanded",
		[REPORT_DELIVERED] = "delivered",
	};
	char status[REPORT_STATUS];

	add_addresses(r, to, block);
	add_field(block, "Action: ", slice_str(actions[to->action]));
	add_field(block, "Status: ", slice_str(report_status_text(status, to)));
	if (to->host.n > 0)
		add_field(block, is_host(to->host) ? "Remote-MTA: dns; " :
		    "Remote-MTA: X-Mailpipe; ", to->host);
	add_diagnostic(r, to, block);
	add_date(block, "Last-Attempt-Date: ", to->attempt);
	/* That of the last server, which is this one where none replied. */
	if (to->host.n == 0)
		add_field(block, "Final-Log-ID: ", slice_str(r->id));
	if (to->action == REPORT_DELAYED)
		add_date(block, "Will-Retry-Until: ", to->until);
}

void
report_status(const struct report *r, struct output *out)
{
	struct buf block = BUF(BLOCK);
	size_t i;

	(void)buf_adds(&block, report_global(r) ?
	    "\nContent-Type: message/global-delivery-status\n"
	    "Content-Transfer-Encoding: 8bit\n\n" :
	    "\nContent-Type: message/delivery-status\n\n");
	add_field(&block, "Reporting-MTA: dns; ", slice_str(r->host));
	if (r->envelope_id.n > 0)
		add_field(&block, "Original-Envelope-Id: ", r->envelope_id);
	add_date(&block, "Arrival-Date: ", r->arrival);
	output_put(out, buf_slice(&block));
	for (i = 0; i < r->nto; i++) {
		buf_clear(&block);
		(void)buf_addc(&block, '\n');
		add_recipient(r, &r->to[i], &block);
		output_put(out, buf_slice(&block));
	}
	buf_free(&block);
}
