/* SPDX-License-Identifier: ISC */
/* Fuzz target: what a transport says, in pieces of the size of the first byte,
 * while three parts of two messages are in flight: results for these parts
 * alone, and memory that does not grow. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../cmd/queue/transport.h"
#include "mem.h"
#include "numbers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PARTS = 3 };

static const char *const ids[] = { "1j14iav7nmba653n", "1j14iav7nmba653n",
	"1j14iav7nmba653o" };
static const char *const lists[] = { "1,4-9", "10", "1-3" };
static const size_t counts[] = { 7, 1, 3 };

static void
result(void *ctx, struct transport *t, struct part *part,
    const struct spool_entry *e)
{
	size_t i, in_flight = 0;

	(void)ctx;
	for (i = 0; i < t->nflight; i++)
		in_flight += t->flight[i] == part;
	if (in_flight != (part->count > 0) || (e->number > 0 &&
	    !numbers_has(slice_str(part->numbers), e->number)))
		abort();
}

static void
put_in_flight(struct transport *t, struct task tasks[PARTS])
{
	struct spool_name *name;
	struct part *part;
	size_t i;

	for (i = 0; i < PARTS; i++) {
		name = &tasks[i].name;
		*name = (struct spool_name){ .state = SPOOL_CUR,
			.due = 1700000000 };
		memcpy(name->id, ids[i], sizeof(name->id));
		part = mem_alloc(sizeof(*part) + strlen(lists[i]) + 1);
		*part = (struct part){ .task = &tasks[i],
			.total = counts[i], .count = counts[i] };
		memcpy(part->numbers, lists[i], strlen(lists[i]) + 1);
		t->flight[t->nflight++] = part;
	}
}

static void
read_pieces(struct transport *t, const struct runner *r, struct slice text)
{
	size_t most = (size_t)(slice_getc(&text) + 2);
	struct slice piece;
	int ends[2];

	if (pipe(ends) == -1)
		abort();
	t->out = ends[0];
	while (text.n > 0) {
		(void)slice_take(&text, most < text.n ? most : text.n, &piece);
		if (write(ends[1], piece.p, piece.n) != (ssize_t)piece.n)
			abort();
		if (transport_read(t, r, result, NULL) != 1)
			break;
	}
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct runner r = { .spool = { .dir = -1, .path = (char[]){ "/q" } } };
	struct transport t = { .line = BUF(TRANSPORT_LINE + SPOOL_ENTRY +
	    16384) };
	struct task tasks[PARTS] = { 0 };
	struct part *all[PARTS];
	size_t i;

	put_in_flight(&t, tasks);
	memcpy(all, t.flight, sizeof(all));
	read_pieces(&t, &r, (struct slice){ (const char *)data, size });
	if (t.nflight > PARTS)
		abort();
	for (i = 0; i < PARTS; i++)
		free(all[i]);
	buf_free(&t.line);
	return 0;
}
