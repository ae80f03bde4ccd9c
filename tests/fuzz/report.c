/* SPDX-License-Identifier: ISC */
/* Fuzz target: whatever the values and the message are, a report to a sender of
 * ASCII has lines that mail may have, one field of each name where it has one,
 * and 8-bit bytes only where it says that it needs them.  The first line gives
 * numbers, the next seven the values, and the rest is the message. */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "report.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The report, from a file in memory. */
static void
write_report(const struct report *r, struct buf *text, unsigned *needs)
{
	int fd = memfd_create("report", 0);
	struct output out = output_to(fd, "report");
	struct fail f;
	size_t n;
	char *room;

	if (report_write(r, &out, needs, &f) == -1 ||
	    output_flush(&out, &f) == -1)
		abort();
	n = (size_t)lseek(fd, 0, SEEK_END);
	if (n > 5000000 || (room = buf_room(text, n)) == NULL ||
	    pread(fd, room, n, 0) != (ssize_t)n)
		abort();
	text->n = n;
	output_free(&out);
	(void)close(fd);
}

static void
check(struct slice text, size_t nto, unsigned needs)
{
	size_t final = 0, actions = 0, ends = 0;
	struct slice boundary = { NULL, 0 }, line;

	if (!(needs & REPORT_8BITMIME) && !utf8_ascii(text))
		abort();
	while (text.n > 0 && slice_until(&text, '\n', &line)) {
		if (line.n > 998 || slice_find(line, '\r') < line.n ||
		    slice_find(line, '\0') < line.n)
			abort();
		if (boundary.n == 0 && slice_starts(line,
		    SLICE("\tboundary=\"")))
			boundary = slice_sub(line, 11, line.n - 1);
		ends += boundary.n > 0 && line.n > boundary.n + 1 &&
		    slice_eq(slice_sub(line, 2, 2 + boundary.n), boundary);
		/* The message is the last part. */
		if (ends == 2) {
			final += slice_starts(line, SLICE("Final-Recipient:"));
			actions += slice_starts(line, SLICE("Action:"));
		}
	}
	if (final != nto || actions != nto || ends < 3 || ends > 4)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = { (const char *)data, size }, first, value[7];
	struct report_recipient to[3];
	struct buf text = BUF(5000000);
	struct report r = { .host = "mx.example.org", .id = "1",
		.sender = "a@example.net", .to = to };
	unsigned needs, kind;
	struct input in = { .fd = -1, .name = "message" };
	size_t i;

	(void)slice_until(&rest, '\n', &first);
	for (i = 0; i < 7; i++)
		(void)slice_until(&rest, '\n', &value[i]);
	kind = (unsigned)(slice_peek(first) + 1);
	for (i = 0; i < 3; i++)
		to[i] = (struct report_recipient){ .original = value[i],
			.final = value[1], .status = value[2 + i],
			.text = value[3], .host = value[4],
			.action = (kind + i) % 5,
			.code = kind & 1 ? 0 : 550, .attempt = (time_t)kind };
	r.nto = kind % 3 + 1;
	r.envelope_id = value[5];
	r.full = kind >> 3 & 1;
	r.postmaster = kind >> 4 & 1;
	in.held = (char *)(uintptr_t)rest.p;
	in.size = rest.n;
	r.message = &in;
	write_report(&r, &text, &needs);
	check(buf_slice(&text), r.nto, needs);
	buf_free(&text);
	return 0;
}
