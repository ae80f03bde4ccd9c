/* SPDX-License-Identifier: ISC */
/* incoming: a message that a program gives to the queue; see incoming.h. */

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "addr.h"
#include "date.h"
#include "fromline.h"
#include "hdr.h"
#include "incoming.h"
#include "letterhead.h"
#include "limits.h"
#include "qualify.h"
#include "utf8.h"

enum { ROOM = 65536 }; /* for what is added to a header */

static int
scan_piece(void *ctx, struct slice piece, struct fail *f)
{
	struct incoming *m = ctx;

	if (slice_find(piece, '\0') < piece.n)
		return fail_set(f, EX_DATAERR, "standard input: a NUL");
	m->body8 |= !utf8_ascii(piece);
	return 0;
}

/* Adds "raw" with LF line ends. */
static void
add_lines(struct buf *out, struct slice raw)
{
	struct slice line;

	while (raw.n > 0) {
		(void)slice_until(&raw, '\n', &line);
		if (slice_ends(line, SLICE("\r")))
			line.n--;
		(void)buf_add(out, line);
		(void)buf_addc(out, '\n');
	}
}

static int
is_hidden(struct slice name)
{
	return slice_caseeq(name, SLICE("Bcc")) ||
	    slice_caseeq(name, SLICE("Resent-Bcc"));
}

/* Makes the head of the fields; *rest is what is no field any more. */
static int
take_fields(struct incoming *m, const char *host, struct slice *rest,
    struct fail *f)
{
	struct slice before;
	struct hdr_field field;
	size_t fields = 0, hops = 0;

	while (before = *rest, hdr_next(rest, &field) == 1) {
		if (field.name.n == 0) {
			*rest = before;
			return 0;
		}
		if (++fields > LIMIT_HEADER_FIELDS)
			return fail_set(f, EX_DATAERR, "standard input: more "
			    "than %d header fields", LIMIT_HEADER_FIELDS);
		hops += slice_caseeq(field.name, SLICE("Received"));
		if (hops > LIMIT_HOPS)
			return fail_set(f, EX_UNAVAILABLE, "standard input: "
			    "too many hops: this is a mail loop");
		if (is_hidden(field.name))
			continue;
		m->seen |= letterhead_field(field.raw);
		if (!qualify_field(&field, host, &m->head) &&
		    (m->is_signed || !qualify_text(&field, &m->head)))
			add_lines(&m->head, field.raw);
		if (m->head.n > LIMIT_HEADER + LETTERHEAD_BLOCK)
			return fail_set(f, EX_DATAERR, "standard input: "
			    "a header longer than %d bytes", LIMIT_HEADER);
	}
	/* The empty line, where there is one. */
	(void)slice_until(rest, '\n', &before);
	return 0;
}

static int
read_header(struct incoming *m, const char *host, struct fail *f)
{
	struct slice all, rest;

	if (letterhead_read(&m->in, &m->header, f) == -1)
		return -1;
	all = buf_slice(&m->header);
	m->fields = rest = slice_sub(all, fromline_length(all), all.n);
	m->is_signed = hdr_count(rest, "DKIM-Signature") > 0;
	if (take_fields(m, host, &rest, f) == -1)
		return -1;
	m->fields = slice_sub(m->fields, 0, m->fields.n - rest.n);
	m->body = all.n - rest.n;
	/* It would end the line where the message is sent, and begin a field
	 * that nobody has looked at. */
	if (letterhead_has_bare_cr(m->fields))
		return fail_set(f, EX_DATAERR,
		    "standard input: a bare CR in the header");
	m->utf8 = letterhead_is_utf8(buf_slice(&m->head));
	return 0;
}

int
incoming_open(struct incoming *m, const char *host, uint64_t max,
    struct fail *f)
{
	memset(m, 0, sizeof(*m));
	m->header = BUF(LIMIT_HEADER + LETTERHEAD_BLOCK);
	m->head = BUF(2 * (LIMIT_HEADER + LETTERHEAD_BLOCK) +
	    2 * LIMIT_HEADER_FIELD + ROOM);
	if (input_open(&m->in, "-", max, f) == -1 ||
	    input_each(&m->in, scan_piece, m, f) == -1)
		return -1;
	return read_header(m, host, f);
}

int
incoming_from(struct incoming *m, const char *name, const char *address,
    struct fail *f)
{
	struct addr_mailbox from = { slice_str(name != NULL ? name : ""),
		slice_str(address) };
	struct buf value = BUF(ROOM / 2);
	int rc;

	if ((m->seen & LETTERHEAD_FROM) != 0)
		return 0;
	rc = addr_write(&from, &value);
	if (rc == -1)
		(void)fail_set(f, EX_USAGE, "-F: not a name in UTF-8 on one "
		    "line");
	if (rc == 0)
		(void)hdr_write(&m->head, "From", buf_slice(&value));
	buf_free(&value);
	return rc;
}

void
incoming_complete(struct incoming *m, const char *id, const char *host)
{
	letterhead_complete(&m->head, m->seen, id, host);
	(void)buf_addc(&m->head, '\n');
	input_replace_head(&m->in, m->body, buf_slice(&m->head));
}

struct writing {
	struct spoolnew *n;
	int cr; /* the last byte was CR and is not written yet */
};

/* CRLF becomes LF; a CR alone stays. */
static int
write_piece(void *ctx, struct slice piece, struct fail *f)
{
	struct writing *w = ctx;
	struct slice part;
	size_t n;

	(void)f;
	while (piece.n > 0) {
		if (w->cr && slice_peek(piece) != '\n')
			spoolnew_write(w->n, SLICE("\r"));
		n = slice_find(piece, '\r');
		w->cr = n < piece.n;
		(void)slice_take(&piece, n, &part);
		spoolnew_write(w->n, part);
		if (w->cr)
			(void)slice_getc(&piece);
	}
	return 0;
}

int
incoming_write(const struct incoming *m, const char *host, struct spoolnew *n,
    struct fail *f)
{
	struct buf received = BUF(ROOM);
	struct writing w = { n, 0 };
	char date[DATE_TEXT];
	int rc;

	(void)buf_addf(&received, "Received: by %s (mailpipe, from uid %ju)\n"
	    "\twith local id %s; %s\n", host, (uintmax_t)getuid(),
	    spoolnew_id(n), date_format(date, time(NULL)));
	spoolnew_write(n, buf_slice(&received));
	buf_free(&received);
	rc = input_each(&m->in, write_piece, &w, f);
	if (w.cr)
		spoolnew_write(n, SLICE("\r"));
	return rc;
}

void
incoming_close(struct incoming *m)
{
	input_close(&m->in);
	buf_free(&m->header);
	buf_free(&m->head);
}
