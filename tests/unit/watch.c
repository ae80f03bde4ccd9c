/* SPDX-License-Identifier: ISC */
/*
 * Unit test of watch: what is told, and what is asked, in each of its states:
 *
 *	not read yet  -- first read, quietly or not -->  synced
 *	synced        -- what comes unasked -->          synced
 *	synced        -- another connection: VANISHED, CHANGEDSINCE or all -->
 *	                                                 synced
 *	synced        -- another UIDVALIDITY -->         not read yet
 *	doubt         -- more or fewer than it was told: all is read --> synced
 *	again         -- what was read may be of others: read once more
 *	refused       -- BAD: less is asked for
 */

#include <stdio.h>

#include "../../cmd/imap/watch.h"
#include "imaplines.h"
#include "limits.h"
#include "unit.h"

#define SELECTED(exists, validity) "* " #exists " EXISTS\n" \
	"* OK [UIDVALIDITY " #validity "] ok\nTAG OK done\n"
#define SELECTED_AT(exists, modseq) "* OK [HIGHESTMODSEQ " #modseq "] ok\n" \
	SELECTED(exists, 7)
#define TEN_TWENTY "* 1 FETCH (UID 10 FLAGS ())\n" \
	"* 2 FETCH (UID 20 FLAGS (\\Seen))\nTAG OK done\n"
#define UIDS(set) "* ESEARCH (TAG \"x\") UID ALL " set "\nTAG OK done\n"

enum {
	CONDSTORE = IMAP_CONDSTORE | IMAP_ESEARCH,
	ALL = 1,
	VANISHED = 2,
	LIMITED = 4,
};

static struct buf events = BUF(1 << 20), commands = BUF(1 << 20);
static struct fail why;

static void
tell(void *ctx, const struct watch *w, enum watch_event event, uint32_t uid,
    struct slice flags)
{
	static const char *const names[] = { "new", "flags", "gone", "reset" };

	(void)ctx;
	(void)w;
	(void)buf_addf(&events, "%s %u ", names[event], (unsigned)uid);
	(void)buf_add(&events, flags);
	(void)buf_addc(&events, '\n');
}

static int
other(void *ctx, const struct imap_response *r, struct fail *f)
{
	(void)ctx;
	(void)r;
	(void)f;
	return 0;
}

/* Until it is to be selected anew: 0; -1 at the end of what is said. */
static int
listen_to(struct watch *w, struct imap *i)
{
	struct imap_response r;
	enum imap_result rc;

	while (watch_wants(w) != WATCH_SYNC) {
		if (watch_wants(w) == WATCH_FETCH) {
			if (watch_fetch(w, i, &why) == -1)
				return -1;
			continue;
		}
		CHECK_INT(w->exists, w->known.n);
		rc = imap_next(i, &r, &why);
		if (rc == IMAP_LOST || (rc == IMAP_DATA &&
		    watch_take(w, i, &r, &why) == -1))
			return -1;
	}
	return 0;
}

static void
connection(struct watch *w, unsigned offers, int how, const char *said)
{
	struct imap i = { .dead = 1 };
	struct imaplines lines;

	why = (struct fail){ 0 };
	client_start(&i.client, &imap_family);
	imaplines_begin(&i, &lines, slice_str(said));
	i.offers = offers;
	i.limit = (how & LIMITED) != 0 ? 2 : 0;
	while (imap_select(&i, SLICE("a"), 1, &why) == 0 &&
	    watch_sync(w, &i, (how & VANISHED) != 0, &why) == 0 &&
	    listen_to(w, &i) == 0)
		continue;
	(void)buf_add(&commands, buf_slice(&lines.commands));
	imaplines_close(&i, &lines);
	imap_end(&i);
}

