/* SPDX-License-Identifier: ISC */
/* queueresult: what became of recipients, for the queue; see queueresult.h. */

#include <time.h>

#include "cli.h"
#include "queueresult.h"
#include "spoolresult.h"

/* The result of "n" recipients: into the journal, and out. */
static void
record(struct output *out, struct spoolfile *file, const struct spool_entry *e,
    size_t n)
{
	struct fail f = { 0 };
	size_t i;

	if (n == 0)
		return;
	if (e->class != SPOOL_BUSY &&
	    spoolfile_append_all(file, e, n, &f) == -1)
		(void)cli_report(&f);
	for (i = 0; i < n; i++)
		spoolresult_put(out, file->path, &e[i]);
}

void
queueresult_unnamed(struct output *out, struct spoolfile *file, size_t number,
    const struct fail *f)
{
	struct spool_entry e = { time(NULL), number, SPOOL_DEFERRED, 0,
		SLICE(""), SLICE(""), slice_str(f->text) };

	if (f->class == EX_DATAERR) {
		e.class = SPOOL_REFUSED;
		e.enhanced = SLICE("5.1.3");
	}
	record(out, file, &e, 1);
}

/* What could be mended, by us or with time, is not for good. */
static enum spool_class
class_of(const struct letter_recipient *r, const struct reach *server)
{
	if (r->unsent == LETTER_BUSY)
		return SPOOL_BUSY;
	if (r->unsent == LETTER_DOWN)
		return SPOOL_DOWN;
	if (r->class == 0)
		return (r->notify & ASK_SUCCESS) != 0 &&
		    (server->smtp.offers & SMTP_DSN) == 0 ?
		    SPOOL_RELAYED : SPOOL_SENT;
	if (r->reply.code / 100 == 5 || (r->reply.code == 0 &&
	    (r->class == EX_UNAVAILABLE || r->class == EX_NOHOST ||
	    r->class == EX_DATAERR)))
		return SPOOL_REFUSED;
	return SPOOL_DEFERRED;
}

void
queueresult_letter(struct output *out, struct spoolfile *file,
    struct letter *l, const struct reach *server)
{
	static struct spool_entry e[QUEUERESULT_MOST];
	int64_t now = time(NULL);
	size_t i, n = 0;

	for (i = 0; i < l->nto; i++) {
		struct letter_recipient *r = &l->to[i];

		if (!r->settled || r->told)
			continue;
		r->told = 1;
		e[n++] = (struct spool_entry){ now, r->number,
			class_of(r, server), r->reply.code,
			slice_str(r->reply.enhanced),
			slice_str(reach_name(server)),
			slice_str(r->reply.text) };
	}
	record(out, file, e, n);
}
