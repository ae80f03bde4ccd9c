/* SPDX-License-Identifier: ISC */
/* inventory: what messages there are; see inventory.h. */

#include "drop.h"
#include "inventory.h"

enum { DIGITS = 20 }; /* of a uint64_t */

/* A hundred thousand lines by printf(3) take longer than the mailbox itself. */
static void
add_number(struct buf *out, uint64_t n)
{
	char digits[DIGITS], *p = digits + DIGITS;

	do {
		*--p = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	(void)buf_add(out, (struct slice){ p, (size_t)(digits + DIGITS - p) });
}

void
inventory_stat(void *ctx, struct slice arg)
{
	struct maildrop *m = ctx;
	uint64_t octets;
	size_t n;

	(void)arg;
	if (drop_count(m, &n, &octets) == 0)
		drop_reply(m, "+OK %zu %llu", n, (unsigned long long)octets);
}

/* Ends a reply of many lines. */
static void
end_lines(struct maildrop *m)
{
	if (!m->ended)
		(void)buf_add(conn_out(m->conn), SLICE(".\r\n"));
}

static void
list_one(struct maildrop *m, size_t i)
{
	struct fail f = { 0 };
	uint64_t octets;

	if (mailbox_size(m->mailbox, i, &octets, &f) == -1)
		drop_refuse(m, i, &f);
	else
		drop_reply(m, "+OK %zu %llu", i + 1,
		    (unsigned long long)octets);
}

/* All sizes are known before the first line, behind which nothing can be said
 * of a message that cannot be read. */
static void
list_all(struct maildrop *m)
{
	struct buf *out = conn_out(m->conn);
	struct fail ignored;
	uint64_t octets;
	size_t n, i;

	if (drop_count(m, &n, &octets) == -1)
		return;
	drop_reply(m, "+OK %zu messages (%llu octets)", n,
	    (unsigned long long)octets);
	n = mailbox_count(m->mailbox);
	for (i = 0; i < n && drop_flush(m) == 0; i++) {
		if (!drop_has(m, i) ||
		    mailbox_size(m->mailbox, i, &octets, &ignored) == -1)
			continue;
		add_number(out, i + 1);
		(void)buf_addc(out, ' ');
		add_number(out, octets);
		(void)buf_add(out, SLICE("\r\n"));
	}
	end_lines(m);
}

void
inventory_list(void *ctx, struct slice arg)
{
	struct maildrop *m = ctx;
	size_t i;

	if (arg.n == 0)
		list_all(m);
	else if (drop_find(m, arg, &i) == 0)
		list_one(m, i);
}

static void
uidl_all(struct maildrop *m)
{
	struct buf *out = conn_out(m->conn);
	size_t i, n = mailbox_count(m->mailbox);
	char unique[MAILBOX_UNIQUE];

	drop_reply(m, "+OK");
	for (i = 0; i < n && drop_flush(m) == 0; i++) {
		if (!drop_has(m, i))
			continue;
		add_number(out, i + 1);
		(void)buf_addc(out, ' ');
		(void)buf_adds(out, mailbox_unique(m->mailbox, i, unique));
		(void)buf_add(out, SLICE("\r\n"));
	}
	end_lines(m);
}

void
inventory_uidl(void *ctx, struct slice arg)
{
	struct maildrop *m = ctx;
	char unique[MAILBOX_UNIQUE];
	size_t i;

	if (arg.n == 0)
		uidl_all(m);
	else if (drop_find(m, arg, &i) == 0)
		drop_reply(m, "+OK %zu %s", i + 1,
		    mailbox_unique(m->mailbox, i, unique));
}
