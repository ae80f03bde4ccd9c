/* SPDX-License-Identifier: ISC */
/* criteria: from words to the search keys of IMAP. */

#include "../../cmd/imap/criteria.h"
#include "buf.h"
#include "unit.h"

enum { WORDS = 2000 };

static void
show(void *ctx, struct slice piece, int text)
{
	struct buf *out = ctx;

	(void)buf_adds(out, text ? "<" : "");
	(void)buf_add(out, piece);
	(void)buf_adds(out, text ? ">" : "");
}

/* The words of "line" are divided by "|"; what comes of them, with texts in
 * <>, or the sentence. */
static const char *
keys(const char *line)
{
	static struct buf out;
	static char *words[WORDS];
	struct criteria c = { .now = 1795651200 }; /* 2026-11-26 00:00 UTC */
	struct slice rest = slice_str(line), word;
	struct fail f = { 0 };
	size_t n = 0, i;
	int more = rest.n > 0;

	out.max = 1 << 20;
	buf_clear(&out);
	while (more) {
		more = slice_until(&rest, '|', &word);
		words[n++] = mem_str(word);
	}
	if (criteria_read(&c, words, n, &f) == 0)
		criteria_each(&c, show, &out);
	else
		(void)buf_adds(&out, f.class == EX_USAGE ? f.text : "class");
	for (i = 0; i < n; i++)
		free(words[i]);
	criteria_free(&c);
	return buf_str(&out);
}

struct row {
	const char *in, *want;
};

static void
check(const struct row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		CASE(rows[i].in);
		CHECK_STR(keys(rows[i].in), rows[i].want);
	}
}

#define CHECK_ROWS(rows) check(rows, sizeof(rows) / sizeof(rows[0]))

static void
each_of_them(void)
{
	static const struct row rows[] = {
		{ "", " ALL" },
		{ "all", " ALL" },
		{ "UNSEEN", " UNSEEN" },
		{ "from|alice", " FROM <alice>" },
		{ "to|", " TO <>" },
		{ "subject|a \"b\"\r\nx", " SUBJECT <a \"b\"\r\nx>" },
		{ "from|or", " FROM <or>" },
		{ "from|(", " FROM <(>" },
		{ "body|Gr\303\274\303\237e", " BODY <Gr\303\274\303\237e>" },
		{ "header|X-Spam|", " HEADER <X-Spam> <>" },
		{ "header|List-Id|c.example.org",
		    " HEADER <List-Id> <c.example.org>" },
		{ "before|2026-01-31", " BEFORE 31-Jan-2026" },
		{ "since|2024-02-29", " SINCE 29-Feb-2024" },
		{ "on|1-feb-0900", " ON 1-Feb-0900" },
		{ "sent-on|01-Dec-2026", " SENTON 1-Dec-2026" },
		{ "sent-before|2026-01-01|sent-since|2025-01-01",
		    " SENTBEFORE 1-Jan-2026 SENTSINCE 1-Jan-2025" },
		{ "newer|0", " SINCE 26-Nov-2026" },
		{ "older|30", " BEFORE 27-Oct-2026" },
		{ "older|36500", " BEFORE 21-Dec-1926" },
		{ "larger|0", " LARGER 0" },
		{ "larger|20k|smaller|5M", " LARGER 20480 SMALLER 5242880" },
		{ "larger|1G|smaller|3K", " LARGER 1073741824 SMALLER 3072" },
		{ "uid|7:9,12,*", " UID 7:9,12,*" },
		{ "uid|9:7,3:*", " UID 7:9,3:4294967294" },
		{ "uid|1:*", " UID 1:*" },
		{ "flag|seen|flag|\\DRAFT|flag|$Junk",
		    " Seen Draft KEYWORD $Junk" },
		{ "not|flag|Work", " NOT KEYWORD Work" },
		{ "keyword|Work|unkeyword|$Junk",
		    " KEYWORD Work UNKEYWORD $Junk" },
	};

	CHECK_ROWS(rows);
}