static const struct {
	const char *name;
	unsigned offers;
	int how;
	const char *said[2]; /* by two connections, or one */
	const char *events, *commands;
} cases[] = {
	/* Not read yet. */
	{ "what is there is known", 0, 0, { SELECTED(2, 7) TEN_TWENTY }, "",
	    "EXAMINE a\nUID FETCH 1:* (UID FLAGS)\n" },
	{ "what is there is new", CONDSTORE, ALL,
	    { SELECTED_AT(2, 50) TEN_TWENTY }, "new 10 \nnew 20 \\Seen\n",
	    "EXAMINE a (CONDSTORE)\nUID FETCH 1:* (UID FLAGS)\n" },
	{ "nothing is there", 0, ALL, { SELECTED(0, 7) }, "", "EXAMINE a\n" },
	{ "by CONDSTORE uids are enough", CONDSTORE, 0,
	    { SELECTED_AT(2, 50) UIDS("10,20")
	    "* 2 FETCH (FLAGS (\\Seen))\n* 2 FETCH (FLAGS (\\seen))\n" },
	    "flags 20 \\Seen\n",
	    "EXAMINE a (CONDSTORE)\nUID SEARCH RETURN (ALL) 1:2\n" },
	{ "SEARCH without ESEARCH", IMAP_CONDSTORE, 0,
	    { SELECTED_AT(2, 50) "* SEARCH 10 20\nTAG OK done\n* 1 EXPUNGE\n" },
	    "gone 10 \n", "EXAMINE a (CONDSTORE)\nUID SEARCH 1:2\n" },
	{ "no more at once than a server allows", 0, LIMITED,
	    { SELECTED(3, 7) TEN_TWENTY
	    "* 3 FETCH (UID 30 FLAGS ())\nTAG OK done\n" }, "",
	    "EXAMINE a\nFETCH 1:2 (UID FLAGS)\nFETCH 3:3 (UID FLAGS)\n" },
	/* Synced, and what comes. */
	{ "one more", 0, 0, { SELECTED(2, 7) TEN_TWENTY "* 3 EXISTS\n"
	    "* 3 FETCH (UID 30 FLAGS (a b))\nTAG OK done\n"
	    "* 3 FETCH (FLAGS (B A))\n" }, "new 30 a b\n",
	    "EXAMINE a\nUID FETCH 1:* (UID FLAGS)\n"
	    "UID FETCH 21:* (UID FLAGS)\n" },
	{ "it comes by itself", 0, 0, { SELECTED(2, 7) TEN_TWENTY
	    "* 3 EXISTS\n* 3 FETCH (UID 30 FLAGS ())\nTAG OK done\n"
	    "* 2 EXPUNGE\n* 2 FETCH (FLAGS (a))\n" },
	    "new 30 \ngone 20 \nflags 30 a\n", NULL },
	{ "of none that is there", 0, 0, { SELECTED(2, 7) TEN_TWENTY
	    "* 3 EXPUNGE\n* 3 FETCH (FLAGS (a))\n"
	    "* 3 FETCH (UID 99 FLAGS ())\n* SEARCH 1 2 3\n"
	    "* ESEARCH UID ALL 1:9\n" }, "", NULL },
	{ "vanished", 0, VANISHED, { SELECTED(3, 7) "* 1 FETCH (UID 10 FLAGS "
	    "())\n* 2 FETCH (UID 20 FLAGS ())\n* 3 FETCH (UID 30 FLAGS ())\n"
	    "TAG OK done\n* VANISHED 1:19,30\n* 1 FETCH (FLAGS (a))\n" },
	    "gone 10 \ngone 30 \nflags 20 a\n", NULL },
	{ "vanished before anybody asked for it", 0, VANISHED,
	    { SELECTED(2, 7) TEN_TWENTY "* 4 EXISTS\n* VANISHED 30\n"
	    "* 3 FETCH (UID 31 FLAGS ())\nTAG OK done\n" }, "new 31 \n",
	    "EXAMINE a\nUID FETCH 1:* (UID FLAGS)\n"
	    "UID FETCH 21:* (UID FLAGS)\n" },
	/* Synced, and another connection. */
	{ "VANISHED and CHANGEDSINCE", CONDSTORE, VANISHED,
	    { SELECTED_AT(2, 50) UIDS("10,20"), SELECTED_AT(2, 55)
	    "* VANISHED (EARLIER) 1:10\n* 1 FETCH (UID 20 FLAGS (a))\n"
	    "* 2 FETCH (UID 30 FLAGS ())\nTAG OK done\n" },
	    "gone 10 \nflags 20 a\nnew 30 \n",
	    "EXAMINE a (CONDSTORE)\nUID SEARCH RETURN (ALL) 1:2\n"
	    "EXAMINE a (CONDSTORE)\n"
	    "UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 50 VANISHED)\n" },
	{ "nothing has changed", CONDSTORE, VANISHED,
	    { SELECTED_AT(2, 50) UIDS("10,20"), SELECTED_AT(2, 50)
	    "* 1 EXPUNGE\n" }, "gone 10 \n",
	    "EXAMINE a (CONDSTORE)\nUID SEARCH RETURN (ALL) 1:2\n"
	    "EXAMINE a (CONDSTORE)\n" },
	{ "CHANGEDSINCE and uids", CONDSTORE, 0,
	    { SELECTED_AT(2, 50) UIDS("10,20"), SELECTED_AT(2, 55)
	    "* 1 FETCH (UID 20 FLAGS (a))\nTAG OK done\n" UIDS("20,30")
	    "* 2 FETCH (UID 30 FLAGS (b))\nTAG OK done\n" },
	    "flags 20 a\ngone 10 \nnew 30 b\n",
	    "EXAMINE a (CONDSTORE)\nUID SEARCH RETURN (ALL) 1:2\n"
	    "EXAMINE a (CONDSTORE)\n"
	    "UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 50)\n"
	    "UID SEARCH RETURN (ALL) 1:2\nUID FETCH 21:* (UID FLAGS)\n" },
	{ "a uid in between", CONDSTORE, 0,
	    { SELECTED_AT(2, 50) UIDS("10,20"), SELECTED_AT(3, 55)
	    "TAG OK done\n" UIDS("10,15,20") "* 2 FETCH (FLAGS ())\n"
	    "* 2 FETCH (FLAGS (a))\n" }, "new 15 \nflags 15 a\n", NULL },
	{ "a server that was set back", CONDSTORE, VANISHED,
	    { SELECTED_AT(2, 50) UIDS("10,20"), SELECTED_AT(1, 40)
	    "* 1 FETCH (UID 10 FLAGS (a))\nTAG OK done\n"
	    "* 1 FETCH (FLAGS (b))\n" }, "gone 20 \nflags 10 b\n",
	    "EXAMINE a (CONDSTORE)\nUID SEARCH RETURN (ALL) 1:2\n"
	    "EXAMINE a (CONDSTORE)\nUID FETCH 1:* (UID FLAGS)\n" },
	{ "without CONDSTORE", 0, 0,
	    { SELECTED(2, 7) TEN_TWENTY, SELECTED(2, 7)
	    "* 1 FETCH (UID 20 FLAGS ())\n* 2 FETCH (UID 30 FLAGS (a))\n"
	    "TAG OK done\n" }, "flags 20 \nnew 30 a\ngone 10 \n", NULL },
	{ "another UIDVALIDITY", 0, 0,
	    { SELECTED(2, 7) TEN_TWENTY, SELECTED(2, 8) TEN_TWENTY },
	    "reset 0 \nnew 10 \nnew 20 \\Seen\n", NULL },
	/* Doubt. */
	{ "more are said to be there than are", 0, 0,
	    { SELECTED(2, 7) TEN_TWENTY "* 3 EXISTS\nTAG OK done\n"
	    SELECTED(3, 7) TEN_TWENTY "TAG OK done\n* 2 EXPUNGE\n" },
	    "gone 20 \n",
	    "EXAMINE a\nUID FETCH 1:* (UID FLAGS)\n"
	    "UID FETCH 21:* (UID FLAGS)\n"
	    "EXAMINE a\nUID FETCH 1:* (UID FLAGS)\n"
	    "UID FETCH 21:* (UID FLAGS)\n" },
	{ "fewer are", 0, 0, { SELECTED(2, 7) TEN_TWENTY "* 1 EXISTS\n"
	    SELECTED(1, 7) "* 1 FETCH (UID 20 FLAGS (\\Seen))\n"
	    "TAG OK done\n" }, "gone 10 \n", NULL },
	{ "VANISHED told not all", CONDSTORE, VANISHED,
	    { SELECTED_AT(2, 50) UIDS("10,20"), SELECTED_AT(1, 55)
	    "TAG OK done\n" SELECTED_AT(1, 55) "TAG OK done\n" UIDS("20") },
	    "gone 10 \n", NULL },
	/* Again. */
	{ "one goes while all are read", 0, 0, { SELECTED(2, 7)
	    "* 1 FETCH (UID 10 FLAGS ())\n* 1 EXPUNGE\nTAG OK done\n"
	    SELECTED(1, 7) "* 1 FETCH (UID 20 FLAGS ())\nTAG OK done\n"
	    "* 1 EXPUNGE\n" }, "gone 20 \n", NULL },
	{ "numbers while uids are asked for", CONDSTORE, VANISHED,
	    { SELECTED_AT(2, 50) "* VANISHED 10\n" UIDS("20")
	    SELECTED_AT(1, 55) UIDS("20") "* 1 EXPUNGE\n" }, "gone 20 \n",
	    NULL },
	/* Refused. */
	{ "VANISHED is not known", CONDSTORE, VANISHED,
	    { SELECTED_AT(2, 50) UIDS("10,20"), SELECTED_AT(1, 55)
	    "TAG BAD what\n" SELECTED_AT(1, 55) "TAG OK done\n" UIDS("20") },
	    "gone 10 \n", NULL },
	{ "nor is CHANGEDSINCE", CONDSTORE, VANISHED,
	    { SELECTED_AT(2, 50) UIDS("10,20"), SELECTED_AT(1, 55)
	    "TAG BAD what\n" SELECTED_AT(1, 55) "TAG BAD what\n"
	    SELECTED_AT(1, 55) "* 1 FETCH (UID 20 FLAGS ())\nTAG OK done\n" },
	    "gone 10 \n", NULL },
};

