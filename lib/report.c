/* SPDX-License-Identifier: ISC */
/* report: delivery status notifications: the whole, its header, and how values
 * are made fit for it; see report.h. */

#include <inttypes.h>
#include <stdio.h>

#include "date.h"
#include "digest.h"
#include "enc.h"
#include "hdr.h"
#include "limits.h"
#include "report.h"
#include "utf8.h"
#include "word.h"

enum {
	PIECE = 16384,	  /* bytes that are encoded at a time */
	MESSAGE_ID = 900, /* bytes of the longest that we refer to */
};

/* Random numbers, in hexadecimal. */
struct marks {
	char boundary[40], id[20];
};

static void
put(struct output *out, const char *text)
{
	output_put(out, slice_str(text));
}

void
report_ascii(struct slice value, struct buf *to)
{
	int c;

	value = slice_sub(value, 0, REPORT_VALUE);
	while ((c = slice_getc(&value)) != -1)
		(void)buf_addc(to, c >= ' ' && c <= '~' ? c : '?');
}

void
report_clean(struct slice value, struct buf *to)
{
	struct slice rest = value;
	size_t left = REPORT_VALUE;
	int32_t c;

	while ((c = utf8_next(&rest)) != -1 && value.n - rest.n <= left) {
		left -= value.n - rest.n;
		if (c < 0 || utf8_unsafe(c))
			(void)buf_addc(to, '?');
		else
			(void)buf_add(to, slice_sub(value, 0,
			    value.n - rest.n));
		value = rest;
	}
}

void
report_coded(struct slice text, struct output *out)
{
	struct buf piece = BUF(4 * PIECE + 1024);
	struct enc_encoder e;

	enc_encoder_init(&e, ENC_QUOTED_PRINTABLE, 1);
	while (text.n > 0) {
		struct slice part = slice_sub(text, 0, PIECE);

		text = slice_sub(text, part.n, text.n);
		(void)enc_encode(&e, part, &piece);
		output_put(out, buf_slice(&piece));
		buf_clear(&piece);
	}
	(void)enc_encode_end(&e, &piece);
	output_put(out, buf_slice(&piece));
	buf_free(&piece);
}

int
report_global(const struct report *r)
{
	return !utf8_ascii(slice_str(r->sender));
}

enum report_action
report_worst(const struct report *r, size_t *n)
{
	enum report_action worst = r->to[0].action;
	size_t i;

	for (*n = i = 0; i < r->nto; i++) {
		if (r->to[i].action < worst) {
			worst = r->to[i].action;
			*n = 0;
		}
		*n += r->to[i].action == worst;
	}
	return worst;
}

/* Nobody can write the boundary into a message before it is known, and the "=_"
 * in front is in no quoted-printable. */
static int
make_marks(struct marks *m, struct fail *f)
{
	uint64_t number[3];

	if (digest_random(number, sizeof(number), f) == -1)
		return -1;
	(void)snprintf(m->boundary, sizeof(m->boundary),
	    "=_%016" PRIx64 "%016" PRIx64, number[0], number[1]);
	(void)snprintf(m->id, sizeof(m->id), "%016" PRIx64, number[2]);
	return 0;
}

static void
put_delimiter(struct output *out, const struct marks *m, const char *end)
{
	put(out, "\n--");
	put(out, m->boundary);
	put(out, end);
}

/* What became of whose message, and of which: "Not delivered to bob@example.org
 * and 2 more: Holidays". */
static void
add_subject(const struct report *r, const struct report_original *o,
    struct buf *head)
{
	static const char *const begin[] = {
		[REPORT_FAILED] = "Not delivered to ",
		[REPORT_DELAYED] = "Not delivered yet to ",
		[REPORT_RELAYED] = "Passed on to ",
		[REPORT_EXPANDED] = "Passed on from ",
		[REPORT_DELIVERED] = "Delivered to ",
	};
	struct buf text = BUF(4 * REPORT_VALUE), coded = BUF(16 * text.max);
	size_t n, i = 0;
	enum report_action worst = report_worst(r, &n);