static void
precedence(void)
{
	static const struct row rows[] = {
		{ "seen|draft", " SEEN DRAFT" },
		{ "seen|and|draft", " SEEN DRAFT" },
		{ "not|seen|draft", " NOT SEEN DRAFT" },
		{ "not|not|seen", " SEEN" },
		{ "not|not|not|seen", " NOT SEEN" },
		{ "seen|or|draft", " OR SEEN DRAFT" },
		{ "not|seen|or|not|draft", " OR NOT SEEN NOT DRAFT" },
		{ "seen|draft|or|from|a|and|deleted",
		    " OR (SEEN DRAFT) (FROM <a> DELETED)" },
		{ "seen|OR|draft|Or|deleted", " OR OR SEEN DRAFT DELETED" },
		{ "to|a|or|to|b|or|to|c|or|to|d",
		    " OR OR TO <a> TO <b> OR TO <c> TO <d>" },
		{ "to|a|or|to|b|or|to|c|or|to|d|or|to|e",
		    " OR OR OR TO <a> TO <b> OR TO <c> TO <d> TO <e>" },
		{ "(|seen|)", " SEEN" },
		{ "(|(|(|seen|)|)|)", " SEEN" },
		{ "(|seen|draft|)", " (SEEN DRAFT)" },
		{ "not|(|seen|draft|)", " NOT (SEEN DRAFT)" },
		{ "not|(|not|seen|)", " NOT NOT SEEN" },
		{ "not|(|seen|or|draft|)", " NOT OR SEEN DRAFT" },
		{ "unseen|(|from|a|or|from|b|)|larger|1",
		    " UNSEEN OR FROM <a> FROM <b> LARGER 1" },
		{ "(|(|seen|draft|)|or|deleted|)|and|to|x",
		    " OR (SEEN DRAFT) DELETED TO <x>" },
		{ "seen|(|draft|answered|(|to|x|deleted|)|)",
		    " SEEN (DRAFT ANSWERED (TO <x> DELETED))" },
		{ "all|or|(|seen|draft|)", " OR ALL (SEEN DRAFT)" },
	};

	CHECK_ROWS(rows);
}

#define A_CRITERION ": expected a criterion, such as from or unseen"
#define A_DATE ": expected a date, such as 2026-01-31"

