/* SPDX-License-Identifier: ISC */
/* progress: how far long work has come; see progress.h. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "progress.h"
#include "ticks.h"

enum {
	INTERVAL = 200, /* milliseconds between two lines */
	TEXT = 24,
};

void
progress_start(struct progress *p, struct progress_at all)
{
	*p = (struct progress){ .all = all, .then = ticks_now(),
		.on = isatty(STDERR_FILENO) == 1 };
}

uint64_t
progress_rate(uint64_t before, uint64_t bytes, uint64_t milliseconds)
{
	uint64_t now;

	if (milliseconds == 0)
		return before;
	now = bytes / milliseconds * 1000 +
	    bytes % milliseconds * 1000 / milliseconds;
	return before == 0 ? now : before - before / 4 + now / 4;
}

/* In units of a thousand, with a digit behind the point: "20.0 MB". */
static void
put_bytes(char out[TEXT], uint64_t bytes, int with_unit)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	uint64_t tenths = bytes / 100 + (bytes % 100 >= 50);
	size_t i = 0;

	while (tenths >= 10000 && i < 3) {
		tenths = tenths / 1000 + (tenths % 1000 >= 500);
		i++;
	}
	(void)snprintf(out, TEXT, "%" PRIu64 ".%d%s%s", tenths / 10,
	    (int)(tenths % 10), with_unit ? " " : "",
	    with_unit ? units[i] : "");
}

/* "4.9 of 20.0 MB", both in the unit of the larger one. */
static void
put_amount(char out[2 * TEXT + 4], uint64_t done, uint64_t all)
{
	char text[TEXT], whole[TEXT];
	uint64_t unit = 1;

	put_bytes(whole, all > done ? all : done, 1);
	if (all == 0) {
		(void)snprintf(out, 2 * TEXT + 4, "%s", whole);
		return;
	}
	/* As many thousands as "whole" is in. */
	for (; (all > done ? all : done) / unit >= 999950 &&
	    unit < 1000000000; unit *= 1000)
		;
	put_bytes(text, done / unit, 0);
	(void)snprintf(out, 2 * TEXT + 4, "%s of %s", text, whole);
}

static void
put_left(char out[TEXT], uint64_t seconds)
{
	if (seconds >= 360000)
		(void)snprintf(out, TEXT, "days left");
	else if (seconds >= 3600)
		(void)snprintf(out, TEXT, "%" PRIu64 ":%02" PRIu64 ":%02"
		    PRIu64 " left", seconds / 3600, seconds / 60 % 60,
		    seconds % 60);
	else
		(void)snprintf(out, TEXT, "%" PRIu64 ":%02" PRIu64 " left",
		    seconds / 60, seconds % 60);
}

char *
progress_line(char out[PROGRESS_LINE], const struct progress *p,
    struct progress_at done)
{
	char amount[2 * TEXT + 4], rate[TEXT], left[TEXT] = "";

	put_amount(amount, done.bytes, p->all.bytes);
	put_bytes(rate, p->rate, 1);
	if (p->rate > 0 && p->all.bytes > 0)
		put_left(left, p->all.bytes > done.bytes ?
		    (p->all.bytes - done.bytes) / p->rate : 0);
	(void)snprintf(out, PROGRESS_LINE, "%" PRIu64 "/%" PRIu64
	    ", %.30s, %.12s/s%s%.16s", done.items, p->all.items, amount,
	    rate, left[0] != '\0' ? ", " : "", left);
	return out;
}

void
progress_now(struct progress *p, struct progress_at done)
{
	char line[PROGRESS_LINE], text[PROGRESS_LINE + 8];
	uint64_t now;
	int n;

	if (!p->on || (now = ticks_now()) - p->then < INTERVAL)
		return;
	p->rate = progress_rate(p->rate, done.bytes - p->bytes, now - p->then);
	p->then = now;
	p->bytes = done.bytes;
	n = snprintf(text, sizeof(text), "\r%s\033[K",
	    progress_line(line, p, done));
	(void)io_write(STDERR_FILENO, (struct slice){ text, (size_t)n });
	p->shown = 1;
}

void
progress_clear(struct progress *p)
{
	if (p->shown)
		(void)io_write(STDERR_FILENO, SLICE("\r\033[K"));
	p->shown = 0;
}
