/* SPDX-License-Identifier: ISC */
/* criterion: one criterion of a search; see criterion.h. */

#include <stdio.h>
#include <string.h>

#include "criterion.h"
#include "flagname.h"
#include "searchdate.h"
#include "text.h"
#include "uidset.h"
#include "utf8.h"

enum { MOST_DAYS = 36500 };

static int
bad_value(const char *name, struct slice value, const char *expected,
    struct fail *f)
{
	return fail_set(f, EX_USAGE, "%s %s: expected %s", name,
	    TEXT_SHOW(value), expected);
}

/* An argument of a criterion, or the sentence that it is not there. */
static int
take_value(struct criterion_words *w, const char *name, struct slice *value,
    struct fail *f)
{
	if (w->n == 0)
		return fail_set(f, EX_USAGE, "%s: expected a value behind it",
		    name);
	*value = slice_str(*w->word++);
	w->n--;
	return 0;
}

static int
add_text(struct criterion_words *w, const char *name, struct slice value,
    struct fail *f)
{
	if (!utf8_valid(value))
		return bad_value(name, value, "UTF-8", f);
	w->c->eightbit |= !utf8_ascii(value);
	criteria_add_text(w->c, value);
	return 0;
}

/* A field's name and what is to be in it. */
static int
add_header(struct criterion_words *w, const char *name, struct slice field,
    struct fail *f)
{
	struct slice value;
	size_t i;

	for (i = 0; i < field.n; i++)
		if (field.p[i] <= ' ' || field.p[i] >= 127 ||
		    field.p[i] == ':')
			break;
	if (i < field.n || field.n == 0)
		return bad_value(name, field, "the name of a header field", f);
	if (take_value(w, name, &value, f) == -1)
		return -1;
	criteria_add_text(w->c, field);
	return add_text(w, name, value, f);
}

static void
add_copy(struct criterion_words *w, const char *word)
{
	criteria_add_word(w->c, slice_str(arena_str(&w->c->arena,
	    slice_str(word))));
}

static int
add_date(struct criterion_words *w, const char *name, struct slice value,
    struct fail *f)
{
	char date[SEARCHDATE];

	if (searchdate_read(value, date) == -1)
		return bad_value(name, value, "a date, such as 2026-01-31", f);
	add_copy(w, date);
	return 0;
}

/* The day that was so many days ago, where we are. */
static int
add_days(struct criterion_words *w, const char *name, struct slice value,
    struct fail *f)
{
	char date[SEARCHDATE];
	uint64_t days;

	if (slice_uint(value, 0, MOST_DAYS, &days) == -1)
		return bad_value(name, value, "a number of days up to 36500",
		    f);
	if (searchdate_ago(w->c->now, (int)days, date) == -1)
		return bad_value(name, value, "fewer days", f);
	add_copy(w, date);
	return 0;
}

static int
add_size(struct criterion_words *w, const char *name, struct slice value,
    struct fail *f)
{
	static const char units[] = "kMGK";
	struct slice digits = value;
	char text[24];
	uint64_t n, unit = 1;
	const char *at;

	if (value.n > 0 &&
	    (at = strchr(units, value.p[value.n - 1])) != NULL) {
		unit <<= 10 * ((at - units) % 3 + 1);
		digits.n--;
	}
	if (slice_uint(digits, 0, INT64_MAX / unit, &n) == -1)
		return bad_value(name, value, "a size, such as 40000, 20k or "
		    "5M", f);
	(void)snprintf(text, sizeof(text), "%llu",
	    (unsigned long long)(n * unit));
	add_copy(w, text);
	return 0;
}

static int
add_set(struct criterion_words *w, const char *name, struct slice value,
    struct fail *f)
{
	struct buf set = BUF((value.n + 1) * UIDSET_TEXT);
	struct uidset_range range;

	if (!uidset_is_one(value))
		return bad_value(name, value, "uids, such as 7 or 7:9,12", f);
	while (uidset_next(&value, &range) == 1)
		uidset_add(&set, range);
	add_copy(w, buf_str(&set));
	buf_free(&set);
	return 0;
}

/* SEEN, KEYWORD $Junk.  "not" of it is put before it, as of any other. */
static int
add_flag(struct criterion_words *w, const char *name, struct slice value,
    struct fail *f)
{
	struct slice flag;

	if (flagname_read(value, &flag) == -1)
		return bad_value(name, value, "a flag, such as seen or $Junk",
		    f);
	if (flagname_is_system(flag)) {
		criteria_add_word(w->c, slice_sub(flag, 1, flag.n));
		return 0;
	}
	criteria_add_word(w->c, SLICE("KEYWORD"));
	criteria_add_word(w->c, flag);
	return 0;
}

static int
add_keyword(struct criterion_words *w, const char *name, struct slice value,
    struct fail *f)
{
	struct slice flag;

	if (flagname_read(value, &flag) == -1 || flagname_is_system(flag))
		return bad_value(name, value, "a keyword, such as $Junk", f);
	criteria_add_word(w->c, flag);
	return 0;
}

static const struct criterion {
	const char *name;
	const char *key; /* NULL: "value" adds it */
	int (*value)(struct criterion_words *w, const char *name,
	    struct slice value, struct fail *f);
} criteria[] = {
	{ "all", "ALL", NULL },
	{ "answered", "ANSWERED", NULL },
	{ "bcc", "BCC", add_text },
	{ "before", "BEFORE", add_date },
	{ "body", "BODY", add_text },
	{ "cc", "CC", add_text },
	{ "deleted", "DELETED", NULL },
	{ "draft", "DRAFT", NULL },
	{ "flag", NULL, add_flag },
	{ "flagged", "FLAGGED", NULL },
	{ "from", "FROM", add_text },
	{ "header", "HEADER", add_header },
	{ "keyword", "KEYWORD", add_keyword },
	{ "larger", "LARGER", add_size },
	{ "newer", "SINCE", add_days },
	{ "older", "BEFORE", add_days },
	{ "on", "ON", add_date },
	{ "seen", "SEEN", NULL },
	{ "sent-before", "SENTBEFORE", add_date },
	{ "sent-on", "SENTON", add_date },
	{ "sent-since", "SENTSINCE", add_date },
	{ "since", "SINCE", add_date },
	{ "smaller", "SMALLER", add_size },
	{ "subject", "SUBJECT", add_text },
	{ "text", "TEXT", add_text },
	{ "to", "TO", add_text },
	{ "uid", "UID", add_set },
	{ "unanswered", "UNANSWERED", NULL },
	{ "undeleted", "UNDELETED", NULL },
	{ "undraft", "UNDRAFT", NULL },
	{ "unflagged", "UNFLAGGED", NULL },
	{ "unkeyword", "UNKEYWORD", add_keyword },
	{ "unseen", "UNSEEN", NULL },
};

const struct criterion *
criterion_find(struct slice word)
{
	size_t i;

	for (i = 0; i < sizeof(criteria) / sizeof(criteria[0]); i++)
		if (slice_caseeq(word, slice_str(criteria[i].name)))
			return &criteria[i];
	return NULL;
}

int
criterion_add(const struct criterion *k, struct criterion_words *w,
    struct fail *f)
{
	struct slice value;

	if (k->key != NULL)
		criteria_add_word(w->c, slice_str(k->key));
	if (k->value == NULL)
		return 0;
	return take_value(w, k->name, &value, f) == -1 ? -1 :
	    k->value(w, k->name, value, f);
}
