/* SPDX-License-Identifier: ISC */
/*
 * imap-find: writes the uids of those messages of a mailbox that criteria are
 * true of, one a line.
 *
 *	imap-find [-csv] [-A mechanism] [-o key=value] [-P fd] [-p command]
 *	    server | -a account mailbox [criterion ...]
 */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "criteria.h"
#include "date.h"
#include "found.h"
#include "limits.h"
#include "namespace.h"
#include "options.h"
#include "text.h"
#include "uidset.h"

enum {
	LATE = 1000, /* messages that came meanwhile, and are told of later */
};

struct find {
	struct imap imap;
	const char *mailbox;
	struct criteria criteria;
	struct found found;
	uint32_t most; /* messages that there were at once */
	struct output out;
};

/* What is told of one search. */
struct answer {
	unsigned select, search; /* commands; 0: was answered before */
	uint32_t lowest;	 /* of MESSAGELIMIT: goes on below it; 0: all */
	int refused;		 /* by LIMIT */
};

static int
broken(struct find *d, const char *what, struct fail *f)
{
	d->imap.dead = 1;
	return fail_set(f, EX_PROTOCOL, "%s", what);
}

/* A few bytes of a server would be billions of lines. */
static int
count(struct find *d, uint64_t n, struct fail *f)
{
	d->found.n += n;
	return d->found.n <= (uint64_t)d->most + LATE ? 0 :
	    broken(d, "more uids than there are messages", f);
}

static int
put(struct find *d, struct uidset_range range, struct fail *f)
{
	if (count(d, (uint64_t)range.last - range.first + 1, f) == -1)
		return -1;
	found_put(&d->found, range);
	return 0;
}

static int
lost(struct find *d)
{
	d->imap.dead = 1;
	return -1;
}

/* SEARCH 2 3 6 (MODSEQ 7), of any length. */
static int
take_search(struct find *d, struct fail *f)
{
	struct tokens *t = &d->imap.tokens;
	struct token next;
	uint64_t n;

	for (;;) {
		if (token_next(t, &next, f) == -1)
			return lost(d);
		if (next.kind == TOKEN_END)
			return 0;
		if (next.kind == TOKEN_OPEN) {
			token_back(t, &next);
			if (token_skip(t, f) == -1)
				return lost(d);
			continue;
		}
		if (next.kind != TOKEN_ATOM ||
		    token_parse_number(next.text, UINT32_MAX, &n) == -1 ||
		    n == 0)
			return broken(d, "SEARCH: what is no uid", f);
		if (put(d, (struct uidset_range){ (uint32_t)n, (uint32_t)n },
		    f) == -1)
			return -1;
	}
}

/* A set of any length. */
static int
take_set(struct find *d, struct fail *f)
{
	struct uidset_range range;
	struct slice text;
	int rc;

	do {
		if ((rc = token_piece(&d->imap.tokens, ',', &text, f)) == -1)
			return lost(d);
		if (uidset_next(&text, &range) != 1 || text.n > 0 ||
		    range.last == 0)
			return broken(d, "ESEARCH: what is no set of uids", f);
		if (put(d, range, f) == -1)
			return -1;
	} while (rc == 1);
	return 0;
}

static int
take_count(struct find *d, struct fail *f)
{
	uint64_t n;

	if (token_number(&d->imap.tokens, UINT32_MAX, &n, f) == -1)
		return lost(d);
	return count(d, d->found.count ? n : 0, f);
}