static void
watch_begin(struct watch *w, int how)
{
	watch_start(w, "a");
	w->all = (how & ALL) != 0;
	w->tell = tell;
	w->other = other;
	buf_clear(&events);
	buf_clear(&commands);
}

static void
states(void)
{
	struct watch w;
	size_t n, k;

	for (n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		CASE(cases[n].name);
		watch_begin(&w, cases[n].how);
		for (k = 0; k < 2 && cases[n].said[k] != NULL; k++) {
			connection(&w, cases[n].offers, cases[n].how,
			    cases[n].said[k]);
			CHECK_STR(why.text, "closed by the server");
		}
		CHECK_SLICE(buf_slice(&events), slice_str(cases[n].events));
		if (cases[n].commands != NULL)
			CHECK_SLICE(buf_slice(&commands),
			    slice_str(cases[n].commands));
		watch_free(&w);
	}
}

/* Each answer fits in a token, whatever it has. */
static void
pieces(void)
{
	struct watch w;

	watch_begin(&w, 0);
	connection(&w, CONDSTORE, VANISHED, SELECTED_AT(6000, 50)
	    UIDS("1:2500") UIDS("2501:5000") UIDS("5001:6000"));
	CHECK_INT(w.known.n, 6000);
	connection(&w, CONDSTORE, VANISHED, SELECTED_AT(6000, 51)
	    "TAG OK done\nTAG OK done\nTAG OK done\n");
	CHECK_SLICE(buf_slice(&events), SLICE(""));
	CHECK_SLICE(buf_slice(&commands), SLICE("EXAMINE a (CONDSTORE)\n"
	    "UID SEARCH RETURN (ALL) 1:2500\n"
	    "UID SEARCH RETURN (ALL) 2501:5000\n"
	    "UID SEARCH RETURN (ALL) 5001:6000\n"
	    "EXAMINE a (CONDSTORE)\n"
	    "UID FETCH 1:2500 (UID FLAGS) (CHANGEDSINCE 50 VANISHED)\n"
	    "UID FETCH 2501:5000 (UID FLAGS) (CHANGEDSINCE 50 VANISHED)\n"
	    "UID FETCH 5001:* (UID FLAGS) (CHANGEDSINCE 50 VANISHED)\n"));
	watch_free(&w);
}

