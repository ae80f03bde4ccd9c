/* SPDX-License-Identifier: ISC */
/* letterhead: the header of a message that is to be sent; see letterhead.h. */

#include "date.h"
#include "hdr.h"
#include "letterhead.h"
#include "limits.h"
#include "text.h"
#include "utf8.h"

/* Where the header ends, behind its empty line, looked for from "from" on; 0
 * where that is not here yet. */
static size_t
find_end(struct slice s, size_t from)
{
	size_t i;

	if (slice_starts(s, SLICE("\n")))
		return 1;
	if (slice_starts(s, SLICE("\r\n")))
		return 2;
	for (i = from; i < s.n; i++) {
		struct slice rest;

		i += slice_find(slice_sub(s, i, s.n), '\n');
		rest = slice_sub(s, i, s.n);
		if (slice_starts(rest, SLICE("\n\n")))
			return i + 2;
		if (slice_starts(rest, SLICE("\n\r\n")))
			return i + 3;
	}
	return 0;
}

int
letterhead_read(const struct input *in, struct buf *header, struct fail *f)
{
	/* Of a short one no more than it has, and a look at its end. */
	size_t block = in->size < LETTERHEAD_BLOCK ? (size_t)in->size + 1 :
	    LETTERHEAD_BLOCK;
	uint64_t at = 0;
	size_t got;

	for (;;) {
		char *room = buf_room(header, block);
		size_t from = header->n < 3 ? 0 : header->n - 3, end;

		if (room == NULL)
			return fail_set(f, EX_DATAERR,
			    "%s: a header longer than %d bytes",
			    TEXT_SHOW(slice_str(in->name)), LIMIT_HEADER);
		if (input_read(in, at, room, block, &got, f) == -1)
			return -1;
		header->n += got;
		at += got;
		end = find_end(buf_slice(header), from);
		if (end > 0 || got == 0) {
			header->n = end > 0 ? end : header->n;
			return 0;
		}
	}
}

int
letterhead_has_bare_cr(struct slice header)
{
	struct slice line;

	while (slice_until(&header, '\r', &line))
		if (slice_peek(header) != '\n')
			return 1;
	return 0;
}

int
letterhead_is_utf8(struct slice header)
{
	return !utf8_ascii(header) && utf8_valid(header);
}

int
letterhead_recipients(struct slice header,
    int (*read)(struct slice value,
	int (*each)(void *ctx, const struct addr_mailbox *m, struct fail *f),
	void *ctx, struct fail *f),
    int (*each)(void *ctx, const struct addr_mailbox *m, struct fail *f),
    void *ctx, struct fail *f)
{
	static const char *const names[] = { "Resent-To", "Resent-Cc",
		"Resent-Bcc", "To", "Cc", "Bcc" };
	struct hdr_field field;
	size_t i, first = 3;

	for (i = 0; i < 3; i++)
		if (hdr_find(header, names[i], &field))
			first = 0;
	while (hdr_next(&header, &field) == 1)
		for (i = first; i < first + 3; i++)
			if (slice_caseeq(field.name, slice_str(names[i])) &&
			    read(field.value, each, ctx, f) == -1)
				return fail_at(f, names[i]);
	return 0;
}

struct first { /* address that is met */
	struct arena *arena;
	struct slice *address;
};

static int
take_first(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	struct first *first = ctx;

	(void)f;
	if (first->address->p == NULL)
		*first->address = arena_slice(first->arena, m->spec);
	return 0;
}

int
letterhead_sender(struct slice header,
    int (*read)(struct slice value,
	int (*each)(void *ctx, const struct addr_mailbox *m, struct fail *f),
	void *ctx, struct fail *f),
    struct arena *arena, struct slice *sender)
{
	static const char *const names[] = { "Sender", "From" };
	struct first first = { arena, sender };
	struct hdr_field field;
	struct fail ignored;
	size_t i;

	*sender = (struct slice){ NULL, 0 };
	for (i = 0; i < 2 && sender->p == NULL; i++)
		if (hdr_find(header, names[i], &field) &&
		    read(field.value, take_first, &first, &ignored) == -1)
			*sender = (struct slice){ NULL, 0 };
	return sender->p != NULL;
}

unsigned
letterhead_field(struct slice line)
{
	struct slice name;

	(void)slice_until(&line, ':', &name);
	name = slice_trim(name); /* RFC 5322, 4.5 */
	if (slice_caseeq(name, SLICE("Date")))
		return LETTERHEAD_DATE;
	if (slice_caseeq(name, SLICE("From")))
		return LETTERHEAD_FROM;
	return slice_caseeq(name, SLICE("Message-ID")) ? LETTERHEAD_ID : 0;
}

void
letterhead_complete(struct buf *out, unsigned seen, const char *id,
    const char *host)
{
	char date[DATE_TEXT];

	if ((seen & LETTERHEAD_DATE) == 0)
		(void)buf_addf(out, "Date: %s\n",
		    date_format(date, time(NULL)));
	if ((seen & LETTERHEAD_ID) == 0)
		(void)buf_addf(out, "Message-ID: <%s@%s>\n", id, host);
}