/* ESEARCH (TAG "a") UID ALL 2:4,7 (RFC 9051, 7.3.4). */
static int
take_esearch(struct find *d, struct fail *f)
{
	struct tokens *t = &d->imap.tokens;
	struct token next;
	int uid = 0, rc = 0;

	while (rc == 0) {
		if (token_next(t, &next, f) == -1)
			return lost(d);
		if (next.kind == TOKEN_END)
			break;
		if (next.kind == TOKEN_OPEN) {
			token_back(t, &next);
			rc = token_skip(t, f);
		} else if (slice_caseeq(next.text, SLICE("UID"))) {
			uid = 1;
		} else if (!uid) {
			return broken(d, "ESEARCH: no uids", f);
		} else if (slice_caseeq(next.text, SLICE("ALL"))) {
			rc = take_set(d, f);
		} else if (slice_caseeq(next.text, SLICE("COUNT"))) {
			rc = take_count(d, f);
		} else {
			rc = token_skip(t, f);
		}
	}
	return rc == 0 ? 0 : lost(d);
}

static int
take_data(struct find *d, const struct imap_response *r, struct fail *f)
{
	if (imap_is(r, "SEARCH"))
		return take_search(d, f);
	if (imap_is(r, "ESEARCH"))
		return take_esearch(d, f);
	return 0;
}

static void
add_piece(void *ctx, struct slice piece, int text)
{
	struct imap *i = ctx;

	if (text)
		imap_add_string(i, piece);
	else
		imap_add(i, "%.*s", SLICE_ARG(piece));
}

/* Says the search, of the uids up to "to" where that is not 0. */
static unsigned
say_search(struct find *d, uint32_t from, uint32_t to)
{
	struct imap *i = &d->imap;
	unsigned command = imap_say(i, "UID SEARCH");

	if (imap_has(i, IMAP_ESEARCH))
		imap_add(i, d->found.count ? " RETURN (COUNT)" :
		    " RETURN (ALL)");
	if (d->criteria.eightbit && !i->utf8)
		imap_add(i, " CHARSET UTF-8");
	if (to != 0)
		imap_add(i, " UID %u:%u", from, to);
	criteria_each(&d->criteria, add_piece, i);
	imap_said(i);
	return command;
}

/* MESSAGELIMIT 1000 23221: the search is to go on below the last number (RFC
 * 9738, 3.1). */
static void
take_limit(const struct imap_response *r, struct answer *a)
{
	struct slice rest = r->code, word, limit, lowest;
	uint64_t n;

	if (imap_has_code(r, "MESSAGELIMIT") && slice_word(&rest, &word) &&
	    slice_word(&rest, &limit) && slice_word(&rest, &lowest) &&
	    slice_uint(lowest, 1, UINT32_MAX, &n) == 0)
		a->lowest = (uint32_t)n;
}

static void
explain(const struct imap_response *r, struct answer *a, struct fail *f)
{
	char said[sizeof(f->text)];

	a->refused = imap_has_code(r, "LIMIT");
	if (!imap_has_code(r, "BADCHARSET"))
		return;
	(void)snprintf(said, sizeof(said), "%s", f->text);
	(void)fail_set(f, EX_UNAVAILABLE, "it cannot look for what is not "
	    "ASCII: %s", said);
}

/* All until the search is answered: 0, or -1; what was said first of why
 * not. */
static int
await(struct find *d, struct answer *a, struct fail *f)
{
	struct imap_response r;
	struct fail first = { 0 };
	enum imap_result rc;

	do {
		rc = imap_next(&d->imap, &r, f);
		if (d->imap.box.exists > d->most)
			d->most = d->imap.box.exists;
		if (rc == IMAP_LOST ||
		    (rc == IMAP_DATA && take_data(d, &r, f) == -1))
			return -1;
		if (rc == IMAP_OK && r.command == a->search)
			take_limit(&r, a);
		if (rc == IMAP_NO && first.class == 0) {
			if (r.command == a->search)
				explain(&r, a, f);
			first = *f;
		}
	} while (rc == IMAP_DATA || r.command != a->search);
	if (first.class != 0)
		*f = first;
	return first.class == 0 ? 0 : -1;
}

