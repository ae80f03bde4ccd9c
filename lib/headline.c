/* SPDX-License-Identifier: ISC */
/* headline: what one line of a list tells of a message; see headline.h. */

#include "addr.h"
#include "charset.h"
#include "date.h"
#include "hdr.h"
#include "headline.h"
#include "limits.h"
#include "word.h"

enum { TEXT = CHARSET_ROOM(LIMIT_HEADER_FIELD) };

struct headline
headline_new(void)
{
	return (struct headline){ .from = BUF(TEXT), .subject = BUF(TEXT) };
}

static void
read_date(struct headline *h, struct slice value)
{
	time_t when;
	int zone;

	h->date[0] = '\0';
	if (date_parse(value, &when, &zone) == 0 && when >= 0)
		(void)timestamp_format(h->date, when);
}

/* The first is enough. */
static int
take_author(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	struct headline *h = ctx;

	(void)f;
	if (buf_add(&h->from, m->name.n > 0 ? m->name : m->spec) == -1)
		buf_clear(&h->from);
	return -1;
}

void
headline_read(struct headline *h, struct slice header)
{
	struct slice from = hdr_value(header, "From");
	struct fail ignored;

	buf_clear(&h->from);
	buf_clear(&h->subject);
	read_date(h, hdr_value(header, "Date"));
	(void)addr_list_local(from, take_author, h, &ignored);
	if (h->from.n == 0)
		(void)word_decode(from, &h->from);
	(void)word_decode(hdr_value(header, "Subject"), &h->subject);
}

void
headline_free(struct headline *h)
{
	buf_free(&h->from);
	buf_free(&h->subject);
}
