/* SPDX-License-Identifier: ISC */
/* binary: a message of BODY=BINARYMIME; see binary.h. */

#include <stdio.h>
#include <unistd.h>

#include "binary.h"
#include "data.h"
#include "log.h"
#include "storable.h"

int
binary_begin(struct binary *b, struct store *store, struct fail *f)
{
	*b = (struct binary){ .fd = store_scratch(store, f) };
	if (b->fd == -1)
		return -1;
	b->out = output_to(b->fd, "temporary file");
	return 0;
}

void
binary_put(struct binary *b, struct slice octets)
{
	output_put(&b->out, octets);
}

static const char *
refusal(struct binary *b, const char *id, const struct fail *f)
{
	if (f->class != EX_DATAERR) {
		log_line("id=%s not converted: %s", id, f->text);
		return data_storage_reply(f);
	}
	(void)snprintf(b->reply, sizeof(b->reply),
	    "554 5.6.3 binary mail that cannot be stored as text: %.300s",
	    f->text);
	return b->reply;
}

const char *
binary_finish(struct binary *b, const char *id,
    int (*put)(void *ctx, struct slice bytes, struct fail *f), void *ctx)
{
	struct input in = { .fd = b->fd, .name = b->out.name };
	struct fail f = { 0 };

	if (output_flush(&b->out, &f) == -1)
		return refusal(b, id, &f);
	in.size = b->out.written;
	if (storable_convert(&in, put, ctx, &f) == 0)
		return NULL;
	return refusal(b, id, &f);
}

void
binary_end(struct binary *b)
{
	if (b->fd == -1)
		return;
	output_free(&b->out);
	(void)close(b->fd);
	b->fd = -1;
}
