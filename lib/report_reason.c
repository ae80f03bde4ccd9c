/* SPDX-License-Identifier: ISC */
/* report: what a status means (RFC 3463; RFC 5248, 3), for people who have
 * never heard of one, and what they can do; see report.h. */

#include "report.h"

#define LOOK "Please look for a mistake in the address, or ask for the right " \
	"one in another way."
#define DOMAIN "Please look for a mistake in the part of the address behind " \
	"the @."
#define ROOM "Please tell the recipient in another way, and send the " \
	"message again when there is room."
#define SMALLER "Please send less at a time, or smaller pictures, or put " \
	"the files where the recipient can fetch them, and send a link."
#define NOBODY "There is no mailbox with this address."
#define SENDER "The address of the sender is not accepted."
#define PLAIN "It may not be sent without encryption, and there was none."
#define LATER "Please try again later, or reach the recipient in another way."
#define TELL "Please reach the recipient in another way, and tell whoever " \
	"runs your mail system."
#define OTHER "Please do not just send it again: reach the recipient in " \
	"another way, and ask to be let in."

/* What means so only where this mail system says it, as a server that replies
 * is there; and where it failed for good, as servers that take nothing from
 * strangers at first say much. */
enum { OURS = 1, FOR_GOOD = 2 };

static const struct {
	const char *status; /* without its class; "7.*" is all that begin so */
	int only;
	struct report_reason reason;
} reasons[] = {
	/* RFC 7505; but some servers mean that they know nobody of the name. */
	{ "1.10", OURS, { "The domain of the address takes no mail.",
		DOMAIN } },
	{ "1.2", FOR_GOOD, { "The domain of the address does not exist, or "
		"takes no mail.", DOMAIN } },
	{ "1.3", FOR_GOOD, { "This is no address that can be sent to.",
		LOOK } },
	{ "1.6", FOR_GOOD, { "The mailbox has moved, and it is not known "
		"where to.", LOOK } },
	{ "1.7", FOR_GOOD, { SENDER, TELL } },
	{ "1.8", FOR_GOOD, { SENDER, TELL } },
	{ "1.*", FOR_GOOD, { NOBODY, LOOK } },
	{ "2.1", 0, { "The mailbox takes no mail.", LATER } },
	{ "2.2", 0, { "The mailbox is full.", ROOM } },
	{ "2.3", 0, { "The message is too large for the mailbox.", SMALLER } },
	{ "3.1", 0, { "The mail system there has no room left.", LATER } },
	{ "3.4", 0, { "The message is too large for the mail system there.",
		SMALLER } },
	{ "4.1", OURS, { "The mail server there does not answer.", LATER } },
	{ "4.2", OURS, { "The connection to the mail server there broke.",
		LATER } },
	{ "4.3", OURS, { "The mail server there cannot be found at present.",
		LATER } },
	{ "4.4", OURS, { "The mail server there cannot be found.", DOMAIN } },
	{ "4.5", 0, { "The mail server there has too much to do.", LATER } },
	{ "4.6", 0, { "The message went round in a circle: a mail system on "
		"its way is set up wrongly.", TELL } },
	{ "4.7", 0, { "It was tried again and again, until its time was over.",
		LATER } },
	{ "6.7", 0, { "The mail system there does not take addresses with "
		"such characters.", "Please ask for another address." } },
	{ "6.*", 0, { "The mail system there does not take messages of this "
		"form.", TELL } },
	{ "7.10", FOR_GOOD, { PLAIN, TELL } },
	{ "7.30", FOR_GOOD, { PLAIN, TELL } },
	{ "7.2", FOR_GOOD, { "You may not write to this list.", OTHER } },
	{ "7.25", FOR_GOOD, { "The mail system there does not trust ours.",
		TELL } },
	{ "7.28", FOR_GOOD, { "The mail system there got too much mail.",
		LATER } },
	{ "7.2*", FOR_GOOD, { "The mail system there is not sure that the "
		"message is from you.", TELL } },
	{ "7.*", FOR_GOOD, { "The mail system there refused the message by "
		"its own rules, which mostly are there to keep out spam.",
		OTHER } },
};

static const struct report_reason removed = {
	"The administrator of this mail system removed the message before it "
	"was delivered.",
	"Please ask there why, or reach the recipient in another way." };
static const struct report_reason nobody = { NOBODY, LOOK };
static const struct report_reason room = {
	"The mailbox is full, or the message is too large.", SMALLER };
static const struct report_reason refused = {
	"The mail system there refused it.",
	"Please look for a mistake in the address, or reach the recipient in "
	"another way." };
static const struct report_reason put_off = {
	"The mail system there does not take it now.", LATER };

/* A code alone says little (RFC 5321, 4.2.2). */
static const struct report_reason *
of_code(unsigned code)
{
	if (code == 552 || code == 452)
		return &room;
	if (code == 551 || code == 553)
		return &nobody;
	if (code >= 500)
		return &refused;
	return code >= 400 ? &put_off : NULL;
}

/* 1 where the status is the known one, or begins like it. */
static int
is_known(struct slice status, struct slice known)
{
	if (slice_ends(known, SLICE("*")))
		return slice_starts(status, slice_sub(known, 0, known.n - 1));
	return slice_eq(status, known);
}

const struct report_reason *
report_reason(const struct report_recipient *to)
{
	char text[REPORT_STATUS];
	struct slice status = slice_str(report_status_text(text, to));
	size_t i;

	if (to->removed)
		return &removed;
	status = slice_sub(status, 2, status.n);
	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if ((reasons[i].only == OURS && to->code != 0) ||
		    (reasons[i].only == FOR_GOOD &&
			to->action == REPORT_DELAYED))
			continue;
		if (is_known(status, slice_str(reasons[i].status)))
			return &reasons[i].reason;
	}
	return of_code(to->code);
}
