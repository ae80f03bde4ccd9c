/* SPDX-License-Identifier: ISC */
/* report: the part for people; see report.h.  It is made of text that is
 * put out, encoded or not, one whole recipient after the other. */

#include "date.h"
#include "limits.h"
#include "report.h"
#include "utf8.h"

enum {
	COLUMNS = 72,
	ROOM = 64 * REPORT_VALUE, /* of what is told of one recipient */
};

struct words {
	const struct report *report;
	struct buf text; /* whole lines; not yet put out */
	struct output *out;
	int coded;	 /* not all of it is ASCII */
	size_t told;	 /* reasons */
};

static void
flush(struct words *w)
{
	if (w->coded)
		report_coded(buf_slice(&w->text), w->out);
	else
		output_put(w->out, buf_slice(&w->text));
	buf_clear(&w->text);
}

/* "text", one line, as lines behind "indent", and an empty line. */
static void
add_paragraph(struct words *w, const char *indent, struct slice text)
{
	size_t column = 0;
	struct slice word;

	while (slice_word(&text, &word)) {
		if (column > 0 && column + 1 + word.n > COLUMNS) {
			(void)buf_addc(&w->text, '\n');
			column = 0;
		}
		if (column == 0) {
			(void)buf_adds(&w->text, indent);
			column = slice_str(indent).n;
		} else {
			(void)buf_addc(&w->text, ' ');
			column++;
		}
		(void)buf_add(&w->text, word);
		column += word.n;
	}
	(void)buf_adds(&w->text, "\n\n");
}

static void
add_sentence(struct words *w, const char *text)
{
	add_paragraph(w, "", slice_str(text));
}

static void
add_intro(struct words *w, const struct report_original *o)
{
	const struct report *r = w->report;
	struct buf about = BUF(4 * REPORT_VALUE);
	char date[DATE_WORDS];

	(void)buf_adds(&about, "This is the mail system of ");
	report_ascii(slice_str(r->host), &about);
	(void)buf_addc(&about, '.');
	add_paragraph(w, "", buf_slice(&about));
	if (r->postmaster)
		add_sentence(w, "You get this as its postmaster: a message "
		    "without a sender, which is a report like this one or "
		    "another automatic answer, was not delivered, so nobody "
		    "else can be told.");
	buf_clear(&about);
	(void)buf_addf(&about, "This is about %s message ",
	    r->postmaster ? "the" : "your");
	if (o->subject.n > 0) {
		(void)buf_addc(&about, '"');
		(void)buf_add(&about, buf_slice(&o->subject));
		(void)buf_adds(&about, "\" ");
	}
	(void)buf_addf(&about, "of %s.", date_words(date, r->arrival));
	add_paragraph(w, "", buf_slice(&about));
	buf_free(&about);
	flush(w);
}

/* What is told of both is the same. */
static int
same_reason(const struct report_recipient *a, const struct report_recipient *b)
{
	return a->code == b->code && a->attempt == b->attempt &&
	    a->until == b->until && a->given_up == b->given_up &&
	    slice_eq(a->status, b->status) &&
	    slice_eq(a->text, b->text) && slice_eq(a->host, b->host);
}

/* The last words of a server, or of ours, as they were. */
static void
add_said(struct words *w, const struct report_recipient *to)
{
	struct buf line = BUF(4 * REPORT_VALUE);

	if (to->code == 0) {
		(void)buf_adds(&line, "What went wrong:");
	} else {
		(void)buf_adds(&line, "The mail server ");
		report_clean(to->host, &line);
		(void)buf_adds(&line, to->host.n > 0 ? " said:" : "said:");
	}
	add_paragraph(w, "", buf_slice(&line));
	buf_clear(&line);
	if (to->code != 0)
		(void)buf_addf(&line, "%u ", to->code);
	if (to->code != 0 && report_status_ok(to->status)) {
		(void)buf_add(&line, to->status);
		(void)buf_addc(&line, ' ');
	}
	report_clean(to->text, &line);
	add_paragraph(w, "    ", buf_slice(&line));
	buf_free(&line);
}

/* Why it failed, or has so far. */
static void
add_reason(struct words *w, const struct report_recipient *to)
{
	const struct report_reason *reason = report_reason(to);
	char date[DATE_WORDS];
	struct buf line = BUF(REPORT_VALUE);

	if (reason != NULL)
		add_sentence(w, reason->why);
	if (reason != NULL && to->action == REPORT_FAILED &&
	    !w->report->postmaster)
		add_sentence(w, reason->advice);
	if (to->code != 0 || to->text.n > 0)
		add_said(w, to);
	if (to->attempt != 0) {
		(void)buf_addf(&line, "It was last tried on %s.",
		    date_words(date, to->attempt));
		add_paragraph(w, "", buf_slice(&line));
	}
	buf_clear(&line);
	if (to->action == REPORT_DELAYED && to->until != 0) {
		(void)buf_addf(&line, "We keep trying until %s. You need not "
		    "send it again. If it cannot be delivered by then, you "
		    "are told.", date_words(date, to->until));
		add_paragraph(w, "", buf_slice(&line));
	} else if (to->action == REPORT_DELAYED) {
		add_sentence(w, "We keep trying. You need not send it again.");
	}
	buf_free(&line);
}