static void
too_many(void)
{
	struct watch w;

	watch_begin(&w, 0);
	connection(&w, CONDSTORE, 0, SELECTED_AT(2, 50) UIDS("1:4294967295"));
	CHECK_INT(why.class, EX_UNAVAILABLE);
	CHECK_STR(why.text, "a: more than 4194304 messages");
	CHECK_INT(w.known.n, LIMIT_IMAP_WATCHED);
	watch_free(&w);
}

static void
no_sense(void)
{
	static const char *const said[] = { "* VANISHED (EARLIER)\n",
		"* VANISHED (EARLIER) x\n", "* VANISHED 1:2,\n" };
	struct watch w;
	size_t n;

	for (n = 0; n < sizeof(said) / sizeof(said[0]); n++) {
		struct buf all = BUF(1000);

		CASE(said[n]);
		(void)buf_addf(&all, "%s%s", SELECTED(2, 7) TEN_TWENTY,
		    said[n]);
		(void)buf_addc(&all, '\0');
		watch_begin(&w, 0);
		connection(&w, 0, 0, all.p);
		CHECK_INT(why.class, EX_PROTOCOL);
		CHECK_STR(why.text, "a: VANISHED: no set of uids");
		watch_free(&w);
		buf_free(&all);
	}
}

int
main(void)
{
	RUN(states);
	RUN(pieces);
	RUN(too_many);
	RUN(no_sense);
	buf_free(&events);
	buf_free(&commands);
	return unit_done();
}