static void
refused(void)
{
	static const struct row rows[] = {
		{ "frmo|x", "frmo" A_CRITERION },
		{ "from|a|b", "b" A_CRITERION },
		{ "from", "from: expected a value behind it" },
		{ "header|A", "header: expected a value behind it" },
		{ "header|A B|c",
		    "header A B: expected the name of a header field" },
		{ "header|A:|c",
		    "header A:: expected the name of a header field" },
		{ "header||c", "header : expected the name of a header field" },
		{ "to|\377", "to \\xff: expected UTF-8" },
		{ "or|seen", "or: expected a criterion before it" },
		{ "seen|or", "the end: expected a criterion before it" },
		{ "seen|or|or|draft", "or: expected a criterion before it" },
		{ "and|seen", "and: expected a criterion before it" },
		{ "seen|and|or|seen", "or: expected a criterion before it" },
		{ "not", "the end: expected a criterion before it" },
		{ "not|or|seen", "or: expected a criterion before it" },
		{ "(|)", "): expected a criterion before it" },
		{ "(|seen|not|)", "): expected a criterion before it" },
		{ "(|seen", "(: there is no ) to it" },
		{ "seen|)", "): there is no ( to it" },
		{ "before|2026-02-29", "before 2026-02-29" A_DATE },
		{ "on|1900-02-29", "on 1900-02-29" A_DATE },
		{ "on|2026-13-01", "on 2026-13-01" A_DATE },
		{ "on|2026-00-01", "on 2026-00-01" A_DATE },
		{ "on|2026-01-00", "on 2026-01-00" A_DATE },
		{ "on|26-01-01", "on 26-01-01" A_DATE },
		{ "on|2026-01", "on 2026-01" A_DATE },
		{ "on|2026-01-01 SEEN", "on 2026-01-01 SEEN" A_DATE },
		{ "on|0000-01-01", "on 0000-01-01" A_DATE },
		{ "newer|-1",
		    "newer -1: expected a number of days up to 36500" },
		{ "newer|36501",
		    "newer 36501: expected a number of days up to 36500" },
		{ "larger|1T",
		    "larger 1T: expected a size, such as 40000, 20k or 5M" },
		{ "larger|k",
		    "larger k: expected a size, such as 40000, 20k or 5M" },
		{ "larger|9223372036854775807k",
		    "larger 9223372036854775807k: expected a size, such as "
		    "40000, 20k or 5M" },
		{ "uid|0", "uid 0: expected uids, such as 7 or 7:9,12" },
		{ "uid|1) SEEN", "uid 1) SEEN: expected uids, such as 7 or "
		    "7:9,12" },
		{ "flag|\\Recent",
		    "flag \\Recent: expected a flag, such as seen or $Junk" },
		{ "flag|a b", "flag a b: expected a flag, such as seen or "
		    "$Junk" },
		{ "keyword|seen",
		    "keyword seen: expected a keyword, such as $Junk" },
		{ "keyword|", "keyword : expected a keyword, such as $Junk" },
		{ "keyword|a\r\nb", "keyword a\\x0d\\x0ab: expected a "
		    "keyword, such as $Junk" },
		{ "keyword|\303\274",
		    "keyword \303\274: expected a keyword, such as $Junk" },
	};

	CHECK_ROWS(rows);
}

/* "n" times "word", each with "|" behind it. */
static void
repeat(struct buf *line, const char *word, size_t n)
{
	while (n-- > 0)
		(void)buf_addf(line, "%s|", word);
}

static void
depth(void)
{
	struct buf line = BUF(1 << 20);

	repeat(&line, "(", CRITERIA_DEPTH);
	repeat(&line, "seen", 1);
	repeat(&line, ")", CRITERIA_DEPTH - 1);
	(void)buf_addc(&line, ')');
	CHECK_STR(keys(buf_str(&line)), " SEEN");
	buf_clear(&line);
	repeat(&line, "(", CRITERIA_DEPTH + 1);
	CHECK_STR(keys(buf_str(&line)), "more than 50 ( within one another");
	buf_free(&line);
}

/* Of many "or" a tree that no server is too small for. */
static void
many(void)
{
	struct buf line = BUF(1 << 20);
	struct slice word, text;
	size_t ors = 0, deepest = 0, run = 0;

	repeat(&line, "seen|or", 999);
	(void)buf_adds(&line, "seen");
	text = slice_str(keys(buf_str(&line)));
	while (slice_word(&text, &word)) {
		run = slice_eq(word, SLICE("OR")) ? run + 1 : 0;
		ors += run > 0;
		deepest = run > deepest ? run : deepest;
	}
	CHECK_INT(ors, 999);
	CHECK_INT(deepest, 10);
	buf_free(&line);
}

static void
charset(void)
{
	char to[] = "to", ascii[] = "x", more[] = "\303\274";
	char *words[] = { to, ascii, to, more };
	struct criteria c = { 0 };
	struct fail f;

	CHECK_INT(criteria_read(&c, words, 2, &f), 0);
	CHECK_INT(c.eightbit, 0);
	criteria_free(&c);
	CHECK_INT(criteria_read(&c, words, 4, &f), 0);
	CHECK_INT(c.eightbit, 1);
	criteria_free(&c);
}

int
main(void)
{
	(void)setenv("TZ", "UTC", 1);
	RUN(each_of_them);
	RUN(precedence);
	RUN(refused);
	RUN(depth);
	RUN(many);
	RUN(charset);
	return unit_done();
}