	while (r->to[i].action != worst)
		i++;
	(void)buf_adds(&text, begin[worst]);
	report_clean(r->to[i].final, &text);
	if (n > 1)
		(void)buf_addf(&text, " and %zu more", n - 1);
	(void)buf_adds(&text, r->postmaster ? ", and no sender to tell" : "");
	(void)buf_adds(&text, ": ");
	if (o->subject.n > 0)
		(void)buf_add(&text, buf_slice(&o->subject));
	else
		(void)buf_adds(&text, r->postmaster ? "a message" :
		    "your message");
	if (word_encode(buf_slice(&text), 0, &coded) == 0)
		(void)hdr_write(head, "Subject", buf_slice(&coded));
	buf_free(&text);
	buf_free(&coded);
}

/* What mail readers find the message by. */
static void
add_reference(const struct report_original *o, struct buf *head)
{
	struct hdr_field field;
	struct slice id;
	size_t i;

	if (!hdr_find(buf_slice(&o->header), "Message-ID", &field))
		return;
	id = slice_trim(field.value);
	if (id.n < 3 || id.n > MESSAGE_ID || id.p[0] != '<' ||
	    slice_find(id, '>') != id.n - 1)
		return;
	for (i = 0; i < id.n; i++)
		if (id.p[i] <= ' ' || id.p[i] > '~')
			return;
	(void)hdr_write(head, "In-Reply-To", id);
	(void)hdr_write(head, "References", id);
}

static void
put_header(const struct report *r, const struct report_original *o,
    const struct marks *m, struct output *out)
{
	struct buf head = BUF(64 * REPORT_VALUE);
	char date[DATE_TEXT];

	(void)buf_addf(&head, "Date: %s\nFrom: Mail system <MAILER-DAEMON@",
	    date_format(date, date_now()));
	report_ascii(slice_str(r->host), &head);
	(void)buf_adds(&head, ">\nTo: <");
	report_clean(slice_str(r->sender), &head);
	(void)buf_adds(&head, ">\n");
	add_subject(r, o, &head);
	(void)buf_adds(&head, "Message-ID: <report.");
	report_ascii(slice_sub(slice_str(r->id), 0, LIMIT_PATH), &head);
	(void)buf_addf(&head, ".%s@", m->id);
	report_ascii(slice_sub(slice_str(r->host), 0, LIMIT_PATH), &head);
	(void)buf_adds(&head, ">\n");
	add_reference(o, &head);
	(void)buf_addf(&head, "Auto-Submitted: auto-replied\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: multipart/report; report-type=delivery-status;\n"
	    "\tboundary=\"%s\"\n", m->boundary);
	output_put(out, buf_slice(&head));
	buf_free(&head);
}

static unsigned
needs_of(const struct report *r, const struct report_original *o)
{
	if (report_global(r))
		return REPORT_8BITMIME | REPORT_SMTPUTF8;
	return o->coding == REPORT_8BIT ? REPORT_8BITMIME : 0;
}

int
report_write(const struct report *r, struct output *out, unsigned *needs,
    struct fail *f)
{
	struct report_original o;
	struct marks m;
	int rc = -1;

	if (report_original_read(r, &o, f) == -1 || make_marks(&m, f) == -1)
		goto out;
	*needs = needs_of(r, &o);
	put_header(r, &o, &m, out);
	put_delimiter(out, &m, "");
	report_words(r, &o, out);
	put_delimiter(out, &m, "");
	report_status(r, out);
	if (o.header.n > 0 || o.full) {
		put_delimiter(out, &m, "");
		if (report_original_put(r, &o, out, f) == -1)
			goto out;
	}
	put_delimiter(out, &m, "--\n");
	rc = 0;
out:
	report_original_free(&o);
	return rc;
}