/* Below what a limit was reached at, till there is nothing. */
static int
go_on(struct find *d, uint32_t from, struct answer a, struct fail *f)
{
	uint32_t before = UINT32_MAX;

	while (a.lowest > from) {
		if (a.lowest >= before)
			return broken(d, "MESSAGELIMIT: it does not go down",
			    f);
		before = a.lowest;
		a = (struct answer){ .search = say_search(d, from,
		    before - 1) };
		if (await(d, &a, f) == -1)
			return -1;
	}
	return 0;
}

/* In parts that become smaller till the server takes one. */
static int
search_parts(struct find *d, struct fail *f)
{
	uint32_t last = d->imap.box.uidnext - 1, from = 1, size = last, to;
	struct answer a;

	while (from <= last) {
		to = last - from < size ? last : from + (size - 1);
		a = (struct answer){ .search = say_search(d, from, to) };
		if (await(d, &a, f) == 0) {
			if (go_on(d, from, a, f) == -1)
				return -1;
			if (to == last)
				break;
			from = to + 1;
			continue;
		}
		if (d->imap.dead || !a.refused || size == 1)
			return -1;
		size = (size + 1) / 2;
	}
	return 0;
}

/* What is not ASCII is said in one of two ways, and which one is known when the
 * mailbox is selected; all else is said at once. */
static int
search(struct find *d, struct fail *f)
{
	struct slice mailbox = slice_str(d->mailbox);
	struct answer a = { 0 };

	if (d->criteria.eightbit) {
		if (imap_select(&d->imap, mailbox, 1, f) == -1)
			return -1;
	} else {
		(void)imap_say_select(&d->imap, mailbox, 1);
	}
	a.search = say_search(d, 0, 0);
	if (await(d, &a, f) == 0)
		return go_on(d, 1, a, f);
	if (d->imap.dead || !a.refused || d->imap.box.uidnext <= 2)
		return -1;
	return search_parts(d, f);
}

static int
run(struct find *d)
{
	struct imap *i = &d->imap;
	struct fail f = { 0 };
	int rc = imap_open(i, &f);

	if (rc == 0 && (rc = search(d, &f)) == -1) {
		(void)namespace_explain(i, slice_str(d->mailbox), &f);
		(void)fail_at(&f, TEXT_SHOW(slice_str(d->mailbox)));
		(void)fail_at(&f, imap_name(i));
	}
	imap_close(i, rc == 0 ? NULL : &f);
	found_end(&d->found, rc == 0);
	return rc == -1 ? cli_report(&f) : d->found.n == 0;
}

static void
parse(struct find *d, int argc, char *argv[])
{
	struct fail f = { 0 };
	int c;

	/* "+": behind the server nothing is an option. */
	while ((c = getopt(argc, argv, "+" OPTIONS "cs")) != -1)
		switch (c) {
		case 'c':
			d->found.count = 1;
			break;
		case 's':
			d->found.sets = 1;
			break;
		default:
			if (options_take(&d->imap, c, optarg) != 1)
				cli_usage();
		}
	if (d->found.count && d->found.sets)
		cli_usage();
	d->mailbox = options_mailbox(&d->imap, argc, argv);
	if (criteria_read(&d->criteria, argv + optind, (size_t)(argc - optind),
	    &f) == -1)
		cli_exit(&f);
	options_output(&d->imap, &d->out);
}

int
main(int argc, char *argv[])
{
	struct find d = { .criteria = { .now = date_now() },
		.found = { .out = &d.out, .row = BUF(LIMIT_IMAP_LINE) },
		.out = output_to(STDOUT_FILENO, "standard output") };
	int status;

	cli_start("imap-find", "[-csv] [-A mechanism] [-o key=value] [-P fd] "
	    "[-p command] server | -a account mailbox [criterion ...]");
	options_start(&d.imap);
	parse(&d, argc, argv);
	status = run(&d);
	imap_end(&d.imap);
	criteria_free(&d.criteria);
	buf_free(&d.found.row);
	cli_finish(&d.out, status);
}