/* What is said of a recipient behind its address, and of those before it that
 * have the same fate. */
static void
add_fate(struct words *w, const struct report_recipient *to)
{
	if (to->action == REPORT_DELIVERED || to->action == REPORT_EXPANDED ||
	    (to->action == REPORT_RELAYED && to->host.n == 0))
		return;
	if (w->told++ >= LIMIT_REPORT_TOLD)
		return;
	if (to->action == REPORT_RELAYED) {
		struct buf line = BUF(2 * REPORT_VALUE);

		(void)buf_adds(&line, "The mail server that took it is ");
		report_clean(to->host, &line);
		(void)buf_addc(&line, '.');
		add_paragraph(w, "", buf_slice(&line));
		buf_free(&line);
	} else {
		add_reason(w, to);
	}
}

static const char *const begins[] = {
	[REPORT_FAILED] = "It could not be delivered to:",
	[REPORT_DELAYED] = "It has not been delivered yet to:",
	[REPORT_RELAYED] = "It was passed on, to a mail system that does not "
	    "report when it is delivered, for:",
	[REPORT_EXPANDED] = "It was sent on to all whom this address stands "
	    "for, and no more is reported of that:",
	[REPORT_DELIVERED] = "It was delivered to:",
};

/* Where it went from here, and behind that whom it was sent to first. */
static void
add_address(struct words *w, const struct report_recipient *to)
{
	struct slice first = to->original, type;

	(void)buf_adds(&w->text, "    ");
	report_clean(to->final, &w->text);
	(void)buf_addc(&w->text, '\n');
	if (!slice_until(&first, ';', &type) || slice_caseeq(first,
	    to->final) || (!slice_caseeq(type, SLICE("rfc822")) &&
	    !slice_caseeq(type, SLICE("utf-8"))))
		return;
	(void)buf_adds(&w->text, "        (it was sent to ");
	report_clean(first, &w->text);
	(void)buf_adds(&w->text, ")\n");
}

/* All recipients of one action; where the fate of the next is the same, they
 * are a list. */
static void
add_action(struct words *w, enum report_action action)
{
	const struct report *r = w->report;
	const struct report_recipient *last = NULL;
	size_t i;

	for (i = 0; i < r->nto; i++) {
		const struct report_recipient *to = &r->to[i];

		if (to->action != action)
			continue;
		if (last == NULL) {
			add_sentence(w, begins[action]);
		} else if (!same_reason(last, to)) {
			(void)buf_addc(&w->text, '\n');
			add_fate(w, last);
		}
		last = to;
		add_address(w, to);
		flush(w);
	}
	if (last != NULL) {
		(void)buf_addc(&w->text, '\n');
		add_fate(w, last);
	}
	flush(w);
}

static void
add_end(struct words *w, const struct report_original *o)
{
	const struct report *r = w->report;
	struct buf line = BUF(2 * REPORT_VALUE);
	size_t n;

	if (w->told > LIMIT_REPORT_TOLD)
		add_sentence(w, "There are too many reasons to tell all of "
		    "them here: the rest is in the next part.");
	if (report_worst(r, &n) > REPORT_DELAYED)
		add_sentence(w, "You get this report because you, or your "
		    "mail program, asked for it. It does not say that anybody "
		    "has read the message.");
	if (o->refused != NULL) {
		(void)buf_addf(&line, "The message is not given back in full: "
		    "%s. Its header is below.", o->refused);
		add_paragraph(w, "", buf_slice(&line));
	}
	if (o->cut && !o->full)
		add_sentence(w, "The header of the message is too long to be "
		    "given back in full.");
	buf_clear(&line);
	(void)buf_adds(&line, "Whoever runs this mail system finds the message "
	    "by its number: ");
	report_ascii(slice_str(r->id), &line);
	add_paragraph(w, "", buf_slice(&line));
	w->text.n--;
	buf_free(&line);
	flush(w);
}

static int
has_utf8(const struct report *r, const struct report_original *o)
{
	size_t i;

	for (i = 0; i < r->nto; i++)
		if (!utf8_ascii(r->to[i].final) ||
		    !utf8_ascii(r->to[i].original) ||
		    !utf8_ascii(r->to[i].text) || !utf8_ascii(r->to[i].host))
			return 1;
	return !utf8_ascii(buf_slice(&o->subject));
}

void
report_words(const struct report *r, const struct report_original *o,
    struct output *out)
{
	struct words w = { .report = r, .text = BUF(ROOM), .out = out,
		.coded = has_utf8(r, o) };
	int action;

	output_put(out, w.coded ?
	    SLICE("\nContent-Type: text/plain; charset=utf-8\n"
		"Content-Transfer-Encoding: quoted-printable\n\n") :
	    SLICE("\nContent-Type: text/plain; charset=us-ascii\n\n"));
	add_intro(&w, o);
	for (action = REPORT_FAILED; action <= REPORT_DELIVERED; action++)
		add_action(&w, action);
	add_end(&w, o);
	buf_free(&w.text);
}
