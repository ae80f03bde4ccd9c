/* SPDX-License-Identifier: ISC */
/* details: what imap-ls -l tells of a message; see details.h. */

#include "addr.h"
#include "charset.h"
#include "details.h"
#include "hdr.h"
#include "limits.h"
#include "word.h"

enum { TEXT = CHARSET_ROOM(LIMIT_HEADER_FIELD) };

struct details
details_new(void)
{
	return (struct details){ .to = BUF(TEXT), .message_id = BUF(TEXT) };
}

static int
take_recipient(void *ctx, const struct addr_mailbox *m, struct fail *f)
{
	struct details *d = ctx;

	(void)f;
	if (d->to.n > 0)
		(void)buf_adds(&d->to, ", ");
	(void)buf_add(&d->to, m->spec);
	return 0;
}

void
details_read(struct details *d, struct slice header)
{
	struct slice to = hdr_value(header, "To");
	struct fail ignored;

	buf_clear(&d->to);
	buf_clear(&d->message_id);
	(void)addr_list_local(to, take_recipient, d, &ignored);
	if (d->to.n == 0)
		(void)word_decode(to, &d->to);
	(void)hdr_unfold(hdr_value(header, "Message-ID"), &d->message_id);
}

void
details_free(struct details *d)
{
	buf_free(&d->to);
	buf_free(&d->message_id);
}
